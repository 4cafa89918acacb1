/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA engine: streams. When their steps are, what commands do to them, and what ends them.
 *
 * The streams write the number of the step, so the memory tells what the registers do.
 */

#include <linux/pci_regs.h>

#include "dma.h"
#include "records.h"
#include "resets.h"

#define PERIOD INT64_C(25000)

/* Function with a stream, no step of which was done yet */
static void stream_start(Function *function, const char *properties)
{
    function_start(function, properties);
    function_place(function, MEMORY_BASE);
    bus_master_set(function, true);
    dma_stream(function, RAM_BASE, PERIOD);
}

static uint64_t written(const Function *function)
{
    return qtest_read(function->qtest, RAM_BASE, 8);
}

/* Time */

static void test_step_each_period(void)
{
    Function function;

    stream_start(&function, "");
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 0, 0);
    qtest_clock_step(function.qtest, PERIOD - 1);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 0, 0);
    qtest_clock_step(function.qtest, 1);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 1, 0);
    g_assert_cmpuint(written(&function), ==, 1);
    qtest_clock_step(function.qtest, 1000 * PERIOD);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 1001, 0);
    g_assert_cmpuint(written(&function), ==, 1001);
    function_stop(&function);
}

static void test_shortest_and_longest_period(void)
{
    Function function;

    stream_start(&function, "");
    dma_command(&function, BARSHIFT_DMA_STOP);
    dma_stream(&function, RAM_BASE, BARSHIFT_DMA_PERIOD_MIN);
    qtest_clock_step(function.qtest, 7 * BARSHIFT_DMA_PERIOD_MIN);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 7, 0);
    dma_command(&function, BARSHIFT_DMA_STOP);
    dma_stream(&function, RAM_BASE, UINT32_MAX);
    qtest_clock_step(function.qtest, (int64_t)UINT32_MAX * 3);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 10, 0);
    function_stop(&function);
}

/* Virtual time of a VM that stands still goes on here, for a test moves it: all steps are late */
static void test_late_steps_are_not_made_good(void)
{
    Function function;

    stream_start(&function, "");
    json_node_unref(qtest_qmp(function.qtest, "{\"execute\": \"stop\"}"));
    qtest_clock_step(function.qtest, 100 * PERIOD);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 0, 0);

    json_node_unref(qtest_qmp(function.qtest, "{\"execute\": \"cont\"}"));
    qtest_clock_step(function.qtest, 1);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 1, 0);
    qtest_clock_step(function.qtest, 3 * PERIOD);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 4, 0);
    function_stop(&function);
}

/* Commands */

enum { REFUSED = 0xff };

/* The state that follows each command in each state */
static const uint8_t next_state[][BARSHIFT_DMA_STOP + 1] = {
    [BARSHIFT_DMA_IDLE] = {
        [BARSHIFT_DMA_COPY] = BARSHIFT_DMA_IDLE,
        [BARSHIFT_DMA_STREAM] = BARSHIFT_DMA_STREAMING,
        [BARSHIFT_DMA_PAUSE] = REFUSED,
        [BARSHIFT_DMA_RESUME] = REFUSED,
        [BARSHIFT_DMA_STOP] = BARSHIFT_DMA_IDLE,
    },
    [BARSHIFT_DMA_STREAMING] = {
        [BARSHIFT_DMA_COPY] = BARSHIFT_DMA_STREAMING,
        [BARSHIFT_DMA_STREAM] = REFUSED,
        [BARSHIFT_DMA_PAUSE] = BARSHIFT_DMA_PAUSED,
        [BARSHIFT_DMA_RESUME] = REFUSED,
        [BARSHIFT_DMA_STOP] = BARSHIFT_DMA_IDLE,
    },
    [BARSHIFT_DMA_PAUSED] = {
        [BARSHIFT_DMA_COPY] = BARSHIFT_DMA_PAUSED,
        [BARSHIFT_DMA_STREAM] = REFUSED,
        [BARSHIFT_DMA_PAUSE] = REFUSED,
        [BARSHIFT_DMA_RESUME] = BARSHIFT_DMA_STREAMING,
        [BARSHIFT_DMA_STOP] = BARSHIFT_DMA_IDLE,
    },
};

static void enter(const Function *function, enum barshift_dma_state state)
{
    dma_command(function, BARSHIFT_DMA_STOP);
    if (state != BARSHIFT_DMA_IDLE) {
        dma_command(function, BARSHIFT_DMA_STREAM);
    }
    if (state == BARSHIFT_DMA_PAUSED) {
        dma_command(function, BARSHIFT_DMA_PAUSE);
    }
}

