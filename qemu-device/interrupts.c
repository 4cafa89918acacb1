/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts: MSI-X, MSI and INTx.
 *
 * Masks and pending bits of MSI-X and MSI are the PCI core's work. The level of INTx follows
 * INTX_STATUS and the mode, whoever changes them; that the Command register masks it is the
 * core's work, too.
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "barshift.h"

#define MSI_OFFSET 0x50
#define MSIX_OFFSET 0x70

#define MSI_VECTORS_MAX 32
#define INTX_VECTORS 32 /* bits of INTX_STATUS */
#define PIN_A 1

/* Of table and pending bits: what else is in the BAR may be mapped without them */
#define MSIX_PAGE_SIZE (4 * KiB)
#define MSIX_ALIGN (PCI_MSIX_FLAGS_BIRMASK + 1)
#define MSIX_OFFSET_END (4 * GiB) /* the registers that tell the offsets have 32 bits */

/* A page each for header, table and pending bits */
static const BarSpec own_bar = {
    .kind = BAR_MEM32,
    .backing = BARSHIFT_BACKING_NONE,
    .size_bytes = 16 * KiB,
};

/* Properties */

static bool check_numbers(const Interrupts *interrupts, Error **errp)
{
    bool has_offset = interrupts->msix_offset != INTERRUPTS_OFFSET_DEFAULT;

    if (interrupts->msix_vectors > BARSHIFT_VECTORS_MAX) {
        error_setg(errp, "property 'msix': %" PRIu32 " is not 0 to %u", interrupts->msix_vectors,
                   BARSHIFT_VECTORS_MAX);
        return false;
    }
    if (interrupts->msi_vectors > MSI_VECTORS_MAX ||
        (interrupts->msi_vectors && !is_power_of_2(interrupts->msi_vectors))) {
        error_setg(errp, "property 'msi': %" PRIu32 " is not 0, 1, 2, 4, 8, 16 or %u",
                   interrupts->msi_vectors, MSI_VECTORS_MAX);
        return false;
    }
    if (!interrupts->msix_vectors &&
        (has_offset || interrupts->msix_bar != INTERRUPTS_BAR_DEFAULT)) {
        error_setg(errp, "property '%s': %" PRIu64 ": there is no table, 'msix' is 0",
                   has_offset ? "msix-offset" : "msix-bar",
                   has_offset ? interrupts->msix_offset : interrupts->msix_bar);
        return false;
    }
    return true;
}

static bool choose_own_bar(Interrupts *interrupts, BarSpec *specs, Error **errp)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        bool upper_half = nr > 0 && specs[nr - 1].kind == BAR_MEM64;

        if (specs[nr].kind == BAR_ABSENT && !upper_half) {
            specs[nr] = own_bar;
            interrupts->table_bar = nr;
            return true;
        }
    }
    error_setg(errp, "property 'msix': %" PRIu32 ": no slot is free for a BAR with the table; "
               "'msix-bar' puts it into another", interrupts->msix_vectors);
    return false;
}

static bool choose_bar(Interrupts *interrupts, BarSpec *specs, Error **errp)
{
    uint32_t nr = interrupts->msix_bar;

    if (nr == INTERRUPTS_BAR_DEFAULT) {
        return choose_own_bar(interrupts, specs, errp);
    }
    if (nr >= BARSHIFT_BARS || specs[nr].kind == BAR_ABSENT) {
        error_setg(errp, "property 'msix-bar': %" PRIu32 ": there is no such BAR", nr);
        return false;
    }
    if (specs[nr].kind == BAR_IO) {
        error_setg(errp, "property 'msix-bar': %" PRIu32 ": the table cannot be in an I/O BAR",
                   nr);
        return false;
    }
    interrupts->table_bar = nr;
    return true;
}

/* PCIe r6.0, sec 7.7.2.3 */
static bool check_offset(const Interrupts *interrupts, Error **errp)
{
    uint64_t offset = interrupts->msix_offset;

    if (offset % MSIX_ALIGN != 0) {
        error_setg(errp, "property 'msix-offset': %" PRIu64 " is no multiple of %u", offset,
                   MSIX_ALIGN);
        return false;
    }
    if (offset < BARSHIFT_HEADER_PAGE_SIZE) {
        error_setg(errp, "property 'msix-offset': %" PRIu64 ": the first 4 KiB of a BAR are its "
                   "header page", offset);
        return false;
    }
    return true;
}

