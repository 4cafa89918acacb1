/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plugging in and out, on paper. */
#include "step-type.h"

gboolean step_plug(const KeyFile *file, Function **seats, Function *function, const char *group,
                   const char *key, GError **error)
{
    Function **seat = &seats[function->port->number];

    if (*seat == function) {
        return key_file_fail(file, group, key, error, "'%s' is plugged in already",
                             function->name);
    }
    if (*seat != NULL) {
        return key_file_fail(file, group, key, error, "port '%s' already holds '%s'",
                             function->port->name, (*seat)->name);
    }
    *seat = function;
    return TRUE;
}

gboolean step_check_hot_add(StepPaper *paper, const Step *step, GError **error)
{
    paper->newcomer = step->function;
    g_hash_table_add(paper->asking, step->function);
    return step_plug(paper->file, paper->seats, step->function, paper->group, paper->key, error);
}

gboolean step_check_power_off(StepPaper *paper, const Step *step, GError **error)
{
    if (!step_check_present(paper, step, error)) {
        return FALSE;
    }
    paper->seats[step->function->port->number] = NULL;
    g_hash_table_remove(paper->asking, step->function);
    return TRUE;
}
