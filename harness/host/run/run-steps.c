/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the steps have in common: starting and stopping functions. */
#include "error.h"
#include "step-type.h"

#include <string.h>

char *run_find_bdf(Run *run, const char *id, GError **error)
{
    g_autoptr(JsonNode) pci = run_query_pci(run, error);
    char *bdf = pci == NULL ? NULL : pci_find_bdf(pci, id);

    if (pci != NULL && bdf == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "QEMU's PCI tree has no '%s'", id);
    }
    return bdf;
}

static gboolean has_device(GHashTable *functions, DeviceKind device)
{
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, functions);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        if (((const Function *)key)->device == device) {
            return TRUE;
        }
    }
    return FALSE;
}

GString *run_function_addresses(Run *run, GHashTable *functions, DeviceKind device,
                                GError **error)
{
    const GPtrArray *all = run->scenario->functions;
    g_autoptr(JsonNode) pci = NULL;
    GString *addresses;

    if (!has_device(functions, device)) {
        return g_string_new(NULL);
    }
    pci = run_query_pci(run, error);
    addresses = pci == NULL ? NULL : g_string_new(NULL);

    for (guint i = 0; addresses != NULL && i < all->len; i++) {
        const Function *function = g_ptr_array_index(all, i);
        g_autofree char *bdf = pci_find_bdf(pci, function->name);

        if (bdf != NULL && function->device == device &&
            g_hash_table_contains(functions, function)) {
            g_string_append_printf(addresses, " %s", bdf);
        }
    }
    return addresses;
}

/* Status 1 says that something was refused; any other is no answer to what was asked. */
gboolean run_check_reply(const GuestReply *reply, const char *what, GError **error)
{
    if (reply == NULL) {
        return FALSE;
    }
    if (reply->status > 1) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "in the guest, '%s' ended with status %d: %s", what, reply->status,
                    g_strstrip(reply->err->str));
        return FALSE;
    }
    return TRUE;
}

gboolean run_note_started(Run *run, GHashTable *functions, const char *text, GError **error)
{
    g_autoptr(JsonNode) pci = run_query_pci(run, error);
    GHashTableIter iterator;
    gpointer key;

    if (pci == NULL) {
        return FALSE;
    }
    g_hash_table_iter_init(&iterator, functions);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        g_autofree char *bdf = pci_find_bdf(pci, ((const Function *)key)->name);
        g_autofree char *word = g_strdup_printf("started %s", bdf == NULL ? "nothing" : bdf);

        if (strstr(text, word) != NULL) {
            g_hash_table_add(run->story.served, key);
        }
    }
    return TRUE;
}

/* Starts those of @functions that have worked before, or those that are new and to be filled. */
static gboolean start_some(Run *run, GHashTable *functions, gboolean fill, GError **error)
{
    g_autoptr(GHashTable) some = g_hash_table_new(NULL, NULL);
    g_autoptr(GString) addresses = NULL;
    g_autoptr(GuestReply) reply = NULL;
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, functions);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        if (g_hash_table_contains(run->story.served, key) != fill) {
            g_hash_table_add(some, key);
        }
    }
    addresses = run_function_addresses(run, some, DEVICE_BARSHIFT, error);
    if (addresses == NULL || addresses->len == 0) {
        return addresses != NULL;
    }
    reply = run_guest(run, error, "barshift-guest start%s%s", fill ? " --fill" : "",
                      addresses->str);
    if (!run_check_reply(reply, "barshift-guest start", error)) {
        return FALSE;
    }
    /* who lacks an address cannot be started, which is for the witnesses to show */
    if (reply->status != 0 && run->step->detail == NULL) {
        run_detail(run, "%s", g_strstrip(reply->err->str));
    }
    return run_note_started(run, some, reply->out->str, error);
}

/* The kernel starts them by itself, and stops them when it removes them. */
static gboolean await_disks(Run *run, GHashTable *functions, GError **error)
{
    g_autoptr(GString) addresses = run_function_addresses(run, functions, DEVICE_NVME, error);
    g_autoptr(GuestReply) reply = NULL;

    if (addresses == NULL || addresses->len == 0) {
        return addresses != NULL;
    }
    reply = run_guest_ok(run, error, "load-modules nvme");
    if (reply == NULL) {
        return FALSE;
    }
    g_clear_pointer(&reply, guest_reply_free);
    reply = run_guest(run, error, "wait-disk%s", addresses->str);
    return run_check_reply(reply, "wait-disk", error) &&
           run_note_started(run, functions, reply->out->str, error);
}

/* Those of @functions that the kernel knows, and that do not sleep: starting would wake them */
static GHashTable *startable(const Run *run, GHashTable *functions)
{
    GHashTable *some = g_hash_table_new(NULL, NULL);
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, functions);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        if (!g_hash_table_contains(run->story.forgotten, key) &&
            !g_hash_table_contains(run->story.asleep, key)) {
            g_hash_table_add(some, key);
        }
    }
    return some;
}

gboolean run_start_functions(Run *run, GHashTable *functions, GError **error)
{
    g_autoptr(GHashTable) some = startable(run, functions);

    if (run_is_outside(run)) {
        return run_outside_start(run, some, error);
    }
    return start_some(run, some, FALSE, error) && start_some(run, some, TRUE, error) &&
           await_disks(run, some, error) && run_enable_foreign(run, some, error) &&
           run_drive_functions(run, some, error);
}

gboolean run_stop_functions(Run *run, GHashTable *functions, GError **error)
{
    g_autoptr(GString) addresses = NULL;
    g_autoptr(GuestReply) reply = NULL;

    if (!run_end_drivers(run, functions, error)) {
        return FALSE;
    }
    addresses = run_function_addresses(run, functions, DEVICE_BARSHIFT, error);
    if (addresses == NULL || addresses->len == 0) {
        return addresses != NULL;
    }
    reply = run_guest(run, error, "barshift-guest stop%s", addresses->str);
    return run_check_reply(reply, "barshift-guest stop", error);
}

gboolean run_is_judged(const Run *run, const Step *step)
{
    const GPtrArray *steps = run->scenario->steps;

    for (guint i = 0; i < steps->len; i++) {
        if (((const Step *)g_ptr_array_index(steps, i))->type->is_judged) {
            return step->type->is_judged;
        }
    }
    return TRUE;
}

gboolean run_step(Run *run, const Step *step, GError **error)
{
    const Step *meanwhile = step->meanwhile;
    gboolean done;

    if (run_is_judged(run, step) && !run_record_baseline(run, error)) {
        return FALSE;
    }
    if (!run_end_pending_before(run, step, error)) {
        return FALSE;
    }
    run->meanwhile = meanwhile;
    done = step->type->run(run, step, error) && run_begin_meanwhile(run, error);
    run->action_follows = FALSE;
    return done &&
           (meanwhile == NULL || run_end_pending(run, meanwhile->function->port, error)) &&
           run_find_forgotten(run, error);
}
