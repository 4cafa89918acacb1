/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest's kernel knows of, and which of its drivers has it, on paper. */
#include "step-type.h"

#include <string.h>

#define RESCAN_ALL "all"
#define RESCAN_ROOT "root"

/* One FUNCTION or PORT: they share their names */
gboolean step_read_remove(const StepGroup *group, Step *step, GError **error)
{
    const char *name = group->words[0];
    Port *port;

    if (name == NULL || group->words[1] != NULL) {
        return step_fail(group, error, "expected one FUNCTION or PORT");
    }
    step->function = scenario_find_function(group->scenario, name);
    port = scenario_find_port(group->scenario, name);
    if (port != NULL) {
        g_ptr_array_add(step->ports, port);
    }
    return step->function != NULL || port != NULL ||
           step_fail(group, error, "no function and no port '%s' is defined above", name);
}

gboolean step_check_known(StepPaper *paper, const Port *port, GError **error)
{
    return !g_hash_table_contains(paper->forgotten, port) ||
           step_paper_fail(paper, error,
                           "the kernel does not know '%s' at this step; a step 'rescan' finds it",
                           port->name);
}

gboolean step_check_remove(StepPaper *paper, const Step *step, GError **error)
{
    const GPtrArray *functions = paper->scenario->functions;
    const GPtrArray *ports = paper->scenario->ports;
    const Port *port;

    if (step->function != NULL) {
        g_hash_table_remove(paper->bound, step->function);
        return step_check_present(paper, step->function, error) &&
               g_hash_table_add(paper->forgotten, step->function);
    }
    port = g_ptr_array_index(step->ports, 0);
    if (!step_check_known(paper, port, error)) {
        return FALSE;
    }
    for (guint i = 0; i < ports->len; i++) {
        if (port_is_below(g_ptr_array_index(ports, i), port)) {
            g_hash_table_add(paper->forgotten, g_ptr_array_index(ports, i));
        }
    }
    for (guint i = 0; i < functions->len; i++) {
        Function *function = g_ptr_array_index(functions, i);

        if (!port_is_below(function->port, port)) {
            continue;
        }
        if (!step_check_awake(paper, function, error)) {
            return FALSE;
        }
        g_hash_table_add(paper->forgotten, function);
        g_hash_table_remove(paper->bound, function);
    }
    return TRUE;
}

gboolean step_read_rescan(const StepGroup *group, Step *step, GError **error)
{
    const char *where = group->words[0];
    Port *port;

    if (where == NULL || group->words[1] != NULL) {
        return step_fail(group, error, "expected all, root or one PORT");
    }
    if (g_str_equal(where, RESCAN_ALL) || g_str_equal(where, RESCAN_ROOT)) {
        step->words = g_strdupv(group->words);
        return TRUE;
    }
    port = scenario_find_port(group->scenario, where);
    g_ptr_array_add(step->ports, port);
    return port != NULL ||
           step_fail(group, error, "no port '%s' is defined above; other words here are all and "
                     "root", where);
}

void step_find_below(StepPaper *paper, const Port *port)
{
    const GPtrArray *functions = paper->scenario->functions;
    const GPtrArray *ports = paper->scenario->ports;

    for (guint i = 0; i < functions->len; i++) {
        const Function *function = g_ptr_array_index(functions, i);

        if (port == NULL || port_is_below(function->port, port)) {
            g_hash_table_remove(paper->forgotten, function);
        }
    }
    for (guint i = 0; i < ports->len; i++) {
        const Port *found = g_ptr_array_index(ports, i);

        if (port == NULL || (found != port && port_is_below(found, port))) {
            g_hash_table_remove(paper->forgotten, found);
        }
    }
}

gboolean step_check_rescan(StepPaper *paper, const Step *step, GError **error)
{
    const Port *port = step->ports->len == 0 ? NULL : g_ptr_array_index(step->ports, 0);

    if (port != NULL && !step_check_known(paper, port, error)) {
        return FALSE;
    }
    step_find_below(paper, port);
    return TRUE;
}

gboolean step_read_bind(const StepGroup *group, Step *step, GError **error)
{
    if (g_strv_length(group->words) != 2) {
        return step_fail(group, error, "expected FUNCTION DRIVER");
    }
    if (strspn(group->words[1], G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_") !=
        strlen(group->words[1])) {
        return step_fail(group, error, "'%s' is no name of a driver; expected letters, digits, - "
                         "and _", group->words[1]);
    }
    step->words = g_strdupv(group->words + 1);
    step->binds = TRUE;
    return step_find_function(group, group->words[0], step, error);
}

/* Who has a driver in the guest leaves binding to its back end. */
static gboolean may_bind(StepPaper *paper, const Step *step, GError **error)
{
    return step_check_present(paper, step->function, error) &&
           (step->function->driver == NULL ||
            step_paper_fail(paper, error, "'%s' has a driver in the guest, which binds by itself",
                            step->function->name));
}

gboolean step_check_bind(StepPaper *paper, const Step *step, GError **error)
{
    return may_bind(paper, step, error) &&
           (g_hash_table_add(paper->bound, step->function) ||
            step_paper_fail(paper, error,
                            "'%s' has been bound already; a step 'unbind' takes it away",
                            step->function->name));
}

gboolean step_read_unbind(const StepGroup *group, Step *step, GError **error)
{
    if (g_strv_length(group->words) != 1) {
        return step_fail(group, error, "expected one FUNCTION");
    }
    return step_find_function(group, group->words[0], step, error);
}

/* An nvme has its driver from the start */
gboolean step_check_unbind(StepPaper *paper, const Step *step, GError **error)
{
    return may_bind(paper, step, error) &&
           (g_hash_table_remove(paper->bound, step->function) ||
            step->function->device == DEVICE_NVME ||
            step_paper_fail(paper, error,
                            "no driver of the kernel has '%s' at this step; a step 'bind' gives it "
                            "one",
                            step->function->name));
}
