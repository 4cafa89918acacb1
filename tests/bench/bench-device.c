/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a move, a resize, a touched page and a saved state cost, by size of the BAR.
 *
 * The sizes take turns, so that what else the machine does falls on all of them.
 */

#include <linux/pci_regs.h>

#include "function.h"
#include "rebar-size.h"
#include "sample.h"
#include "state.h"

#define ROUNDS 7
#define OPERATIONS 500 /* in a round */

typedef struct Size {
    const char *name;
    const char *properties;
    unsigned size_log2_mib;
    unsigned smaller_log2_mib;
} Size;

static const Size sizes[] = {
    { "256 MiB", ",size=256M,rebar=128M-256M", 8, 7 },
    { "2 GiB", ",size=2G,rebar=1G-2G", 11, 10 },
    { "64 GiB", ",size=64G,rebar=32G-64G", 16, 15 },
    { "1 TiB", ",size=1T,rebar=512G-1T", 20, 19 },
};

static void queue_move(const Function *function, uint64_t base)
{
    config_queue_write(function, PCI_COMMAND, 2, 0);
    config_queue_write(function, PCI_BASE_ADDRESS_2, 4, (uint32_t)base);
    config_queue_write(function, PCI_BASE_ADDRESS_3, 4, (uint32_t)(base >> 32));
    config_queue_write(function, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
}

static double move_us(const Function *function)
{
    gint64 start = g_get_monotonic_time();

    for (unsigned i = 0; i < OPERATIONS; i++) {
        queue_move(function, i % 2 ? UINT64_C(1) << 42 : UINT64_C(1) << 41);
    }
    qtest_flush(function->qtest);
    return (double)(g_get_monotonic_time() - start) / OPERATIONS;
}

/* Decode on between the two halves, so that each size is mapped */
static double resize_us(const Function *function, const Size *size)
{
    unsigned rebar = capability_find(function, PCI_EXT_CAP_ID_REBAR);
    gint64 start = g_get_monotonic_time();

    for (unsigned i = 0; i < OPERATIONS; i++) {
        config_queue_write(function, PCI_COMMAND, 2, 0);
        config_queue_write(function, rebar + REBAR_CONTROL(0) + 1, 1,
                           i % 2 ? size->size_log2_mib : size->smaller_log2_mib);
        config_queue_write(function, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
    }
    qtest_flush(function->qtest);
    return (double)(g_get_monotonic_time() - start) / OPERATIONS;
}

static void measure_moves(unsigned rounds)
{
    Function functions[G_N_ELEMENTS(sizes)];

    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        function_start(&functions[i], sizes[i].properties);
    }
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
            sample_print("a move", "us", sizes[i].name, move_us(&functions[i]));
            sample_print("a resize", "us", sizes[i].name, resize_us(&functions[i], &sizes[i]));
        }
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        function_stop(&functions[i]);
    }
}

static long resident_kib(QTest *qtest)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)qtest_pid(qtest));
    g_autofree char *text = NULL;
    const char *line;
    long kib = 0;

    if (g_file_get_contents(path, &text, NULL, NULL) && (line = strstr(text, "VmRSS:"))) {
        sscanf(line, "VmRSS: %ld kB", &kib);
    }
    return kib;
}

/* A word in each MiB of 2 GiB; then all of 64 MiB */
static void measure_memory(void)
{
    enum { WORDS = 2048, PAGES = 64 * 256 };
    Function function;
    long before_kib, words_kib, pages_kib;
    gint64 start, words_us;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    before_kib = resident_kib(function.qtest);
    start = g_get_monotonic_time();
    for (unsigned i = 0; i < WORDS; i++) {
        qtest_queue_write(function.qtest, MEMORY_BASE + i * MIB + MIB / 2, 8, i);
    }
    qtest_flush(function.qtest);
    words_us = g_get_monotonic_time() - start;
    words_kib = resident_kib(function.qtest) - before_kib;
    for (unsigned i = 0; i < PAGES; i++) {
        qtest_queue_write(function.qtest, MEMORY_BASE + GIB + i * 4096, 8, i);
    }
    qtest_flush(function.qtest);
    pages_kib = resident_kib(function.qtest) - before_kib - words_kib;
    sample_print("touched through the test protocol", "ms", "a word in each MiB of 2 GiB",
                 (double)words_us / 1000);
    sample_print("resident for each word", "KiB", "a word in each MiB of 2 GiB",
                 (double)words_kib / WORDS);
    sample_print("resident for each word", "KiB", "a word in each page of 64 MiB",
                 (double)pages_kib / PAGES);
    function_stop(&function);
}

/* Saved states, as a whole: a QEMU without the function tells what of it is not the function's */

static const struct {
    const char *name;
    const char *properties; /* NULL: without the function */
    unsigned written_mib;
} states[] = {
    { "no function", NULL, 0 },
    { "256 MiB", ",size=256M,rebar=off", 0 },
    { "2 GiB, can be 16 GiB", "", 0 },
    { "1 TiB", ",size=1T,rebar=off", 0 },
    { "16 MiB written", "", 16 },
    { "64 MiB written", "", 64 },
};

static QTest *start_for_state(unsigned i, bool incoming)
{
    static const char *const here[] = { NULL };
    static const char *const there[] = { STATE_INCOMING, NULL };
    Function function;

    if (!states[i].properties) {
        return qtest_start(incoming ? there : here);
    }
    (incoming ? function_start_incoming : function_start)(&function, states[i].properties);
    if (!incoming) {
        g_autofree uint8_t *bytes = g_malloc(MIB);

        memset(bytes, 0x55, MIB);
        function_place(&function, MEMORY_BASE);
        for (unsigned mib = 1; mib <= states[i].written_mib; mib++) {
            qtest_memory_write(function.qtest, MEMORY_BASE + mib * MIB, bytes, MIB);
        }
    }
    return function.qtest;
}

static void measure_state(unsigned i)
{
    QTest *here = start_for_state(i, false), *there = start_for_state(i, true);
    g_autoptr(GBytes) state = NULL;
    gint64 start, saved;

    /* An answer comes when the machine is complete */
    qtest_clock_step(here, 1);
    qtest_clock_step(there, 1);
    start = g_get_monotonic_time();
    state = state_save(here);
    saved = g_get_monotonic_time();
    state_load(there, state, 1);
    sample_print("a state saved", "ms", states[i].name, (double)(saved - start) / 1000);
    sample_print("a state loaded", "ms", states[i].name,
                 (double)(g_get_monotonic_time() - saved) / 1000);
    sample_print("size of the state", "MiB", states[i].name,
                 (double)g_bytes_get_size(state) / (double)MIB);
    qtest_stop(here);
    qtest_stop(there);
}

static void measure_states(unsigned rounds)
{
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(states); i++) {
            measure_state(i);
        }
    }
}

int main(int argc, char **argv)
{
    unsigned rounds = samples_are_few(argc, argv) ? 1 : ROUNDS;

    /* It makes the allocator touch all that it gives out; meson sets it */
    g_unsetenv("MALLOC_PERTURB_");
    measure_moves(rounds);
    for (unsigned round = 0; round < rounds; round++) {
        measure_memory();
    }
    measure_states(rounds);
    return 0;
}
