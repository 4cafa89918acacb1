/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BARs of virtual functions, as their physical function has them.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "barshift.h"
#include "qemu-compat.h"
#include "rebar-size.h"
#include "vf_bars.h"

#define VF_REBAR_OFFSET 0x220

#define DEFAULT_CONTROL "16K:mem64:control"
#define DEFAULT_MEMORY "1M:mem64:pref"

static uint8_t *capability(const BarshiftState *s)
{
    return PCI_DEVICE(s)->config + PCI_DEVICE(s)->exp.sriov_cap;
}

/* Properties */

static bool layout(VfBars *bars, Error **errp)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (bars->texts[nr]) {
            return bar_specs_parse("vf-bar", bars->texts, bars->specs, errp);
        }
    }
    return bar_spec_parse("vf-bar0", DEFAULT_CONTROL, &bars->specs[0], errp) &&
           bar_spec_parse("vf-bar2", DEFAULT_MEMORY, &bars->specs[2], errp);
}

/* PCIe r6.0, sec 9.3.3.14 */
static bool check_kinds(const VfBars *bars, Error **errp)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (bars->specs[nr].kind == BAR_IO) {
            error_setg(errp, "property 'vf-bar%u': '%s': a virtual function has memory BARs only",
                       nr, bars->texts[nr]);
            return false;
        }
    }
    return true;
}

bool vf_bars_plan(VfBars *bars, Error **errp)
{
    return layout(bars, errp) && check_kinds(bars, errp);
}

bool vf_bars_check_absent(const VfBars *bars, Error **errp)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (bars->texts[nr]) {
            error_setg(errp, "property 'vf-bar%u': '%s': there is no virtual function, 'vfs' is 0",
                       nr, bars->texts[nr]);
            return false;
        }
    }
    return true;
}

/* Sizes */

static uint64_t page_bytes(const BarshiftState *s)
{
    uint32_t pages = pci_get_long(capability(s) + PCI_SRIOV_SYS_PGSIZE);

    return pages ? 4096ULL << ctz32(pages) : 4096;
}

/* A VF BAR takes whole system pages, PCIe r6.0, sec 9.3.3.13 */
uint64_t vf_bars_size(const BarshiftState *s, unsigned nr)
{
    const VfBars *bars = &s->sriov.bars;
    uint64_t resized = pcie_rebar_size(PCI_DEVICE(s), &bars->rebar, nr);

    return MAX(resized ? resized : bars->specs[nr].size_bytes, page_bytes(s));
}

static void set_register(BarshiftState *s, unsigned nr)
{
    PCIDevice *dev = PCI_DEVICE(s);
    const BarSpec *spec = &s->sriov.bars.specs[nr];
    unsigned offset = dev->exp.sriov_cap + PCI_SRIOV_BAR + 4 * nr;
    uint64_t address_bits = ~(vf_bars_size(s, nr) - 1);

    if (spec->kind == BAR_MEM64) {
        pci_set_quad(dev->wmask + offset, address_bits);
        pci_set_quad(dev->config + offset,
                     (pci_get_quad(dev->config + offset) & address_bits) | bar_pci_type(spec));
    } else {
        pci_set_long(dev->wmask + offset, address_bits);
        pci_set_long(dev->config + offset,
                     (pci_get_long(dev->config + offset) & address_bits) | bar_pci_type(spec));
    }
}

void vf_bars_resize(BarshiftState *s)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (s->sriov.bars.specs[nr].kind == BAR_ABSENT) {
            continue;
        }
        set_register(s, nr);
        for (unsigned i = 0; i < s->sriov.count; i++) {
            BarshiftState *vf = s->sriov.functions[i];

            if (vf) {
                PCI_DEVICE(vf)->io_regions[nr].size = vf_bars_size(s, nr);
                memory_region_set_size(&vf->bars[nr].region, vf_bars_size(s, nr));
            }
        }
    }
}

void vf_bars_config_write(BarshiftState *s, uint32_t address, uint32_t value, int len)
{
    PCIEReBarRequest request = {};
    uint64_t size_bytes = 0;

    switch (pcie_rebar_config_write(PCI_DEVICE(s), &s->sriov.bars.rebar, address, value, len,
                                    &request)) {
    case PCIE_REBAR_RESIZED:
        vf_bars_resize(s);
        rebar_size_decode(request.size_log2_mib, &size_bytes);
        ledger_write_detail(&s->ledger, BARSHIFT_EVENT_RESIZE, request.bar_nr,
                            BARSHIFT_DETAIL_VF_BAR, size_bytes);
        break;
    case PCIE_REBAR_REFUSED_SIZE:
        ledger_write_detail(&s->ledger, BARSHIFT_EVENT_REFUSED_SIZE, request.bar_nr,
                            BARSHIFT_DETAIL_VF_BAR, request.size_log2_mib);
        break;
    case PCIE_REBAR_REFUSED_DECODE:
        rebar_size_decode(request.size_log2_mib, &size_bytes);
        ledger_write_detail(&s->ledger, BARSHIFT_EVENT_REFUSED_DECODE, request.bar_nr,
                            BARSHIFT_DETAIL_VF_BAR, size_bytes);
        break;
    default:
        break;
    }
}

/* Life */

void vf_bars_announce(BarshiftState *s)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        const BarSpec *spec = &s->sriov.bars.specs[nr];

        if (spec->kind != BAR_ABSENT) {
            PCI_DEVICE(s)->exp.sriov_pf.vf_bar_type[nr] = bar_pci_type(spec);
        }
    }
}

static void realize_rebar(BarshiftState *s)
{
    PCIEReBarEntry entries[BARSHIFT_BARS] = {};
    unsigned count = 0;

    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        const BarSpec *spec = &s->sriov.bars.specs[nr];
        PCIEReBarEntry *entry = &entries[count];

        if (spec->sizes && rebar_size_encode(spec->size_bytes, &entry->default_log2_mib) == 0) {
            entry->bar_nr = nr;
            entry->sizes = spec->sizes;
            count++;
        }
    }
    if (count > 0) {
        pcie_rebar_init_vf(PCI_DEVICE(s), &s->sriov.bars.rebar, VF_REBAR_OFFSET, entries, count);
    }
}

void vf_bars_realize(BarshiftState *s)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        const BarSpec *spec = &s->sriov.bars.specs[nr];

        if (spec->kind != BAR_ABSENT) {
            pcie_sriov_pf_init_vf_bar(PCI_DEVICE(s), nr, bar_pci_type(spec), vf_bars_size(s, nr));
        }
    }
    realize_rebar(s);
}

void vf_bars_reset(BarshiftState *s)
{
    pcie_rebar_reset(PCI_DEVICE(s), &s->sriov.bars.rebar);
    memset(capability(s) + PCI_SRIOV_BAR, 0, 4 * BARSHIFT_BARS);
    vf_bars_resize(s);
}
