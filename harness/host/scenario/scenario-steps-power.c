/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resets and power states of a function, on paper. */
#include "step-type.h"

gboolean step_read_reset(const StepGroup *group, Step *step, GError **error)
{
    const char *method = group->words[0] == NULL ? NULL : group->words[1];

    if (group->words[0] == NULL || (method != NULL && group->words[2] != NULL) ||
        (method != NULL && !g_str_equal(method, "flr") && !g_str_equal(method, "bus"))) {
        return step_fail(group, error, "expected FUNCTION [flr|bus]");
    }
    if (!step_find_function(group, group->words[0], step, error)) {
        return FALSE;
    }
    step->word = g_strdup(method);
    return step->function->driver == NULL ||
           g_strcmp0(step->function->driver->back_end, "vfio") != 0 ||
           step_fail(group, error, "'%s' has a driver on vfio, which resets by itself",
                     step->function->name);
}

gboolean step_read_sleep(const StepGroup *group, Step *step, GError **error)
{
    if (g_strv_length(group->words) != 1) {
        return step_fail(group, error, "expected one FUNCTION");
    }
    return step_find_function(group, group->words[0], step, error) &&
           (step->function->device == DEVICE_BARSHIFT ||
            step_fail(group, error, "'%s' is none of barshift's functions",
                      step->function->name));
}

gboolean step_check_reset(StepPaper *paper, const Step *step, GError **error)
{
    return step_check_present(paper, step->function, error);
}

gboolean step_check_suspend(StepPaper *paper, const Step *step, GError **error)
{
    if (!step_check_present(paper, step->function, error)) {
        return FALSE;
    }
    g_hash_table_add(paper->asleep, step->function);
    return TRUE;
}

gboolean step_check_resume(StepPaper *paper, const Step *step, GError **error)
{
    return g_hash_table_remove(paper->asleep, step->function) ||
           step_paper_fail(paper, error,
                           "'%s' is not suspended at this step; a step 'suspend' comes before it",
                           step->function->name);
}
