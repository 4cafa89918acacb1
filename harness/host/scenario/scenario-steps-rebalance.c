/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that makes room, on paper. */
#include "step-type.h"

#define DEADLINE_SECONDS_MAX 3600

static const char *const policies[] = { "all-or-nothing", "best-effort", NULL };

/* "pnp", "pnp FUNCTION", "pnp resize FUNCTION SIZE", "pnp resize FUNCTION barN SIZE" */
static gboolean read_pnp(const StepGroup *group, Step *step, GError **error)
{
    char **words = group->words;
    guint count = g_strv_length(words);

    step->scope = SCOPE_PNP;
    if (count == 1) {
        return TRUE;
    }
    if (count == 2 && !g_str_equal(words[1], "resize")) {
        return step_find_function(group, words[1], step, error);
    }
    if (!g_str_equal(words[1], "resize") || (count != 4 && count != 5)) {
        return step_fail(group, error,
                         "expected pnp, pnp FUNCTION or pnp resize FUNCTION [barN] SIZE");
    }
    return step_find_function(group, words[2], step, error) &&
           step_read_size(group, words + 3, step, error);
}

static gboolean read_ports(const StepGroup *group, Step *step, GError **error)
{
    step->scope = SCOPE_PORTS;
    for (guint i = 0; group->words[i] != NULL; i++) {
        Port *port = scenario_find_port(group->scenario, group->words[i]);

        if (port == NULL) {
            return step_fail(group, error,
                             "no port '%s' is defined above; other words here are nearest, "
                             "root-port and pnp", group->words[i]);
        }
        if (port->kind == PORT_HOST) {
            return step_fail(group, error, "'%s' is a host bridge, which stays", port->name);
        }
        g_ptr_array_add(step->ports, port);
    }
    return TRUE;
}

/* Which ports are to go, or who finds that out. */
static gboolean read_scope(const StepGroup *group, Step *step, GError **error)
{
    const char *word = group->words[0];
    gboolean single = word != NULL && group->words[1] == NULL;

    if (word == NULL) {
        return step_fail(group, error, "expected 'nearest', 'root-port', 'pnp' or names of ports");
    }
    if (single && g_str_equal(word, "nearest")) {
        step->scope = SCOPE_NEAREST;
        return TRUE;
    }
    if (single && g_str_equal(word, "root-port")) {
        step->scope = SCOPE_ROOT_PORT;
        return TRUE;
    }
    return g_str_equal(word, "pnp") ? read_pnp(group, step, error)
                                    : read_ports(group, step, error);
}

/* How the PnP manager is to go about it; nobody else can be told. */
static gboolean read_manner(const StepGroup *group, Step *step, GError **error)
{
    g_autofree char *policy = key_file_get(group->file, group->group, "policy");
    g_autofree char *deadline = key_file_get(group->file, group->group, "deadline");
    guint choice = 0;

    if (step->scope != SCOPE_PNP && (policy != NULL || deadline != NULL)) {
        return key_file_fail(group->file, group->group, policy != NULL ? "policy" : "deadline",
                             error, "only for a step 'rebalance = pnp'; remove the key");
    }
    step->policy = g_steal_pointer(&policy);
    return key_file_get_choice(group->file, group->group, "policy", policies, &choice, error) &&
           key_file_get_number(group->file, group->group, "deadline", 1, DEADLINE_SECONDS_MAX,
                               &step->deadline_seconds, error);
}

gboolean step_read_rebalance(const StepGroup *group, Step *step, GError **error)
{
    return read_scope(group, step, error) && read_manner(group, step, error);
}

static gboolean check_pnp(StepPaper *paper, const Step *step, const Function *function,
                          GError **error)
{
    if (!step_check_present(paper, function, error)) {
        return FALSE;
    }
    if (step->size_bytes != 0) {
        g_hash_table_add(paper->asking, function->first);
    }
    return g_hash_table_contains(paper->asking, function->first) ||
           step_paper_fail(paper, error,
                           "'%s' was not hot-added before; for another size of its BAR: pnp "
                           "resize %s SIZE", function->name, function->name);
}

gboolean step_check_rebalance(StepPaper *paper, const Step *step, GError **error)
{
    const Function *function = step->function == NULL ? paper->newcomer : step->function;

    if (g_hash_table_size(paper->asleep) != 0) {
        return step_paper_fail(paper, error,
                               "somebody is suspended at this step, and could not be started "
                               "again");
    }
    if (step->scope != SCOPE_PORTS && function == NULL) {
        return step_paper_fail(paper, error,
                               "no function was hot-added before; name the ports");
    }
    for (guint i = 0; i < step->ports->len; i++) {
        if (!step_check_known(paper, g_ptr_array_index(step->ports, i), error)) {
            return FALSE;
        }
    }
    if (step->scope == SCOPE_PNP && !check_pnp(paper, step, function, error)) {
        return FALSE;
    }
    step_find_below(paper, NULL); /* it rescans the whole system */
    return TRUE;
}
