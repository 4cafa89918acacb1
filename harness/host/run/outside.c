/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "outside.h"

#include "error.h"
#include "outside-checks.h"
#include "step-type.h"

typedef gboolean Played(Run *run, const Step *step, GError **error);

/* Who plays a step through QEMU alone */
static Played *const past_the_guest[] = {
    run_step_check, run_step_hot_add, run_step_next_size,
    run_step_press, run_step_snapshot, run_step_unplug,
};

static gboolean refuse(GError **error, const char *place, const char *why)
{
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: with --outside %s", place, why);
    return FALSE;
}

static gboolean suits(const Step *step, GError **error)
{
    gboolean found = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(past_the_guest); i++) {
        found |= step->type->run == past_the_guest[i];
    }
    if (!found) {
        return refuse(error, step->place, "there is nobody in the guest who would do it");
    }
    if (step->type->run == run_step_unplug && step->how != UNPLUG_BUTTON) {
        return refuse(error, step->place, "the slot cannot be switched off from the guest; "
                                          "'button' asks it to");
    }
    return step->meanwhile == NULL || suits(step->meanwhile, error);
}

static gboolean check_claims(const Scenario *scenario, GError **error)
{
    g_autofree char *place = g_strconcat(scenario->path, ": [scenario] ", NULL);
    g_autofree char *quiet = g_strconcat(place, "quiet", NULL);

    if (scenario->quiet[0] != NULL) {
        return refuse(error, quiet, "nobody reads the kernel's log");
    }
    for (guint i = 0; scenario->breaks[i] != NULL; i++) {
        g_autofree char *breaks = g_strconcat(place, "breaks = ", scenario->breaks[i], NULL);

        if (g_strv_contains(outside_unjudged, scenario->breaks[i])) {
            return refuse(error, breaks, "it is not judged, for only the guest could tell");
        }
    }
    return TRUE;
}

gboolean outside_suits(const Scenario *scenario, GError **error)
{
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->driver != NULL) {
            return refuse(error, function->driver->place,
                          "no driver can be started, for it is a program of the guest");
        }
    }
    for (guint i = 0; i < scenario->steps->len; i++) {
        if (!suits(g_ptr_array_index(scenario->steps, i), error)) {
            return FALSE;
        }
    }
    return check_claims(scenario, error);
}
