/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA engine: copies from anywhere to anywhere, and what the bus refuses.
 */

#include <linux/pci_regs.h>

#include "dma.h"
#include "pattern.h"
#include "placement.h"
#include "records.h"

#define LAYOUT ",bar0=16K:mem32:control,bar1=1M:mem32:pattern,bar2=1G:mem64:pref:ram,msi=1"
#define PATTERN_BAR 1

#define PEER_ADDR "5.0"
#define PEER_BDF (5 << 3)
#define PEER_TAG "9"
#define PEER_CONTROL_BASE UINT64_C(0xe8000000)
#define PEER_MEMORY_BASE OTHER_BASE
#define HOLE_BASE UINT64_C(0x3000000000)

#define PAGE UINT64_C(0x1000)
#define MARGIN 16 /* bytes around a destination that a copy leaves alone */

typedef struct Pair {
    Function function;
    Function peer;
} Pair;

static void place_peer(Function *peer)
{
    peer->control_base = PEER_CONTROL_BASE;
    config_write(peer, PCI_BASE_ADDRESS_0, 4, (uint32_t)PEER_CONTROL_BASE);
    bar_write(peer, BARSHIFT_MEMORY_BAR, PEER_MEMORY_BASE);
    decode_set(peer, true);
    bus_master_set(peer, true);
}

static void pair_start(Pair *pair)
{
    g_autofree char *device = g_strdup_printf(
        "barshift,id=" FUNCTION_ID ",addr=3.0,tag=%d" LAYOUT, FUNCTION_TAG);
    const char *const arguments[] = {
        "-device", device, "-device", "barshift,id=peer,addr=" PEER_ADDR ",tag=" PEER_TAG, NULL,
    };
    QTest *qtest = qtest_start(arguments);

    function_init(&pair->function, qtest, 3 << 3);
    function_init(&pair->peer, qtest, PEER_BDF);
    ecam_enable(qtest);
    function_place_bars(&pair->function);
    bus_master_set(&pair->function, true);
    place_peer(&pair->peer);
    qtest_write(qtest, pair->function.control_base + BARSHIFT_DMA_PERIOD, 4,
                BARSHIFT_DMA_PERIOD_MIN);
}

static void pair_stop(Pair *pair)
{
    qtest_stop(pair->function.qtest);
}

/* Copies */

typedef enum Place {
    RAM,
    OTHER_RAM,
    OWN_MEMORY,
    OWN_LAST_PAGE,
    OWN_HEADER,
    OWN_CONTROL,
    OWN_PATTERN,
    PEER_MEMORY,
    PEER_HEADER,
    HOLE,
} Place;

static uint64_t address_of(const Pair *pair, Place place)
{
    const FunctionBar *bars = pair->function.bars;
    const FunctionBar *memory = &bars[BARSHIFT_MEMORY_BAR];

    switch (place) {
    case RAM:
        return RAM_BASE;
    case OTHER_RAM:
        return RAM_OTHER;
    case OWN_MEMORY:
        return memory->base + PAGE;
    case OWN_LAST_PAGE:
        return memory->base + memory->size - PAGE;
    case OWN_HEADER:
        return memory->base;
    case OWN_CONTROL:
        return pair->function.control_base;
    case OWN_PATTERN:
        return bars[PATTERN_BAR].base + PAGE;
    case PEER_MEMORY:
        return PEER_MEMORY_BASE + PAGE;
    case PEER_HEADER:
        return PEER_MEMORY_BASE;
    default:
        return HOLE_BASE;
    }
}

typedef enum Outcome {
    COPIED,
    SOURCE_REFUSED,
    DESTINATION_REFUSED,
    DESTINATION_TORN, /* refused, after a part of it was written */
} Outcome;

typedef struct CopyCase {
    const char *path;
    Place source;
    unsigned source_offset;
    Place destination;
    unsigned destination_offset;
    uint32_t length;
    Outcome outcome;
} CopyCase;

