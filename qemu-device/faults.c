/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Injected faults.
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "hw/pci/pci_bus.h"
#include "barshift.h"

#define STUCK_BIT (1ULL << 32)

/* Above every BAR and bridge window, which QEMU maps with priority 1 */
#define OLD_MAPPING_PRIORITY 2

/* Above the memory, below everything else */
#define UPPER_HALF_PRIORITY (-1)

#define FAULT_NAME(id, name, breaks) [FAULT_##id] = name,

static const char *const fault_names[FAULTS + 1] = { BARSHIFT_FAULTS(FAULT_NAME) };

/* The property */

static int fault_by_name(const char *name)
{
    for (int fault = 0; fault < FAULTS; fault++) {
        if (g_str_equal(name, fault_names[fault])) {
            return fault;
        }
    }
    return -1;
}

bool faults_parse(const char *text, uint32_t *faults, Error **errp)
{
    g_auto(GStrv) names = g_strsplit_set(text, "+,", -1);
    uint32_t mask = 0;

    for (char **name = names; *name; name++) {
        int fault = fault_by_name(*name);

        if (fault < 0) {
            g_autofree char *all = g_strjoinv(", ", (char **)fault_names);

            error_setg(errp, "property 'fault': '%s' is none of %s", *name, all);
            return false;
        }
        mask |= 1u << fault;
    }
    *faults = mask;
    return true;
}

char *faults_text(uint32_t faults)
{
    GString *text = g_string_new(NULL);

    for (int fault = 0; fault < FAULTS; fault++) {
        if (faults & 1u << fault) {
            g_string_append_printf(text, "%s%s", text->len ? "+" : "", fault_names[fault]);
        }
    }
    return g_string_free(text, false);
}

/* Which BARs */

static bool only_memory_bar(const BarshiftBar *bar)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        const BarshiftBar *other = &bar->device->bars[nr];

        if (other != bar && bar_present(other) && other->spec.kind != BAR_IO) {
            return false;
        }
    }
    return true;
}

bool bar_fault_on(const BarshiftBar *bar, Fault fault)
{
    return fault_on(bar->device, fault) && (!bar->spec.control || only_memory_bar(bar));
}

/* The BAR at its old address */

static void make_upper_half(BarshiftBar *bar)
{
    g_autofree char *half = g_strdup_printf("%s-half", memory_region_name(&bar->region));

    memory_region_init_alias(&bar->faults.upper_half, OBJECT(bar->device), half, bar->ram, 0,
                             memory_region_size(bar->ram));
}

/* Made when first needed: a function without faults has fewer regions to look through */
static void make_aliases(BarshiftBar *bar)
{
    g_autofree char *old = g_strdup_printf("%s-old", memory_region_name(&bar->region));

    if (bar->faults.aliases) {
        return;
    }
    bar->faults.aliases = true;
    memory_region_init_alias(&bar->faults.old_mapping, OBJECT(bar->device), old, &bar->region, 0,
                             memory_region_size(&bar->region));
    if (bar_has_ram(bar)) {
        make_upper_half(bar);
    }
}

/*
 * The address space of the root bus, because the window of a bridge above the function may have
 * left the old address, and the fault shall show all the same.
 */
static void map_at_old_base(BarshiftBar *bar, uint64_t old_base, uint64_t old_size_bytes)
{
    PCIBus *root = pci_device_root_bus(PCI_DEVICE(bar->device));
    MemoryRegion *space = bar->spec.kind == BAR_IO ? root->address_space_io
                                                   : root->address_space_mem;

    make_aliases(bar);
    memory_region_set_size(&bar->faults.old_mapping, old_size_bytes);
    memory_region_add_subregion_overlap(space, old_base, &bar->faults.old_mapping,
                                        OLD_MAPPING_PRIORITY);
    bar->faults.old_space = space;
}

