/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-expect.h"

#include "expect-group.h"
#include "version-range.h"

#include <string.h>

static gboolean condition_holds(const VersionCondition *condition, const char *version)
{
    for (guint i = 0; version != NULL && condition->ranges[i] != NULL; i++) {
        if (version_range_has(condition->ranges[i], version)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean group_holds(const ExpectGroup *group, const char *kernel_version,
                            const char *qemu_version)
{
    for (guint i = 0; i < group->conditions->len; i++) {
        const VersionCondition *condition = g_ptr_array_index(group->conditions, i);

        if (!condition_holds(condition, condition->of_kernel ? kernel_version : qemu_version)) {
            return FALSE;
        }
    }
    return group->possible;
}

static void expectation_clear(gpointer data)
{
    ScenarioExpectation *expectation = data;

    g_free(expectation->steps);
}

ScenarioExpectation *scenario_expect_always(const Scenario *scenario)
{
    ScenarioExpectation *expectation = g_atomic_rc_box_new0(ScenarioExpectation);

    expectation->outcome = scenario->outcome;
    expectation->moved = scenario->moved;
    expectation->kept = scenario->kept;
    expectation->untouched = scenario->untouched;
    expectation->quiet = scenario->quiet;
    expectation->breaks = scenario->breaks;
    expectation->steps = g_new(int, scenario->steps->len);
    for (guint i = 0; i < scenario->steps->len; i++) {
        const Step *step = g_ptr_array_index(scenario->steps, i);

        expectation->steps[i] = step->has_expect ? (int)step->expect : -1;
    }
    return expectation;
}

static void replace(ScenarioExpectation *expectation, const ExpectGroup *group, guint step_count)
{
    char *const **const lists[EXPECT_LISTS] = {
        [EXPECT_MOVED] = &expectation->moved,         [EXPECT_KEPT] = &expectation->kept,
        [EXPECT_UNTOUCHED] = &expectation->untouched, [EXPECT_QUIET] = &expectation->quiet,
        [EXPECT_BREAKS] = &expectation->breaks,
    };

    expectation->name = group->group + strlen("expect ");
    expectation->place = group->place;
    expectation->reason = group->reason;
    expectation->link = group->link;
    if (group->has_outcome) {
        expectation->outcome = group->outcome;
    }
    for (guint i = 0; i < EXPECT_LISTS; i++) {
        if (group->lists[i] != NULL) {
            *lists[i] = group->lists[i];
        }
    }
    for (guint i = 0; i < step_count; i++) {
        if (group->steps[i] >= 0) {
            expectation->steps[i] = group->steps[i];
        }
    }
}

ScenarioExpectation *scenario_expect(const Scenario *scenario, const char *kernel_version,
                                     const char *qemu_version)
{
    ScenarioExpectation *expectation = scenario_expect_always(scenario);

    for (guint i = 0; i < scenario->expects->len; i++) {
        const ExpectGroup *group = g_ptr_array_index(scenario->expects, i);

        if (group_holds(group, kernel_version, qemu_version)) {
            replace(expectation, group, scenario->steps->len);
            break;
        }
    }
    return expectation;
}

ScenarioExpectation *scenario_expectation_ref(ScenarioExpectation *expectation)
{
    return g_atomic_rc_box_acquire(expectation);
}

void scenario_expectation_unref(ScenarioExpectation *expectation)
{
    g_atomic_rc_box_release_full(expectation, expectation_clear);
}

gboolean scenario_expectation_step(const ScenarioExpectation *expectation, guint index,
                                   Outcome *outcome)
{
    if (expectation->steps[index] < 0) {
        return FALSE;
    }
    *outcome = (Outcome)expectation->steps[index];
    return TRUE;
}
