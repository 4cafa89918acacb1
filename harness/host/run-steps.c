/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each kind of step does. */
#include "device-bars.h"
#include "error.h"
#include "run.h"
#include "size.h"

#include <math.h>
#include <string.h>

#define STEP_POLL_US (10 * 1000)

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

/* Addresses of those functions of a kind that QEMU's PCI tree has, each after a space. */
static GString *function_addresses(Run *run, GHashTable *functions, DeviceKind device,
                                   GError **error)
{
    g_autoptr(JsonNode) pci = run_query_pci(run, error);
    GString *addresses = pci == NULL ? NULL : g_string_new(NULL);
    const GPtrArray *all = run->scenario->functions;

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

/* Notes which functions barshift-guest says that it has started, a line each. */
static gboolean note_started(Run *run, GHashTable *functions, const char *text, GError **error)
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
    addresses = function_addresses(run, some, DEVICE_BARSHIFT, error);
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
    return note_started(run, some, reply->out->str, error);
}

/* The kernel starts them by itself, and stops them when it removes them. */
static gboolean await_disks(Run *run, GHashTable *functions, GError **error)
{
    g_autoptr(GString) addresses = function_addresses(run, functions, DEVICE_NVME, error);
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
           note_started(run, functions, reply->out->str, error);
}

gboolean run_start_functions(Run *run, GHashTable *functions, GError **error)
{
    return start_some(run, functions, FALSE, error) && start_some(run, functions, TRUE, error) &&
           await_disks(run, functions, error) && run_drive_functions(run, functions, error);
}

gboolean run_stop_functions(Run *run, GHashTable *functions, GError **error)
{
    g_autoptr(GString) addresses = NULL;
    g_autoptr(GuestReply) reply = NULL;

    if (!run_end_drivers(run, functions, error)) {
        return FALSE;
    }
    addresses = function_addresses(run, functions, DEVICE_BARSHIFT, error);
    if (addresses == NULL || addresses->len == 0) {
        return addresses != NULL;
    }
    reply = run_guest(run, error, "barshift-guest stop%s", addresses->str);
    return run_check_reply(reply, "barshift-guest stop", error);
}

/*
 * QEMU detaches a function by itself once its slot is off. The event DEVICE_DELETED cannot be
 * relied on here: QEMU's "info mtree -f" leaks references (docs/findings.md), and a function that
 * somebody refers to is detached, yet never deleted.
 */
static gboolean wait_detached(Run *run, const Function *function, GError **error)
{
    gint64 deadline_us = deadline_in(run->options->timeout_seconds);

    while (g_get_monotonic_time() < deadline_us) {
        g_autoptr(JsonNode) pci = run_query_pci(run, error);
        g_autofree char *bdf = pci == NULL ? NULL : pci_find_bdf(pci, function->name);

        if (pci == NULL || bdf == NULL) {
            return pci != NULL;
        }
        g_usleep(STEP_POLL_US);
    }
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_DEADLINE, "QEMU did not detach %s in time",
                function->name);
    return FALSE;
}

/* The functions of the device that a step names, function 0 last: with it the slot is plugged. */
static GPtrArray *device_functions(const Run *run, Function *first)
{
    const GPtrArray *all = run->scenario->functions;
    GPtrArray *functions = g_ptr_array_new();

    for (guint i = 0; i < all->len; i++) {
        Function *function = g_ptr_array_index(all, i);

        if (function->first == first && function != first) {
            g_ptr_array_add(functions, function);
        }
    }
    g_ptr_array_add(functions, first);
    return functions;
}

static GHashTable *function_set(const GPtrArray *functions)
{
    GHashTable *set = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < functions->len; i++) {
        g_hash_table_add(set, g_ptr_array_index(functions, i));
    }
    return set;
}

static gboolean note_detached(Run *run, Function *function, GError **error)
{
    if (!wait_detached(run, function, error)) {
        return FALSE;
    }
    g_hash_table_add(run->story.removed, function);
    g_hash_table_remove(run->story.newcomers, function);
    g_hash_table_remove(run->story.resized, function);
    g_hash_table_remove(run->story.served, function);
    g_hash_table_remove(run->story.lost, function);
    return TRUE;
}

static gboolean step_power_off(Run *run, const Step *step, GError **error)
{
    g_autofree char *port = run_find_bdf(run, step->function->port->name, error);
    g_autoptr(GPtrArray) device = device_functions(run, step->function);
    g_autoptr(GHashTable) functions = function_set(device);
    g_autoptr(GuestReply) reply = NULL;

    if (port == NULL || !run_end_drivers(run, functions, error)) {
        return FALSE;
    }
    reply = run_guest_ok(run, error, "slot-power --timeout %.0f %s off",
                         ceil(run->options->timeout_seconds), port);
    for (guint i = 0; reply != NULL && i < device->len; i++) {
        if (!note_detached(run, g_ptr_array_index(device, i), error)) {
            return FALSE;
        }
    }
    return reply != NULL;
}

/* The kernel's last word on a function's resources, out of what wait-settled prints. */
static gboolean detail_settled(Run *run, const Function *function, const char *text,
                               GError **error)
{
    g_autofree char *bdf = run_find_bdf(run, function->name, error);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; bdf != NULL && lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], bdf) && strstr(lines[i], "failed") != NULL) {
            run_detail(run, "kernel: %s", lines[i]);
        }
    }
    return bdf != NULL;
}

