/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Another size of a BAR from the next reset on.
 *
 * Memory for it is had at once, so that whoever asks is told when there is none; the BAR does not
 * show it before the reset.
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qapi/error.h"
#include "barshift.h"
#include "next_size.h"
#include "rebar-size.h"
#include "size_set.h"

#define PROPERTY "next-size"

/* An I/O BAR has a header or has not, by its size: it keeps both */
static bool size_can_be(const BarshiftBar *bar, const char *text, uint64_t size_bytes, Error **errp)
{
    uint64_t end = interrupts_end(&bar->device->interrupts, bar->nr);
    BarSpec spec = bar->spec;

    if (bar->spec.kind == BAR_IO && size_bytes != bar->given_bytes) {
        error_setg(errp, "property '" PROPERTY "': '%s': an I/O BAR keeps its size", text);
        return false;
    }
    if (size_bytes < end) {
        error_setg(errp, "property '" PROPERTY "': '%s': table and pending bits of MSI-X end at "
                   "0x%" PRIx64, text, end);
        return false;
    }
    spec.size_bytes = size_bytes;
    return bar_spec_check(PROPERTY, text, &spec, errp);
}

/* "barN=SIZE" */
static BarshiftBar *parse(BarshiftState *s, const char *text, uint64_t *size_bytes, Error **errp)
{
    const char *rest = NULL;

    if (!strstart(text, "bar", &rest) || *rest < '0' || *rest >= '0' + BARSHIFT_BARS ||
        rest[1] != '=') {
        error_setg(errp, "property '" PROPERTY "': '%s' is not barN=SIZE", text);
        return NULL;
    }
    if (!bar_present(&s->bars[*rest - '0'])) {
        error_setg(errp, "property '" PROPERTY "': '%s': there is no such BAR", text);
        return NULL;
    }
    return size_parse(PROPERTY, rest + 2, size_bytes, errp) ? &s->bars[*rest - '0'] : NULL;
}

static void set_next_size(Object *obj, const char *text, Error **errp)
{
    BarshiftState *s = BARSHIFT(obj);
    uint64_t size_bytes = 0;
    BarshiftBar *bar;

    if (!DEVICE(obj)->realized || s->sriov.physical) {
        error_setg(errp, "property '" PROPERTY "': is for a physical function that is there");
        return;
    }
    bar = parse(s, text, &size_bytes, errp);
    if (!bar || !size_can_be(bar, text, size_bytes, errp) ||
        !bar_make_room(bar, size_bytes, errp)) {
        return;
    }
    bar->next_bytes = size_bytes;
    ledger_write(&s->ledger, BARSHIFT_EVENT_NEXT_SIZE, bar->nr, size_bytes);
}

void next_size_class_init(ObjectClass *klass)
{
    object_class_property_add_str(klass, PROPERTY, NULL, set_next_size);
    object_class_property_set_description(klass, PROPERTY, "barN=SIZE, from the next reset on");
}

/* The size that the BAR has at present is that of the registers, and changes with them */
static void set_default(BarshiftBar *bar, uint64_t size_bytes)
{
    unsigned size_log2_mib = 0;

    bar->spec.size_bytes = size_bytes;
    if (!bar->spec.sizes) {
        pcie_rebar_set_bar_size(PCI_DEVICE(bar->device), bar->nr, size_bytes);
    } else if (rebar_size_encode(size_bytes, &size_log2_mib) == 0) {
        pcie_rebar_set_default(&bar->device->rebar, bar->nr, size_log2_mib);
    }
}

void next_size_reset(BarshiftState *s)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        BarshiftBar *bar = &s->bars[nr];

        if (bar->next_bytes) {
            set_default(bar, bar->next_bytes);
            bar->next_bytes = 0;
        }
    }
}

/* Migration */

/**
 * Sizes - of a BAR, as a saved state has them; all are 0 where there is none
 * @parent: the BAR
 * @room_bytes: of what is behind it
 * @size_bytes: after reset
 * @next_bytes: see BarshiftBar
 */
typedef struct Sizes {
    BarshiftBar *parent;
    uint64_t room_bytes;
    uint64_t size_bytes;
    uint64_t next_bytes;
} Sizes;

static int sizes_pre_save(void *opaque)
{
    Sizes *sizes = opaque;
    BarshiftBar *bar = sizes->parent;

    sizes->room_bytes = bar_room(bar);
    sizes->size_bytes = bar->spec.size_bytes;
    sizes->next_bytes = bar->next_bytes;
    return 0;
}

static bool saved_size_can_be(const Sizes *sizes, uint64_t size_bytes, Error **errp)
{
    if (!is_power_of_2(size_bytes) || size_bytes > sizes->room_bytes) {
        error_setg(errp, "0x%" PRIx64 " bytes", size_bytes);
        return false;
    }
    return size_can_be(sizes->parent, "saved state", size_bytes, errp);
}

static bool sizes_can_be(const Sizes *sizes, Error **errp)
{
    return saved_size_can_be(sizes, sizes->room_bytes, errp) &&
           saved_size_can_be(sizes, sizes->size_bytes, errp) &&
           (!sizes->next_bytes || saved_size_can_be(sizes, sizes->next_bytes, errp));
}

static int sizes_post_load(void *opaque, int version_id)
{
    const Sizes *sizes = opaque;
    BarshiftBar *bar = sizes->parent;
    Error *err = NULL;

    if (!bar_present(bar)) {
        return 0;
    }
    if (!sizes_can_be(sizes, &err) || !bar_make_room(bar, sizes->room_bytes, &err)) {
        error_reportf_err(err, "barshift: sizes of BAR %u in the saved state: ", bar->nr);
        return -EINVAL;
    }
    set_default(bar, sizes->size_bytes);
    bar->next_bytes = sizes->next_bytes;
    return 0;
}

static const VMStateDescription vmstate_sizes = {
    .name = "barshift-bar-sizes",
    .pre_save = sizes_pre_save,
    .post_load = sizes_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(room_bytes, Sizes),
        VMSTATE_UINT64(size_bytes, Sizes),
        VMSTATE_UINT64(next_bytes, Sizes),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_bar_sizes = {
    .name = "barshift-sizes",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_WITH_TMP(BarshiftBar, Sizes, vmstate_sizes),
        VMSTATE_END_OF_LIST()
    }
};
