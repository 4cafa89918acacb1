/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps that move BARs by hand: nobody tells the guest's kernel. */
#include "device-bars.h"
#include "error.h"
#include "run.h"

/* A memory BAR, and where its device model has it now */
typedef struct Place {
    guint bar_nr;
    gboolean mapped;
    guint64 base;
} Place;

/* @bar_nr: -1: the main BAR */
static gboolean find_place(Run *run, const Step *step, const Function *function, int bar_nr,
                           Place *place, GError **error)
{
    g_autoptr(JsonNode) ledger = run_query_ledger(run, function, error);
    g_autoptr(GPtrArray) bars = ledger == NULL ? NULL : device_bars_parse(ledger);
    const DeviceBar *bar = bars == NULL  ? NULL
                           : bar_nr < 0 ? device_bars_main(bars)
                                        : device_bars_find(bars, (guint)bar_nr);

    if (ledger == NULL) {
        vm_explain(run->vm, error);
        return FALSE;
    }
    if (bar == NULL || g_str_equal(bar->kind, "io")) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: %s has no such memory BAR",
                    step->place, function->name);
        return FALSE;
    }
    *place = (Place) { bar->nr, bar->mapped, bar->base };
    return TRUE;
}

static gboolean find_target(Run *run, const Step *step, const Place *from, guint64 *address,
                            GError **error)
{
    Place other = *from;

    if (step->address != 0) {
        *address = step->address;
        return TRUE;
    }
    if (step->other != NULL && !find_place(run, step, step->other, -1, &other, error)) {
        return FALSE;
    }
    if (!other.mapped) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "%s: the BAR that tells the address has none itself", step->place);
        return FALSE;
    }
    *address = other.base + (guint64)step->distance;
    return TRUE;
}

/* Who is moved is stopped meanwhile, like anybody who is moved; the command does the rest. */
static gboolean play_by_hand(Run *run, GHashTable *functions, const char *command, GError **error)
{
    g_autoptr(GuestReply) reply = NULL;
    GHashTableIter iterator;
    gpointer function;

    g_hash_table_iter_init(&iterator, functions);
    while (g_hash_table_iter_next(&iterator, &function, NULL)) {
        g_hash_table_add(run->story.handled, function);
    }
    if (!run_stop_functions(run, functions, error)) {
        return FALSE;
    }
    reply = run_guest(run, error, "%s", command);
    if (!run_check_reply(reply, command, error)) {
        return FALSE;
    }
    if (reply->status != 0) { /* anybody survives what did not come about */
        run_unmet(run, "%s", g_strstrip(reply->err->str));
    }
    return run_start_functions(run, functions, error);
}

gboolean run_step_move(Run *run, const Step *step, GError **error)
{
    g_autoptr(GHashTable) functions = g_hash_table_new(NULL, NULL);
    g_autofree char *bdf = run_find_bdf(run, step->function->name, error);
    g_autofree char *command = NULL;
    Place from;
    guint64 address;

    if (bdf == NULL || !find_place(run, step, step->function, step->bar_nr, &from, error) ||
        !find_target(run, step, &from, &address, error)) {
        return FALSE;
    }
    g_hash_table_add(functions, step->function);
    command = g_strdup_printf("barshift-guest move %s bar%u %#" G_GINT64_MODIFIER "x", bdf,
                              from.bar_nr, address);
    run_detail(run, "bar%u to %#" G_GINT64_MODIFIER "x", from.bar_nr, address);
    return play_by_hand(run, functions, command, error);
}

gboolean run_step_swap(Run *run, const Step *step, GError **error)
{
    g_autoptr(GHashTable) functions = g_hash_table_new(NULL, NULL);
    g_autofree char *bdf = run_find_bdf(run, step->function->name, error);
    g_autofree char *other = bdf == NULL ? NULL : run_find_bdf(run, step->other->name, error);
    g_autofree char *command = NULL;
    Place from;
    Place to;

    if (other == NULL || !find_place(run, step, step->function, -1, &from, error) ||
        !find_place(run, step, step->other, -1, &to, error)) {
        return FALSE;
    }
    g_hash_table_add(functions, step->function);
    g_hash_table_add(functions, step->other);
    command = g_strdup_printf("barshift-guest swap %s bar%u %s bar%u", bdf, from.bar_nr, other,
                              to.bar_nr);
    return play_by_hand(run, functions, command, error);
}