static void unmap_at_old_base(BarshiftBar *bar)
{
    if (bar->faults.old_space) {
        memory_region_del_subregion(bar->faults.old_space, &bar->faults.old_mapping);
        bar->faults.old_space = NULL;
    }
}

/* Half the size */

static void unmap_upper_half(BarshiftBar *bar)
{
    if (bar->faults.aliases && bar->faults.upper_half.container) {
        memory_region_del_subregion(&bar->region, &bar->faults.upper_half);
    }
}

static void map_upper_half(BarshiftBar *bar)
{
    unmap_upper_half(bar);
    if (bar_has_ram(bar) && bar_fault_on(bar, FAULT_CONTENT_ALIASED)) {
        make_aliases(bar);
        memory_region_add_subregion_overlap(&bar->region, memory_region_size(&bar->region) / 2,
                                            &bar->faults.upper_half, UPPER_HALF_PRIORITY);
    }
}

void bar_faults_ram_replaced(BarshiftBar *bar)
{
    if (bar->faults.aliases) {
        unmap_upper_half(bar);
        object_unparent(OBJECT(&bar->faults.upper_half));
        make_upper_half(bar);
        map_upper_half(bar);
    }
}

uint64_t bar_faults_offset(BarshiftBar *bar, uint64_t offset)
{
    return bar_fault_on(bar, FAULT_CONTENT_ALIASED)
               ? offset & (memory_region_size(&bar->region) / 2 - 1)
               : offset;
}

/* The list of extended capabilities */

static void loop_capabilities(BarshiftState *s, bool loop)
{
    uint8_t *config = PCI_DEVICE(s)->config;
    uint32_t offset = PCI_CONFIG_SPACE_SIZE;
    uint32_t header = pci_get_long(config + offset);

    while (PCI_EXT_CAP_NEXT(header) > offset) {
        offset = PCI_EXT_CAP_NEXT(header);
        header = pci_get_long(config + offset);
    }
    header = deposit32(header, 20, 12, loop ? PCI_CONFIG_SPACE_SIZE : 0);
    pci_set_long(config + offset, header);
}

/* Switching */

static void switch_bar(BarshiftBar *bar, uint32_t off)
{
    if (off & 1u << FAULT_HEADER_STALE) {
        bar->faults.has_stale_base = false;
    }
    if (off & 1u << FAULT_OLD_ANSWERS) {
        unmap_at_old_base(bar);
    }
    if (off & 1u << FAULT_DEAD_MAPPING) {
        bar->faults.dead = false;
        bar_show(bar);
    }
    map_upper_half(bar);
}

void faults_set(BarshiftState *s, uint32_t faults)
{
    uint32_t changed = s->faults ^ faults;
    uint32_t off = s->faults & ~faults;

    s->faults = faults;
    s->ledger.lossy = fault_on(s, FAULT_LEDGER_DROPS);
    s->interrupts.lost &= fault_on(s, FAULT_INTERRUPT_LOST);
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (bar_present(&s->bars[nr])) {
            switch_bar(&s->bars[nr], off);
        }
    }
    if (changed & 1u << FAULT_CAPABILITY_LOOP) {
        loop_capabilities(s, fault_on(s, FAULT_CAPABILITY_LOOP));
    }
}

void bar_faults_undo(BarshiftBar *bar)
{
    bar->faults.has_stale_base = false;
    bar->faults.first_base = 0;
    unmap_at_old_base(bar);
    unmap_upper_half(bar);
    bar->faults.dead = false;
    bar_show(bar);
}

void faults_reset(BarshiftState *s, enum barshift_reset kind)
{
    /* A driver that resets its function as it takes it is to find them lost still */
    if (kind != BARSHIFT_RESET_FUNCTION) {
        s->interrupts.lost = false;
    }
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (bar_present(&s->bars[nr])) {
            bar_faults_undo(&s->bars[nr]);
            map_upper_half(&s->bars[nr]);
        }
    }
}

