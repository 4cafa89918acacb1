/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resizable BAR capability, PCIe r6.0, sec 7.8.6.
 */

#include <linux/pci_regs.h>

#include "function.h"
#include "rebar-size.h"

#define CONTENT UINT64_C(0x8877665544332211)

/* Log2 of MiB */
#define SIZE_256M 8
#define SIZE_1G 10
#define SIZE_2G 11
#define SIZE_4G 12
#define SIZE_16G 14

static unsigned size_field(const Function *function)
{
    unsigned offset = capability_find(function, PCI_EXT_CAP_ID_REBAR);
    uint32_t control = config_read(function, offset + REBAR_CONTROL(0), 4);

    return (control & REBAR_CONTROL_SIZE) / (REBAR_CONTROL_SIZE & -REBAR_CONTROL_SIZE);
}

static void size_field_write(const Function *function, unsigned size_log2_mib)
{
    unsigned offset = capability_find(function, PCI_EXT_CAP_ID_REBAR) + REBAR_CONTROL(0);
    uint32_t control = config_read(function, offset, 4) & ~REBAR_CONTROL_SIZE;

    config_write(function, offset, 4,
                 control | size_log2_mib * (REBAR_CONTROL_SIZE & -REBAR_CONTROL_SIZE));
}

/* Size of the memory BAR as its writable bits give it; decode is off and the BAR is lost */
static uint64_t size_by_all_ones(const Function *function)
{
    bar_write(function, BARSHIFT_MEMORY_BAR, UINT64_MAX);
    return -(bar_read(function, BARSHIFT_MEMORY_BAR, true) & ~UINT64_C(0xf));
}

/* All witnesses on the device's side name the same size */
static void assert_size(const Function *function, unsigned size_log2_mib)
{
    uint64_t size_bytes = 0;

    g_assert_cmpint(rebar_size_decode(size_log2_mib, &size_bytes), ==, 0);
    g_assert_cmpuint(size_field(function), ==, size_log2_mib);
    decode_set(function, false);
    g_assert_cmphex(size_by_all_ones(function), ==, size_bytes);

    function_place(function, MEMORY_BASE);
    g_assert_cmphex(control_read(function, BARSHIFT_DECODED_SIZE(BARSHIFT_MEMORY_BAR)), ==,
                    size_bytes);
    g_assert_cmphex(qtest_read(function->qtest, MEMORY_BASE + BARSHIFT_HEADER_SIZE, 8), ==,
                    size_bytes);
    /* The last word is memory, the next one is nobody's */
    qtest_write(function->qtest, MEMORY_BASE + size_bytes - 8, 8, CONTENT);
    g_assert_cmphex(qtest_read(function->qtest, MEMORY_BASE + size_bytes - 8, 8), ==, CONTENT);
    qtest_write(function->qtest, MEMORY_BASE + size_bytes, 8, CONTENT);
    g_assert_cmphex(qtest_read(function->qtest, MEMORY_BASE + size_bytes, 8), ==, 0);
}

static void test_registers_name_bar_and_sizes(void)
{
    Function function;
    unsigned offset;

    function_start(&function, "");
    offset = capability_find(&function, PCI_EXT_CAP_ID_REBAR);
    g_assert_cmphex(offset, !=, 0);
    g_assert_cmphex(config_read(&function, offset, 4) >> 16 & 0xf, ==, 1);
    /* 256 MiB to 16 GiB: bits 8 to 14, which stand at 12 to 18 */
    g_assert_cmphex(config_read(&function, offset + REBAR_CAPABILITY(0), 4), ==, 0x7f000);
    /* BAR 2, one resizable BAR, 2^11 MiB */
    g_assert_cmphex(config_read(&function, offset + REBAR_CONTROL(0), 4), ==, 0xb22);
    function_stop(&function);
}

static void test_only_the_size_field_is_writable(void)
{
    Function function;
    unsigned offset;

    function_start(&function, "");
    offset = capability_find(&function, PCI_EXT_CAP_ID_REBAR);
    config_write(&function, offset + REBAR_CAPABILITY(0), 4, 0xffffffffu);
    g_assert_cmphex(config_read(&function, offset + REBAR_CAPABILITY(0), 4), ==, 0x7f000);
    config_write(&function, offset + REBAR_CONTROL(0), 4, 0xffff0000u | SIZE_1G << 8 | 0xff);
    g_assert_cmphex(config_read(&function, offset + REBAR_CONTROL(0), 4), ==, 0xa22);

    /* Reserved bits beside the field do not make another size of it */
    config_write(&function, offset + REBAR_CONTROL(0) + 1, 1, 0xc0 | SIZE_4G);
    g_assert_cmpuint(size_field(&function), ==, SIZE_4G);
    function_stop(&function);
}