static const CopyCase copy_cases[] = {
    { "/copy/ram/1-byte", RAM, 0, OTHER_RAM, 0x40, 1, COPIED },
    { "/copy/ram/7-bytes", RAM, 0, OTHER_RAM, 0x40, 7, COPIED },
    { "/copy/ram/a-page", RAM, 0, OTHER_RAM, 0x1000, 4096, COPIED },
    { "/copy/ram/the-most", RAM, 0, OTHER_RAM, 0x1000, BARSHIFT_DMA_LENGTH_MAX, COPIED },
    { "/copy/ram/unaligned", RAM, 3, OTHER_RAM, 0x1ffd, 4099, COPIED },
    { "/copy/ram/onto-itself-upwards", RAM, 0x1000, RAM, 0x1064, 4096, COPIED },
    { "/copy/ram/onto-itself-downwards", RAM, 0x1064, RAM, 0x1000, 4096, COPIED },
    { "/copy/own-memory/in", RAM, 0, OWN_MEMORY, 0x40, 65536, COPIED },
    { "/copy/own-memory/out", OWN_MEMORY, 0x33, RAM, 0x40, 4096, COPIED },
    { "/copy/own-memory/within", OWN_MEMORY, 0, OWN_MEMORY, 0x20000, 4096, COPIED },
    { "/copy/own-memory/to-its-end", RAM, 0, OWN_LAST_PAGE, 0xff0, 16, COPIED },
    { "/copy/own-memory/over-its-end", RAM, 0, OWN_LAST_PAGE, 0xff0, 32, DESTINATION_TORN },
    { "/copy/own-memory/from-over-its-end", OWN_LAST_PAGE, 0xff0, RAM, 0x40, 32,
      SOURCE_REFUSED },
    { "/copy/own-pattern/out", OWN_PATTERN, 5, RAM, 0x40, 4096, COPIED },
    { "/copy/own-header/out", OWN_HEADER, 0, RAM, 0x40, 8, SOURCE_REFUSED },
    { "/copy/own-header/in", RAM, 0, OWN_HEADER, BARSHIFT_HEADER_SCRATCH, 8,
      DESTINATION_REFUSED },
    { "/copy/own-control/out", OWN_CONTROL, 0, RAM, 0x40, 8, SOURCE_REFUSED },
    { "/copy/own-control/in", RAM, 0, OWN_CONTROL, BARSHIFT_CONTROL_SCRATCH(0), 8,
      DESTINATION_REFUSED },
    { "/copy/peer-memory/in", RAM, 0, PEER_MEMORY, 0x40, 4096, COPIED },
    { "/copy/peer-memory/out", PEER_MEMORY, 0, RAM, 0x40, 4096, COPIED },
    { "/copy/peer-memory/from-own", OWN_MEMORY, 0, PEER_MEMORY, 0x40, 4096, COPIED },
    { "/copy/peer-header/out", PEER_HEADER, 0, RAM, 0x40, 0x2c, COPIED },
    { "/copy/peer-header/in", RAM, 0, PEER_HEADER, BARSHIFT_HEADER_SCRATCH, 8, COPIED },
    { "/copy/hole/in", RAM, 0, HOLE, 0x40, 64, DESTINATION_REFUSED },
    { "/copy/hole/out", HOLE, 0, RAM, 0x40, 64, SOURCE_REFUSED },
};

/* Bytes that depend on address and seed */
static void fill(QTest *qtest, uint64_t address, size_t size, uint64_t seed)
{
    g_autofree uint8_t *bytes = g_malloc(size);

    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(barshift_mix(seed + (address + i) / 8) >> 8 * ((address + i) % 8));
    }
    qtest_memory_write(qtest, address, bytes, size);
}

static uint8_t *memory_of(QTest *qtest, uint64_t address, size_t size)
{
    uint8_t *bytes = g_malloc(size);

    qtest_memory_read(qtest, address, bytes, size);
    return bytes;
}

static bool is_memory(Place place)
{
    return place == RAM || place == OTHER_RAM || place == OWN_MEMORY || place == OWN_LAST_PAGE ||
           place == PEER_MEMORY;
}

static void assert_outcome(const Function *function, gint64 first, Outcome outcome,
                           uint64_t source, uint64_t destination)
{
    const Record failed[] = {
        { "dma-failed", NO_BAR, outcome == SOURCE_REFUSED ? source : destination, 0 }, { },
    };

    assert_records_of(function, first, "dma-failed", outcome == COPIED ? failed + 1 : failed);
}

