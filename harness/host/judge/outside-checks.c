/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "outside-checks.h"

#include "check.h"

#include <stdio.h>

#define RANGE_TEXT "%#" G_GINT64_MODIFIER "x-%#" G_GINT64_MODIFIER "x"

const char outside_absent_text[] =
    "Not asked, for there is no agent in the guest (--outside): kernel, cpu, device, drivers. So "
    "I5, I6, I9, I10, I12, I13 and P1 are not judged, nor I2 for the windows of the host bridge.";

char *outside_absent[] = { "kernel", "cpu", "device", "driver", NULL };

const char *const outside_unjudged[] = { "I5", "I6", "I9", "I10", "I12", "I13", "P1", NULL };

static Range bar_range(const BarState *bar)
{
    const View *place = bar_state_place(bar);

    return place->state == VIEW_ASSIGNED ? range_sized(place->base, place->size_bytes)
                                         : range_empty();
}

static guint bus_of(const char *bdf)
{
    guint bus = 0;

    return sscanf(bdf, "%*x:%x:", &bus) == 1 ? bus : 0;
}

/* (nullable): the bridge that leads to a bus; NULL: it is a root bus */
static const BridgeState *bridge_to(const Observation *observation, guint bus)
{
    for (guint i = 0; i < observation->bridges->len; i++) {
        const BridgeState *bridge = g_ptr_array_index(observation->bridges, i);

        if (bridge->secondary == bus && bus != 0) {
            return bridge;
        }
    }
    return NULL;
}

/* What is prefetchable may be in the other window, too: PCIe r6.0, sec 7.5.1.3.9 */
static gboolean leads_to(const BridgeState *bridge, const BarState *bar)
{
    Range range = bar_range(bar);

    if (bar->io) {
        return range_contains(bridge->windows[WINDOW_IO], range);
    }
    return range_contains(bridge->windows[WINDOW_MEM], range) ||
           (bar->prefetchable && range_contains(bridge->windows[WINDOW_PREF], range));
}

/* I2: each bridge above leads there. */
static void add_contained(const Observation *observation, const FunctionState *state,
                          const BarState *bar, GPtrArray *checks)
{
    Range range = bar_range(bar);
    const BridgeState *bridge = bridge_to(observation, bus_of(state->bdf));
    guint depth = 0;

    /* bus numbers that make no sense must not keep us here */
    while (bridge != NULL && leads_to(bridge, bar) && depth++ < observation->bridges->len) {
        bridge = bridge_to(observation, bus_of(bridge->bdf));
    }
    check_add(checks, bridge == NULL,
              bridge == NULL ? NULL
                             : g_strdup_printf(RANGE_TEXT " is in no window of bridge %s",
                                               range.start, range.end, bridge->bdf),
              "I2/contained/%s/bar%u", state->bdf, bar->nr);
}

/* (nullable) (transfer full): who decodes some of the same addresses */
static char *overlapping(const Observation *observation, const BarState *bar)
{
    Range range = bar_range(bar);

    for (guint i = 0; i < observation->functions->len; i++) {
        const FunctionState *other = g_ptr_array_index(observation->functions, i);

        for (guint b = 0; b < other->bars->len; b++) {
            const BarState *rival = g_ptr_array_index(other->bars, b);
            Range place = bar_range(rival);

            if (rival != bar && rival->io == bar->io && function_state_decodes(other, rival) &&
                range_overlaps(range, place)) {
                return g_strdup_printf(RANGE_TEXT " overlaps BAR %u of %s at " RANGE_TEXT,
                                       range.start, range.end, rival->nr, other->bdf, place.start,
                                       place.end);
            }
        }
    }
    return NULL;
}

/* I3: of those who decode, nobody else is there. */
static void add_disjoint(const Observation *observation, const FunctionState *state,
                         const BarState *bar, GPtrArray *checks)
{
    char *text = function_state_decodes(state, bar) ? overlapping(observation, bar) : NULL;

    check_add(checks, text == NULL, text, "I3/disjoint/%s/bar%u", state->bdf, bar->nr);
}

/* I4: naturally aligned; the size is what QEMU's core knows, and I1 holds the others against it. */
static void add_aligned(const FunctionState *state, const BarState *bar, GPtrArray *checks)
{
    const View *place = bar_state_place(bar);
    gboolean ok = place->size_bytes != 0 && place->base % place->size_bytes == 0;

    check_add(checks, ok,
              ok ? NULL
                 : g_strdup_printf("%#" G_GINT64_MODIFIER "x is no multiple of its size %#"
                                   G_GINT64_MODIFIER "x", place->base, place->size_bytes),
              "I4/aligned/%s/bar%u", state->bdf, bar->nr);
}

void outside_checks_add(const Observation *observation, GPtrArray *checks)
{
    for (guint i = 0; i < observation->functions->len; i++) {
        const FunctionState *state = g_ptr_array_index(observation->functions, i);

        for (guint b = 0; state->function != NULL && b < state->bars->len; b++) {
            const BarState *bar = g_ptr_array_index(state->bars, b);

            if (bar_state_place(bar)->state == VIEW_ASSIGNED) {
                add_contained(observation, state, bar, checks);
                add_disjoint(observation, state, bar, checks);
                add_aligned(state, bar, checks);
            }
        }
    }
}
