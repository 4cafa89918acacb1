/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report-tap.h"

#include "outside-checks.h"

static void append_diagnostic(GString *tap, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_string_append_printf(tap, "# %s\n", lines[i]);
    }
}

/* A known failure is TAP's TODO. */
static const char *directive(const Judgement *judgement, const Check *check)
{
    if (!check->called_for) {
        return " # SKIP the outcome does not call for it";
    }
    if (!check->ok && check->warning) {
        return " # TODO a warning, which decides nothing";
    }
    return judgement_knows_failure(judgement, check) ? " # TODO the scenario says that it breaks"
                                                     : "";
}

void report_tap_result(GString *tap, const RunResult *result, guint *number)
{
    const Judgement *judgement = result->judgement;

    for (guint i = 0; i < judgement->checks->len; i++) {
        const Check *check = g_ptr_array_index(judgement->checks, i);

        g_string_append_printf(tap, "%s %u - %s/%s%s\n",
                               check->ok || !check->called_for ? "ok" : "not ok", ++*number,
                               result->name, check->name, directive(judgement, check));
        if (!check->ok && check->text != NULL) {
            append_diagnostic(tap, check->text);
        }
    }
    if (result->outside) {
        append_diagnostic(tap, outside_absent_text);
    }
    g_string_append_printf(tap, "%s %u - %s/verdict/%s\n", judgement->pass ? "ok" : "not ok",
                           ++*number, result->name,
                           outcome_names[judgement->outcome]);
    for (guint i = 0; i < judgement->reasons->len; i++) {
        append_diagnostic(tap, g_ptr_array_index(judgement->reasons, i));
    }
}

void report_tap_error(GString *tap, const char *scenario, const GError *error, guint *number)
{
    g_string_append_printf(tap, "not ok %u - %s/verdict\n", ++*number, scenario);
    append_diagnostic(tap, error->message);
}
