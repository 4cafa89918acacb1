/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plugging in and out, on paper. */
#include "step-type.h"

gboolean step_plug(const KeyFile *file, Function **seats, Function *function, const char *group,
                   const char *key, GError **error)
{
    Function **seat = &seats[function->seat];

    if (*seat == function) {
        return key_file_fail(file, group, key, error, "'%s' is plugged in already%s",
                             function->name,
                             function->at_boot ? "; expected one with 'plugged = later'" : "");
    }
    if (*seat != NULL && port_has_slots(function->port)) {
        return key_file_fail(file, group, "slot", error, "slot %u of '%s' already holds '%s'",
                             function->slot, function->port->name, (*seat)->name);
    }
    if (*seat != NULL) {
        return key_file_fail(file, group, key, error, "port '%s' already holds '%s'",
                             function->port->name, (*seat)->name);
    }
    *seat = function;
    return TRUE;
}

/* Whoever was leaving the port has gone before another one is plugged in */
static gboolean is_on_port(gpointer key, gpointer value G_GNUC_UNUSED, gpointer port)
{
    return ((const Function *)key)->port == port;
}

gboolean step_check_hot_add(StepPaper *paper, const Step *step, GError **error)
{
    if (!step_check_known(paper, step->function->port, error)) {
        return FALSE;
    }
    g_hash_table_foreach_remove(paper->leaving, is_on_port, step->function->port);
    paper->newcomer = step->function;
    g_hash_table_add(paper->asking, step->function);
    return step_plug(paper->file, paper->seats, step->function, paper->group, paper->key, error);
}

/* The other functions of a device go with function 0, and take with them what they had. */
static gboolean leave(StepPaper *paper, const Function *first, GError **error)
{
    const GPtrArray *functions = paper->scenario->functions;

    for (guint i = 0; i < functions->len; i++) {
        const Function *function = g_ptr_array_index(functions, i);

        if (function->first != first) {
            continue;
        }
        if (!step_check_awake(paper, function, error)) {
            return FALSE;
        }
        g_hash_table_remove(paper->bound, function);
        g_hash_table_remove(paper->forgotten, function);
    }
    return TRUE;
}

gboolean step_check_power_off(StepPaper *paper, const Step *step, GError **error)
{
    if (!step_check_present(paper, step->function, error)) {
        return FALSE;
    }
    if (port_has_slots(step->function->port) || step->function->port->no_hotplug) {
        return step_paper_fail(paper, error, "'%s' has no slot that could be switched off: '%s'",
                               step->function->port->name, step->function->name);
    }
    paper->seats[step->function->seat] = NULL;
    g_hash_table_remove(paper->asking, step->function);
    return leave(paper, step->function, error);
}