/* Striking */

/* The PCI core compares BAR values, so it will not notice */
static void stick_bit(BarshiftBar *bar)
{
    memory_region_set_address(&bar->region, bar->region.addr & ~STUCK_BIT);
}

void faults_before_decode(BarshiftState *s)
{
    uint8_t *config = PCI_DEVICE(s)->config + PCI_BASE_ADDRESS_0;

    /* BARs of a virtual function have no registers here */
    for (unsigned nr = 0; !s->sriov.physical && nr < BARSHIFT_BARS; nr++) {
        const BarshiftBar *bar = &s->bars[nr];
        /* A BAR that has grown has no bits for all of the address */
        uint64_t base = bar->faults.first_base & ~(PCI_DEVICE(s)->io_regions[nr].size - 1);

        if (!bar_present(bar) || !bar_fault_on(bar, FAULT_BAR_IGNORED) ||
            bar->faults.first_base == 0) {
            continue;
        }
        if (bar->spec.kind == BAR_MEM64) {
            pci_set_quad(config + 4 * nr, base | bar_pci_type(&bar->spec));
        } else {
            pci_set_long(config + 4 * nr, base | bar_pci_type(&bar->spec));
        }
    }
}

void faults_mapped(BarshiftState *s, BarshiftBar *bar)
{
    if (bar->faults.first_base == 0) {
        bar->faults.first_base = s->sight.regions[bar->nr].mapped_base;
    }
    if (bar_fault_on(bar, FAULT_STUCK_BIT)) {
        stick_bit(bar);
    }
}

void faults_moved(BarshiftState *s, BarshiftBar *bar, uint64_t old_base, uint64_t old_size_bytes)
{
    if (bar_fault_on(bar, FAULT_HEADER_STALE) && !bar->faults.has_stale_base) {
        bar->faults.has_stale_base = true;
        bar->faults.stale_base = old_base;
    }
    if (bar_fault_on(bar, FAULT_CONTENT_LOST)) {
        bar_clear(bar);
    }
    if (bar_fault_on(bar, FAULT_SCRATCH_LOST)) {
        bar->scratch = 0;
    }
    if (bar_fault_on(bar, FAULT_OLD_ANSWERS)) {
        unmap_at_old_base(bar);
        map_at_old_base(bar, old_base, old_size_bytes);
    }
    if (bar_fault_on(bar, FAULT_DEAD_MAPPING)) {
        bar->faults.dead = true;
        bar_show(bar);
    }
    s->interrupts.lost |= fault_on(s, FAULT_INTERRUPT_LOST);
}

void faults_resized(BarshiftState *s, BarshiftBar *bar)
{
    if (bar_fault_on(bar, FAULT_RESIZE_NOT_DECODED)) {
        memory_region_set_size(&bar->region, bar->spec.size_bytes);
    }
    map_upper_half(bar);
}

/* Migration */

static int faults_post_load(void *opaque, int version_id)
{
    BarshiftState *s = opaque;

    if (s->faults_given >= 1u << FAULTS) {
        error_report("barshift: the saved state has faults that are not known: 0x%" PRIx32,
                     s->faults_given);
        s->faults_given = s->faults;
        return -EINVAL;
    }
    faults_set(s, s->faults_given);
    return 0;
}

const VMStateDescription vmstate_faults = {
    .name = "barshift-faults",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = faults_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(faults_given, BarshiftState),
        VMSTATE_END_OF_LIST()
    }
};

/**
 * Strikes - what moves and resizes have broken of a BAR, as a saved state has it
 * @parent: the BAR
 * @struck: one bit for each Fault whose work it is
 * @old_base: FAULT_OLD_ANSWERS: where it answers, too
 * @old_size_bytes: its size there
 */
typedef struct Strikes {
    BarshiftBar *parent;
    uint32_t struck;
    uint64_t old_base;
    uint64_t old_size_bytes;
} Strikes;

