/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Injected faults: each breaks what it says, when it says, and nothing else.
 */

#include <string.h>

#include <linux/pci_regs.h>

#include "function.h"

#define CONTENT UINT64_C(0x0123456789abcdef)
#define SIZE_4G 12 /* 2^12 MiB */
#define WORD (2 * BARSHIFT_HEADER_PAGE_SIZE)
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
    { "/fault/content-aliased/breaks-content", ",fault=content-aliased", BROKEN_CONTENT,
      BROKEN_CONTENT, BROKEN_CONTENT },
    { "/fault/bar-ignored/breaks-the-bar", ",fault=bar-ignored", 0,
      BROKEN_BAR | BROKEN_DECODED | BROKEN_UNREACHED | BROKEN_SILENCE, 0 },
    { "/fault/two/break-both", ",fault=base-lies+scratch-lost", BROKEN_DECODED,
      BROKEN_DECODED | BROKEN_SCRATCH, BROKEN_DECODED },
};

/* The second word stands where the first would be if only half the size were decoded */
static void fill(const Function *function, uint64_t base)
{
    qtest_write(function->qtest, base + WORD + GIB, 8, CONTENT);
    qtest_write(function->qtest, base + WORD, 8, ~CONTENT);
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
    if (qtest_read(qtest, base + WORD + GIB, 8) != CONTENT) {
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

/* Faults of a resize */

static void size_write(const Function *function, unsigned size_log2_mib)
{
    unsigned rebar = capability_find(function, PCI_EXT_CAP_ID_REBAR);

    config_write(function, rebar + PCI_REBAR_CTRL + 1, 1, size_log2_mib);
}

static unsigned size_read(const Function *function)
{
    return config_read(function, capability_find(function, PCI_EXT_CAP_ID_REBAR) +
                       PCI_REBAR_CTRL, 4) >> 8 & 0x3f;
}

static void test_resize_not_decoded_changes_registers_only(void)
{
    Function function;

    function_start(&function, ",fault=resize-not-decoded");
    size_write(&function, SIZE_4G);
    function_place(&function, MEMORY_BASE);
    g_assert_cmpuint(size_read(&function), ==, SIZE_4G);
    g_assert_cmphex(control_read(&function, BARSHIFT_DECODED_SIZE(2)), ==, 4 * GIB);
    g_assert_cmphex(qtest_read(function.qtest, MEMORY_BASE + BARSHIFT_HEADER_SIZE, 8), ==, 2 * GIB);

    qtest_write(function.qtest, MEMORY_BASE + 2 * GIB - 8, 8, CONTENT);
    qtest_write(function.qtest, MEMORY_BASE + 3 * GIB, 8, CONTENT);
    g_assert_cmphex(qtest_read(function.qtest, MEMORY_BASE + 2 * GIB - 8, 8), ==, CONTENT);
    g_assert_cmphex(qtest_read(function.qtest, MEMORY_BASE + 3 * GIB, 8), ==, 0);
    function_stop(&function);
}

static void test_resize_while_decoding_is_taken(void)
{
    Function function;

    function_start(&function, ",fault=resize-while-decoding");
    function_place(&function, MEMORY_BASE);
    size_write(&function, SIZE_4G);
    g_assert_cmpuint(size_read(&function), ==, SIZE_4G);
    g_assert_cmphex(control_read(&function, BARSHIFT_DECODED_SIZE(2)), ==, 4 * GIB);
    function_stop(&function);
}

/* All the same the BAR is where its register says, which has lost a bit of the address */
static void test_resize_while_decoding_breaks_nothing_else(void)
{
    Function function;

    function_start(&function, ",fault=resize-while-decoding");
    function_place(&function, MEMORY_BASE + 2 * GIB);
    size_write(&function, SIZE_4G);
    g_assert_cmphex(bar_read(&function, BARSHIFT_MEMORY_BAR, true) & PCI_BASE_ADDRESS_MEM_MASK, ==,
                    MEMORY_BASE);
    g_assert_cmphex(control_read(&function, BARSHIFT_DECODED_BASE(2)), ==, MEMORY_BASE);
    assert_reached(&function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    function_stop(&function);
}

static void test_reset_keeps_size(void)
{
    Function function;

    function_start(&function, ",fault=reset-keeps-size");
    size_write(&function, SIZE_4G);
    qtest_system_reset(function.qtest);
    ecam_enable(function.qtest);
    g_assert_cmpuint(size_read(&function), ==, SIZE_4G);
    function_stop(&function);
}

/* Faults beside the BARs */

static guint64 missing_records(const Function *function)
{
    g_autoptr(JsonNode) node = function_property(function, "ledger");
    JsonObject *ledger = json_node_get_object(node);
    guint present = json_array_get_length(json_object_get_array_member(ledger, "records"));

    return (guint64)json_object_get_int_member(ledger, "total") -
           (guint64)json_object_get_int_member(ledger, "dropped") - present;
}

static void test_ledger_drops_one_record_in_eight(void)
{
    Function function;

    function_start(&function, "");
    function_fault(&function, "ledger-drops");
    for (unsigned i = 0; i < 32; i++) {
        config_write(&function, PCI_BASE_ADDRESS_0, 4, (uint32_t)CONTROL_BASE);
    }
    g_assert_cmpuint(missing_records(&function), ==, 4);
    function_fault(&function, "");
    for (unsigned i = 0; i < 32; i++) {
        config_write(&function, PCI_BASE_ADDRESS_0, 4, (uint32_t)CONTROL_BASE);
    }
    g_assert_cmpuint(missing_records(&function), ==, 4);
    function_stop(&function);
}

/* Each capability once; false when one comes twice */
static bool capability_list_ends(const Function *function)
{
    bool seen[PCI_CFG_SPACE_EXP_SIZE] = { false };
    unsigned offset = PCI_CFG_SPACE_SIZE;

    while (offset != 0 && !seen[offset]) {
        seen[offset] = true;
        offset = PCI_EXT_CAP_NEXT(config_read(function, offset, 4));
    }
    return offset == 0;
}

static void test_capability_loop_has_no_end(void)
{
    Function function;

    function_start(&function, ",fault=capability-loop");
    g_assert_false(capability_list_ends(&function));
    function_fault(&function, "");
    g_assert_true(capability_list_ends(&function));
    g_assert_cmphex(capability_find(&function, PCI_EXT_CAP_ID_REBAR), !=, 0);
    function_stop(&function);
}

/* Switching while QEMU runs */

static void test_a_fault_is_switched_on_and_off(gconstpointer data)
{
    const FaultCase *row = data;
    g_autoptr(JsonNode) read_back = NULL;
    const char *name = strchr(row->properties, '=');
    Function function;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    fill(&function, MEMORY_BASE);
    function_fault(&function, name ? name + 1 : "");
    read_back = function_property(&function, "fault");
    g_assert_cmpstr(json_node_get_string(read_back), ==, name ? name + 1 : "");
    function_place(&function, MOVED_BASE);
    g_assert_cmphex(broken(&function, MOVED_BASE, MEMORY_BASE), ==, row->after);

    function_fault(&function, "");
    function_place(&function, 0);
    function_place(&function, MOVED_BASE);
    fill(&function, MOVED_BASE);
    g_assert_cmphex(broken(&function, MOVED_BASE, MEMORY_BASE), ==, 0);
    function_stop(&function);
}

static void test_an_unknown_fault_is_refused(void)
{
    g_autoptr(JsonNode) read_back = NULL;
    g_autofree char *message = NULL;
    Function function;

    function_start(&function, ",fault=base-lies");
    message = function_fault_refusal(&function, "base-lies,nonsense");
    g_assert_nonnull(strstr(message, "property 'fault': 'nonsense' is none of base-lies, "));
    read_back = function_property(&function, "fault");
    g_assert_cmpstr(json_node_get_string(read_back), ==, "base-lies");
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(fault_cases); i++) {
        g_autofree char *switched = g_strdup_printf("%s/switched", fault_cases[i].path);

        g_test_add_data_func(fault_cases[i].path, &fault_cases[i], test_fault);
        g_test_add_data_func(switched, &fault_cases[i], test_a_fault_is_switched_on_and_off);
    }
    g_test_add_func("/fault/unknown/is-refused", test_an_unknown_fault_is_refused);
    g_test_add_func("/fault/resize-not-decoded/changes-registers-only",
                    test_resize_not_decoded_changes_registers_only);
    g_test_add_func("/fault/resize-while-decoding/is-taken", test_resize_while_decoding_is_taken);
    g_test_add_func("/fault/resize-while-decoding/breaks-nothing-else",
                    test_resize_while_decoding_breaks_nothing_else);
    g_test_add_func("/fault/reset-keeps-size/keeps-it", test_reset_keeps_size);
    g_test_add_func("/fault/ledger-drops/one-record-in-eight",
                    test_ledger_drops_one_record_in_eight);
    g_test_add_func("/fault/capability-loop/has-no-end", test_capability_loop_has_no_end);
    g_test_add_func("/fault/old-answers/leaves-the-new-place-alone",
                    test_old_answers_after_growing_beside_the_old_place);
    return g_test_run();
}