/* What is recorded of a command, and whether it starts, lets go on, or ends the steps */
static void check_command(const Function *function, enum barshift_dma_state state,
                          enum barshift_dma_command command, uint8_t next)
{
    const Record refused[] = {
        { "bad-access", BARSHIFT_CONTROL_BAR, BARSHIFT_DMA_COMMAND, 0 }, { },
    };
    const Record changed[] = { { "dma-state", NO_BAR, next, 0 }, { } };
    uint64_t steps = control_read(function, BARSHIFT_DMA_STEPS);
    gint64 total = ledger_total(function);
    bool streams = (next == REFUSED ? state : next) == BARSHIFT_DMA_STREAMING;

    dma_command(function, command);
    if (next == REFUSED) {
        assert_records(function, total + 1, refused);
        next = state;
    } else {
        assert_records(function, total + 1, next == state ? changed + 1 : changed);
    }
    steps += command == BARSHIFT_DMA_COPY;
    assert_dma(function, next, steps, 0);
    qtest_clock_step(function->qtest, 2 * PERIOD);
    assert_dma(function, next, steps + (streams ? 2 : 0), 0);
}

static void test_each_command_in_each_state(void)
{
    Function function;

    stream_start(&function, "");
    for (unsigned state = 0; state < G_N_ELEMENTS(next_state); state++) {
        for (unsigned command = 1; command <= BARSHIFT_DMA_STOP; command++) {
            enter(&function, state);
            check_command(&function, state, command, next_state[state][command]);
        }
    }
    function_stop(&function);
}

/* The registers are free for the next transfer as soon as the stream runs */
static void test_stream_keeps_what_it_was_started_with(void)
{
    Function function;

    stream_start(&function, "");
    dma_aim(&function, RAM_BASE, RAM_OTHER, 8);
    qtest_write(function.qtest, CONTROL_BASE + BARSHIFT_DMA_PERIOD, 4, 1);
    qtest_clock_step(function.qtest, 3 * PERIOD);
    g_assert_cmpuint(written(&function), ==, 3);
    g_assert_cmpuint(qtest_read(function.qtest, RAM_OTHER, 8), ==, 0);

    dma_command(&function, BARSHIFT_DMA_COPY);
    g_assert_cmpuint(qtest_read(function.qtest, RAM_OTHER, 8), ==, 3);
    dma_command(&function, BARSHIFT_DMA_PAUSE);
    dma_command(&function, BARSHIFT_DMA_RESUME);
    qtest_clock_step(function.qtest, PERIOD);
    g_assert_cmpuint(written(&function), ==, 5);
    function_stop(&function);
}

/* Failures */

static void test_failures_are_counted_and_recorded_once(void)
{
    const Record failed[] = { { "dma-failed", NO_BAR, RAM_BASE, 0 }, { } };
    Function function;
    gint64 total;

    stream_start(&function, "");
    for (unsigned run = 1; run <= 2; run++) {
        bus_master_set(&function, false);
        total = ledger_total(&function);
        qtest_clock_step(function.qtest, 10 * PERIOD);
        assert_dma(&function, BARSHIFT_DMA_STREAMING, run - 1, 10 * run);
        assert_records(&function, total + 1, failed);

        bus_master_set(&function, true);
        qtest_clock_step(function.qtest, PERIOD);
        assert_dma(&function, BARSHIFT_DMA_STREAMING, run, 10 * run);
        g_assert_cmpuint(written(&function), ==, run);
    }
    function_stop(&function);
}

/* Ends */

typedef struct EndCase {
    const char *path;
    const char *properties;
    void (*end)(const Below *below);
    bool keeps_registers;
} EndCase;

static void power_cycle_slot(const Below *below)
{
    reset_by_slot_power(below);
    slot_power_on(below);
}

static const EndCase end_cases[] = {
    { "/stream/end/reset-of-machine", "", reset_of_machine, false },
    { "/stream/end/reset-of-bus", "", reset_of_bus, false },
    { "/stream/end/reset-by-slot-power", "", power_cycle_slot, false },
    { "/stream/end/reset-by-flr", "", reset_by_flr, false },
    { "/stream/end/reset-by-power-state", ",no-soft-reset=off", reset_by_power_state, false },
    { "/stream/end/d3hot-alone", ",no-soft-reset=on", reset_by_power_state, true },
};

