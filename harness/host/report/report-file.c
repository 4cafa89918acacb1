/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report-file.h"

#include "error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

gboolean report_file_can_repeat(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? S_ISREG(status.st_mode)
                                    : errno == ENOENT && lstat(path, &status) != 0;
}

static gboolean replace(const char *path, const char *text, gsize length)
{
    g_autofree char *target = realpath(path, NULL); /* by libc's malloc(), as GLib's since 2.46 */
    struct stat status = { .st_mode = 0666 };

    if (!report_file_can_repeat(path) || (target != NULL && stat(target, &status) != 0)) {
        return FALSE;
    }
    return g_file_set_contents_full(target == NULL ? path : target, text, (gssize)length,
                                    G_FILE_SET_CONTENTS_CONSISTENT, status.st_mode & 0777, NULL);
}

static gboolean write_into(const char *path, const char *text, gsize length, GError **error)
{
    FILE *file = fopen(path, "we");
    gboolean written = file != NULL && fwrite(text, 1, length, file) == length;
    int cause = errno;

    if (file != NULL && fclose(file) != 0 && written) {
        written = FALSE;
        cause = errno;
    }
    if (!written) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "cannot write the report '%s': %s", path, g_strerror(cause));
    }
    return written;
}

gboolean report_file_write(const char *path, const char *text, gsize length, GError **error)
{
    return replace(path, text, length) || write_into(path, text, length, error);
}

gboolean report_file_check(const char *path, GError **error)
{
    int cause = access(path, W_OK) != 0                    ? errno
                : g_file_test(path, G_FILE_TEST_IS_DIR) ? EISDIR
                                                        : 0;

    if (cause != 0) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "cannot write the report '%s': %s", path, g_strerror(cause));
    }
    return cause == 0;
}
