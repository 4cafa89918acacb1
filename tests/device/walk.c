/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A random walk.
 */

#include <linux/pci_regs.h>

#include "chance.h"
#include "rebar-size.h"
#include "state.h"

#define PORT_BDF (4 << 3)
#define BUS 1
#define BELOW_BDF (BUS << 8)

/* Places */

static unsigned region_register(unsigned nr)
{
    return nr == FUNCTION_ROM ? PCI_ROM_ADDRESS : PCI_BASE_ADDRESS_0 + 4 * nr;
}

static void write_region(Walk *walk, unsigned nr, uint64_t address)
{
    walk->believed[nr] = address;
    walk->operations++;
    config_queue_write(&walk->function, region_register(nr), 4, (uint32_t)address);
    if (walk->shape.bars[nr].kind == BAR_MEM64) {
        walk->operations++;
        config_queue_write(&walk->function, region_register(nr) + 4, 4, (uint32_t)(address >> 32));
    }
    if (nr == FUNCTION_ROM) {
        walk->believed[nr] &= PCI_ROM_ADDRESS_MASK;
    }
}

static void write_command(Walk *walk, uint32_t command)
{
    walk->operations++;
    config_queue_write(&walk->function, PCI_COMMAND, 2, command);
}

void walk_place(Walk *walk)
{
    if (walk->shape.power != 0) {
        walk->operations++;
        config_queue_write(&walk->function, walk->shape.power + PCI_PM_CTRL, 2, 0);
    }
    write_command(walk, 0);
    for (unsigned nr = 0; nr < FUNCTION_REGIONS; nr++) {
        if (walk->shape.bars[nr].kind != BAR_ABSENT) {
            write_region(walk, nr, walk->shape.bars[nr].base | (nr == FUNCTION_ROM));
        }
    }
    write_command(walk, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

/* Operations */

static void move_region(Walk *walk)
{
    unsigned nr = chance_region(walk);
    uint64_t place = chance_place(walk, nr);

    if (chance_one_in(walk, 3)) {
        write_region(walk, nr, place);
        return;
    }
    write_command(walk, 0);
    write_region(walk, nr, place);
    write_command(walk, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

static void change_command(Walk *walk)
{
    write_command(walk, g_rand_int(walk->random) & 0xffff);
}

static void resize(Walk *walk)
{
    unsigned control;

    if (walk->shape.rebar_count == 0) {
        return;
    }
    control = walk->shape.rebar + REBAR_CONTROL(chance_below(walk, walk->shape.rebar_count));
    if (!chance_one_in(walk, 4)) {
        write_command(walk, 0);
    }
    walk->operations++;
    config_queue_write(&walk->function, control + 1, 1,
                       chance_below(walk, REBAR_SIZE_FIELD_MAX + 2));
}

/* Anywhere, and at the capabilities more often */
static unsigned random_config_offset(Walk *walk)
{
    const Shape *shape = &walk->shape;

    if (chance_one_in(walk, 2)) {
        return chance_below(walk, PCI_CFG_SPACE_EXP_SIZE);
    }
    return shape->capabilities[shape->identity_count +
                               chance_below(walk, shape->capability_count - shape->identity_count)]
               .offset + chance_below(walk, 32);
}

static void write_config(Walk *walk)
{
    walk->operations++;
    config_queue_write(&walk->function, random_config_offset(walk), 1u << chance_below(walk, 3),
                       (uint32_t)chance_value(walk));
}

static void read_config(Walk *walk)
{
    walk->operations++;
    config_queue_read(&walk->function, random_config_offset(walk), 1u << chance_below(walk, 3),
                      NULL);
}

/* The machine is not what is tested: nothing below 4 GiB is accessed but the memory and BARs */
static bool is_harmless(uint64_t address)
{
    return (address >= CHANCE_RAM_BASE && address < ECAM_BASE) ||
           (address >= ECAM_END && address < MEMORY_32_END) ||
           (address > UINT32_MAX && address < UINT64_MAX - 8);
}

static void access_port(Walk *walk, uint64_t port)
{
    unsigned size = 1u << chance_below(walk, 3);

    if (port < PORTS_BASE || port + size > PORTS_END) {
        return;
    }
    walk->operations++;
    if (chance_one_in(walk, 2)) {
        qtest_queue_in(walk->function.qtest, (uint16_t)port, size, NULL);
    } else {
        qtest_queue_out(walk->function.qtest, (uint16_t)port, size, (uint32_t)chance_value(walk));
    }
}

static void access_region(Walk *walk)
{
    unsigned nr = chance_region(walk);
    uint64_t address = walk->believed[nr] + chance_offset(walk, nr);
    unsigned size = 1u << chance_below(walk, 4);

    if (walk->shape.bars[nr].kind == BAR_IO) {
        access_port(walk, address);
    } else if (is_harmless(address)) {
        walk->operations++;
        if (chance_one_in(walk, 2)) {
            qtest_queue_read(walk->function.qtest, address, size, NULL);
        } else {
            qtest_queue_write(walk->function.qtest, address, size, chance_value(walk));
        }
    }
}

static void queue_control(Walk *walk, unsigned offset, unsigned size, uint64_t value)
{
    walk->operations++;
    qtest_queue_write(walk->function.qtest, walk->believed[walk->control_nr] + offset, size,
                      value);
}

/* Whole programs of engines, because registers one by one make hardly ever one */

static void program_dma(Walk *walk)
{
    static const uint32_t lengths[] = {
        0, 1, 8, 64, 4096, BARSHIFT_DMA_LENGTH_MAX, BARSHIFT_DMA_LENGTH_MAX + 1, UINT32_MAX,
    };
    uint32_t command = chance_below(walk, BARSHIFT_DMA_STOP + 2);

    if (!is_harmless(walk->believed[walk->control_nr])) {
        return;
    }
    queue_control(walk, BARSHIFT_DMA_SOURCE, 8,
                  chance_one_in(walk, 4) ? BARSHIFT_DMA_COUNTER : chance_address(walk));
    queue_control(walk, BARSHIFT_DMA_DESTINATION, 8, chance_address(walk));
    queue_control(walk, BARSHIFT_DMA_LENGTH, 4, lengths[chance_below(walk, G_N_ELEMENTS(lengths))]);
    queue_control(walk, BARSHIFT_DMA_PERIOD, 4, chance_below(walk, 4 * BARSHIFT_DMA_PERIOD_MIN));
    queue_control(walk, BARSHIFT_DMA_VECTOR, 4, (uint32_t)chance_value(walk));
    queue_control(walk, BARSHIFT_DMA_COMMAND, 4, command);
    if (command == BARSHIFT_DMA_STREAM || command == BARSHIFT_DMA_RESUME) {
        qtest_clock_step(walk->function.qtest, chance_below(walk, 20 * BARSHIFT_DMA_PERIOD_MIN));
    }
}

static void program_message(Walk *walk)
{
    unsigned msi = walk->shape.msi + PCI_MSI_FLAGS, msix = walk->shape.msix + PCI_MSIX_FLAGS;

    if (walk->shape.msi != 0) {
        walk->operations += 3;
        config_queue_write(&walk->function, msi, 2, g_rand_int(walk->random) & 0xffff);
        config_queue_write(&walk->function, msi - PCI_MSI_FLAGS + PCI_MSI_ADDRESS_LO, 4,
                           (uint32_t)chance_address(walk));
        config_queue_write(&walk->function, msi - PCI_MSI_FLAGS + PCI_MSI_ADDRESS_HI, 4,
                           chance_one_in(walk, 2) ? 0 : g_rand_int(walk->random));
    }
    if (walk->shape.msix != 0) {
        walk->operations++;
        config_queue_write(&walk->function, msix, 2, g_rand_int(walk->random) & 0xffff);
    }
}

/* An entry of the MSI-X table, or what lies where it would be */
static void program_vector(Walk *walk)
{
    uint64_t address = walk->table_nr < BARSHIFT_BARS
                           ? walk->believed[walk->table_nr] + walk->table_offset
                           : chance_address(walk);

    address += PCI_MSIX_ENTRY_SIZE * chance_below(walk, BARSHIFT_VECTORS_MAX);
    if (!is_harmless(address)) {
        return;
    }
    walk->operations += 3;
    qtest_queue_write(walk->function.qtest, address + PCI_MSIX_ENTRY_LOWER_ADDR, 8,
                      chance_address(walk));
    qtest_queue_write(walk->function.qtest, address + PCI_MSIX_ENTRY_DATA, 4,
                      g_rand_int(walk->random));
    qtest_queue_write(walk->function.qtest, address + PCI_MSIX_ENTRY_VECTOR_CTRL, 4,
                      chance_one_in(walk, 4));
}

static void program_interrupts(Walk *walk)
{
    if (chance_one_in(walk, 4)) {
        program_message(walk);
    }
    program_vector(walk);
    for (unsigned i = 0; i < 4 && is_harmless(walk->believed[walk->control_nr]); i++) {
        queue_control(walk, BARSHIFT_DOORBELL, 4,
                      chance_below(walk, chance_one_in(walk, 4) ? BARSHIFT_VECTORS_MAX + 1 : 8));
        queue_control(walk, BARSHIFT_INTX_STATUS, 4, g_rand_int(walk->random));
    }
}

/* What a driver does again after each of them */
static void reset_some_way(Walk *walk)
{
    unsigned device_control = walk->shape.express + PCI_EXP_DEVCTL;

    walk->operations++;
    walk->resets++;
    if (walk->below_port && chance_one_in(walk, 2)) {
        config_queue_write(&walk->port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_BUS_RESET);
        config_queue_write(&walk->port, PCI_BRIDGE_CONTROL, 2, 0);
    } else if (walk->shape.power != 0 && chance_one_in(walk, 2)) {
        config_queue_write(&walk->function, walk->shape.power + PCI_PM_CTRL, 2, 3);
        config_queue_write(&walk->function, walk->shape.power + PCI_PM_CTRL, 2, 0);
    } else {
        config_queue_write(&walk->function, device_control, 2, PCI_EXP_DEVCTL_BCR_FLR);
    }
    if (!chance_one_in(walk, 4)) {
        walk_place(walk);
    }
}

/* What changes the map of the machine costs QEMU a hundred times as much as the rest */
#define WEIGHTS 1000
static const struct {
    unsigned weight;
    void (*run)(Walk *walk);
} operations[] = {
    { 624, access_region }, { 250, write_config },       { 100, read_config },
    { 8, move_region },     { 5, program_interrupts },   { 5, program_dma },
    { 5, resize },          { 2, change_command },       { 1, reset_some_way },
};

static void step(Walk *walk)
{
    unsigned ticket = chance_below(walk, WEIGHTS);

    for (unsigned i = 0;; ticket -= operations[i++].weight) {
        if (ticket < operations[i].weight) {
            operations[i].run(walk);
            return;
        }
    }
}

void walk_steps(Walk *walk, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        step(walk);
    }
    qtest_clock_step(walk->function.qtest, chance_below(walk, 100 * BARSHIFT_DMA_PERIOD_MIN));
}

/* Start and reset */

static void do_as_firmware(Walk *walk)
{
    ecam_enable(walk->function.qtest);
    if (walk->below_port) {
        config_write(&walk->port, PCI_PRIMARY_BUS, 4, BUS << 16 | BUS << 8);
        port_open_windows(&walk->port);
    }
}

/* Before the walk has hidden it */
static void learn(Walk *walk)
{
    const Function *function = &walk->function;
    uint32_t table;

    shape_read(&walk->shape, function);
    for (unsigned nr = 0; nr < FUNCTION_REGIONS; nr++) {
        const FunctionBar *bar = &walk->shape.bars[nr];

        walk->believed[nr] = bar->base;
        if (bar->kind != BAR_ABSENT && bar->base == function->control_base) {
            walk->control_nr = nr;
        }
    }
    walk->table_nr = BARSHIFT_BARS;
    if (walk->shape.msix != 0) {
        table = config_read(function, walk->shape.msix + PCI_MSIX_TABLE, 4);
        walk->table_nr = table & PCI_MSIX_TABLE_BIR;
        walk->table_offset = table & PCI_MSIX_TABLE_OFFSET;
    }
}

static QTest *start_qemu(const char *properties, bool below_port, bool incoming)
{
    g_autofree char *device = g_strdup_printf("barshift,id=" FUNCTION_ID ",tag=%d,%s%s",
                                              FUNCTION_TAG, below_port ? "bus=rp" : "addr=3.0",
                                              properties);
    const char *const arguments[] = {
        "-device", "pcie-root-port,id=rp,addr=4.0,slot=1,chassis=1", "-device", device,
        incoming ? "-incoming" : NULL, "defer", NULL,
    };

    return qtest_start(arguments);
}

void walk_start(Walk *walk, const char *properties, bool below_port, uint32_t seed)
{
    QTest *qtest = start_qemu(properties, below_port, false);

    *walk = (Walk) { .below_port = below_port, .random = g_rand_new_with_seed(seed) };
    function_init(&walk->function, qtest, below_port ? BELOW_BDF : 3 << 3);
    function_init(&walk->port, qtest, PORT_BDF);
    do_as_firmware(walk);
    function_place_bars(&walk->function);
    learn(walk);
}

void walk_migrate(Walk *walk, const char *properties)
{
    QTest *here = walk->function.qtest;
    QTest *there = start_qemu(properties, walk->below_port, true);
    int64_t time_ns = qtest_clock_step(here, 0);
    g_autoptr(GBytes) state = state_save(here);

    state_load(there, state, time_ns);
    qtest_stop(here);
    walk->function.qtest = walk->port.qtest = there;
}

void walk_stop(Walk *walk)
{
    qtest_stop(walk->function.qtest);
    g_rand_free(walk->random);
}

void walk_system_reset(Walk *walk)
{
    qtest_system_reset(walk->function.qtest);
    do_as_firmware(walk);
    walk_place(walk);
    walk->operations++;
    walk->resets++;
}