typedef struct ResizeCase {
    const char *path;
    unsigned asked;
    bool decode;
    unsigned expected;
    const char *event; /* NULL when the ledger gets no record */
    uint64_t value;    /* of the record */
} ResizeCase;

static const ResizeCase resize_cases[] = {
    { "/rebar/resize/grows", SIZE_4G, false, SIZE_4G, "resize", 4 * GIB },
    { "/rebar/resize/grows-to-the-largest", SIZE_16G, false, SIZE_16G, "resize", 16 * GIB },
    { "/rebar/resize/shrinks-to-the-smallest", SIZE_256M, false, SIZE_256M, "resize", 256 * MIB },
    { "/rebar/resize/to-the-same-size-changes-nothing", SIZE_2G, false, SIZE_2G, NULL, 0 },
    { "/rebar/resize/to-the-same-size-may-be-written-while-decoding", SIZE_2G, true, SIZE_2G, NULL,
      0 },
    { "/rebar/resize/refused-while-decoding", SIZE_4G, true, SIZE_2G, "refused-decode", 4 * GIB },
    { "/rebar/resize/refuses-below-the-set", SIZE_256M - 1, false, SIZE_2G, "refused-size",
      SIZE_256M - 1 },
    { "/rebar/resize/refuses-above-the-set", SIZE_16G + 1, false, SIZE_2G, "refused-size",
      SIZE_16G + 1 },
    { "/rebar/resize/refuses-a-size-that-does-not-exist", REBAR_SIZE_FIELD_MAX + 1, false, SIZE_2G,
      "refused-size", REBAR_SIZE_FIELD_MAX + 1 },
    { "/rebar/resize/refuses-the-sixth-bit", SIZE_4G | 1 << 5, false, SIZE_2G, "refused-size",
      SIZE_4G | 1 << 5 },
    { "/rebar/resize/names-the-size-when-both-rules-are-broken", SIZE_16G + 1, true, SIZE_2G,
      "refused-size", SIZE_16G + 1 },
};

/* The ledger has grown by what the row says */
static void check_records(const Function *function, const ResizeCase *row, gint64 total_before)
{
    g_autoptr(JsonNode) ledger = function_property(function, "ledger");
    JsonObject *object = json_node_get_object(ledger);
    JsonArray *records = json_object_get_array_member(object, "records");
    JsonObject *last = json_array_get_object_element(records, json_array_get_length(records) - 1);

    g_assert_cmpint(json_object_get_int_member(object, "total"), ==,
                    total_before + (row->event ? 1 : 0));
    if (row->event) {
        g_assert_cmpstr(json_object_get_string_member(last, "event"), ==, row->event);
        g_assert_cmpint(json_object_get_int_member(last, "bar"), ==, BARSHIFT_MEMORY_BAR);
        g_assert_cmphex(json_object_get_int_member(last, "value"), ==, row->value);
    }
}

