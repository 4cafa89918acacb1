/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What reports say when an expectation depends on a version. */
#include "made-up.h"
#include "report-json.h"
#include "report-tap.h"
#include "report-text.h"

#include <string.h>

static const char expects[] =
    "[expect old]\n"
    "when = kernel ..6.1\n"
    "breaks = I3\n"
    "reason = the window does not grow\n"
    "link = docs/findings.md#window\n";

typedef struct Told {
    Scenario *scenario;
    RunResult result;
} Told;

static Told *told_new(const char *kernel_version, gboolean pass, gboolean improvement)
{
    g_autofree char *text = g_strconcat(made_up_scenario_text, expects, NULL);
    const MadeUp nobody[] = { { 0 } };
    Told *told = g_new0(Told, 1);
    Judgement *judgement = g_new0(Judgement, 1);

    told->scenario = made_up_scenario(text);
    judgement->expectation = scenario_expect(told->scenario, kernel_version, NULL);
    judgement->pass = pass;
    judgement->improvement = improvement;
    judgement->fates = g_new0(Fate, told->scenario->functions->len);
    judgement->checks = g_ptr_array_new_with_free_func((GDestroyNotify)check_free);
    judgement->reasons = g_ptr_array_new_with_free_func(g_free);
    check_add(judgement->checks, FALSE, NULL, "I3/disjoint/x");
    told->result = (RunResult) {
        .scenario = told->scenario,
        .name = told->scenario->name,
        .steps = g_ptr_array_new(),
        .before = made_up_observation(told->scenario, nobody),
        .after = made_up_observation(told->scenario, nobody),
        .judgement = judgement,
    };
    return told;
}

static void told_free(Told *told)
{
    g_ptr_array_unref(told->result.steps);
    observation_free(told->result.before);
    observation_free(told->result.after);
    judgement_free(told->result.judgement);
    scenario_free(told->scenario);
    g_free(told);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Told, told_free)

static char *text_of(const Told *told)
{
    return report_text_result(&told->result, &(const TextStyle) { 0 });
}

static void test_text(void)
{
    g_autoptr(Told) plain = told_new("6.2", TRUE, FALSE);
    g_autoptr(Told) old = told_new("6.1", TRUE, FALSE);
    g_autoptr(Told) better = told_new("6.1", FALSE, TRUE);
    g_autofree char *plain_text = text_of(plain);
    g_autofree char *old_text = text_of(old);
    g_autofree char *better_text = text_of(better);
    static const char why[] =
        "      expected by [expect old]: the window does not grow (docs/findings.md#window)\n";

    g_assert_nonnull(strstr(plain_text, "\nPASS  made-up: "));
    g_assert_null(strstr(plain_text, "[expect "));
    g_assert_nonnull(strstr(old_text, "\nPASS  made-up: "));
    g_assert_nonnull(strstr(old_text, why));
    g_assert_nonnull(strstr(better_text, "\nIMPROVED  made-up: "));
    g_assert_null(strstr(better_text, "FAIL"));
}

static JsonObject *json_of(const Told *told, JsonNode **node)
{
    *node = report_json_result(&told->result, &made_up_origin);
    return json_node_get_object(*node);
}

static void test_json(void)
{
    g_autoptr(Told) plain = told_new("6.2", TRUE, FALSE);
    g_autoptr(Told) better = told_new("6.1", FALSE, TRUE);
    g_autoptr(JsonNode) plain_node = NULL;
    g_autoptr(JsonNode) better_node = NULL;
    JsonObject *object = json_of(plain, &plain_node);

    g_assert_false(json_object_get_boolean_member(object, "improvement"));
    g_assert_true(json_object_get_null_member(object, "expectation"));
    object = json_of(better, &better_node);
    g_assert_true(json_object_get_boolean_member(object, "improvement"));
    g_assert_cmpstr(json_object_get_string_member(object, "verdict"), ==, "fail");
    object = json_object_get_object_member(object, "expectation");
    g_assert_cmpstr(json_object_get_string_member(object, "name"), ==, "old");
    g_assert_cmpstr(json_object_get_string_member(object, "reason"), ==,
                    "the window does not grow");
    g_assert_cmpstr(json_object_get_string_member(object, "link"), ==, "docs/findings.md#window");
}

/* What breaks by the expectation in force is a known failure. */
static void test_tap(void)
{
    g_autoptr(Told) plain = told_new("6.2", FALSE, FALSE);
    g_autoptr(Told) old = told_new("6.1", TRUE, FALSE);
    g_autoptr(GString) plain_tap = g_string_new(NULL);
    g_autoptr(GString) old_tap = g_string_new(NULL);
    guint number = 0;

    report_tap_result(plain_tap, &plain->result, &number);
    report_tap_result(old_tap, &old->result, &number);
    g_assert_nonnull(strstr(plain_tap->str, "not ok 1 - made-up/I3/disjoint/x\n"));
    g_assert_nonnull(strstr(old_tap->str, "not ok 3 - made-up/I3/disjoint/x # TODO "));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report/expectation/text", test_text);
    g_test_add_func("/report/expectation/json", test_json);
    g_test_add_func("/report/expectation/tap", test_tap);
    return g_test_run();
}
