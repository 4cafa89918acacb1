/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Quiesce oracle: what a driver's state forbids is counted and recorded, and done all the same;
 * what it allows is not.
 */

#include <linux/pci_regs.h>

#include "dma.h"
#include "placement.h"
#include "records.h"

#define LAYOUT \
    ",bar0=16K:mem32:control,bar1=1M:mem32:pattern,bar2=1G:mem64:pref:rebar=512M-2G:ram," \
    "bar4=256:io,bar5=64K:mem32:none"
#define PATTERN_BAR 1
#define MEMORY_BAR BARSHIFT_MEMORY_BAR
#define IO_BAR 4
#define NONE_BAR 5

#define CONTENT UINT64_C(0x1122334455667788)
#define PERIOD BARSHIFT_DMA_PERIOD_MIN
#define MOVED_BASE (MEMORY_BASE + 4 * GIB)

static void declare(const Function *function, uint32_t state)
{
    qtest_write(function->qtest, function->control_base + BARSHIFT_DRIVER_STATE, 4, state);
}

/* Registers aimed, but nothing runs */
static void start(Function *function, const char *properties)
{
    g_autofree char *all = g_strconcat(LAYOUT, properties, NULL);

    function_start(function, all);
    function_place_bars(function);
    bus_master_set(function, true);
    dma_aim(function, BARSHIFT_DMA_COUNTER, RAM_BASE, 8);
    qtest_write(function->qtest, function->control_base + BARSHIFT_DMA_PERIOD, 4, PERIOD);
}

static uint64_t violations(const Function *function)
{
    declare(function, BARSHIFT_DRIVER_STARTED);
    return control_read(function, BARSHIFT_VIOLATIONS);
}

/* Accesses: each is a violation when the driver has stopped, and in no other state */

typedef struct AccessCase {
    const char *path;
    int bar;
    uint64_t offset;
    bool is_write;
} AccessCase;

static const AccessCase access_cases[] = {
    { "/quiesce/access/read/header", MEMORY_BAR, BARSHIFT_HEADER_MAGIC, false },
    { "/quiesce/access/read/memory", MEMORY_BAR, 512 * MIB, false },
    { "/quiesce/access/read/end-of-memory", MEMORY_BAR, GIB - 4, false },
    { "/quiesce/access/read/control", 0, BARSHIFT_MOVES, false },
    { "/quiesce/access/read/driver-state", 0, BARSHIFT_DRIVER_STATE, false },
    { "/quiesce/access/read/behind-control", 0, 0x2000, false },
    { "/quiesce/access/read/pattern", PATTERN_BAR, 0x2000, false },
    { "/quiesce/access/read/none", NONE_BAR, 0x2000, false },
    { "/quiesce/access/read/io-header", IO_BAR, BARSHIFT_HEADER_MAGIC, false },
    { "/quiesce/access/read/io", IO_BAR, 0x80, false },
    { "/quiesce/access/write/header", MEMORY_BAR, BARSHIFT_HEADER_SCRATCH, true },
    { "/quiesce/access/write/read-only", MEMORY_BAR, BARSHIFT_HEADER_MAGIC, true },
    { "/quiesce/access/write/memory", MEMORY_BAR, 512 * MIB, true },
    { "/quiesce/access/write/control", 0, BARSHIFT_CONTROL_SCRATCH(0), true },
    { "/quiesce/access/write/no-register", 0, BARSHIFT_DRIVER_STATE + 4, true },
    { "/quiesce/access/write/driver-state-elsewhere", MEMORY_BAR, BARSHIFT_DRIVER_STATE, true },
    { "/quiesce/access/write/pattern", PATTERN_BAR, 0x2000, true },
    { "/quiesce/access/write/none", NONE_BAR, 0x2000, true },
    { "/quiesce/access/write/io", IO_BAR, 0x80, true },
};

static void access_bar(const Function *function, const AccessCase *row)
{
    uint64_t address = function->bars[row->bar].base + row->offset;
    QTest *qtest = function->qtest;

    if (row->bar == IO_BAR && row->is_write) {
        qtest_out(qtest, (uint16_t)address, 4, 0);
    } else if (row->bar == IO_BAR) {
        qtest_in(qtest, (uint16_t)address, 4);
    } else if (row->is_write) {
        qtest_write(qtest, address, 4, 0);
    } else {
        qtest_read(qtest, address, 4);
    }
}