static void command_one_step(const Function *function, enum barshift_dma_command command)
{
    dma_command(function, command);
    if (command == BARSHIFT_DMA_STREAM) {
        qtest_clock_step(function->qtest, BARSHIFT_DMA_PERIOD_MIN);
        dma_command(function, BARSHIFT_DMA_STOP);
    }
}

/* One step, by a register access or by a timer */
static void copy(const Pair *pair, const CopyCase *row, enum barshift_dma_command command)
{
    const Function *function = &pair->function;
    uint64_t source = address_of(pair, row->source) + row->source_offset;
    uint64_t destination = address_of(pair, row->destination) + row->destination_offset;
    size_t around = row->length + 2 * MARGIN;
    g_autofree uint8_t *expected = NULL, *bytes = NULL, *found = NULL;
    gint64 total;

    if (is_memory(row->destination)) {
        fill(function->qtest, destination, row->length, 0);
    }
    if (is_memory(row->source)) {
        fill(function->qtest, source, row->length, command);
    }
    bytes = memory_of(function->qtest, source, row->length);
    expected = memory_of(function->qtest, destination - MARGIN, around);
    total = ledger_total(function);

    dma_aim(function, source, destination, row->length);
    command_one_step(function, command);
    assert_outcome(function, total + 1, row->outcome, source, destination);

    if (row->outcome == COPIED) {
        memcpy(expected + MARGIN, bytes, row->length);
    }
    if (row->outcome != DESTINATION_TORN) {
        found = memory_of(function->qtest, destination - MARGIN, around);
        g_assert_cmpmem(found, around, expected, around);
    }
}

static void test_copy(gconstpointer data)
{
    const CopyCase *row = data;
    bool done = row->outcome == COPIED;
    Pair pair;

    pair_start(&pair);
    copy(&pair, row, BARSHIFT_DMA_COPY);
    assert_dma(&pair.function, BARSHIFT_DMA_IDLE, done, !done);
    copy(&pair, row, BARSHIFT_DMA_STREAM);
    assert_dma(&pair.function, BARSHIFT_DMA_IDLE, 2 * done, 2 * !done);
    pair_stop(&pair);
}

/* Steps that start steps */

static void arm_peer(const Pair *pair)
{
    qtest_write(pair->function.qtest, RAM_BASE, 4, BARSHIFT_DMA_COPY);
    dma_aim(&pair->peer, RAM_BASE, pair->function.control_base + BARSHIFT_DMA_COMMAND, 4);
    dma_aim(&pair->function, RAM_BASE, PEER_CONTROL_BASE + BARSHIFT_DMA_COMMAND, 4);
}

static void test_copy_starts_no_copy_elsewhere(void)
{
    const Record bad[] = { { "bad-access", BARSHIFT_CONTROL_BAR, BARSHIFT_DMA_COMMAND, 0 }, { } };
    gint64 total;
    Pair pair;

    pair_start(&pair);
    arm_peer(&pair);
    total = ledger_total(&pair.function);
    dma_command(&pair.function, BARSHIFT_DMA_COPY);
    assert_dma(&pair.function, BARSHIFT_DMA_IDLE, 1, 0);
    assert_dma(&pair.peer, BARSHIFT_DMA_IDLE, 0, 0);

    /* The other way round, so that the refusal is in the ledger that can be read here */
    dma_command(&pair.peer, BARSHIFT_DMA_COPY);
    assert_dma(&pair.peer, BARSHIFT_DMA_IDLE, 1, 0);
    assert_dma(&pair.function, BARSHIFT_DMA_IDLE, 1, 0);
    assert_records(&pair.function, total + 1, bad);
    pair_stop(&pair);
}

/* From a timer, where QEMU has no guard against it */
static void test_stream_starts_no_copy_of_its_own(void)
{
    Pair pair;

    pair_start(&pair);
    qtest_write(pair.function.qtest, RAM_BASE, 4, BARSHIFT_DMA_COPY);
    dma_aim(&pair.function, RAM_BASE, pair.function.control_base + BARSHIFT_DMA_COMMAND, 4);
    dma_command(&pair.function, BARSHIFT_DMA_STREAM);
    qtest_clock_step(pair.function.qtest, 5 * BARSHIFT_DMA_PERIOD_MIN);
    assert_dma(&pair.function, BARSHIFT_DMA_STREAMING, 0, 5);
    pair_stop(&pair);
}

