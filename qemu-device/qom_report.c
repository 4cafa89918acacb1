/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The function as QMP shows it.
 */

#include "qemu/osdep.h"
#include "qapi/visitor.h"
#include "barshift.h"
#include "qemu-compat.h"
#include "qom_report.h"
#include "rebar-size.h"

static void put_place(QDict *dict, BarshiftState *s, unsigned nr)
{
    uint64_t base = sight_base(s, nr);

    if (base == BARSHIFT_NOT_DECODED) {
        qdict_put_null(dict, "base");
    } else {
        qdict_put(dict, "base", qnum_from_uint(base));
    }
    qdict_put(dict, "size", qnum_from_uint(PCI_DEVICE(s)->io_regions[nr].size));
}

static QList *sizes_to_qlist(uint64_t sizes)
{
    QList *list = qlist_new();
    uint64_t size_bytes = 0;

    for (unsigned field = 0; rebar_size_decode(field, &size_bytes) == 0; field++) {
        if (rebar_size_offered(sizes, field)) {
            qlist_append(list, qnum_from_uint(size_bytes));
        }
    }
    return list;
}

static QDict *bar_to_qdict(const BarshiftBar *bar)
{
    QDict *dict = qdict_new();

    qdict_put_int(dict, "bar", bar->nr);
    qdict_put_str(dict, "kind", bar_kind_name(bar->spec.kind));
    qdict_put_bool(dict, "prefetchable", bar->spec.prefetchable);
    qdict_put_bool(dict, "control", bar->spec.control);
    qdict_put_str(dict, "backing", bar_backing_name(bar->spec.backing));
    put_place(dict, bar->device, bar->nr);
    if (bar->spec.sizes) {
        qdict_put(dict, "sizes", sizes_to_qlist(bar->spec.sizes));
    }
    return dict;
}

static QList *bars_to_qlist(BarshiftState *s)
{
    QList *list = qlist_new();

    for (unsigned nr = 0; DEVICE(s)->realized && nr < BARSHIFT_BARS; nr++) {
        if (bar_present(&s->bars[nr])) {
            qlist_append(list, bar_to_qdict(&s->bars[nr]));
        }
    }
    return list;
}

static QDict *function_to_qdict(BarshiftState *s);

static uint64_t interrupts_raised(const BarshiftState *s)
{
    uint64_t sum = 0;

    for (unsigned vector = 0; vector < BARSHIFT_VECTORS_MAX; vector++) {
        sum += s->interrupts.raised[vector];
    }
    return sum;
}

static QList *virtual_to_qlist(BarshiftState *s)
{
    QList *list = qlist_new();

    for (unsigned i = 0; i < s->sriov.count; i++) {
        BarshiftState *vf = sriov_function(s, i);

        if (vf) {
            QDict *dict = function_to_qdict(vf);

            qdict_put_int(dict, "vf", vf->sriov.number);
            qdict_put_int(dict, "tag", vf->tag);
            qlist_append(list, dict);
        }
    }
    return list;
}

static QDict *function_to_qdict(BarshiftState *s)
{
    QDict *dict = qdict_new();

    qdict_put(dict, "total", qnum_from_uint(s->ledger.total));
    qdict_put(dict, "dropped", qnum_from_uint(ledger_dropped(&s->ledger)));
    qdict_put(dict, "interrupts", qnum_from_uint(interrupts_raised(s)));
    qdict_put(dict, "bars", bars_to_qlist(s));
    if (DEVICE(s)->realized && PCI_DEVICE(s)->io_regions[PCI_ROM_SLOT].size) {
        QDict *rom = qdict_new();

        put_place(rom, s, PCI_ROM_SLOT);
        qdict_put(dict, "rom", rom);
    }
    if (s->sriov.count > 0) {
        qdict_put(dict, "vfs", virtual_to_qlist(s));
    }
    qdict_put(dict, "records", ledger_to_qlist(&s->ledger));
    return dict;
}

static void get_ledger(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    QDict *dict = function_to_qdict(BARSHIFT(obj));
    QObject *root = QOBJECT(dict);

    visit_type_any(v, name, &root, errp);
    qobject_unref(dict);
}

static void get_moves(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &BARSHIFT(obj)->sight.moves, errp);
}

void qom_report_class_init(ObjectClass *klass)
{
    object_class_property_add(klass, "ledger", "dict", get_ledger, NULL, NULL, NULL);
    object_class_property_set_description(klass, "ledger", "what happened to the function");
    object_class_property_add(klass, "moves", "uint64", get_moves, NULL, NULL, NULL);
    object_class_property_set_description(klass, "moves",
                                          "times a BAR was mapped elsewhere than before");
}
