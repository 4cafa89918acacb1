/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "key-file-text.h"

#include "error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* What is wrong with a line, (nullable) */
static char *line_complaint(const char *line, gsize length)
{
    const char *bad = NULL;

    if (length > LINE_MAX_BYTES) {
        return g_strdup_printf("a line of %" G_GSIZE_FORMAT " bytes; expected at most %d", length,
                               LINE_MAX_BYTES);
    }
    for (gsize i = 0; i < length; i++) {
        gboolean ends = line[i] == '\r' && i + 1 == length;

        if (g_ascii_iscntrl(line[i]) && line[i] != '\t' && !ends) {
            return g_strdup_printf("byte %" G_GSIZE_FORMAT " of the line is a control character, "
                                   "0x%02x; remove it", i + 1, (guint)line[i]);
        }
    }
    if (g_utf8_validate(line, (gssize)length, &bad)) {
        return NULL;
    }
    return g_strdup_printf("byte %d of the line, 0x%02x, is not UTF-8; save the file as UTF-8",
                           (int)(bad - line) + 1, (guint)(guchar)*bad);
}

static gboolean check_lines(const char *path, const char *text, gsize length, GError **error)
{
    const char *end = text + length;
    const char *line = text;

    for (guint nr = 1; line < end; nr++) {
        const char *newline = memchr(line, '\n', (gsize)(end - line));
        gsize size = (gsize)((newline == NULL ? end : newline) - line);
        g_autofree char *complaint = line_complaint(line, size);

        if (complaint != NULL) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s:%u: %s", path, nr,
                        complaint);
            return FALSE;
        }
        line += size + 1;
    }
    return TRUE;
}

static gboolean is_utf16(const char *text, gsize length)
{
    return length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0);
}

/* In the words of the C library: GLib's have the path once more, in quotation marks. */
static char *read_file(const char *path, gsize *length, GError **error)
{
    g_autoptr(GError) cause = NULL;
    const char *why = NULL;
    char *text = NULL;

    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        why = g_strerror(EISDIR);
    } else if (g_access(path, R_OK) != 0) {
        why = g_strerror(errno);
    } else if (!g_file_get_contents(path, &text, length, &cause)) {
        why = cause->message;
    }
    if (why != NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: %s; expected a file to read",
                    path, why);
    }
    return text;
}

char *key_file_text(const char *path, GError **error)
{
    gsize length = 0;
    g_autofree char *text = read_file(path, &length, error);
    const char *start = text;

    if (text == NULL) {
        return NULL;
    }
    if (is_utf16(text, length)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "%s: the text is UTF-16; save the file as UTF-8", path);
        return NULL;
    }
    if (g_str_has_prefix(text, BYTE_ORDER_MARK)) {
        start += strlen(BYTE_ORDER_MARK);
        length -= strlen(BYTE_ORDER_MARK);
    }
    return check_lines(path, start, length, error) ? g_strdup(start) : NULL;
}