static void test_access(gconstpointer data)
{
    const AccessCase *row = data;
    const Record seen[] = {
        { "violation", row->bar, row->offset,
          row->is_write ? BARSHIFT_VIOLATION_WRITE : BARSHIFT_VIOLATION_READ },
        { },
    };
    Function function;

    start(&function, "");
    for (uint32_t state = 0; state < BARSHIFT_DRIVER_STATES; state++) {
        bool forbidden = state == BARSHIFT_DRIVER_STOPPED;
        uint64_t before = violations(&function);
        gint64 total;

        declare(&function, state);
        total = ledger_total(&function);
        access_bar(&function, row);
        assert_records_of(&function, total + 1, "violation", forbidden ? seen : seen + 1);
        g_assert_cmpuint(violations(&function), ==, before + forbidden);
    }
    function_stop(&function);
}

/* The oracle looks on: memory is memory while each access to it is seen, and not lost after it */
static void test_memory_works_while_watched(void)
{
    Function function;
    uint64_t address;

    start(&function, "");
    address = function.bars[MEMORY_BAR].base + 512 * MIB;
    qtest_write(function.qtest, address, 8, CONTENT);
    declare(&function, BARSHIFT_DRIVER_STOPPED);
    g_assert_cmphex(qtest_read(function.qtest, address, 8), ==, CONTENT);
    qtest_write(function.qtest, address + 3, 1, 0);
    g_assert_cmphex(qtest_read(function.qtest, address, 8), ==, CONTENT & ~(UINT64_C(0xff) << 24));
    declare(&function, BARSHIFT_DRIVER_STARTED);
    g_assert_cmphex(qtest_read(function.qtest, address, 8), ==, CONTENT & ~(UINT64_C(0xff) << 24));
    function_stop(&function);
}

/* DMA, moves and resizes: a list of things done, and the violations that are seen of them */

typedef enum Deed {
    END,
    DECLARE,    /* enum barshift_driver_state */
    COMMAND,    /* enum barshift_dma_command */
    LENGTH,     /* DMA_LENGTH, and a source in memory instead of the counter */
    INTO_OWN,   /* aim at the function's own memory */
    PERIODS,    /* that many pass */
    MASTER_OFF,
    DECODE_OFF, /* bits of the Command register */
    DECODE_ON,
    MOVE,       /* new address of the memory BAR */
    RESIZE,     /* BAR Size of it */
} Deed;

typedef struct Act {
    Deed deed;
    uint64_t value;
} Act;

typedef struct StoryCase {
    const char *path;
    const char *properties;
    Act acts[10];
    Record seen[7];
    unsigned unrecorded; /* violations that are counted only */
    uint64_t steps;
} StoryCase;

#define STARTED { DECLARE, BARSHIFT_DRIVER_STARTED }
#define STOP_PENDING { DECLARE, BARSHIFT_DRIVER_STOP_PENDING }
#define STOPPED { DECLARE, BARSHIFT_DRIVER_STOPPED }
#define COPY { COMMAND, BARSHIFT_DMA_COPY }
#define STREAM { COMMAND, BARSHIFT_DMA_STREAM }
#define PAUSE { COMMAND, BARSHIFT_DMA_PAUSE }
#define RESUME { COMMAND, BARSHIFT_DMA_RESUME }
#define STOP { COMMAND, BARSHIFT_DMA_STOP }

#define VIOLATION(which, bar, value) { "violation", bar, value, BARSHIFT_VIOLATION_##which }
#define SEEN_COMMAND VIOLATION(WRITE, BARSHIFT_CONTROL_BAR, BARSHIFT_DMA_COMMAND)
#define SEEN_START(command) VIOLATION(DMA_START, NO_BAR, BARSHIFT_DMA_##command)
#define SEEN_STEP VIOLATION(DMA_STEP, NO_BAR, RAM_BASE)
#define SEEN_DECODE_OFF(left) VIOLATION(DECODE_OFF, NO_BAR, left)
#define SEEN_MOVE VIOLATION(MOVE, MEMORY_BAR, MOVED_BASE)
#define SEEN_RESIZE VIOLATION(RESIZE, MEMORY_BAR, 2 * GIB)

