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

/* One or more, each in a slot of its own */
gboolean step_read_power_off(const StepGroup *group, Step *step, GError **error)
{
    guint count = g_strv_length(group->words);

    if (count == 0) {
        return step_fail(group, error, "expected FUNCTION...");
    }
    for (guint i = count; i > 0; i--) { /* the first one stays in @step */
        char *word[] = { group->words[i - 1], NULL };
        StepGroup device = *group;

        device.words = word;
        if (!step_read_device(&device, step, error)) {
            return FALSE;
        }
        if (i > 1) {
            g_ptr_array_insert(step->others, 0, step->function);
        }
    }
    return TRUE;
}

static gboolean check_power_off(StepPaper *paper, Function *function, GError **error)
{
    if (!step_check_present(paper, function, error)) {
        return FALSE;
    }
    if (port_has_slots(function->port) || function->port->no_hotplug) {
        return step_paper_fail(paper, error, "'%s' has no slot that could be switched off: '%s'",
                               function->port->name, function->name);
    }
    paper->seats[function->seat] = NULL;
    g_hash_table_remove(paper->asking, function);
    return leave(paper, function, error);
}

gboolean step_check_power_off(StepPaper *paper, const Step *step, GError **error)
{
    if (!check_power_off(paper, step->function, error)) {
        return FALSE;
    }
    for (guint i = 0; i < step->others->len; i++) {
        if (!check_power_off(paper, g_ptr_array_index(step->others, i), error)) {
            return FALSE;
        }
    }
    return TRUE;
}
