/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of a scenario that concern several groups at once. The steps are played through on
 * paper: which function sits where is known after each of them.
 */
#include "error.h"
#include "expect-group.h"
#include "scenario-file.h"
#include "size.h"
#include "step-type.h"

#include <string.h>

static char *function_group(const Function *function)
{
    return g_strdup_printf("function %s", function->name);
}

static void check_claims(const Scenario *scenario, const KeyFile *file, GError **errors)
{
    char *const *const lists[EXPECT_LISTS] = {
        [EXPECT_MOVED] = scenario->moved,         [EXPECT_KEPT] = scenario->kept,
        [EXPECT_UNTOUCHED] = scenario->untouched, [EXPECT_QUIET] = scenario->quiet,
        [EXPECT_BREAKS] = scenario->breaks,
    };

    for (guint i = 0; i < EXPECT_LISTS; i++) {
        GError *cause = NULL;

        expect_list_check(scenario, file, "scenario", i, lists[i], &cause);
        runner_error_add(errors, cause);
    }
}

static gboolean check_vfio(const Scenario *scenario, const KeyFile *file, GError **error)
{
    for (guint i = 0; !scenario->machine.iommu && i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);
        g_autofree char *group = function_group(function);

        if (function->driver != NULL && g_strcmp0(function->driver->back_end, "vfio") == 0) {
            return key_file_fail(file, group, "back-end", error,
                                 "vfio needs 'iommu = on' in [machine]");
        }
    }
    return TRUE;
}

static gboolean check_boot(const Scenario *scenario, const KeyFile *file, Function **seats,
                           GError **error)
{
    guint64 needed = 0;

    for (guint i = 0; i < scenario->functions->len; i++) {
        Function *function = g_ptr_array_index(scenario->functions, i);
        g_autofree char *group = function_group(function);

        if (!function->at_boot) {
            continue;
        }
        if (function->number == 0 && !step_plug(file, seats, function, group, "port", error)) {
            return FALSE;
        }
        if (!g_uint64_checked_add(&needed, needed, function_pref64_bytes(function))) {
            needed = G_MAXUINT64;
        }
    }
    if (needed > scenario->machine.hole64_bytes) {
        g_autofree char *hole = size_format(scenario->machine.hole64_bytes);
        g_autofree char *sum = size_format(needed);

        return key_file_fail(file, "machine", "hole64", error,
                             "the 64-bit window of %s is too small for the functions plugged at "
                             "boot, which need %s", hole, sum);
    }
    return TRUE;
}

/* Can it come to this? Only who asks for resources can get or be refused them. */
static gboolean check_outcome(const StepPaper *paper, const char *group, const char *key,
                              Outcome outcome, GError **error)
{
    gboolean asked = g_hash_table_size(paper->asking) != 0;

    if (asked && outcome == OUTCOME_SURVIVED) {
        return key_file_fail(paper->file, group, key, error,
                             "somebody asks for resources here; survived is when nobody does");
    }
    return asked || outcome == OUTCOME_SURVIVED || outcome == OUTCOME_HARMED ||
           key_file_fail(paper->file, group, key, error,
                         "nobody is plugged in here that was hot-added or resized; without one "
                         "the outcome is survived or harmed");
}

/* What begins meanwhile is as good as done at the next step, for its end is waited for. */
static gboolean check_meanwhile(StepPaper *paper, const Step *step, GError **error)
{
    if (step == NULL) {
        return TRUE;
    }
    paper->key = "meanwhile";
    if (!step->type->check(paper, step, error)) {
        return FALSE;
    }
    g_hash_table_remove(paper->leaving, step->function);
    return TRUE;
}

/* An outcome that can be expected at some point: after a step, or in the end */
typedef struct Expected {
    gboolean has; /* FALSE: it is not judged there */
    Outcome outcome;
    const char *group, *key; /* that say so */
} Expected;

/* As a group [expect NAME] has it; @step: -1: in the end */
static Expected conditional(const ExpectGroup *expect, int step, const char *key)
{
    return step < 0 ? (Expected) { expect->has_outcome, expect->outcome, expect->group, key }
                    : (Expected) { expect->steps[step] >= 0, (Outcome)expect->steps[step],
                                   expect->group, key };
}