static const StoryCase story_cases[] = {
    { "/quiesce/dma/allowed/undeclared", "", { COPY, STREAM, { PERIODS, 1 } }, { { } }, 0, 2 },
    { "/quiesce/dma/allowed/started", "", { STARTED, COPY, STREAM, { PERIODS, 1 } }, { { } }, 0,
      2 },
    { "/quiesce/dma/allowed/stream-goes-on-while-stop-pending", "",
      { STARTED, STREAM, STOP_PENDING, { PERIODS, 3 } }, { { } }, 0, 3 },
    { "/quiesce/dma/allowed/pause-while-stop-pending", "",
      { STARTED, STREAM, STOP_PENDING, PAUSE, STOPPED, { PERIODS, 3 } }, { { } }, 0, 0 },
    { "/quiesce/dma/allowed/stop-while-stop-pending", "",
      { STARTED, STREAM, STOP_PENDING, STOP, STOPPED, { PERIODS, 3 } }, { { } }, 0, 0 },
    { "/quiesce/dma/allowed/resume-after-cancel", "",
      { STARTED, STREAM, STOP_PENDING, PAUSE, STARTED, RESUME, { PERIODS, 1 } }, { { } }, 0, 1 },
    { "/quiesce/dma/allowed/refused-copy-while-stop-pending", "",
      { STOP_PENDING, { LENGTH, 0 }, COPY }, { { } }, 0, 0 },
    { "/quiesce/dma/allowed/stopped-without-bus-master", "",
      { STREAM, { MASTER_OFF, 0 }, STOPPED, { PERIODS, 3 } }, { { } }, 0, 0 },

    { "/quiesce/dma/start/copy-while-stop-pending", "", { STOP_PENDING, COPY },
      { SEEN_START(COPY) }, 0, 1 },
    { "/quiesce/dma/start/stream-while-stop-pending", "",
      { STOP_PENDING, STREAM, { PERIODS, 2 } }, { SEEN_START(STREAM) }, 0, 2 },
    { "/quiesce/dma/start/resume-while-stop-pending", "",
      { STREAM, PAUSE, STOP_PENDING, RESUME, { PERIODS, 2 } }, { SEEN_START(RESUME) }, 0, 2 },
    { "/quiesce/dma/start/copy-while-stopped", "", { STOPPED, COPY },
      { SEEN_COMMAND, SEEN_START(COPY), SEEN_STEP }, 0, 1 },
    { "/quiesce/dma/start/two-copies-while-stopped", "", { STOPPED, COPY, COPY },
      { SEEN_COMMAND, SEEN_START(COPY), SEEN_STEP, SEEN_COMMAND, SEEN_START(COPY), SEEN_STEP },
      0, 2 },
    { "/quiesce/dma/start/stream-while-stopped", "", { STOPPED, STREAM, { PERIODS, 3 } },
      { SEEN_COMMAND, SEEN_START(STREAM), SEEN_STEP }, 2, 3 },

    { "/quiesce/dma/step/stream-goes-on-while-stopped", "", { STREAM, STOPPED, { PERIODS, 5 } },
      { SEEN_STEP }, 4, 5 },
    { "/quiesce/dma/step/stopped-twice", "",
      { STREAM, STOPPED, { PERIODS, 2 }, STARTED, { PERIODS, 2 }, STOPPED, { PERIODS, 2 } },
      { SEEN_STEP, SEEN_STEP }, 2, 6 },
    { "/quiesce/dma/step/of-an-unstoppable-stream", ",fault=dma-unstoppable",
      { STREAM, STOP, STOPPED, { PERIODS, 3 } }, { SEEN_STEP }, 2, 3 },
    { "/quiesce/dma/step/into-own-memory-is-no-access", "",
      { { INTO_OWN, 0 }, STREAM, STOPPED, { PERIODS, 3 } },
      { VIOLATION(DMA_STEP, NO_BAR, MEMORY_BASE + 512 * MIB) }, 2, 3 },
    { "/quiesce/dma/step/copy-into-own-memory", "", { { INTO_OWN, 0 }, STOPPED, COPY },
      { SEEN_COMMAND, SEEN_START(COPY),
        VIOLATION(DMA_STEP, NO_BAR, MEMORY_BASE + 512 * MIB) }, 0, 1 },

    { "/quiesce/stream/memory-decode-off", "",
      { STREAM, { DECODE_OFF, PCI_COMMAND_MEMORY }, { PERIODS, 1 } },
      { SEEN_DECODE_OFF(PCI_COMMAND_IO | PCI_COMMAND_MASTER) }, 0, 1 },
    { "/quiesce/stream/io-decode-off", "", { STREAM, { DECODE_OFF, PCI_COMMAND_IO } },
      { SEEN_DECODE_OFF(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER) }, 0, 0 },
    { "/quiesce/stream/move", "", { STREAM, { MOVE, MOVED_BASE } }, { SEEN_MOVE }, 0, 0 },
    { "/quiesce/stream/move-while-started", "", { STARTED, STREAM, { MOVE, MOVED_BASE } },
      { SEEN_MOVE }, 0, 0 },
    { "/quiesce/stream/resize-and-move", "",
      { STREAM, { DECODE_OFF, PCI_COMMAND_MEMORY }, { RESIZE, 11 }, { MOVE, MOVED_BASE },
        { DECODE_ON, PCI_COMMAND_MEMORY } },
      { SEEN_DECODE_OFF(PCI_COMMAND_IO | PCI_COMMAND_MASTER), SEEN_RESIZE, SEEN_MOVE }, 0, 0 },
    { "/quiesce/stream/unstoppable-move", ",fault=dma-unstoppable",
      { STREAM, STOP, { MOVE, MOVED_BASE } }, { SEEN_MOVE }, 0, 0 },
    { "/quiesce/stream/decode-off-and-on-in-place", "",
      { STREAM, PAUSE, { DECODE_OFF, PCI_COMMAND_MEMORY }, { DECODE_ON, PCI_COMMAND_MEMORY } },
      { { } }, 0, 0 },
    { "/quiesce/stream/paused-resize-and-move", "",
      { STREAM, PAUSE, { DECODE_OFF, PCI_COMMAND_MEMORY }, { RESIZE, 11 }, { MOVE, MOVED_BASE },
        { DECODE_ON, PCI_COMMAND_MEMORY }, RESUME, { PERIODS, 1 } },
      { { } }, 0, 1 },
    { "/quiesce/stream/stopped-resize-and-move", "",
      { STREAM, STOP, STOPPED, { DECODE_OFF, PCI_COMMAND_MEMORY }, { RESIZE, 11 },
        { MOVE, MOVED_BASE }, { DECODE_ON, PCI_COMMAND_MEMORY }, STARTED, COPY },
      { { } }, 0, 1 },
};

