/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps that plug in and out. */
#include "error.h"
#include "run.h"

#include <math.h>
#include <string.h>

#define STEP_POLL_US (10 * 1000)

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
GPtrArray *run_device_functions(const Run *run, Function *first)
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
    g_hash_table_remove(run->story.reset, function);
    g_hash_table_remove(run->story.asleep, function);
    g_hash_table_remove(run->story.served, function);
    g_hash_table_remove(run->story.lost, function);
    g_hash_table_remove(run->story.forgotten, function);
    g_hash_table_remove(run->story.sought, function);
    return TRUE;
}

gboolean run_detach(Run *run, const GPtrArray *device, GError **error)
{
    for (guint i = 0; i < device->len; i++) {
        if (!note_detached(run, g_ptr_array_index(device, i), error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Adds a device's functions to @leavers and its port to @ports. */
static gboolean add_leaver(Run *run, Function *first, GPtrArray *leavers, GString *ports,
                           GError **error)
{
    g_autoptr(GPtrArray) device = run_device_functions(run, first);
    g_autofree char *port = run_find_bdf(run, first->port->name, error);

    if (port == NULL) {
        return FALSE;
    }
    g_ptr_array_extend(leavers, device, NULL, NULL);
    g_string_append_printf(ports, " %s", port);
    return TRUE;
}

gboolean run_step_power_off(Run *run, const Step *step, GError **error)
{
    g_autoptr(GPtrArray) leavers = g_ptr_array_new();
    g_autoptr(GString) ports = g_string_new(NULL);
    gboolean found = add_leaver(run, step->function, leavers, ports, error);
    g_autoptr(GHashTable) functions = NULL;
    g_autoptr(GuestReply) reply = NULL;

    for (guint i = 0; found && i < step->others->len; i++) {
        found = add_leaver(run, g_ptr_array_index(step->others, i), leavers, ports, error);
    }
    functions = function_set(leavers);
    if (!found || !run_end_drivers(run, functions, error)) {
        return FALSE;
    }
    reply = run_guest_ok(run, error, "slot-power --timeout %.0f%s off",
                         ceil(run->options->timeout_seconds), ports->str);
    return reply != NULL && run_detach(run, leavers, error);
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

static gboolean add_function(Run *run, const Function *function, GError **error)
{
    g_autoptr(JsonNode) added = NULL;
    gboolean done = FALSE;

    if (function->device == DEVICE_FOREIGN) {
        done = run_add_foreign(run, function, error);
    } else {
        added = qmp_execute(vm_qmp(run->vm), "device_add", machine_device_add(function), error);
        done = added != NULL;
    }
    if (!done) {
        vm_explain(run->vm, error);
        blame_scenario(run, error);
        return FALSE;
    }
    return TRUE;
}

gboolean run_begin_hot_add(Run *run, const Step *step, GError **error)
{
    g_autoptr(GPtrArray) device = run_device_functions(run, step->function);

    for (guint i = 0; i < device->len; i++) {
        if (!add_function(run, g_ptr_array_index(device, i), error)) {
            return FALSE;
        }
    }
    run->newcomer = step->function;
    return TRUE;
}

gboolean run_end_hot_add(Run *run, const Step *step, GError **error)
{
    g_autofree char *port = run_find_bdf(run, step->function->port->name, error);
    g_autoptr(GPtrArray) device = run_device_functions(run, step->function);
    g_autoptr(GHashTable) newcomers = function_set(device);
    g_autoptr(GuestReply) settled = NULL;

    for (guint i = 0; i < device->len; i++) {
        g_hash_table_add(run->story.newcomers, g_ptr_array_index(device, i));
        g_hash_table_remove(run->story.removed, g_ptr_array_index(device, i));
    }
    if (port == NULL) {
        return FALSE;
    }
    if (run_is_outside(run)) {
        return run_outside_arrival(run, device, error) &&
               run_start_functions(run, newcomers, error);
    }
    run->action_follows = TRUE;
    settled = run_guest_ok(run, error, "wait-settled --timeout %.0f --present %s",
                           ceil(run->options->timeout_seconds), port);
    if (settled == NULL || !detail_settled(run, step->function, settled->out->str, error)) {
        return FALSE;
    }
    return run_start_functions(run, newcomers, error);
}
