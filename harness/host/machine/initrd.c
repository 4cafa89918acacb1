/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "initrd.h"

#include "error.h"

/* Linux, Documentation/driver-api/early-userspace/buffer-format.rst: ALGN(4) */
#define ARCHIVE_ALIGNMENT 4

static gboolean append_file(GByteArray *bytes, const char *path, GError **error)
{
    static const guint8 zeros[ARCHIVE_ALIGNMENT];
    g_autofree char *text = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, error)) {
        return FALSE;
    }
    g_byte_array_append(bytes, zeros, -bytes->len % ARCHIVE_ALIGNMENT);
    g_byte_array_append(bytes, (const guint8 *)text, length);
    return TRUE;
}

gboolean initrd_join(const char *path, const char *first, const char *second, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GError) cause = NULL;

    if (append_file(bytes, first, &cause) && append_file(bytes, second, &cause) &&
        g_file_set_contents_full(path, (const char *)bytes->data, bytes->len,
                                 G_FILE_SET_CONTENTS_NONE, 0600, &cause)) {
        return TRUE;
    }
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                "cannot put the guest's modules behind its root file system: %s", cause->message);
    return FALSE;
}
