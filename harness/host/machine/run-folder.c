/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run-folder.h"

#include "error.h"

#include <glib/gstdio.h>
#include <string.h>

#define LINES_BEFORE_MARK 4

struct RunFolder {
    char *path;
    gboolean keep;
};

RunFolder *run_folder_new(gboolean keep, GError **error)
{
    g_autoptr(GError) cause = NULL;
    RunFolder *folder;
    char *path = g_dir_make_tmp("barshift-XXXXXX", &cause);

    if (path == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "cannot make a folder for the run: %s; free space there or set TMPDIR",
                    cause->message);
        return NULL;
    }
    folder = g_new0(RunFolder, 1);
    folder->path = path;
    folder->keep = keep;
    return folder;
}

void run_folder_free(RunFolder *folder)
{
    g_autoptr(GDir) entries = NULL;
    const char *name;

    if (folder == NULL) {
        return;
    }
    if (!folder->keep) {
        entries = g_dir_open(folder->path, 0, NULL);
        while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
            g_autofree char *path = run_folder_file(folder, name);

            g_unlink(path);
        }
        g_rmdir(folder->path);
    }
    g_free(folder->path);
    g_free(folder);
}

const char *run_folder_path(const RunFolder *folder)
{
    return folder->path;
}

char *run_folder_file(const RunFolder *folder, const char *name)
{
    return g_build_filename(folder->path, name, NULL);
}

/* (transfer full): empty when the file cannot be read */
static char **read_lines(const RunFolder *folder, const char *name)
{
    g_autofree char *path = run_folder_file(folder, name);
    g_autofree char *text = NULL;
    g_autofree char *valid = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return g_new0(char *, 1);
    }
    valid = g_utf8_make_valid(g_strchomp(text), -1);
    return g_strsplit(valid, "\n", -1);
}

static char *quote_lines(char **all, guint first, guint end)
{
    GString *text = g_string_new(NULL);

    for (guint i = first; i < end; i++) {
        g_strstrip(all[i]);
        if (all[i][0] != '\0') {
            g_string_append_printf(text, "\n    %s", all[i]);
        }
    }
    return g_string_free(text, FALSE);
}

char *run_folder_tail(const RunFolder *folder, const char *name, guint lines)
{
    g_auto(GStrv) all = read_lines(folder, name);
    guint count = g_strv_length(all);

    return quote_lines(all, count > lines ? count - lines : 0, count);
}

char *run_folder_around(const RunFolder *folder, const char *name, const char *mark, guint lines)
{
    g_auto(GStrv) all = read_lines(folder, name);
    guint count = g_strv_length(all);

    for (guint i = 0; i < count; i++) {
        if (strstr(all[i], mark) != NULL) {
            guint first = i > LINES_BEFORE_MARK ? i - LINES_BEFORE_MARK : 0;

            return quote_lines(all, first, MIN(count, first + lines));
        }
    }
    return NULL;
}
