/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of the header and control page (registers.h).
 */

#include "qemu/osdep.h"
#include "bar_registers.h"
#include "barshift.h"

/* Header */

static uint64_t magic_read(BarshiftBar *bar, unsigned index)
{
    return BARSHIFT_MAGIC;
}

static uint64_t tag_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->tag;
}

static uint64_t bar_nr_read(BarshiftBar *bar, unsigned index)
{
    return bar->nr;
}

static uint64_t version_read(BarshiftBar *bar, unsigned index)
{
    return BARSHIFT_VERSION;
}

static uint64_t size_read(BarshiftBar *bar, unsigned index)
{
    return memory_region_size(&bar->region);
}

/* From the place of the region in the address space, whatever the BAR register says */
static uint64_t address_read(BarshiftBar *bar, unsigned index)
{
    uint64_t base = 0;

    if (bar->faults.has_stale_base) {
        return bar->faults.stale_base + BARSHIFT_HEADER_ADDRESS;
    }
    for (const MemoryRegion *mr = &bar->region; mr; mr = mr->container) {
        base += mr->addr;
    }
    return base + BARSHIFT_HEADER_ADDRESS;
}

static uint64_t scratch_read(BarshiftBar *bar, unsigned index)
{
    return bar->scratch;
}

static void scratch_write(BarshiftBar *bar, unsigned index, uint64_t value)
{
    bar->scratch = value;
}

static uint64_t contents_read(BarshiftBar *bar, unsigned index)
{
    return bar->spec.backing | (bar->spec.control ? BARSHIFT_CONTENTS_CONTROL : 0);
}

/* Ledger */

static uint64_t ledger_total_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->ledger.total;
}

static uint64_t ledger_dropped_read(BarshiftBar *bar, unsigned index)
{
    return ledger_dropped(&bar->device->ledger);
}

static uint64_t ledger_depth_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->ledger.depth;
}

static uint64_t ledger_select_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->ledger_select;
}

static void ledger_select_write(BarshiftBar *bar, unsigned index, uint64_t value)
{
    bar->device->ledger_select = value;
}

static uint64_t ledger_record_read(BarshiftBar *bar, unsigned index)
{
    const struct barshift_ledger_record *record =
        ledger_find(&bar->device->ledger, bar->device->ledger_select);
    uint64_t words[BARSHIFT_LEDGER_RECORD_WORDS] = {};

    if (record) {
        words[0] = record->sequence;
        words[1] = record->time_ns;
        words[2] = record->event | (uint64_t)record->bar << 16 | (uint64_t)record->detail << 32;
        words[3] = record->value;
    }
    return words[index];
}

/* The function as it sees itself */

static uint64_t moves_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->sight.moves;
}

static uint64_t control_scratch_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->scratch[index];
}

static void control_scratch_write(BarshiftBar *bar, unsigned index, uint64_t value)
{
    bar->device->scratch[index] = value;
}

/* From the BAR registers */
static uint64_t decoded_base_read(BarshiftBar *bar, unsigned index)
{
    BarshiftState *s = bar->device;
    uint64_t base = sight_base(s, index);

    if (!bar_present(&s->bars[index])) {
        return BARSHIFT_NOT_DECODED;
    }
    if (base != BARSHIFT_NOT_DECODED && bar_fault_on(&s->bars[index], FAULT_BASE_LIES)) {
        return base + PCI_DEVICE(s)->io_regions[index].size;
    }
    return base;
}

static uint64_t decoded_size_read(BarshiftBar *bar, unsigned index)
{
    return PCI_DEVICE(bar->device)->io_regions[index].size;
}

static uint64_t driver_state_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->quiesce.state;
}

static void driver_state_write(BarshiftBar *bar, unsigned index, uint64_t value)
{
    quiesce_declare(bar, value);
}

static uint64_t violations_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->quiesce.violations;
}

/* DMA engine */

static uint64_t dma_source_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->dma.next.source;
}

static void dma_source_write(BarshiftBar *bar, unsigned index, uint64_t value)
{
    bar->device->dma.next.source = value;
}

static uint64_t dma_destination_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->dma.next.destination;
}

static void dma_destination_write(BarshiftBar *bar, unsigned index, uint64_t value)
{
    bar->device->dma.next.destination = value;
}

static uint64_t dma_length_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->dma.next.length_bytes;
}

static void dma_length_write(BarshiftBar *bar, unsigned index, uint64_t value)
{
    bar->device->dma.next.length_bytes = value;
}

static uint64_t dma_period_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->dma.next.period_ns;
}

static void dma_period_write(BarshiftBar *bar, unsigned index, uint64_t value)
{
    bar->device->dma.next.period_ns = value;
}

static uint64_t dma_vector_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->dma.vector;
}

static void dma_vector_write(BarshiftBar *bar, unsigned index, uint64_t value)
{
    bar->device->dma.vector = value;
}

static void dma_command_write(BarshiftBar *bar, unsigned index, uint64_t value)
{
    dma_command(bar, value);
}

static uint64_t dma_state_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->dma.state;
}

static uint64_t dma_steps_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->dma.steps;
}

static uint64_t dma_failed_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->dma.failed;
}

/* Error reporting */

static void aer_inject_write(BarshiftBar *bar, unsigned index, uint64_t value)
{
    aer_inject(bar, value);
}

/* Interrupts */

