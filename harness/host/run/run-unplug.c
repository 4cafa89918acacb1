/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unplugging, while whoever uses the function goes on. */
#include "error.h"
#include "step-type.h"

#include <math.h>
#include <string.h>

#define NOTICE_SECONDS 5 /* a driver looks twice a second whether its function is there */

/* Returns: FALSE when QEMU could not be asked; @refusal: (out) (transfer full) (nullable) */
static gboolean ask_to_leave(Run *run, const Function *function, char **refusal, GError **error)
{
    g_autoptr(JsonNode) reply = NULL;
    JsonObject *arguments = json_object_new();

    json_object_set_string_member(arguments, "id", function->name);
    reply = qmp_ask(vm_qmp(run->vm), "device_del", arguments, refusal, error);
    if (reply == NULL && *refusal == NULL) {
        vm_explain(run->vm, error);
        return FALSE;
    }
    return TRUE;
}

/* A hot-add that was begun, and is withdrawn */
static void withdraw(Run *run, const Step *step)
{
    for (guint i = run->pending->len; i > 0; i--) {
        const Step *other = g_ptr_array_index(run->pending, i - 1);

        if (other != step && other->function == step->function) {
            g_ptr_array_remove_index(run->pending, i - 1);
        }
    }
}

static gboolean press_button(Run *run, const Step *step, GError **error)
{
    g_autofree char *refusal = NULL;

    if (!ask_to_leave(run, step->function, &refusal, error)) {
        return FALSE;
    }
    if (refusal == NULL) {
        withdraw(run, step);
    } else {
        g_ptr_array_remove(run->pending, (gpointer)step);
        run_unmet(run, "QEMU refuses: %s", refusal);
    }
    return TRUE;
}

/* The other functions of a device go with the one that is pulled. */
static gboolean vanish(Run *run, const Step *step, GError **error)
{
    g_autofree char *path = g_strdup_printf("/machine/peripheral/%s", step->function->name);
    g_autoptr(JsonNode) reply = NULL;
    JsonObject *arguments = json_object_new();

    json_object_set_string_member(arguments, "path", path);
    json_object_set_string_member(arguments, "property", "removed");
    json_object_set_boolean_member(arguments, "value", TRUE);
    reply = qmp_execute(vm_qmp(run->vm), "qom-set", arguments, error);
    if (reply == NULL) {
        vm_explain(run->vm, error);
        return FALSE;
    }
    withdraw(run, step);
    return TRUE;
}

gboolean run_begin_unplug(Run *run, const Step *step, GError **error)
{
    switch (step->how) {
    case UNPLUG_BUTTON:
        return press_button(run, step, error);
    case UNPLUG_POWER:
        return run_step_power_off(run, step, error);
    case UNPLUG_SURPRISE:
        return vanish(run, step, error);
    }
    g_assert_not_reached();
}

/* A driver whose function has gone has to let go of it; then it is ended. */
static gboolean end_driver(Run *run, const Function *function, GError **error)
{
    gint64 deadline_us = deadline_in(NOTICE_SECONDS);
    gboolean let_go = FALSE;
    g_autofree char *bdf = NULL;
    g_autoptr(GuestReply) reply = NULL;

    do {
        g_autoptr(DriverReports) reports = run_query_drivers(run, error);
        const DriverReport *report =
            reports == NULL ? NULL : driver_reports_find(reports, function);

        if (reports == NULL) {
            return FALSE;
        }
        if (report == NULL) {
            break;
        }
        g_free(bdf);
        bdf = g_strdup(report->bdf);
        let_go = g_str_equal(report->state, "surprise-removed");
    } while (!let_go && g_get_monotonic_time() < deadline_us);
    g_hash_table_insert(run->story.let_go, (gpointer)function, GINT_TO_POINTER(let_go));
    g_hash_table_remove(run->driven, function);
    if (bdf == NULL) {
        return TRUE; /* it has died */
    }
    reply = run_guest(run, error, "barshift-guest drivers --send %s quit", bdf);
    return run_check_reply(reply, "barshift-guest drivers", error);
}

static gboolean end_drivers(Run *run, const GPtrArray *device, GError **error)
{
    for (guint i = 0; i < device->len; i++) {
        const Function *function = g_ptr_array_index(device, i);

        if (g_hash_table_contains(run->driven, function) && !end_driver(run, function, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* What vanished is still QEMU's, which takes it at once when the slot is off. */
static gboolean take_away(Run *run, const Function *function, const char *port, GError **error)
{
    g_autofree char *refusal = NULL;
    g_autoptr(GuestReply) off = run_guest_ok(run, error, "wait-slot-off --timeout %.0f %s",
                                             ceil(run->options->timeout_seconds), port);

    if (off == NULL || !ask_to_leave(run, function, &refusal, error)) {
        return FALSE;
    }
    if (refusal != NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "QEMU does not let go of %s, which vanished: %s", function->name, refusal);
    }
    return refusal == NULL;
}

gboolean run_end_unplug(Run *run, const Step *step, GError **error)
{
    g_autoptr(GPtrArray) device = run_device_functions(run, step->function);
    g_autofree char *port = NULL;
    g_autoptr(GuestReply) settled = NULL;

    if (step->how == UNPLUG_POWER) {
        return TRUE;
    }
    if (run_is_outside(run)) {
        return run_outside_departure(run, device, error);
    }
    port = run_find_bdf(run, step->function->port->name, error);
    if (port == NULL) {
        return FALSE;
    }
    run->action_follows = TRUE;
    settled = run_guest_ok(run, error, "wait-settled --timeout %.0f --absent %s",
                           ceil(run->options->timeout_seconds), port);
    return settled != NULL && end_drivers(run, device, error) &&
           (step->how == UNPLUG_BUTTON || take_away(run, step->function, port, error)) &&
           run_detach(run, device, error);
}

gboolean run_step_press(Run *run, const Step *step, GError **error)
{
    g_autofree char *refusal = NULL;

    if (!ask_to_leave(run, step->function, &refusal, error)) {
        return FALSE;
    }
    run_detail(run, "QEMU %s%s", refusal == NULL ? "presses the button" : "refuses: ",
               refusal == NULL ? "" : refusal);
    if (step->wanted != NULL && (refusal == NULL || strstr(refusal, step->wanted) == NULL)) {
        run_unmet(run, "QEMU was expected to refuse with '%s', and %s%s", step->wanted,
                  refusal == NULL ? "did not refuse" : "said: ", refusal == NULL ? "" : refusal);
    }
    return TRUE;
}
