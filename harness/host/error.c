/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"

#include <stdio.h>

G_DEFINE_QUARK(barshift-runner-error-quark, runner_error)

gboolean runner_error_has(const GError *error, const char *line)
{
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);

    return g_strv_contains((const char *const *)lines, line);
}

void runner_error_add(GError **all, GError *further)
{
    g_auto(GStrv) lines = NULL;

    if (further == NULL || further->code == RUNNER_ERROR_FOLLOWS) {
        g_clear_error(&further);
        return;
    }
    if (*all == NULL) {
        *all = further;
        return;
    }
    lines = g_strsplit(further->message, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (!runner_error_has(*all, lines[i])) {
            g_autofree char *before = (*all)->message;

            (*all)->message = g_strconcat(before, "\n", lines[i], NULL);
        }
    }
    g_error_free(further);
}

void runner_error_print(const GError *error)
{
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        gboolean goes_on = i != 0 && g_ascii_isspace(lines[i][0]);

        fprintf(stderr, "%s%s\n", goes_on ? "" : "barshift: ", lines[i]);
    }
}
