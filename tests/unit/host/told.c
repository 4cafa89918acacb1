/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "told.h"

#define GIB (1ull << 30)

static const char a_bdf[] = "0000:01:00.0";
static const char c_bdf[] = "0000:03:00.0";

static void step_free(gpointer data)
{
    StepRecord *step = data;

    g_ptr_array_unref(step->kernel);
    g_free(step->text);
    g_free(step->detail);
    g_free(step);
}

StepRecord *told_add_step(RunResult *result, const char *text, const char *detail)
{
    StepRecord *step = g_new0(StepRecord, 1);

    step->start_seconds = 1.25;
    step->seconds = 0.5;
    step->text = g_strdup(text);
    step->detail = g_strdup(detail);
    step->kernel = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(result->steps, step);
    return step;
}

RunResult *told_result_new(const Scenario *scenario, Observation *before, Observation *after)
{
    RunResult *result = g_new0(RunResult, 1);

    result->scenario = scenario;
    result->name = g_strdup(scenario->name);
    result->qemu_version = g_strdup("7.2.22");
    result->kernel_release = g_strdup("6.1.0");
    result->accel = g_strdup("tcg");
    result->command = g_strdup("qemu-system-x86_64 \\\n    -accel tcg\n");
    result->seconds = 5.0;
    result->steps = g_ptr_array_new_with_free_func(step_free);
    result->before = before;
    result->after = after;
    return result;
}

static Judgement *judge(RunResult *result, GPtrArray *guest_checks, Outcome expected)
{
    Judgement *judgement;
    Story story;

    story_init(&story, result->scenario);
    story.before = result->before;
    story.after = result->after;
    g_hash_table_add(story.newcomers, scenario_find_function(result->scenario, "c"));
    judgement = verdict_judge(&story, guest_checks, expected, TRUE);
    story_clear(&story);
    return judgement;
}

void told_add_check(GPtrArray *checks, const char *name, const char *why)
{
    g_ptr_array_add(checks, check_new(name, why == NULL, g_strdup(why)));
}

Told *told_new(void)
{
    const MadeUp before[] = { made_up_at(1, a_bdf, 6 * GIB, 2 * GIB, 5), { 0 } };
    const MadeUp after[] = { before[0], made_up_at(3, c_bdf, 12 * GIB, 4 * GIB, 4), { 0 } };
    GPtrArray *checks = g_ptr_array_new_with_free_func((GDestroyNotify)check_free);
    GString *text = g_string_new(made_up_scenario_text);
    Told *told = g_new0(Told, 1);

    g_string_replace(text, "outcome = settled\n", "outcome = settled\nbreaks = I5\n", 1);
    told->scenario = made_up_scenario(text->str);
    told->result = told_result_new(told->scenario, made_up_observation(told->scenario, before),
                                   made_up_observation(told->scenario, after));
    told_add_check(checks, "I4/aligned/0000:01:00.0/bar2", NULL);
    told_add_check(checks, "I5/reachable/0000:03:00.0/bar2", "read 0x0\nexpected 0x1");
    told_add_check(checks, "I5/reachable/0000:03:00.0/bar0", NULL);
    told_add_check(checks, "I6/preserved/0000:03:00.0/bar2", "nothing was filled");
    ((Check *)g_ptr_array_index(checks, 3))->called_for = FALSE;
    told_add_check(checks, "I8/old-silent/0000:01:00.0/bar2", "tag 1 answers");
    told_add_check(checks, "I12/minimal/step-1", "2 were stopped");
    ((Check *)g_ptr_array_index(checks, 5))->warning = TRUE;
    told_add_check(checks, "I7/quiet/0000:01:00.0", NULL);
    told_add_step(told->result, "boot", NULL);
    told_add_step(told->result, "hot-add c", "0000:03:00.0 BAR 2 assigned");
    told->result->judgement = judge(told->result, checks, OUTCOME_SETTLED);
    g_string_free(text, TRUE);
    return told;
}

void told_free(Told *told)
{
    run_result_free(told->result);
    scenario_free(told->scenario);
    g_free(told);
}