#define STRIKES (1u << FAULT_HEADER_STALE | 1u << FAULT_OLD_ANSWERS | 1u << FAULT_STUCK_BIT | \
                 1u << FAULT_DEAD_MAPPING | 1u << FAULT_RESIZE_NOT_DECODED)

static uint32_t what_has_struck(BarshiftBar *bar)
{
    const PCIIORegion *region = &PCI_DEVICE(bar->device)->io_regions[bar->nr];
    uint32_t struck = 0;

    if (bar->faults.has_stale_base) {
        struck |= 1u << FAULT_HEADER_STALE;
    }
    if (bar->faults.old_space) {
        struck |= 1u << FAULT_OLD_ANSWERS;
    }
    if (bar->region.container && bar->region.addr != region->addr) {
        struck |= 1u << FAULT_STUCK_BIT;
    }
    if (bar->faults.dead) {
        struck |= 1u << FAULT_DEAD_MAPPING;
    }
    if (memory_region_size(&bar->region) != region->size) {
        struck |= 1u << FAULT_RESIZE_NOT_DECODED;
    }
    return struck;
}

static int strikes_pre_save(void *opaque)
{
    Strikes *strikes = opaque;
    BarshiftBar *bar = strikes->parent;

    *strikes = (Strikes) { .parent = bar };
    if (bar_present(bar)) {
        strikes->struck = what_has_struck(bar);
    }
    if (strikes->struck & 1u << FAULT_OLD_ANSWERS) {
        strikes->old_base = bar->faults.old_mapping.addr;
        strikes->old_size_bytes = memory_region_size(&bar->faults.old_mapping);
    }
    return 0;
}

static bool strikes_can_be(const Strikes *strikes)
{
    BarshiftBar *bar = strikes->parent;
    uint64_t size_bytes = strikes->old_size_bytes;

    if (strikes->struck & ~(bar_present(bar) ? STRIKES : 0)) {
        return false;
    }
    return !(strikes->struck & 1u << FAULT_OLD_ANSWERS) ||
           (is_power_of_2(size_bytes) && size_bytes <= bar_room(bar) &&
            QEMU_IS_ALIGNED(strikes->old_base, size_bytes));
}

static int strikes_post_load(void *opaque, int version_id)
{
    const Strikes *strikes = opaque;
    BarshiftBar *bar = strikes->parent;

    if (!strikes_can_be(strikes)) {
        error_report("barshift: faults of BAR %u in the saved state cannot be", bar->nr);
        return -EINVAL;
    }
    bar->faults.has_stale_base = strikes->struck & 1u << FAULT_HEADER_STALE;
    bar->faults.dead = strikes->struck & 1u << FAULT_DEAD_MAPPING;
    if (strikes->struck & 1u << FAULT_OLD_ANSWERS) {
        unmap_at_old_base(bar);
        map_at_old_base(bar, strikes->old_base, strikes->old_size_bytes);
    }
    if (strikes->struck & 1u << FAULT_STUCK_BIT) {
        stick_bit(bar);
    }
    if (strikes->struck & 1u << FAULT_RESIZE_NOT_DECODED) {
        memory_region_set_size(&bar->region, bar->spec.size_bytes);
    }
    map_upper_half(bar);
    return 0;
}

static const VMStateDescription vmstate_strikes = {
    .name = "barshift-strikes",
    .pre_save = strikes_pre_save,
    .post_load = strikes_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(struck, Strikes),
        VMSTATE_UINT64(old_base, Strikes),
        VMSTATE_UINT64(old_size_bytes, Strikes),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_bar_faults = {
    .name = "barshift-bar-faults",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(faults.stale_base, BarshiftBar),
        VMSTATE_UINT64(faults.first_base, BarshiftBar),
        VMSTATE_WITH_TMP(BarshiftBar, Strikes, vmstate_strikes),
        VMSTATE_END_OF_LIST()
    }
};