static void check_registers(const Function *function, bool kept)
{
    const struct {
        unsigned offset;
        uint64_t kept;
        uint64_t reset;
    } registers[] = {
        { BARSHIFT_DMA_SOURCE, BARSHIFT_DMA_COUNTER, 0 },
        { BARSHIFT_DMA_DESTINATION, RAM_BASE, 0 },
        { BARSHIFT_DMA_LENGTH, (uint64_t)PERIOD << 32 | 9, 0 }, /* and PERIOD, above it */
        { BARSHIFT_DMA_VECTOR, 1, BARSHIFT_DMA_NO_VECTOR },     /* and COMMAND */
        { BARSHIFT_DMA_STATE, BARSHIFT_DMA_IDLE, BARSHIFT_DMA_IDLE },
        { BARSHIFT_DMA_STEPS, 1, 0 },
        { BARSHIFT_DMA_FAILED, 1, 0 },
        { BARSHIFT_VIOLATIONS, 0, 0 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(registers); i++) {
        g_assert_cmphex(control_read(function, registers[i].offset), ==,
                        kept ? registers[i].kept : registers[i].reset);
    }
}

/* Not even an unstoppable stream outlives it */
static void test_end(gconstpointer data)
{
    static const Record ended[] = { { "dma-state", NO_BAR, BARSHIFT_DMA_IDLE, 0 }, { } };
    const EndCase *row = data;
    g_autofree char *properties = g_strconcat(row->properties, ",fault=dma-unstoppable", NULL);
    const Function *function;
    Below below;
    gint64 total;

    below_start(&below, properties);
    function = &below.function;
    below_windows_set(&below, MEMORY_BASE, 2 * GIB);
    function_place(function, MEMORY_BASE);
    dma_stream(function, RAM_BASE, PERIOD);
    qtest_write(function->qtest, CONTROL_BASE + BARSHIFT_DMA_LENGTH, 4, 9);
    qtest_write(function->qtest, CONTROL_BASE + BARSHIFT_DMA_VECTOR, 4, 1);
    qtest_clock_step(function->qtest, PERIOD);
    bus_master_set(function, true);
    qtest_clock_step(function->qtest, PERIOD);
    assert_dma(function, BARSHIFT_DMA_STREAMING, 1, 1);

    total = ledger_total(function);
    row->end(&below);
    assert_records_of(function, total + 1, "dma-state", ended);
    below_windows_set(&below, MEMORY_BASE, 2 * GIB);
    function_place(function, MEMORY_BASE);
    bus_master_set(function, true);
    qtest_clock_step(function->qtest, 10 * PERIOD);
    check_registers(function, row->keeps_registers);
    below_stop(&below);
}

/* Fault */

typedef struct UnstoppableCase {
    const char *path;
    enum barshift_dma_command command;
    enum barshift_dma_state state;
} UnstoppableCase;

static const UnstoppableCase unstoppable_cases[] = {
    { "/stream/fault/unstoppable/stop", BARSHIFT_DMA_STOP, BARSHIFT_DMA_IDLE },
    { "/stream/fault/unstoppable/pause", BARSHIFT_DMA_PAUSE, BARSHIFT_DMA_PAUSED },
};

static void test_unstoppable(gconstpointer data)
{
    const UnstoppableCase *row = data;
    Function function;

    stream_start(&function, ",fault=dma-unstoppable");
    dma_command(&function, row->command);
    assert_dma(&function, row->state, 0, 0);
    qtest_clock_step(function.qtest, 5 * PERIOD);
    assert_dma(&function, row->state, 5, 0);
    g_assert_cmpuint(written(&function), ==, 5);

    function_fault(&function, "");
    qtest_clock_step(function.qtest, 5 * PERIOD);
    assert_dma(&function, row->state, 5, 0);
    g_assert_cmpuint(written(&function), ==, 5);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stream/time/a-step-each-period", test_step_each_period);
    g_test_add_func("/stream/time/shortest-and-longest-period", test_shortest_and_longest_period);
    g_test_add_func("/stream/time/late-steps-are-not-made-good",
                    test_late_steps_are_not_made_good);
    g_test_add_func("/stream/command/each-in-each-state", test_each_command_in_each_state);
    g_test_add_func("/stream/command/keeps-what-it-was-started-with",
                    test_stream_keeps_what_it_was_started_with);
    g_test_add_func("/stream/failures/are-counted-and-recorded-once",
                    test_failures_are_counted_and_recorded_once);
    for (unsigned i = 0; i < G_N_ELEMENTS(end_cases); i++) {
        g_test_add_data_func(end_cases[i].path, &end_cases[i], test_end);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(unstoppable_cases); i++) {
        g_test_add_data_func(unstoppable_cases[i].path, &unstoppable_cases[i], test_unstoppable);
    }
    return g_test_run();
}