/* In this variant, is there ever a group in force that comes before @index? */
static gboolean is_preceded(const Scenario *scenario, guint index)
{
    for (guint i = 0; i < index; i++) {
        const ExpectGroup *expect = g_ptr_array_index(scenario->expects, i);

        if (expect->possible && expect->conditions->len == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean check_expected(const StepPaper *paper, const Expected *expected, GError **error)
{
    return !expected->has ||
           check_outcome(paper, expected->group, expected->key, expected->outcome, error);
}

/* Whatever can be expected there, with whichever kernel and QEMU. @always: without a condition */
static gboolean check_all_expected(const Scenario *scenario, const StepPaper *paper, int step,
                                   const Expected *always, GError **error)
{
    g_autofree char *key = g_strdup(
        step < 0 ? "outcome" : paper->group); /* [step NAME] is the key step.NAME */
    gboolean has_always = !is_preceded(scenario, scenario->expects->len);

    if (step >= 0) {
        key[strlen("step")] = '.';
    }
    for (guint i = 0; i < scenario->expects->len; i++) {
        const ExpectGroup *expect = g_ptr_array_index(scenario->expects, i);
        const Expected expected = conditional(expect, step, key);

        if (!expect->possible || is_preceded(scenario, i)) {
            continue;
        }
        if (!check_expected(paper, &expected, error)) {
            return FALSE;
        }
        has_always |= !expected.has;
    }
    return !has_always || check_expected(paper, always, error);
}

static gboolean check_step(StepPaper *paper, const Step *step, int index, GError **error)
{
    const char *key = g_str_equal(paper->key, "check") ? paper->key : "expect";
    const Expected always = { step->has_expect, step->expect, paper->group, key };

    if ((step->type->check != NULL && !step->type->check(paper, step, error)) ||
        !check_meanwhile(paper, step->meanwhile, error)) {
        return FALSE;
    }
    if (step->has_expect) {
        g_hash_table_remove_all(paper->leaving);
    }
    return check_all_expected(paper->scenario, paper, index, &always, error);
}

/* What comes after a step that is wrong rests on no ground, and is not looked at. */
static gboolean check_steps(const Scenario *scenario, const KeyFile *file, StepPaper *paper,
                            gboolean has_outcome, GError **error)
{
    const Expected always = { has_outcome, scenario->outcome, "scenario", "outcome" };

    for (guint i = 0; i < scenario->steps->len; i++) {
        const Step *step = g_ptr_array_index(scenario->steps, i);
        g_autofree char *group = scenario_file_step_group(file, i);

        paper->group = group;
        paper->key = step->type->key;
        if (!check_step(paper, step, (int)i, error)) {
            return FALSE;
        }
    }
    return check_all_expected(scenario, paper, -1, &always, error);
}

/* All groups but [scenario] are right, each for itself. */
static void check_body(Scenario *scenario, const KeyFile *file, gboolean has_outcome,
                       GError **errors)
{
    g_autofree Function **seats = g_new0(Function *, scenario->functions->len + 1);
    g_autoptr(GHashTable) asking = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) leaving = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) forgotten = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) asleep = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) bound = g_hash_table_new(NULL, NULL);
    StepPaper paper = {
        .scenario = scenario,
        .file = file,
        .seats = seats,
        .asking = asking,
        .leaving = leaving,
        .forgotten = forgotten,
        .asleep = asleep,
        .bound = bound,
    };

    gboolean stands;
    GError *causes[4] = { NULL };

    check_vfio(scenario, file, &causes[0]);
    stands = scenario_check_expects(scenario, file, &causes[1]);
    stands = check_boot(scenario, file, seats, &causes[2]) && stands;
    if (stands) {
        check_steps(scenario, file, &paper, has_outcome, &causes[3]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(causes); i++) {
        runner_error_add(errors, causes[i]);
    }
}

void scenario_file_check(Scenario *scenario, const KeyFile *file, ScenarioParts right,
                         GError **errors)
{
    if (!key_file_has_group(file, "scenario")) {
        runner_error_add(errors, g_error_new(RUNNER_ERROR, RUNNER_ERROR_USAGE,
                                             "%s: the group [scenario] is missing",
                                             scenario->path));
    } else {
        check_claims(scenario, file, errors);
    }
    if ((right & SCENARIO_BODY) != 0) {
        check_body(scenario, file,
                   (right & SCENARIO_HEAD) != 0 && key_file_has_group(file, "scenario"), errors);
    }
}