static void decode(const Function *function, uint32_t bits, bool on)
{
    uint32_t command = config_read(function, PCI_COMMAND, 2);

    config_write(function, PCI_COMMAND, 2, on ? command | bits : command & ~bits);
}

static void perform(const Function *function, const Act *act)
{
    switch (act->deed) {
    case DECLARE:
        declare(function, (uint32_t)act->value);
        break;
    case COMMAND:
        dma_command(function, (uint32_t)act->value);
        break;
    case LENGTH:
        dma_aim(function, RAM_BASE, RAM_OTHER, (uint32_t)act->value);
        break;
    case INTO_OWN:
        control_write(function, BARSHIFT_DMA_DESTINATION,
                      function->bars[MEMORY_BAR].base + 512 * MIB);
        break;
    case PERIODS:
        qtest_clock_step(function->qtest, (int64_t)act->value * PERIOD);
        break;
    case MASTER_OFF:
        bus_master_set(function, false);
        break;
    case DECODE_OFF:
    case DECODE_ON:
        decode(function, (uint32_t)act->value, act->deed == DECODE_ON);
        break;
    case MOVE:
        config_write(function, PCI_BASE_ADDRESS_0 + 4 * (MEMORY_BAR + 1), 4,
                     (uint32_t)(act->value >> 32));
        break;
    case RESIZE:
        config_write(function, capability_find(function, PCI_EXT_CAP_ID_REBAR) + PCI_REBAR_CTRL + 1,
                     1, (uint32_t)act->value);
        break;
    default:
        g_assert_not_reached();
    }
}