static void test_resize(gconstpointer data)
{
    const ResizeCase *row = data;
    Function function;
    g_autoptr(JsonNode) before = NULL;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    decode_set(&function, row->decode);
    before = function_property(&function, "ledger");

    size_field_write(&function, row->asked);
    g_assert_cmpuint(size_field(&function), ==, row->expected);
    check_records(&function, row,
                  json_object_get_int_member(json_node_get_object(before), "total"));
    if (row->decode) {
        assert_reached(&function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    }
    assert_size(&function, row->expected);
    function_stop(&function);
}

static void test_resize_clears_the_address_bits_it_takes(void)
{
    Function function;

    function_start(&function, "");
    bar_write(&function, BARSHIFT_MEMORY_BAR, MEMORY_BASE + 2 * GIB);
    size_field_write(&function, SIZE_4G);
    g_assert_cmphex(bar_read(&function, BARSHIFT_MEMORY_BAR, true), ==,
                    MEMORY_BASE + (PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH));
    function_stop(&function);
}

static void test_content_survives_a_resize(void)
{
    Function function;
    uint64_t offset = 256 * MIB - 8;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    qtest_write(function.qtest, MEMORY_BASE + offset, 8, CONTENT);
    qtest_write(function.qtest, MEMORY_BASE + GIB, 8, ~CONTENT);
    qtest_write(function.qtest, MEMORY_BASE + BARSHIFT_HEADER_SCRATCH, 8, CONTENT);

    decode_set(&function, false);
    size_field_write(&function, SIZE_256M);
    function_place(&function, OTHER_BASE);
    g_assert_cmphex(qtest_read(function.qtest, OTHER_BASE + offset, 8), ==, CONTENT);
    g_assert_cmphex(qtest_read(function.qtest, OTHER_BASE + BARSHIFT_HEADER_SCRATCH, 8), ==,
                    CONTENT);

    /* What a smaller size hid is there again */
    decode_set(&function, false);
    size_field_write(&function, SIZE_16G);
    function_place(&function, MEMORY_BASE);
    g_assert_cmphex(qtest_read(function.qtest, MEMORY_BASE + offset, 8), ==, CONTENT);
    g_assert_cmphex(qtest_read(function.qtest, MEMORY_BASE + GIB, 8), ==, ~CONTENT);
    function_stop(&function);
}

/* While the resized BAR is mapped, which is when a reset is most dangerous */
static void test_reset_restores_the_default(void)
{
    Function function;

    function_start(&function, "");
    size_field_write(&function, SIZE_16G);
    function_place(&function, MEMORY_BASE);
    qtest_system_reset(function.qtest);
    ecam_enable(function.qtest);
    g_assert_cmphex(bar_read(&function, BARSHIFT_MEMORY_BAR, true), ==,
                    PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH);
    assert_size(&function, SIZE_2G);
    function_stop(&function);
}

typedef struct SetCase {
    const char *path;
    const char *properties;
    uint32_t capability; /* 0: the function has no such capability */
    unsigned default_log2_mib;
} SetCase;

static const SetCase set_cases[] = {
    { "/rebar/set/range", ",rebar=1G-4G", 0x1c000, SIZE_2G },
    { "/rebar/set/list", ",rebar=256M+2G+16G", 0x49000, SIZE_2G },
    { "/rebar/set/list-of-ranges-in-any-order", ",rebar=2G-4G+1M+256M-512M", 0x1b010, SIZE_2G },
    { "/rebar/set/one-size", ",rebar=2G", 0x8000, SIZE_2G },
    { "/rebar/set/all-sizes", ",rebar=1M-1T,size=1M", 0x1fffff0, 0 },
    { "/rebar/set/default-size-is-the-smallest", ",size=256M", 0x7f000, SIZE_256M },
    { "/rebar/set/default-size-is-the-largest", ",size=16G", 0x7f000, SIZE_16G },
    { "/rebar/set/off-has-no-capability", ",rebar=off", 0, SIZE_2G },
    { "/rebar/set/off-takes-any-size", ",rebar=off,size=1M", 0, 0 },
};

static void test_set(gconstpointer data)
{
    const SetCase *row = data;
    Function function;
    uint64_t size_bytes = 0;
    unsigned offset;

    function_start(&function, row->properties);
    offset = capability_find(&function, PCI_EXT_CAP_ID_REBAR);
    g_assert_cmpint(offset != 0, ==, row->capability != 0);
    if (offset != 0) {
        g_assert_cmphex(config_read(&function, offset + REBAR_CAPABILITY(0), 4), ==,
                        row->capability);
        g_assert_cmpuint(size_field(&function), ==, row->default_log2_mib);
    }
    g_assert_cmpint(rebar_size_decode(row->default_log2_mib, &size_bytes), ==, 0);
    g_assert_cmphex(size_by_all_ones(&function), ==, size_bytes);
    function_stop(&function);
}

/* Several resizable BARs: each has its entry, in the order of the BARs, and its own size */

#define THREE_BARS \
    ",bar0=1G:mem64:pref:rebar=256M-4G,bar2=4M:mem64:rebar=1M-8M:control," \
    "bar4=512G:mem64:pref:pattern:rebar=512G+256T+8E"

static void test_each_resizable_bar_has_an_entry(void)
{
    static const uint32_t expected[][2] = {
        { 0x0001f000, 0x00000a60 }, /* BAR 0 of 3, 2^10 MiB of 2^8 to 2^12 */
        { 0x000000f0, 0x00000202 }, /* BAR 2, 2^2 MiB of 2^0 to 2^3 */
        { 0x00800000, 0x80011304 }, /* BAR 4, 2^19 MiB; 2^28 and 2^43 are in Control */
    };
    Function function;
    unsigned offset;

    function_start(&function, THREE_BARS);
    offset = capability_find(&function, PCI_EXT_CAP_ID_REBAR);
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_assert_cmphex(config_read(&function, offset + REBAR_CAPABILITY(i), 4), ==,
                        expected[i][0]);
        g_assert_cmphex(config_read(&function, offset + REBAR_CONTROL(i), 4), ==, expected[i][1]);
    }
    function_stop(&function);
}

