/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report-ktap.h"

#include "outside-checks.h"

#define INDENT "    "

/* What explains a test comes before it; a "#" elsewhere would begin a directive. */
static void append_diagnostic(GString *text, const char *indent, const char *diagnostic)
{
    g_auto(GStrv) lines = g_strsplit(diagnostic, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_string_append_printf(text, "%s# %s\n", indent, lines[i]);
    }
}

/* A failure that was expected, or that decides nothing, is none to those who read KTAP. */
static void append_check(GString *text, const Judgement *judgement, const Check *check,
                         guint number)
{
    gboolean expected = judgement_knows_failure(judgement, check);
    const char *directive = !check->called_for                         ? " # SKIP not called for"
                            : check->ok                                ? ""
                            : check->warning                           ? " # TODO a warning"
                            : expected ? " # XFAIL the scenario says that it breaks"
                                       : "";

    if (!check->ok && check->text != NULL) {
        append_diagnostic(text, INDENT, check->text);
    }
    g_string_append_printf(text, INDENT "%s %u %s%s\n",
                           check->ok || directive[0] != '\0' ? "ok" : "not ok", number,
                           check->name, directive);
}

char *report_ktap_head(guint planned)
{
    return g_strdup_printf("KTAP version 1\n1..%u\n", planned);
}

char *report_ktap_result(const RunResult *result, guint number)
{
    const Judgement *judgement = result->judgement;
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, INDENT "KTAP version 1\n" INDENT "# Subtest: %s\n" INDENT
                           "1..%u\n", result->name, judgement->checks->len);
    for (guint i = 0; i < judgement->checks->len; i++) {
        append_check(text, judgement, g_ptr_array_index(judgement->checks, i), i + 1);
    }
    if (result->outside) {
        append_diagnostic(text, "", outside_absent_text);
    }
    g_string_append_printf(text, "# %s: outcome %s, expected %s\n", result->name,
                           outcome_names[judgement->outcome], outcome_names[judgement->expected]);
    for (guint i = 0; i < judgement->reasons->len; i++) {
        append_diagnostic(text, "", g_ptr_array_index(judgement->reasons, i));
    }
    g_string_append_printf(text, "%s %u %s\n", judgement->pass ? "ok" : "not ok", number,
                           result->name);
    return g_string_free(text, FALSE);
}

char *report_ktap_error(const char *name, const GError *error, guint number)
{
    GString *text = g_string_new(NULL);

    append_diagnostic(text, "", error->message);
    g_string_append_printf(text, "not ok %u %s\n", number, name);
    return g_string_free(text, FALSE);
}

char *report_ktap_not_run(const char *name, guint number)
{
    return g_strdup_printf("ok %u %s # SKIP not run\n", number, name);
}
