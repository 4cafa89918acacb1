/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What configuration space says of a function's BARs.
 */

#include <linux/pci_regs.h>

#include "rebar-size.h"
#include "view.h"

/* Shape */

static void add_capability(Shape *shape, const Function *function, unsigned offset, uint32_t mask)
{
    g_assert_cmpuint(shape->capability_count, <, VIEW_CAPABILITIES_MAX);
    shape->capabilities[shape->capability_count++] = (ViewCapability) {
        .offset = offset, .header = config_read(function, offset, 4) & mask, .header_mask = mask,
    };
}

static void find_capabilities(Shape *shape, const Function *function)
{
    unsigned offset = config_read(function, PCI_CAPABILITY_LIST, 1);

    /* The upper half of the first 32 bits belongs to the capability: ID and next are read-only */
    for (; offset != 0; offset = config_read(function, offset + PCI_CAP_LIST_NEXT, 1)) {
        add_capability(shape, function, offset, 0xffff);
    }
    for (offset = PCI_CFG_SPACE_SIZE; offset != 0;
         offset = PCI_EXT_CAP_NEXT(config_read(function, offset, 4))) {
        add_capability(shape, function, offset, 0xffffffffu);
    }
}

/* Parts of the header that no write changes */
static void find_identity(Shape *shape, const Function *function)
{
    add_capability(shape, function, PCI_VENDOR_ID, 0xffffffffu);
    add_capability(shape, function, PCI_CLASS_REVISION, 0xffffffffu);
    add_capability(shape, function, PCI_HEADER_TYPE & ~3u, 0x00ff0000);
    add_capability(shape, function, PCI_SUBSYSTEM_VENDOR_ID, 0xffffffffu);
    add_capability(shape, function, PCI_CAPABILITY_LIST, 0xff);
    shape->identity_count = shape->capability_count;
}

void shape_read(Shape *shape, const Function *function)
{
    *shape = (Shape) { 0 };
    for (unsigned nr = 0; nr < FUNCTION_REGIONS; nr++) {
        shape->bars[nr] = function->bars[nr];
    }
    find_identity(shape, function);
    find_capabilities(shape, function);
    shape->power = legacy_capability_find(function, PCI_CAP_ID_PM);
    shape->express = legacy_capability_find(function, PCI_CAP_ID_EXP);
    shape->msi = legacy_capability_find(function, PCI_CAP_ID_MSI);
    shape->msix = legacy_capability_find(function, PCI_CAP_ID_MSIX);
    shape->rebar = capability_find(function, PCI_EXT_CAP_ID_REBAR);
    if (shape->rebar != 0) {
        shape->rebar_count = (config_read(function, shape->rebar + REBAR_CONTROL(0), 4) &
                              REBAR_CONTROL_COUNT) /
                             (REBAR_CONTROL_COUNT & -REBAR_CONTROL_COUNT);
    }
}

int shape_intact(const Shape *shape, const Function *function)
{
    uint64_t headers[VIEW_CAPABILITIES_MAX] = { 0 };

    for (unsigned i = 0; i < shape->capability_count; i++) {
        config_queue_read(function, shape->capabilities[i].offset, 4, &headers[i]);
    }
    qtest_flush(function->qtest);
    for (unsigned i = 0; i < shape->capability_count; i++) {
        const ViewCapability *capability = &shape->capabilities[i];

        if ((headers[i] & capability->header_mask) != capability->header) {
            return (int)capability->offset;
        }
    }
    return -1;
}

/* View */

/* As config_queue_read() leaves it */
typedef struct Registers {
    uint64_t command;
    uint64_t power;
    uint64_t rom;
    uint64_t bars[BARSHIFT_BARS];
    uint64_t rebar[BARSHIFT_BARS];
} Registers;

static void read_registers(Registers *registers, const Shape *shape, const Function *function)
{
    *registers = (Registers) { 0 };
    config_queue_read(function, PCI_COMMAND, 2, &registers->command);
    config_queue_read(function, PCI_ROM_ADDRESS, 4, &registers->rom);
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        config_queue_read(function, PCI_BASE_ADDRESS_0 + 4 * nr, 4, &registers->bars[nr]);
    }
    for (unsigned i = 0; i < shape->rebar_count; i++) {
        config_queue_read(function, shape->rebar + REBAR_CONTROL(i), 4, &registers->rebar[i]);
    }
    if (shape->power != 0) {
        config_queue_read(function, shape->power + PCI_PM_CTRL, 2, &registers->power);
    }
    qtest_flush(function->qtest);
}

static void find_sizes(View *view, const Shape *shape, const Registers *registers)
{
    for (unsigned nr = 0; nr < FUNCTION_REGIONS; nr++) {
        view->bars[nr].size = shape->bars[nr].size;
    }
    for (unsigned i = 0; i < shape->rebar_count; i++) {
        unsigned nr = registers->rebar[i] & REBAR_CONTROL_BAR_INDEX;
        unsigned size_log2_mib = (unsigned)(registers->rebar[i] & REBAR_CONTROL_SIZE) /
                                 (REBAR_CONTROL_SIZE & -REBAR_CONTROL_SIZE);

        g_assert_cmpuint(nr, <, BARSHIFT_BARS);
        g_assert_cmpint(rebar_size_decode(size_log2_mib, &view->bars[nr].size), ==, 0);
    }
}

static uint64_t address_of(unsigned nr, BarKind kind, const Registers *registers)
{
    if (nr == FUNCTION_ROM) {
        return registers->rom & PCI_ROM_ADDRESS_MASK;
    }
    switch (kind) {
    case BAR_IO:
        return registers->bars[nr] & PCI_BASE_ADDRESS_IO_MASK;
    case BAR_MEM32:
        return registers->bars[nr] & PCI_BASE_ADDRESS_MEM_MASK;
    default:
        return (registers->bars[nr] & PCI_BASE_ADDRESS_MEM_MASK) | registers->bars[nr + 1] << 32;
    }
}

static bool decodes(const ViewBar *bar, BarKind kind, bool enabled)
{
    uint64_t last = bar->address + bar->size - 1;
    uint64_t end = kind == BAR_MEM64 ? UINT64_MAX : UINT32_MAX;

    return enabled && bar->address != 0 && last > bar->address && last < end;
}

void view_read(View *view, const Shape *shape, const Function *function)
{
    Registers registers;
    bool in_d0;

    read_registers(&registers, shape, function);
    *view = (View) { .command = (uint16_t)registers.command };
    find_sizes(view, shape, &registers);
    in_d0 = (registers.power & PCI_PM_CTRL_STATE_MASK) == 0;
    for (unsigned nr = 0; nr < FUNCTION_REGIONS; nr++) {
        BarKind kind = shape->bars[nr].kind;
        uint16_t enable = kind == BAR_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
        bool enabled = in_d0 && (view->command & enable);

        if (kind == BAR_ABSENT) {
            continue;
        }
        if (nr == FUNCTION_ROM) {
            enabled = enabled && (registers.rom & PCI_ROM_ADDRESS_ENABLE);
        }
        view->bars[nr].address = address_of(nr, kind, &registers);
        view->bars[nr].decoding = decodes(&view->bars[nr], kind, enabled);
    }
}