static void doorbell_write(BarshiftBar *bar, unsigned index, uint64_t value)
{
    interrupts_raise(bar->device, value);
}

static uint64_t interrupt_mode_read(BarshiftBar *bar, unsigned index)
{
    return interrupts_mode(bar->device);
}

static uint64_t interrupt_vectors_read(BarshiftBar *bar, unsigned index)
{
    return interrupts_vectors(bar->device);
}

static uint64_t intx_status_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->interrupts.intx_status;
}

static void intx_status_write(BarshiftBar *bar, unsigned index, uint64_t value)
{
    interrupts_acknowledge(bar->device, value);
}

static uint64_t interrupts_unsent_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->interrupts.unsent;
}

static uint64_t interrupts_read(BarshiftBar *bar, unsigned index)
{
    return bar->device->interrupts.raised[index];
}

#define READ_ONLY(register, bytes, reader) \
    { .offset = register, .size = bytes, .read = reader }
#define READ_WRITE(register, bytes, name) \
    { .offset = register, .size = bytes, .access = REGISTER_READ_WRITE, .read = name##_read, \
      .write = name##_write }

const BarRegister control_registers[] = {
    READ_ONLY(BARSHIFT_HEADER_MAGIC, 4, magic_read),
    READ_ONLY(BARSHIFT_HEADER_TAG, 4, tag_read),
    READ_ONLY(BARSHIFT_HEADER_BAR, 4, bar_nr_read),
    READ_ONLY(BARSHIFT_HEADER_VERSION, 4, version_read),
    READ_ONLY(BARSHIFT_HEADER_SIZE, 8, size_read),
    READ_ONLY(BARSHIFT_HEADER_ADDRESS, 8, address_read),
    READ_WRITE(BARSHIFT_HEADER_SCRATCH, 8, scratch),
    READ_ONLY(BARSHIFT_HEADER_CONTENTS, 4, contents_read),
    READ_ONLY(BARSHIFT_LEDGER_TOTAL, 8, ledger_total_read),
    READ_ONLY(BARSHIFT_LEDGER_DROPPED, 8, ledger_dropped_read),
    READ_ONLY(BARSHIFT_LEDGER_DEPTH, 4, ledger_depth_read),
    READ_ONLY(BARSHIFT_MOVES, 8, moves_read),
    READ_WRITE(BARSHIFT_LEDGER_SELECT, 8, ledger_select),
    { .offset = BARSHIFT_CONTROL_SCRATCH(0), .size = 8, .count = BARSHIFT_SCRATCHES,
      .access = REGISTER_READ_WRITE, .read = control_scratch_read,
      .write = control_scratch_write },
    READ_WRITE(BARSHIFT_DRIVER_STATE, 4, driver_state),
    READ_ONLY(BARSHIFT_VIOLATIONS, 8, violations_read),
    { .offset = BARSHIFT_DOORBELL, .size = 4, .access = REGISTER_ACTION, .write = doorbell_write },
    READ_ONLY(BARSHIFT_INTERRUPT_MODE, 4, interrupt_mode_read),
    READ_ONLY(BARSHIFT_INTERRUPT_VECTORS, 4, interrupt_vectors_read),
    { .offset = BARSHIFT_INTX_STATUS, .size = 4, .access = REGISTER_ACTION,
      .read = intx_status_read, .write = intx_status_write },
    READ_ONLY(BARSHIFT_INTERRUPTS_UNSENT, 8, interrupts_unsent_read),
    { .offset = BARSHIFT_INTERRUPTS(0), .size = 8, .count = BARSHIFT_VECTORS_MAX,
      .read = interrupts_read },
    { .offset = BARSHIFT_DECODED_BASE(0), .size = 8, .count = BARSHIFT_BARS,
      .stride = BARSHIFT_DECODED_BASE(1) - BARSHIFT_DECODED_BASE(0), .read = decoded_base_read },
    { .offset = BARSHIFT_DECODED_SIZE(0), .size = 8, .count = BARSHIFT_BARS,
      .stride = BARSHIFT_DECODED_SIZE(1) - BARSHIFT_DECODED_SIZE(0), .read = decoded_size_read },
    { .offset = BARSHIFT_AER_INJECT, .size = 4, .access = REGISTER_ACTION,
      .write = aer_inject_write },
    { .offset = BARSHIFT_LEDGER_RECORD, .size = 8, .count = BARSHIFT_LEDGER_RECORD_WORDS,
      .read = ledger_record_read },
    READ_WRITE(BARSHIFT_DMA_SOURCE, 8, dma_source),
    READ_WRITE(BARSHIFT_DMA_DESTINATION, 8, dma_destination),
    READ_WRITE(BARSHIFT_DMA_LENGTH, 4, dma_length),
    READ_WRITE(BARSHIFT_DMA_PERIOD, 4, dma_period),
    READ_WRITE(BARSHIFT_DMA_VECTOR, 4, dma_vector),
    { .offset = BARSHIFT_DMA_COMMAND, .size = 4, .access = REGISTER_ACTION,
      .write = dma_command_write },
    READ_ONLY(BARSHIFT_DMA_STATE, 4, dma_state_read),
    READ_ONLY(BARSHIFT_DMA_STEPS, 8, dma_steps_read),
    READ_ONLY(BARSHIFT_DMA_FAILED, 8, dma_failed_read),
};

const size_t control_register_count = G_N_ELEMENTS(control_registers);
