/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another size of a BAR, on paper. */
#include "step-type.h"

gboolean step_read_resize(const StepGroup *group, Step *step, GError **error)
{
    guint count = g_strv_length(group->words);

    if (count != 2 && count != 3) {
        return step_fail(group, error, "expected FUNCTION [barN] SIZE");
    }
    return step_find_function(group, group->words[0], step, error) &&
           step_read_size(group, group->words + 1, step, error);
}

gboolean step_check_resize(StepPaper *paper, const Step *step, GError **error)
{
    if (!step_check_present(paper, step->function, error)) {
        return FALSE;
    }
    g_hash_table_add(paper->asking, step->function->first);
    return TRUE;
}