static uint64_t all_ones_size(const Function *function, unsigned bar_nr)
{
    bar_write(function, bar_nr, UINT64_MAX);
    return -(bar_read(function, bar_nr, true) & ~UINT64_C(0xf));
}

static void test_a_bar_is_resized_alone(void)
{
    Function function;
    unsigned offset;

    function_start(&function, THREE_BARS);
    offset = capability_find(&function, PCI_EXT_CAP_ID_REBAR);
    config_write(&function, offset + REBAR_CONTROL(2) + 1, 1, REBAR_SIZE_FIELD_MAX);
    g_assert_cmphex(all_ones_size(&function, 4), ==, UINT64_C(1) << 63);
    g_assert_cmphex(all_ones_size(&function, 0), ==, GIB);
    g_assert_cmphex(all_ones_size(&function, 2), ==, 4 * MIB);

    config_write(&function, offset + REBAR_CONTROL(1) + 1, 1, 0);
    config_write(&function, offset + REBAR_CONTROL(0) + 1, 1, SIZE_4G);
    g_assert_cmphex(all_ones_size(&function, 0), ==, 4 * GIB);
    g_assert_cmphex(all_ones_size(&function, 2), ==, MIB);

    qtest_system_reset(function.qtest);
    ecam_enable(function.qtest);
    g_assert_cmphex(all_ones_size(&function, 0), ==, GIB);
    g_assert_cmphex(all_ones_size(&function, 2), ==, 4 * MIB);
    g_assert_cmphex(all_ones_size(&function, 4), ==, 512 * GIB);
    function_stop(&function);
}

static void test_a_32_bit_bar_is_resized(void)
{
    Function function;

    function_start(&function, ",bar0=16K:mem32:control,bar3=1M:mem32:rebar=1M-2G");
    size_field_write(&function, 11);
    config_write(&function, PCI_BASE_ADDRESS_0 + 4 * 3, 4, UINT32_MAX);
    g_assert_cmphex(bar_read(&function, 3, false), ==, 2 * GIB);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rebar/registers/name-bar-and-sizes", test_registers_name_bar_and_sizes);
    g_test_add_func("/rebar/registers/only-the-size-is-writable",
                    test_only_the_size_field_is_writable);
    for (unsigned i = 0; i < G_N_ELEMENTS(resize_cases); i++) {
        g_test_add_data_func(resize_cases[i].path, &resize_cases[i], test_resize);
    }
    g_test_add_func("/rebar/resize/clears-the-address-bits-it-takes",
                    test_resize_clears_the_address_bits_it_takes);
    g_test_add_func("/rebar/resize/keeps-content-and-scratch", test_content_survives_a_resize);
    g_test_add_func("/rebar/reset/restores-the-default-of-a-mapped-bar",
                    test_reset_restores_the_default);
    for (unsigned i = 0; i < G_N_ELEMENTS(set_cases); i++) {
        g_test_add_data_func(set_cases[i].path, &set_cases[i], test_set);
    }
    g_test_add_func("/rebar/several/each-has-an-entry", test_each_resizable_bar_has_an_entry);
    g_test_add_func("/rebar/several/one-is-resized-alone", test_a_bar_is_resized_alone);
    g_test_add_func("/rebar/32-bit/is-resized", test_a_32_bit_bar_is_resized);
    return g_test_run();
}