static bool does_not_fit(const Interrupts *interrupts, const BarSpec *spec, Error **errp)
{
    uint64_t smallest = bar_spec_smallest(spec);

    if (interrupts->msix_offset == INTERRUPTS_OFFSET_DEFAULT) {
        error_setg(errp, "property 'msix-bar': %" PRIu32 ": it has no room for the table behind "
                   "its header page", interrupts->msix_bar);
    } else if (smallest > MSIX_OFFSET_END) {
        error_setg(errp, "property 'msix-offset': %" PRIu64 ": table and pending bits are not "
                   "within the first 4 GiB", interrupts->msix_offset);
    } else {
        error_setg(errp, "property 'msix-offset': %" PRIu64 ": table and pending bits are not "
                   "within the %" PRIu64 " bytes of BAR %u%s", interrupts->msix_offset, smallest,
                   interrupts->table_bar, spec->sizes ? " at its smallest size" : "");
    }
    return false;
}

static uint64_t pending_length(const Interrupts *interrupts)
{
    return ROUND_UP(interrupts->msix_vectors, 64) / 8;
}

/*
 * By default behind the header page. The pending bits begin a page of their own where there is
 * one, else they follow the table.
 */
static bool choose_offsets(Interrupts *interrupts, const BarSpec *spec, Error **errp)
{
    uint64_t limit = MIN(bar_spec_smallest(spec), MSIX_OFFSET_END);
    uint64_t table_bytes = interrupts->msix_vectors * PCI_MSIX_ENTRY_SIZE;
    uint64_t pending_bytes = pending_length(interrupts);
    uint64_t offset = BARSHIFT_HEADER_PAGE_SIZE;
    uint64_t pending;

    if (interrupts->msix_offset != INTERRUPTS_OFFSET_DEFAULT) {
        if (!check_offset(interrupts, errp)) {
            return false;
        }
        offset = interrupts->msix_offset;
    }
    if (offset > limit - table_bytes - pending_bytes) {
        return does_not_fit(interrupts, spec, errp);
    }
    pending = ROUND_UP(offset + table_bytes, MSIX_PAGE_SIZE);
    if (pending + pending_bytes > limit) {
        pending = offset + table_bytes;
    }
    interrupts->table_offset = offset;
    interrupts->pending_offset = pending;
    return true;
}

uint64_t interrupts_end(const Interrupts *interrupts, unsigned bar_nr)
{
    return interrupts->msix_vectors && interrupts->table_bar == bar_nr
               ? interrupts->pending_offset + pending_length(interrupts)
               : 0;
}

bool interrupts_plan(BarshiftState *s, BarSpec *specs, Error **errp)
{
    Interrupts *interrupts = &s->interrupts;

    return check_numbers(interrupts, errp) &&
           (!interrupts->msix_vectors ||
            (choose_bar(interrupts, specs, errp) &&
             choose_offsets(interrupts, &specs[interrupts->table_bar], errp)));
}

/* Realize */

static bool realize_msix(BarshiftState *s, Error **errp)
{
    const Interrupts *interrupts = &s->interrupts;
    PCIDevice *dev = PCI_DEVICE(s);
    MemoryRegion *bar = &s->bars[interrupts->table_bar].region;
    Error *err = NULL;

    if (msix_init(dev, interrupts->msix_vectors, bar, interrupts->table_bar,
                  interrupts->table_offset, bar, interrupts->table_bar,
                  interrupts->pending_offset, MSIX_OFFSET, &err) < 0) {
        error_propagate_prepend(errp, err, "property 'msix': %" PRIu32 ": ",
                                interrupts->msix_vectors);
        return false;
    }
    for (unsigned vector = 0; vector < interrupts->msix_vectors; vector++) {
        msix_vector_use(dev, vector);
    }
    return true;
}

/* With 64-bit addresses, which are a must for PCIe, and with masks */
static bool realize_msi(BarshiftState *s, Error **errp)
{
    Error *err = NULL;

    if (msi_init(PCI_DEVICE(s), MSI_OFFSET, s->interrupts.msi_vectors, true, true, &err) < 0) {
        error_propagate_prepend(errp, err, "property 'msi': %" PRIu32 ": ",
                                s->interrupts.msi_vectors);
        return false;
    }
    /* The PCI core takes them for constant, and would refuse a saved state that has other ones */
    pci_set_long(PCI_DEVICE(s)->cmask + MSI_OFFSET + PCI_MSI_PENDING_64, 0);
    return true;
}

bool interrupts_realize(BarshiftState *s, Error **errp)
{
    pci_config_set_interrupt_pin(PCI_DEVICE(s)->config, s->interrupts.intx ? PIN_A : 0);
    return (!s->interrupts.msi_vectors || realize_msi(s, errp)) &&
           (!s->interrupts.msix_vectors || realize_msix(s, errp));
}

void interrupts_exit(BarshiftState *s)
{
    MemoryRegion *bar = &s->bars[s->interrupts.table_bar].region;

    msix_uninit(PCI_DEVICE(s), bar, bar);
    msi_uninit(PCI_DEVICE(s));
}

/* Mode */

enum barshift_interrupt_mode interrupts_mode(BarshiftState *s)
{
    PCIDevice *dev = PCI_DEVICE(s);