/* What the device itself refuses was written in the scenario. */
static void blame_scenario(const Run *run, GError **error)
{
    if (g_error_matches(*error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT)) {
        (*error)->code = RUNNER_ERROR_USAGE;
        g_prefix_error(error, "%s: ", run->scenario->path);
    }
}

static gboolean add_function(Run *run, Function *function, GError **error)
{
    g_autoptr(JsonNode) added =
        qmp_execute(vm_qmp(run->vm), "device_add", machine_device_add(function), error);

    if (added == NULL) {
        vm_explain(run->vm, error);
        blame_scenario(run, error);
        return FALSE;
    }
    g_hash_table_add(run->story.newcomers, function);
    g_hash_table_remove(run->story.removed, function);
    return TRUE;
}

static gboolean step_hot_add(Run *run, const Step *step, GError **error)
{
    g_autofree char *port = run_find_bdf(run, step->function->port->name, error);
    g_autoptr(GPtrArray) device = device_functions(run, step->function);
    g_autoptr(GHashTable) newcomers = function_set(device);
    g_autoptr(GuestReply) settled = NULL;

    for (guint i = 0; i < device->len; i++) {
        if (port == NULL || !add_function(run, g_ptr_array_index(device, i), error)) {
            return FALSE;
        }
    }
    run->newcomer = step->function;
    settled = run_guest_ok(run, error, "wait-settled --timeout %.0f --present %s",
                           ceil(run->options->timeout_seconds), port);
    if (settled == NULL || !detail_settled(run, step->function, settled->out->str, error)) {
        return FALSE;
    }
    return run_start_functions(run, newcomers, error);
}

/* The kernel refuses other sizes, and that is an outcome; nobody can plan with them. */
static gboolean check_size(const Step *step, const DeviceBar *bar, GError **error)
{
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; i < bar->sizes->len; i++) {
        const guint64 size_bytes = g_array_index(bar->sizes, guint64, i);
        g_autofree char *text = size_format(size_bytes);

        if (step->kind != STEP_REBALANCE || size_bytes == step->size_bytes) {
            return TRUE;
        }
        g_string_append_printf(list, "%s%s", i == 0 ? "" : ", ", text);
    }
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: BAR %u of %s can have %s",
                step->place, bar->nr, step->function->name, list->str);
    return FALSE;
}

/* The BAR that a step resizes; -1 with an error when it is none that can be. */
int run_resized_bar(Run *run, const Step *step, GError **error)
{
    g_autoptr(JsonNode) ledger = run_query_ledger(run, step->function, error);
    g_autoptr(GPtrArray) bars = ledger == NULL ? NULL : device_bars_parse(ledger);
    const DeviceBar *bar = bars == NULL         ? NULL
                           : step->bar_nr < 0 ? device_bars_main(bars)
                                              : device_bars_find(bars, (guint)step->bar_nr);

    if (ledger == NULL) {
        vm_explain(run->vm, error);
        return -1;
    }
    if (bar == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: %s has no BAR %d",
                    step->place, step->function->name, step->bar_nr);
        return -1;
    }
    if (bar->sizes->len == 0) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: BAR %u of %s is not resizable",
                    step->place, bar->nr, step->function->name);
        return -1;
    }
    return check_size(step, bar, error) ? (int)bar->nr : -1;
}

static gboolean step_resize(Run *run, const Step *step, GError **error)
{
    int bar_nr = run_resized_bar(run, step, error);
    g_autofree char *bdf = bar_nr < 0 ? NULL : run_find_bdf(run, step->function->name, error);
    g_autoptr(GHashTable) functions = g_hash_table_new(NULL, NULL);
    g_autoptr(GuestReply) reply = NULL;

    if (bdf == NULL) {
        return FALSE;
    }
    story_ask_size(&run->story, step->function, (guint)bar_nr, step->size_bytes);
    g_hash_table_add(functions, step->function);
    if (!run_stop_functions(run, functions, error)) {
        return FALSE;
    }
    reply = run_guest(run, error, "bar-resize %s %d %" G_GUINT64_FORMAT, bdf, bar_nr,
                      step->size_bytes);
    if (!run_check_reply(reply, "bar-resize", error)) {
        return FALSE;
    }
    if (reply->status != 0) {
        run_detail(run, "%s", g_strstrip(reply->err->str));
    }
    return run_start_functions(run, functions, error);
}

gboolean run_step(Run *run, const Step *step, GError **error)
{
    if (step->kind != STEP_POWER_OFF && !run_record_baseline(run, error)) {
        return FALSE;
    }
    switch (step->kind) {
    case STEP_POWER_OFF:
        return step_power_off(run, step, error);
    case STEP_HOT_ADD:
        return step_hot_add(run, step, error);
    case STEP_REBALANCE:
        return step->scope == SCOPE_PNP ? run_step_pnp(run, step, error)
                                        : run_step_recipe(run, step, error);
    case STEP_RESIZE:
        return step_resize(run, step, error);
    case STEPS:
        break;
    }
    g_assert_not_reached();
}
