/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommand "layout": list, show, check, qemu-args. */
#ifndef BARSHIFT_HOST_COMMAND_LAYOUT_H
#define BARSHIFT_HOST_COMMAND_LAYOUT_H

#include <gio/gio.h>

/**
 * command_layout() - tell about layouts
 * @argv: the words behind "layout", with the program's name first
 *
 * Returns: the exit status: 0, or the code of the last RunnerError.
 */
int command_layout(int argc, char **argv, GCancellable *cancellable);

#endif
