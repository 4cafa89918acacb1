/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address maps of snapshots in the reports. */
#include "address-map.h"
#include "made-up.h"
#include "report-json.h"

#include <string.h>

#define GIB (1024 * 1024 * 1024ull)

static const char a_bdf[] = "0000:01:00.0";

static Judgement *judge(const RunResult *result)
{
    g_autoptr(GPtrArray) checks = g_ptr_array_new_with_free_func((GDestroyNotify)check_free);
    Judgement *judgement;
    Story story;

    story_init(&story, result->scenario);
    story.before = result->before;
    story.after = result->after;
    judgement = verdict_judge(&story, g_steal_pointer(&checks), OUTCOME_SURVIVED, FALSE);
    story_clear(&story);
    return judgement;
}

/* a is at 6 GiB, then at 8, where it does not decode, and in the end at 10 */
static RunResult *result_new(Scenario *scenario)
{
    const MadeUp rows[][2] = {
        { made_up_at(1, a_bdf, 6 * GIB, 2 * GIB, 5), { 0 } },
        { made_up_at(1, a_bdf, 0, 2 * GIB, 6), { 0 } },
        { made_up_at(1, a_bdf, 10 * GIB, 2 * GIB, 7), { 0 } },
    };
    MadeUp between[2] = { rows[1][0], { 0 } };
    RunResult *result = g_new0(RunResult, 1);
    StepRecord *step = g_new0(StepRecord, 1);

    between[0].base[WITNESS_KERNEL] = 8 * GIB;
    result->scenario = scenario;
    result->steps = g_ptr_array_new();
    result->before = made_up_observation(scenario, rows[0]);
    result->after = made_up_observation(scenario, rows[2]);
    result->judgement = judge(result);
    step->scenario = scenario;
    step->text = g_strdup("snapshot between");
    step->kernel = g_ptr_array_new();
    step->map_name = g_strdup("between");
    step->map = made_up_observation(scenario, between);
    g_ptr_array_add(result->steps, step);
    return result;
}

static void step_free(StepRecord *step)
{
    g_ptr_array_unref(step->kernel);
    observation_free(step->map);
    g_free(step->map_name);
    g_free(step->text);
    g_free(step);
}

static void result_free(RunResult *result)
{
    step_free(g_ptr_array_index(result->steps, 0));
    run_result_free(result);
}

static void test_text(void)
{
    static const char expected[] =
        "\n  between\n"
        "    A a bar2                   2 GiB  0x200000000-0x27fffffff  does not decode\n";
    g_autoptr(Scenario) scenario = made_up_scenario(made_up_scenario_text);
    RunResult *result = result_new(scenario);
    g_autoptr(GString) all = g_string_new(NULL);
    g_autoptr(GString) main_bars = g_string_new(NULL);

    address_map_append(all, result, TRUE);
    address_map_append(main_bars, result, FALSE);
    g_test_message("%s", all->str);
    g_assert_nonnull(strstr(all->str, "\n  before  |................AAAA"));
    g_assert_nonnull(strstr(all->str, "\n  between |................................AAAA"));
    g_assert_nonnull(strstr(all->str, expected));
    g_assert_null(strstr(main_bars->str, "between"));
    result_free(result);
}

static void test_json(void)
{
    g_autoptr(Scenario) scenario = made_up_scenario(made_up_scenario_text);
    RunResult *result = result_new(scenario);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(JsonNode) node = report_json_result(result, &made_up_origin);
    JsonObject *root = json_node_get_object(node);
    JsonObject *map = json_object_get_object_member(json_object_get_object_member(root, "maps"),
                                                    "between");
    JsonObject *function =
        json_array_get_object_element(json_object_get_array_member(map, "functions"), 0);

    g_assert_cmpstr(json_object_get_string_member(function, "name"), ==, "a");
    g_assert_nonnull(json_object_get_member(map, "ledgers"));
    result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report/maps/text", test_text);
    g_test_add_func("/report/maps/json", test_json);
    return g_test_run();
}