    if (msix_enabled(dev)) {
        return BARSHIFT_INTERRUPT_MSIX;
    }
    if (msi_enabled(dev)) {
        return BARSHIFT_INTERRUPT_MSI;
    }
    return s->interrupts.intx ? BARSHIFT_INTERRUPT_INTX : BARSHIFT_INTERRUPT_NONE;
}

unsigned interrupts_vectors(BarshiftState *s)
{
    switch (interrupts_mode(s)) {
    case BARSHIFT_INTERRUPT_INTX:
        return INTX_VECTORS;
    case BARSHIFT_INTERRUPT_MSI:
        return msi_nr_vectors_allocated(PCI_DEVICE(s)); /* by the operating system */
    case BARSHIFT_INTERRUPT_MSIX:
        return s->interrupts.msix_vectors;
    default:
        return 0;
    }
}

/* Neither with MSI or MSI-X, PCIe r6.0, sec 6.1.4.3, nor in D3hot is the pin asserted */
static bool intx_level(BarshiftState *s)
{
    return interrupts_mode(s) == BARSHIFT_INTERRUPT_INTX && s->interrupts.intx_status != 0 &&
           power_is_d0(s);
}

static void update_intx(BarshiftState *s)
{
    if (s->interrupts.intx) {
        pci_set_irq(PCI_DEVICE(s), intx_level(s));
    }
}

void interrupts_config_write(BarshiftState *s)
{
    update_intx(s);
}

void interrupts_reset(BarshiftState *s)
{
    s->interrupts.intx_status = 0;
    s->interrupts.unsent = 0;
    memset(s->interrupts.raised, 0, sizeof(s->interrupts.raised));
    update_intx(s);
}

/* Raising */

/* A message is a write to memory: without Bus Master there is none, PCIe r6.0, sec 7.5.1.1.3 */
static bool can_send_message(BarshiftState *s, bool masked)
{
    return masked || pci_get_word(PCI_DEVICE(s)->config + PCI_COMMAND) & PCI_COMMAND_MASTER;
}

/* Return: false when nothing could be sent, now or later */
static bool send_vector(BarshiftState *s, unsigned vector)
{
    PCIDevice *dev = PCI_DEVICE(s);

    switch (interrupts_mode(s)) {
    case BARSHIFT_INTERRUPT_INTX:
        s->interrupts.intx_status |= 1u << vector;
        update_intx(s);
        return true;
    case BARSHIFT_INTERRUPT_MSI:
        if (!can_send_message(s, msi_is_masked(dev, vector))) {
            return false;
        }
        msi_notify(dev, vector);
        return true;
    case BARSHIFT_INTERRUPT_MSIX:
        if (!can_send_message(s, msix_is_masked(dev, vector))) {
            return false;
        }
        msix_notify(dev, vector);
        return true;
    default:
        return false;
    }
}

void interrupts_raise(BarshiftState *s, uint32_t vector)
{
    bool enabled = interrupts_mode(s) != BARSHIFT_INTERRUPT_NONE;
    unsigned vectors = enabled ? interrupts_vectors(s) : BARSHIFT_VECTORS_MAX;

    if (vector >= vectors) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: vector %" PRIu32 " of %u raised\n",
                      PCI_DEVICE(s)->name, vector, vectors);
        ledger_write(&s->ledger, BARSHIFT_EVENT_BAD_VECTOR, BARSHIFT_NO_BAR, vector);
        return;
    }
    s->interrupts.raised[vector]++;
    if (s->interrupts.lost) {
        return;
    }
    if (fault_on(s, FAULT_WRONG_VECTOR)) {
        vector = (vector ? vector : vectors) - 1;
    }
    if (!send_vector(s, vector)) {
        s->interrupts.unsent++;
    }
}

void interrupts_acknowledge(BarshiftState *s, uint32_t vectors)
{
    s->interrupts.intx_status &= ~vectors;
    update_intx(s);
}

/* Migration */

/* The PCI core counts the asserted pins of a bus, and ends QEMU when it has lost count */
static int interrupts_post_load(void *opaque, int version_id)
{
    BarshiftState *s = container_of(opaque, BarshiftState, interrupts);

    if (PCI_DEVICE(s)->irq_state != (intx_level(s) ? 1 << (PIN_A - 1) : 0)) {
        error_report("barshift: in the saved state the interrupt pin contradicts INTX_STATUS");
        return -EINVAL;
    }
    return 0;
}

const VMStateDescription vmstate_interrupts = {
    .name = "barshift-interrupts",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = interrupts_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(intx_status, Interrupts),
        VMSTATE_UINT64(unsent, Interrupts),
        VMSTATE_UINT64_ARRAY(raised, Interrupts, BARSHIFT_VECTORS_MAX),
        VMSTATE_BOOL(lost, Interrupts),
        VMSTATE_END_OF_LIST()
    }
};
