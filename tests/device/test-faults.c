/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Injected faults: each breaks what it says, when it says, and nothing else.
 */

#include <linux/pci_regs.h>

#include "function.h"

#define CONTENT UINT64_C(0x0123456789abcdef)
#define MOVED_BASE (OTHER_BASE + 4 * GIB) /* bit 32 is set */

/* What can be seen to be broken at the memory BAR */
enum {
    BROKEN_BAR = 1 << 0,       /* BAR register does not read back as written */
    BROKEN_DECODED = 1 << 1,   /* DECODED_BASE */
    BROKEN_SIZE = 1 << 2,      /* BAR Size field */
    BROKEN_REACH = 1 << 3,     /* no header at the address of the BAR */
    BROKEN_ADDRESS = 1 << 4,   /* HEADER_ADDRESS */
    BROKEN_CONTENT = 1 << 5,   /* memory */
    BROKEN_SCRATCH = 1 << 6,   /* HEADER_SCRATCH */
    BROKEN_SILENCE = 1 << 7,   /* the function answers at the other address */
    BROKEN_UNREACHED = BROKEN_REACH | BROKEN_ADDRESS | BROKEN_CONTENT | BROKEN_SCRATCH,
};

typedef struct FaultCase {
    const char *path;
    const char *properties;
    unsigned before;      /* broken before a move */
    unsigned after;       /* broken after it */
    unsigned after_reset; /* broken at the same place when a reset lies between */
} FaultCase;

static const FaultCase fault_cases[] = {
    { "/fault/none/breaks-nothing", "", 0, 0, 0 },
    { "/fault/base-lies/breaks-decoded-base", ",fault=base-lies", BROKEN_DECODED, BROKEN_DECODED,
      BROKEN_DECODED },
    { "/fault/header-stale/breaks-header-address", ",fault=header-stale", 0, BROKEN_ADDRESS, 0 },
    { "/fault/content-lost/breaks-content", ",fault=content-lost", 0, BROKEN_CONTENT, 0 },
    { "/fault/old-answers/breaks-silence", ",fault=old-answers", 0, BROKEN_SILENCE, 0 },
    { "/fault/scratch-lost/breaks-scratch", ",fault=scratch-lost", 0, BROKEN_SCRATCH, 0 },
    { "/fault/size-lies/breaks-size-field", ",fault=size-lies", BROKEN_SIZE, BROKEN_SIZE,
      BROKEN_SIZE },
    { "/fault/stuck-bit/breaks-reach", ",fault=stuck-bit", 0, BROKEN_UNREACHED, BROKEN_UNREACHED },
    { "/fault/dead-mapping/breaks-reach", ",fault=dead-mapping", 0, BROKEN_UNREACHED, 0 },
    { "/fault/two/break-both", ",fault=base-lies+scratch-lost", BROKEN_DECODED,
      BROKEN_DECODED | BROKEN_SCRATCH, BROKEN_DECODED },
};

static void fill(const Function *function, uint64_t base)
{
    qtest_write(function->qtest, base + GIB, 8, CONTENT);
    qtest_write(function->qtest, base + BARSHIFT_HEADER_SCRATCH, 8, CONTENT);
}

/* Configuration space and control registers */
static unsigned broken_registers(const Function *function, uint64_t base)
{
    unsigned rebar = capability_find(function, PCI_EXT_CAP_ID_REBAR);
    unsigned broken = 0;

    if ((bar_read(function, BARSHIFT_MEMORY_BAR, true) & ~UINT64_C(0xf)) != base) {
        broken |= BROKEN_BAR;
    }
    if (control_read(function, BARSHIFT_DECODED_BASE(BARSHIFT_MEMORY_BAR)) != base) {
        broken |= BROKEN_DECODED;
    }
    if ((config_read(function, rebar + PCI_REBAR_CTRL, 4) >> 8 & 0x3f) != 11) {
        broken |= BROKEN_SIZE;
    }
    return broken;
}

static unsigned broken_mapping(const Function *function, uint64_t base, uint64_t other)
{
    QTest *qtest = function->qtest;
    unsigned broken = 0;

    if (qtest_read(qtest, base + BARSHIFT_HEADER_MAGIC, 4) != BARSHIFT_MAGIC) {
        broken |= BROKEN_REACH;
    }
    if (qtest_read(qtest, base + BARSHIFT_HEADER_ADDRESS, 8) != base + BARSHIFT_HEADER_ADDRESS) {
        broken |= BROKEN_ADDRESS;
    }
    if (qtest_read(qtest, base + GIB, 8) != CONTENT) {
        broken |= BROKEN_CONTENT;
    }
    if (qtest_read(qtest, base + BARSHIFT_HEADER_SCRATCH, 8) != CONTENT) {
        broken |= BROKEN_SCRATCH;
    }
    if (qtest_read(qtest, other + BARSHIFT_HEADER_MAGIC, 4) == BARSHIFT_MAGIC) {
        broken |= BROKEN_SILENCE;
    }
    return broken;
}

static unsigned broken(const Function *function, uint64_t base, uint64_t other)
{
    return broken_registers(function, base) | broken_mapping(function, base, other);
}

static void test_fault(gconstpointer data)
{
    const FaultCase *row = data;
    Function function;

    function_start(&function, row->properties);
    function_place(&function, MEMORY_BASE);
    fill(&function, MEMORY_BASE);
    g_assert_cmphex(broken(&function, MEMORY_BASE, MOVED_BASE), ==, row->before);

    function_place(&function, MOVED_BASE);
    g_assert_cmphex(broken(&function, MOVED_BASE, MEMORY_BASE), ==, row->after);

    qtest_system_reset(function.qtest);
    ecam_enable(function.qtest);
    function_place(&function, MOVED_BASE);
    fill(&function, MOVED_BASE);
    g_assert_cmphex(broken(&function, MOVED_BASE, MEMORY_BASE), ==, row->after_reset);
    function_stop(&function);
}

/* The alias of the old place is as large as the BAR was there, so it leaves the new place alone */
static void test_old_answers_after_growing_beside_the_old_place(void)
{
    uint64_t old_base = MEMORY_BASE - 256 * MIB;
    Function function;
    unsigned rebar;

    function_start(&function, ",fault=old-answers");
    rebar = capability_find(&function, PCI_EXT_CAP_ID_REBAR);
    config_write(&function, rebar + PCI_REBAR_CTRL + 1, 1, 8);
    function_place(&function, old_base);
    decode_set(&function, false);
    config_write(&function, rebar + PCI_REBAR_CTRL + 1, 1, 9);
    function_place(&function, MEMORY_BASE);
    assert_reached(&function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    g_assert_cmphex(qtest_read(function.qtest, old_base + BARSHIFT_HEADER_MAGIC, 4), ==,
                    BARSHIFT_MAGIC);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(fault_cases); i++) {
        g_test_add_data_func(fault_cases[i].path, &fault_cases[i], test_fault);
    }
    g_test_add_func("/fault/old-answers/leaves-the-new-place-alone",
                    test_old_answers_after_growing_beside_the_old_place);
    return g_test_run();
}
