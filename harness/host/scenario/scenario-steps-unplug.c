/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unplugging by its several ways, on paper. */
#include "step-type.h"

static const char *const ways[] = { "button", "power", "surprise", NULL };

gboolean step_read_unplug(const StepGroup *group, Step *step, GError **error)
{
    StepGroup device = *group;
    char *first[] = { group->words[0], NULL };
    const char *way = group->words[0] == NULL ? NULL : group->words[1];

    while (way != NULL && ways[step->how] != NULL && !g_str_equal(ways[step->how], way)) {
        step->how++;
    }
    if (group->words[0] == NULL || (way != NULL && group->words[2] != NULL) ||
        ways[step->how] == NULL) {
        return step_fail(group, error, "expected FUNCTION [button | power | surprise]");
    }
    device.words = first;
    return step_read_device(&device, step, error);
}

gboolean step_check_unplug(StepPaper *paper, const Step *step, GError **error)
{
    if (step->without_waiting && step->how == UNPLUG_POWER) {
        return step_paper_fail(paper, error,
                               "the guest switches the power off, and waits for it; expected "
                               "button or surprise");
    }
    if (step->how == UNPLUG_SURPRISE &&
        (step->function->device != DEVICE_BARSHIFT ||
         paper->scenario->machine.hotplug != HOTPLUG_NATIVE)) {
        return step_paper_fail(paper, error,
                               "only a barshift vanishes, and only with 'hotplug = native' does "
                               "anybody get to know");
    }
    if (!step_check_power_off(paper, step, error)) {
        return FALSE;
    }
    if (step->without_waiting) {
        g_hash_table_add(paper->leaving, step->function);
    }
    return TRUE;
}

gboolean step_read_press(const StepGroup *group, Step *step, GError **error)
{
    step->wanted = key_file_get(group->file, group->group, "error");
    return step_read_device(group, step, error);
}

gboolean step_check_press(StepPaper *paper, const Step *step, GError **error)
{
    return g_hash_table_contains(paper->leaving, step->function) ||
           step_paper_fail(paper, error,
                           "'%s' is not being unplugged at this step; a step 'unplug' with "
                           "'without-waiting = yes' begins it", step->function->name);
}
