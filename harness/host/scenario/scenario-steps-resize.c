/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another size of a BAR, on paper. */
#include "step-type.h"

static const char *const errnos[] = { "EBUSY", "EINVAL", "ENOSPC", "ENOTSUPP", NULL };

/* How it is gone about, and what is left as it should not be */
static gboolean read_manner(const StepGroup *group, Step *step, GError **error)
{
    static const char *const ways[] = { "kernel", "config", NULL };
    static const char *const decodes[] = { "off", "on", NULL };
    static const char *const drivers[] = { "unbound", "bound", NULL };
    const KeyFile *file = group->file;
    guint way = 0;
    guint decode = 0;
    guint driver = 0;
    guint answer = 0;

    step->wanted = key_file_get(file, group->group, "errno");
    if (!key_file_get_choice(file, group->group, "by", ways, &way, error) ||
        !key_file_get_choice(file, group->group, "decode", decodes, &decode, error) ||
        !key_file_get_choice(file, group->group, "driver", drivers, &driver, error) ||
        !key_file_get_choice(file, group->group, "errno", errnos, &answer, error)) {
        return FALSE;
    }
    step->by_config = way == 1;
    step->decoding = decode == 1;
    step->bound = driver == 1;
    if (step->by_config && step->wanted != NULL) {
        return key_file_fail(file, group->group, "errno", error,
                             "the kernel is not asked where 'by = config' stands");
    }
    return !step->by_config || !step->bound ||
           key_file_fail(file, group->group, "driver", error,
                         "a function that its driver keeps cannot be found again, which 'by = "
                         "config' does");
}

gboolean step_read_next_size(const StepGroup *group, Step *step, GError **error)
{
    guint count = g_strv_length(group->words);

    if (count != 2 && count != 3) {
        return step_fail(group, error, "expected FUNCTION [barN] SIZE");
    }
    return step_find_function(group, group->words[0], step, error) &&
           step_read_size(group, group->words + 1, step, error);
}

gboolean step_read_resize(const StepGroup *group, Step *step, GError **error)
{
    return step_read_next_size(group, step, error) && read_manner(group, step, error);
}

/* Does a driver of the kernel have it, by a step, or for a driver in the guest? */
static gboolean is_bound(const StepPaper *paper, const Function *function)
{
    return g_hash_table_contains(paper->bound, function) ||
           (function->driver != NULL && g_strcmp0(function->driver->back_end, "vfio") == 0);
}

gboolean step_check_next_size(StepPaper *paper, const Step *step, GError **error)
{
    if (!step_check_present(paper, step->function, error)) {
        return FALSE;
    }
    g_hash_table_add(paper->asking, step->function->first);
    return TRUE;
}

gboolean step_check_resize(StepPaper *paper, const Step *step, GError **error)
{
    if (!step_check_next_size(paper, step, error)) {
        return FALSE;
    }
    if (!step->bound && g_hash_table_contains(paper->bound, step->function)) {
        return step_paper_fail(paper, error,
                               "a step has bound '%s' to a driver of the kernel; a step 'unbind' "
                               "takes it away, or 'driver = bound' stands here",
                               step->function->name);
    }
    return !step->bound || is_bound(paper, step->function) ||
           key_file_fail(paper->file, paper->group, "driver", error,
                         "no driver of the kernel has '%s' at this step; a step 'bind' gives it "
                         "one", step->function->name);
}
