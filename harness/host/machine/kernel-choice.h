/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernels that the user can name. */
#ifndef BARSHIFT_HOST_KERNEL_CHOICE_H
#define BARSHIFT_HOST_KERNEL_CHOICE_H

#include <glib.h>

/** kernel_choice_is_file() - is it a file, as told by a slash or because there is one? */
gboolean kernel_choice_is_file(const char *word);

/**
 * kernel_choice_find() - the image of a kernel; fetched when it is not there yet
 * @word: a file, a name out of harness/setup/kernels.ini, or a version
 * @option: it was given as an option, not by the environment
 *
 * Returns: (transfer full): path; NULL with RUNNER_ERROR_USAGE for what an option names and nobody
 * knows, else RUNNER_ERROR_ENVIRONMENT.
 */
char *kernel_choice_find(const char *word, gboolean option, GError **error);

/**
 * kernel_choice_word() - (transfer full): how to name the same kernel on another machine
 *
 * The version of a package that was fetched; the path of any other kernel.
 */
char *kernel_choice_word(const char *path);

#endif
