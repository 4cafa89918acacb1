/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel-choice.h"

#include "error.h"
#include "script.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

gboolean kernel_choice_is_file(const char *word)
{
    return strchr(word, '/') != NULL || g_file_test(word, G_FILE_TEST_EXISTS);
}

static gboolean check_file(const char *path, gboolean option, GError **error)
{
    if (access(path, R_OK) == 0) {
        return TRUE;
    }
    g_set_error(error, RUNNER_ERROR, option ? RUNNER_ERROR_USAGE : RUNNER_ERROR_ENVIRONMENT,
                "kernel '%s': %s; expected a bzImage or a vmlinux", path, g_strerror(errno));
    return FALSE;
}

/* The script would say so, too, but for itself. */
static gboolean check_name(const char *word, GError **error)
{
    static const char *const command[] = { BARSHIFT_DEBIAN_KERNEL, "--list", NULL };
    g_autofree char *list = script_output(command, NULL);
    g_auto(GStrv) names = g_strsplit(list == NULL ? "" : list, "\n", -1);
    g_autofree char *text = g_strjoinv(", ", names);

    if (g_ascii_isdigit(word[0]) || g_strv_contains((const char *const *)names, word)) {
        return TRUE;
    }
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                "kernel '%s': no such file, and none has that name; there are: %s, or give a "
                "version such as 6.12.95", word, text);
    return FALSE;
}

char *kernel_choice_find(const char *word, gboolean option, GError **error)
{
    const char *const command[] = { BARSHIFT_DEBIAN_KERNEL, word, NULL };
    g_autoptr(GError) cause = NULL;
    char *path;

    if (kernel_choice_is_file(word)) {
        return check_file(word, option, error) ? g_strdup(word) : NULL;
    }
    if (!check_name(word, error)) {
        return NULL;
    }
    path = script_output(command, &cause);
    if (path == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "kernel '%s' cannot be had: '%s' tells why above (%s)", word,
                    BARSHIFT_DEBIAN_KERNEL, cause->message);
    }
    return path;
}

char *kernel_choice_word(const char *path)
{
    g_autofree char *boot = g_path_get_dirname(path);
    g_autofree char *entry = g_path_get_dirname(boot);
    g_autofree char *name = g_path_get_basename(entry);
    const char *version = strchr(name, '_');

    return g_str_has_prefix(name, "linux-image-") && version != NULL ? g_strdup(version + 1)
                                                                     : g_strdup(path);
}
