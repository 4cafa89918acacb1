/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layout.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "barshift.h"
#include "layout.h"
#include "size_set.h"

/* The default layout: control registers, and memory that is resizable */
#define DEFAULT_CONTROL "16K:mem32:control"
#define DEFAULT_SIZE "2G"
#define DEFAULT_REBAR "256M-16G"

/* "size" and "rebar" are short for a BAR 2 of the default layout */
static bool plan_default(BarshiftState *s, BarSpec *specs, Error **errp)
{
    const char *size = s->size_text ? s->size_text : DEFAULT_SIZE;
    const char *rebar = s->rebar_text ? s->rebar_text : DEFAULT_REBAR;
    BarSpec *memory = &specs[BARSHIFT_MEMORY_BAR];

    *memory = (BarSpec) {
        .kind = BAR_MEM64,
        .prefetchable = true,
        .backing = BARSHIFT_BACKING_RAM,
    };
    return bar_spec_parse("bar0", DEFAULT_CONTROL, &specs[BARSHIFT_CONTROL_BAR], errp) &&
           size_parse("size", size, &memory->size_bytes, errp) &&
           (g_str_equal(rebar, "off") || size_set_parse("rebar", rebar, &memory->sizes, errp)) &&
           bar_spec_check("size", size, memory, errp);
}

bool layout_plan(BarshiftState *s, BarSpec *specs, Error **errp)
{
    if (s->sriov.physical) {
        memcpy(specs, s->sriov.physical->sriov.bars.specs, sizeof(s->sriov.bars.specs));
        return true;
    }
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (!s->bar_texts[nr]) {
            continue;
        }
        if (s->size_text || s->rebar_text) {
            error_setg(errp, "property '%s': not together with 'bar%u', which says it",
                       s->size_text ? "size" : "rebar", nr);
            return false;
        }
        return bar_specs_parse("bar", s->bar_texts, specs, errp);
    }
    return plan_default(s, specs, errp);
}
