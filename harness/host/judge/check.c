/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

#include "error.h"

#include <stdio.h>
#include <string.h>

Check *check_new(const char *name, gboolean ok, char *text)
{
    Check *check = g_new0(Check, 1);

    check->name = g_strdup(name);
    check->ok = ok;
    check->called_for = TRUE;
    check->text = text;
    return check;
}

Check *check_add(GPtrArray *checks, gboolean ok, char *text, const char *format, ...)
{
    g_autofree char *name = NULL;
    va_list arguments;
    Check *check;

    va_start(arguments, format);
    name = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    check = check_new(name, ok, text);
    g_ptr_array_add(checks, check);
    return check;
}

void check_free(Check *check)
{
    g_free(check->name);
    g_free(check->text);
    g_free(check);
}

char *check_part(const Check *check, guint index)
{
    g_auto(GStrv) parts = g_strsplit(check->name, "/", -1);

    return g_strdup(index < g_strv_length(parts) ? parts[index] : "");
}

/* "ok 3 - NAME # SKIP WHY" */
static gboolean parse_test(const char *line, GPtrArray *checks)
{
    gboolean ok = g_str_has_prefix(line, "ok ");
    const char *name = strstr(line, " - ");
    g_auto(GStrv) halves = NULL;
    Check *check;

    if ((!ok && !g_str_has_prefix(line, "not ok ")) || name == NULL) {
        return FALSE;
    }
    halves = g_strsplit(name + strlen(" - "), " # SKIP", 2);
    check = check_new(g_strstrip(halves[0]), ok, NULL);
    if (halves[1] != NULL) {
        check->called_for = FALSE;
        check->text = g_strdup(g_strstrip(halves[1]));
    }
    g_ptr_array_add(checks, check);
    return TRUE;
}

/* A comment behind a failed test says why; the source position that CMocka adds is left out. */
static void parse_comment(const char *line, GPtrArray *checks)
{
    Check *last = checks->len == 0 ? NULL : g_ptr_array_index(checks, checks->len - 1);
    const char *text = line + 1;

    while (*text == ' ') {
        text++;
    }
    if (last == NULL || last->ok || last->text != NULL || *text == '\0') {
        return;
    }
    last->text = g_strdup(text);
}

GPtrArray *check_list_from_tap(const char *text, GError **error)
{
    g_autoptr(GPtrArray) checks = g_ptr_array_new_with_free_func((GDestroyNotify)check_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    unsigned planned = 0;
    gboolean has_plan = FALSE;

    for (guint i = 0; lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], "Bail out!")) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "the guest's checks: %s",
                        lines[i]);
            return NULL;
        }
        if (sscanf(lines[i], "1..%u", &planned) == 1) {
            has_plan = TRUE;
        } else if (lines[i][0] == '#') {
            parse_comment(lines[i], checks);
        } else {
            parse_test(lines[i], checks);
        }
    }
    if (!has_plan || planned != checks->len) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "the guest's checks ended early: %u of %s%u came", checks->len,
                    has_plan ? "" : "an unknown number, at least ", planned);
        return NULL;
    }
    return g_steal_pointer(&checks);
}