/* The message of an interrupt is a write like any other: let it be the command to copy */
static void send_messages_to(const Function *function, uint64_t address)
{
    unsigned msi = legacy_capability_find(function, PCI_CAP_ID_MSI);

    g_assert_cmphex(msi, !=, 0);
    config_write(function, msi + PCI_MSI_ADDRESS_LO, 4, (uint32_t)address);
    config_write(function, msi + PCI_MSI_ADDRESS_HI, 4, (uint32_t)(address >> 32));
    config_write(function, msi + PCI_MSI_DATA_64, 2, BARSHIFT_DMA_COPY);
    config_write(function, msi + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_ENABLE);
    qtest_write(function->qtest, function->control_base + BARSHIFT_DMA_VECTOR, 4, 0);
}

static void test_message_of_a_copy_starts_no_copy(void)
{
    Pair pair;

    pair_start(&pair);
    dma_aim(&pair.function, RAM_BASE, RAM_OTHER, 8);
    dma_aim(&pair.peer, RAM_BASE, RAM_OTHER, 8);
    send_messages_to(&pair.function, pair.function.control_base + BARSHIFT_DMA_COMMAND);
    dma_command(&pair.function, BARSHIFT_DMA_COPY);
    assert_dma(&pair.function, BARSHIFT_DMA_IDLE, 1, 0);

    send_messages_to(&pair.function, PEER_CONTROL_BASE + BARSHIFT_DMA_COMMAND);
    dma_command(&pair.function, BARSHIFT_DMA_COPY);
    assert_dma(&pair.function, BARSHIFT_DMA_IDLE, 2, 0);
    assert_dma(&pair.peer, BARSHIFT_DMA_IDLE, 0, 0);

    /* That the message did get there: of the doorbell it is a command like any other */
    qtest_write(pair.function.qtest, pair.function.control_base + BARSHIFT_DOORBELL, 4, 0);
    assert_dma(&pair.peer, BARSHIFT_DMA_IDLE, 1, 0);
    g_assert_cmpuint(control_read(&pair.function, BARSHIFT_INTERRUPTS(0)), ==, 3);
    pair_stop(&pair);
}

/* DMA of somebody else is an access as that of a CPU */
static void test_peer_is_seen_while_stopped(void)
{
    uint64_t offset = PAGE + 0x40;
    const Record seen[] = {
        { "violation", BARSHIFT_MEMORY_BAR, offset, BARSHIFT_VIOLATION_WRITE },
        { "violation", BARSHIFT_MEMORY_BAR, offset, BARSHIFT_VIOLATION_READ },
        { },
    };
    gint64 total;
    Pair pair;

    pair_start(&pair);
    qtest_write(pair.function.qtest, pair.function.control_base + BARSHIFT_DRIVER_STATE, 4,
                BARSHIFT_DRIVER_STOPPED);
    total = ledger_total(&pair.function);
    dma_aim(&pair.peer, RAM_BASE, address_of(&pair, OWN_MEMORY) + 0x40, 8);
    dma_command(&pair.peer, BARSHIFT_DMA_COPY);
    dma_aim(&pair.peer, address_of(&pair, OWN_MEMORY) + 0x40, RAM_BASE, 8);
    dma_command(&pair.peer, BARSHIFT_DMA_COPY);
    assert_dma(&pair.peer, BARSHIFT_DMA_IDLE, 2, 0);
    assert_records(&pair.function, total + 1, seen);
    pair_stop(&pair);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(copy_cases); i++) {
        g_test_add_data_func(copy_cases[i].path, &copy_cases[i], test_copy);
    }
    g_test_add_func("/copy/recursion/copy-starts-no-copy-elsewhere",
                    test_copy_starts_no_copy_elsewhere);
    g_test_add_func("/copy/recursion/stream-starts-no-copy-of-its-own",
                    test_stream_starts_no_copy_of_its_own);
    g_test_add_func("/copy/recursion/message-of-a-copy-starts-no-copy",
                    test_message_of_a_copy_starts_no_copy);
    g_test_add_func("/copy/peer/is-seen-while-stopped", test_peer_is_seen_while_stopped);
    return g_test_run();
}
