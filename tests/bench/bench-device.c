/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a move, a resize, a touched page and a saved state cost, by size of the BAR.
 *
 * The sizes take turns, so that what else the machine does falls on all of them; figures are the
 * least of the rounds, and ratios to those of the smallest size.
 */

#include <stdio.h>
#include <string.h>

#include <linux/pci_regs.h>

#include "function.h"
#include "rebar-size.h"
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

typedef struct Cost {
    double move_us;
    double resize_us;
} Cost;

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

static void measure_moves(void)
{
    Function functions[G_N_ELEMENTS(sizes)];
    Cost least[G_N_ELEMENTS(sizes)];

    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        function_start(&functions[i], sizes[i].properties);
        least[i] = (Cost) { .move_us = G_MAXDOUBLE, .resize_us = G_MAXDOUBLE };
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
            least[i].move_us = MIN(least[i].move_us, move_us(&functions[i]));
            least[i].resize_us = MIN(least[i].resize_us, resize_us(&functions[i], &sizes[i]));
        }
    }
    printf("%-10s %12s %8s %12s %8s\n", "BAR", "move us", "ratio", "resize us", "ratio");
    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        printf("%-10s %12.1f %8.2f %12.1f %8.2f\n", sizes[i].name, least[i].move_us,
               least[i].move_us / least[0].move_us, least[i].resize_us,
               least[i].resize_us / least[0].resize_us);
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
    printf("\na word in each MiB of 2 GiB: %.1f ms, %.1f MiB resident\n", (double)words_us / 1000,
           (double)words_kib / 1024);
    printf("a word in each page of 64 MiB: %.2f KiB resident a page\n", (double)pages_kib / PAGES);
    function_stop(&function);
}

/* Saved states, as a whole: a QEMU without the function tells what of it is not the function's */

typedef struct StateCost {
    double save_ms;
    double load_ms;
    double mib;
} StateCost;

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

static void measure_state(unsigned i, StateCost *least)
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
    least->save_ms = MIN(least->save_ms, (double)(saved - start) / 1000);
    least->load_ms = MIN(least->load_ms, (double)(g_get_monotonic_time() - saved) / 1000);
    least->mib = (double)g_bytes_get_size(state) / (double)MIB;
    qtest_stop(here);
    qtest_stop(there);
}

static void measure_states(void)
{
    StateCost least[G_N_ELEMENTS(states)];

    for (unsigned i = 0; i < G_N_ELEMENTS(states); i++) {
        least[i] = (StateCost) { .save_ms = G_MAXDOUBLE, .load_ms = G_MAXDOUBLE };
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(states); i++) {
            measure_state(i, &least[i]);
        }
    }
    printf("\n%-22s %10s %8s %10s %8s %10s\n", "state", "save ms", "ratio", "load ms", "ratio",
           "MiB");
    for (unsigned i = 0; i < G_N_ELEMENTS(states); i++) {
        printf("%-22s %10.1f %8.2f %10.1f %8.2f %10.2f\n", states[i].name, least[i].save_ms,
               least[i].save_ms / least[0].save_ms, least[i].load_ms,
               least[i].load_ms / least[0].load_ms, least[i].mib);
    }
}

int main(void)
{
    /* It makes the allocator touch all that it gives out; meson sets it */
    g_unsetenv("MALLOC_PERTURB_");
    measure_moves();
    measure_memory();
    measure_states();
    return 0;
}