static void test_story(gconstpointer data)
{
    const StoryCase *row = data;
    unsigned recorded = 0;
    Function function;
    gint64 total;

    start(&function, row->properties);
    total = ledger_total(&function);
    for (const Act *act = row->acts; act->deed != END; act++) {
        perform(&function, act);
    }
    assert_records_of(&function, total + 1, "violation", row->seen);
    while (row->seen[recorded].event) {
        recorded++;
    }
    decode(&function, PCI_COMMAND_MEMORY, true);
    g_assert_cmpuint(violations(&function), ==, recorded + row->unrecorded);
    g_assert_cmpuint(control_read(&function, BARSHIFT_DMA_STEPS), ==, row->steps);
    function_stop(&function);
}

/* States */

static void test_no_state_is_refused(void)
{
    static const Record bad[] = {
        { "bad-access", BARSHIFT_CONTROL_BAR, BARSHIFT_DRIVER_STATE, 0 },
        { "bad-access", BARSHIFT_CONTROL_BAR, BARSHIFT_DRIVER_STATE, 0 },
        { },
    };
    Function function;
    gint64 total;

    start(&function, "");
    declare(&function, BARSHIFT_DRIVER_STOP_PENDING);
    total = ledger_total(&function);
    declare(&function, BARSHIFT_DRIVER_STATES);
    declare(&function, UINT32_MAX);
    assert_records(&function, total + 1, bad);
    g_assert_cmpuint(control_read(&function, BARSHIFT_DRIVER_STATE), ==,
                     BARSHIFT_DRIVER_STOP_PENDING);
    function_stop(&function);
}

static void test_each_state_is_recorded(void)
{
    static const Record states[] = {
        { "driver-state", NO_BAR, BARSHIFT_DRIVER_STARTED, 0 },
        { "driver-state", NO_BAR, BARSHIFT_DRIVER_STOP_PENDING, 0 },
        { "driver-state", NO_BAR, BARSHIFT_DRIVER_STOPPED, 0 },
        { "driver-state", NO_BAR, BARSHIFT_DRIVER_STOPPED, 0 },
        { "driver-state", NO_BAR, BARSHIFT_DRIVER_UNDECLARED, 0 },
        { },
    };
    Function function;
    gint64 total;

    start(&function, "");
    total = ledger_total(&function);
    for (const Record *record = states; record->event; record++) {
        declare(&function, (uint32_t)record->value);
    }
    assert_records(&function, total + 1, states);
    function_stop(&function);
}

static void test_reset_forgets_the_state_and_keeps_the_count(void)
{
    Function function;

    start(&function, "");
    declare(&function, BARSHIFT_DRIVER_STOPPED);
    control_read(&function, BARSHIFT_MOVES);
    qtest_system_reset(function.qtest);
    ecam_enable(function.qtest);
    function_place_bars(&function);
    g_assert_cmpuint(control_read(&function, BARSHIFT_DRIVER_STATE), ==,
                     BARSHIFT_DRIVER_UNDECLARED);
    g_assert_cmpuint(control_read(&function, BARSHIFT_VIOLATIONS), ==, 1);
    qtest_read(function.qtest, function.bars[MEMORY_BAR].base + 512 * MIB, 8);
    g_assert_cmpuint(control_read(&function, BARSHIFT_VIOLATIONS), ==, 1);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(access_cases); i++) {
        g_test_add_data_func(access_cases[i].path, &access_cases[i], test_access);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(story_cases); i++) {
        g_test_add_data_func(story_cases[i].path, &story_cases[i], test_story);
    }
    g_test_add_func("/quiesce/memory/works-while-watched", test_memory_works_while_watched);
    g_test_add_func("/quiesce/state/none-is-refused", test_no_state_is_refused);
    g_test_add_func("/quiesce/state/each-is-recorded", test_each_state_is_recorded);
    g_test_add_func("/quiesce/state/reset-forgets-it-and-keeps-the-count",
                    test_reset_forgets_the_state_and_keeps_the_count);
    return g_test_run();
}
