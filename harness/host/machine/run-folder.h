/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A private temporary folder for the logs of one run. */
#ifndef BARSHIFT_HOST_RUN_FOLDER_H
#define BARSHIFT_HOST_RUN_FOLDER_H

#include <glib.h>

typedef struct RunFolder RunFolder;

/**
 * run_folder_new() - make the folder, under TMPDIR or /tmp
 * @keep: leave it when the run ends
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_ENVIRONMENT.
 */
RunFolder *run_folder_new(gboolean keep, GError **error);

/** run_folder_free() - remove the folder with everything in it, unless it is to be kept */
void run_folder_free(RunFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunFolder, run_folder_free)

const char *run_folder_path(const RunFolder *folder);

/** run_folder_file() - (transfer full): path of a file in the folder */
char *run_folder_file(const RunFolder *folder, const char *name);

/**
 * run_folder_tail() - last lines of a log, indented, for an error message
 *
 * Returns: (transfer full): "" when there is nothing; otherwise begins with a line end.
 */
char *run_folder_tail(const RunFolder *folder, const char *name, guint lines);

/**
 * run_folder_around() - lines of a log from shortly before the first one with @mark, likewise
 * @lines: how many, at most
 *
 * Returns: (transfer full) (nullable): NULL when no line has @mark.
 */
char *run_folder_around(const RunFolder *folder, const char *name, const char *mark, guint lines);

#endif
