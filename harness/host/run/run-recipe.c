/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The recipes that people use to make room: stop, remove ports, rescan, start. */
#include "run.h"

/* The ports that a rebalance step removes: (element-type Port), not owned */
static GPtrArray *scope_ports(const Run *run, const Step *step)
{
    GPtrArray *ports = g_ptr_array_new();

    if (step->scope == SCOPE_PORTS) {
        g_ptr_array_extend(ports, step->ports, NULL, NULL);
    } else if (step->scope == SCOPE_NEAREST) {
        g_ptr_array_add(ports, run->newcomer->port);
    } else {
        g_ptr_array_add(ports, port_root(run->newcomer->port));
    }
    return ports;
}

static gboolean is_below_any(const Function *function, const GPtrArray *ports)
{
    for (guint i = 0; i < ports->len; i++) {
        if (port_is_below(function->port, g_ptr_array_index(ports, i))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Functions below @ports that work: they have to be stopped; who is forgotten was stopped then. */
static GHashTable *functions_in_scope(const Run *run, const GPtrArray *ports)
{
    GHashTable *scope = g_hash_table_new(NULL, NULL);
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, run->story.served);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        if (is_below_any(key, ports) && !g_hash_table_contains(run->story.forgotten, key)) {
            g_hash_table_add(scope, key);
        }
    }
    return scope;
}

static gboolean reassign(Run *run, const GPtrArray *ports, GError **error)
{
    g_autoptr(GString) addresses = g_string_new(NULL);
    g_autoptr(GuestReply) reply = NULL;

    for (guint i = 0; i < ports->len; i++) {
        const Port *port = g_ptr_array_index(ports, i);
        g_autofree char *bdf = run_find_bdf(run, port->name, error);

        if (bdf == NULL) {
            return FALSE;
        }
        g_string_append_printf(addresses, " %s", bdf);
    }
    run->action_follows = TRUE;
    reply = run_guest_ok(run, error, "remove-rescan ports%s", addresses->str);
    run_seek_forgotten(run, NULL);
    return reply != NULL;
}

static void add_all(GHashTable *set, GHashTable *more)
{
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, more);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        g_hash_table_add(set, key);
    }
}

/* What the arbiter would have stopped for the newcomer; it need not be able to tell. */
static gboolean ask_smallest(Run *run, RebalanceRecord *record, GError **error)
{
    g_autofree char *bdf =
        run->newcomer == NULL ? NULL : run_find_bdf(run, run->newcomer->name, error);
    g_autoptr(GuestReply) reply = NULL;

    if (run->newcomer == NULL) {
        return TRUE;
    }
    reply = bdf == NULL ? NULL
                        : run_guest(run, error, "barshift-guest plan --incoming %s --json", bdf);
    if (reply != NULL && reply->status == 0) {
        record->smallest_stops = rebalance_plan_stops(reply->out->str);
    }
    return reply != NULL;
}

static gboolean play_recipe(Run *run, const Step *step, GError **error)
{
    g_autoptr(GPtrArray) ports = scope_ports(run, step);
    g_autoptr(GHashTable) scope = functions_in_scope(run, ports);

    run->step->rebalance = rebalance_record_new(run->step_nr);
    run->step->rebalance->stops = g_hash_table_size(scope);
    g_ptr_array_add(run->story.rebalances, run->step->rebalance);
    if (!ask_smallest(run, run->step->rebalance, error)) {
        return FALSE;
    }
    run_detail(run, "%u port%s removed, %u working function%s stopped", ports->len,
               ports->len == 1 ? "" : "s", g_hash_table_size(scope),
               g_hash_table_size(scope) == 1 ? "" : "s");
    add_all(run->story.stopped, scope);
    return run_stop_functions(run, scope, error) && reassign(run, ports, error) &&
           run_start_functions(run, scope, error) &&
           run_start_functions(run, run->story.newcomers, error);
}

gboolean run_step_rebalance(Run *run, const Step *step, GError **error)
{
    return step->scope == SCOPE_PNP ? run_step_pnp(run, step, error)
                                    : play_recipe(run, step, error);
}
