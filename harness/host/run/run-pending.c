/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plugging that goes on beside other steps: each that was begun is waited for in the end. */
#include "step-type.h"

typedef gboolean Half(Run *run, const Step *step, GError **error);

static const struct {
    Half *whole;
    Half *begin;
    Half *end;
} halves[] = {
    { run_step_hot_add, run_begin_hot_add, run_end_hot_add },
    { run_step_unplug, run_begin_unplug, run_end_unplug },
};

gboolean run_can_begin(const StepType *type)
{
    for (guint i = 0; i < G_N_ELEMENTS(halves); i++) {
        if (halves[i].whole == type->run) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean call_half(Run *run, const Step *step, gboolean begin, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(halves); i++) {
        if (halves[i].whole == step->type->run) {
            return (begin ? halves[i].begin : halves[i].end)(run, step, error);
        }
    }
    g_assert_not_reached();
}

gboolean run_begin(Run *run, const Step *step, GError **error)
{
    g_ptr_array_add(run->pending, (gpointer)step);
    return call_half(run, step, TRUE, error);
}

gboolean run_begin_meanwhile(Run *run, GError **error)
{
    const Step *step = g_steal_pointer(&run->meanwhile);

    return step == NULL || run_begin(run, step, error);
}

gboolean run_end_pending(Run *run, const Port *port, GError **error)
{
    guint i = 0;

    while (i < run->pending->len) {
        const Step *step = g_ptr_array_index(run->pending, i);

        if (port != NULL && !port_is_below(step->function->port, port)) {
            i++;
            continue;
        }
        g_ptr_array_remove_index(run->pending, i);
        if (!call_half(run, step, FALSE, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Whoever asks for it once more, or withdraws what was begun, does not wait for its end. */
static gboolean waits(const Step *step)
{
    return step->type->run != run_step_press &&
           (step->type->run != run_step_unplug || step->how == UNPLUG_POWER);
}

/* @function: (nullable) */
static gboolean end_pending_at(Run *run, const Function *function, GError **error)
{
    return function == NULL || run_end_pending(run, function->port, error);
}

/* Who arrived last, when a step is about nobody else */
static const Function *meant_newcomer(const Run *run, const Step *step)
{
    return step->type->run == run_step_rebalance && step->ports->len == 0 ? run->newcomer : NULL;
}

gboolean run_end_pending_before(Run *run, const Step *step, GError **error)
{
    if (step->meanwhile != NULL && !run_end_pending_before(run, step->meanwhile, error)) {
        return FALSE;
    }
    if (!waits(step)) {
        return TRUE;
    }
    for (guint i = 0; i < step->ports->len; i++) {
        if (!run_end_pending(run, g_ptr_array_index(step->ports, i), error)) {
            return FALSE;
        }
    }
    for (guint i = 0; i < step->stops->len; i++) {
        if (!end_pending_at(run, g_ptr_array_index(step->stops, i), error)) {
            return FALSE;
        }
    }
    return end_pending_at(run, step->function, error) && end_pending_at(run, step->other, error) &&
           end_pending_at(run, meant_newcomer(run, step), error);
}

static gboolean plug(Run *run, const Step *step, GError **error)
{
    return run_begin(run, step, error) &&
           (step->without_waiting || run_end_pending(run, step->function->port, error));
}

gboolean run_step_hot_add(Run *run, const Step *step, GError **error)
{
    return plug(run, step, error);
}

gboolean run_step_unplug(Run *run, const Step *step, GError **error)
{
    return plug(run, step, error);
}
