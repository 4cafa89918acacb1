/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps by which the guest's kernel forgets, finds, and gives functions to its drivers. */
#include "run.h"

#include <string.h>

/* The plugged functions that a step removes from the kernel: a set of Function */
static GHashTable *removed_functions(Run *run, const Step *step, GError **error)
{
    g_autoptr(JsonNode) pci = run_query_pci(run, error);
    const GPtrArray *all = run->scenario->functions;
    GHashTable *removed = pci == NULL ? NULL : g_hash_table_new(NULL, NULL);

    for (guint i = 0; removed != NULL && i < all->len; i++) {
        Function *function = g_ptr_array_index(all, i);
        g_autofree char *bdf = pci_find_bdf(pci, function->name);

        if (bdf != NULL &&
            (step->function != NULL
                 ? function == step->function
                 : port_is_below(function->port, g_ptr_array_index(step->ports, 0)))) {
            g_hash_table_add(removed, function);
        }
    }
    return removed;
}

/* Those of @functions that work, which must be stopped first */
static GHashTable *working(const Run *run, GHashTable *functions)
{
    GHashTable *served = g_hash_table_new(NULL, NULL);
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, functions);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        if (g_hash_table_contains(run->story.served, key)) {
            g_hash_table_add(served, key);
        }
    }
    return served;
}

static void forget(Run *run, GHashTable *functions)
{
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, functions);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        g_hash_table_add(run->story.forgotten, key);
    }
}

gboolean run_step_remove(Run *run, const Step *step, GError **error)
{
    const char *name = step->function != NULL
                           ? step->function->name
                           : ((const Port *)g_ptr_array_index(step->ports, 0))->name;
    g_autofree char *bdf = run_find_bdf(run, name, error);
    g_autoptr(GHashTable) removed = bdf == NULL ? NULL : removed_functions(run, step, error);
    g_autoptr(GHashTable) served = removed == NULL ? NULL : working(run, removed);
    g_autoptr(GuestReply) reply = NULL;

    if (served == NULL || !run_stop_functions(run, served, error)) {
        return FALSE;
    }
    run->action_follows = TRUE;
    reply = run_guest_ok(run, error, "pci-remove %s", bdf);
    if (reply != NULL) {
        forget(run, removed);
    }
    return reply != NULL;
}

/* Takes those out of the forgotten that the kernel has in its list of functions. */
static GHashTable *take_found(Run *run, JsonNode *pci, const char *list)
{
    GHashTable *found = g_hash_table_new(NULL, NULL);
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, run->story.forgotten);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        g_autofree char *bdf = pci_find_bdf(pci, ((const Function *)key)->name);

        if (bdf != NULL && strstr(list, bdf) != NULL) {
            g_hash_table_add(found, key);
            g_hash_table_remove(run->story.sought, key);
            g_hash_table_iter_remove(&iterator);
        }
    }
    return found;
}

void run_seek_forgotten(Run *run, const Port *port)
{
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, run->story.forgotten);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        if (port == NULL || port_is_below(((const Function *)key)->port, port)) {
            g_hash_table_add(run->story.sought, key);
        }
    }
}

gboolean run_find_forgotten(Run *run, GError **error)
{
    g_autoptr(GHashTable) found = NULL;
    g_autoptr(GuestReply) reply = NULL;
    g_autoptr(JsonNode) pci = NULL;
    GHashTableIter iterator;
    gpointer key;

    if (g_hash_table_size(run->story.forgotten) == 0) {
        return TRUE;
    }
    reply = run_guest_ok(run, error, "barshift-guest functions");
    pci = reply == NULL ? NULL : run_query_pci(run, error);
    if (pci == NULL) {
        return FALSE;
    }
    found = take_found(run, pci, reply->out->str);
    g_hash_table_iter_init(&iterator, found);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        g_hash_table_remove(run->story.handled, key); /* the kernel has read its BARs */
        /* who asks for something stops for itself */
        if (!g_hash_table_contains(run->story.newcomers, key) &&
            !g_hash_table_contains(run->story.resized, key)) {
            g_hash_table_add(run->story.stopped, key);
        }
    }
    return run_start_functions(run, found, error);
}

static void detail_found(Run *run, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *detail = g_strjoinv("; ", lines);

    run_detail(run, "%s", lines[0] == NULL || lines[0][0] == '\0' ? "found nobody" : detail);
}

gboolean run_step_rescan(Run *run, const Step *step, GError **error)
{
    const Port *port = step->ports->len == 0 ? NULL : g_ptr_array_index(step->ports, 0);
    g_autofree char *where =
        port == NULL ? g_strdup(step->words[0]) : run_find_bdf(run, port->name, error);
    g_autoptr(GuestReply) reply = NULL;

    if (where == NULL) {
        return FALSE;
    }
    run->action_follows = TRUE;
    reply = run_guest_ok(run, error, "pci-rescan %s", where);
    if (reply == NULL) {
        return FALSE;
    }
    detail_found(run, g_strchomp(reply->out->str));
    run_seek_forgotten(run, port);
    /* whoever was refused may have got something */
    return run_start_functions(run, run->story.newcomers, error);
}

/* A kernel that does not do it has not done what the scenario says. */
static gboolean report(Run *run, const GuestReply *reply, GError **error)
{
    if (!run_check_reply(reply, "kernel-driver", error)) {
        return FALSE;
    }
    if (reply->status != 0) {
        run_unmet(run, "%s", g_strstrip(reply->err->str));
    }
    return TRUE;
}

gboolean run_step_bind(Run *run, const Step *step, GError **error)
{
    g_autofree char *bdf = run_find_bdf(run, step->function->name, error);
    g_autoptr(GuestReply) reply =
        bdf == NULL ? NULL
                    : run_guest(run, error, "kernel-driver bind %s %s", bdf, step->words[0]);

    return report(run, reply, error);
}

gboolean run_step_unbind(Run *run, const Step *step, GError **error)
{
    g_autofree char *bdf = run_find_bdf(run, step->function->name, error);
    g_autoptr(GuestReply) reply =
        bdf == NULL ? NULL : run_guest(run, error, "kernel-driver unbind %s", bdf);

    return report(run, reply, error);
}
