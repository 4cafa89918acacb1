/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What answers behind the header of a BAR, and the expansion ROM.
 */

#include <glib/gstdio.h>
#include <linux/pci_regs.h>

#include "pattern.h"
#include "placement.h"
#include "records.h"

#define KIB (UINT64_C(1) << 10)

/* Each kind of backing, the control BAR first */
#define LAYOUT \
    ",bar0=16K:mem32:control,bar1=128:io:pattern,bar2=64G:mem64:pref,bar4=1T:mem64:pref:pattern"
#define RAM_BAR 2
#define PATTERN_BAR 4
#define IO_BAR 1

static void start(Function *function, const char *properties)
{
    function_start(function, properties);
    function_place_bars(function);
}

/* One record since @total, of a bad access */
static void assert_recorded(const Function *function, gint64 total, unsigned bar_nr,
                            uint64_t offset)
{
    const Record expected[] = { { "bad-access", (int)bar_nr, offset, 0 }, { } };

    assert_records(function, total + 1, expected);
}

/* The bytes at any offset, from words at multiples of 8 */
static uint64_t expected_pattern(unsigned bar_nr, uint64_t offset, unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size; i++) {
        uint64_t at = offset + i;
        uint64_t word = barshift_pattern(FUNCTION_TAG, bar_nr, at & ~UINT64_C(7));

        value |= (word >> (8 * (at & 7)) & 0xff) << (8 * i);
    }
    return value;
}

static void test_pattern_is_a_function_of_the_offset(void)
{
    static const uint64_t offsets[] = {
        BARSHIFT_HEADER_PAGE_SIZE, BARSHIFT_HEADER_PAGE_SIZE + 1, 2 * MIB + 5, 4 * GIB - 3,
        512 * GIB, 1024 * GIB - 8,
    };
    Function function;

    start(&function, LAYOUT);
    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++) {
        for (unsigned size = 1; size <= 8; size *= 2) {
            qtest_queue_expect(function.qtest, function.bars[PATTERN_BAR].base + offsets[i], size,
                               expected_pattern(PATTERN_BAR, offsets[i], size));
        }
    }
    function_stop(&function);
}

static void test_pattern_is_not_written(void)
{
    Function function;
    uint64_t offset = GIB + 8;
    gint64 total;

    start(&function, LAYOUT);
    total = ledger_total(&function);
    qtest_write(function.qtest, function.bars[PATTERN_BAR].base + offset, 8, 0);
    g_assert_cmphex(qtest_read(function.qtest, function.bars[PATTERN_BAR].base + offset, 8), ==,
                    expected_pattern(PATTERN_BAR, offset, 8));
    assert_recorded(&function, total, PATTERN_BAR, offset);
    function_stop(&function);
}

static void test_nothing_reads_as_zero_and_is_recorded(void)
{
    Function function;
    uint64_t offset = BARSHIFT_HEADER_PAGE_SIZE + 0x10;
    gint64 total;

    start(&function, LAYOUT);
    total = ledger_total(&function);
    g_assert_cmphex(qtest_read(function.qtest, function.control_base + offset, 8), ==, 0);
    assert_recorded(&function, total, 0, offset);
    qtest_write(function.qtest, function.control_base + offset, 4, UINT32_MAX);
    assert_recorded(&function, total + 1, 0, offset);
    g_assert_cmphex(qtest_read(function.qtest, function.control_base + offset, 4), ==, 0);
    function_stop(&function);
}

static void test_memory_is_kept_to_the_last_byte(void)
{
    static const uint64_t offsets[] = {
        BARSHIFT_HEADER_PAGE_SIZE, 4 * GIB - 4, 32 * GIB, 64 * GIB - 1,
    };
    Function function;

    start(&function, LAYOUT);
    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++) {
        qtest_write(function.qtest, function.bars[RAM_BAR].base + offsets[i], 1, 0xa0 + i);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++) {
        qtest_queue_expect(function.qtest, function.bars[RAM_BAR].base + offsets[i], 1, 0xa0 + i);
    }
    function_stop(&function);
}

/* While each access is seen, memory is no plain memory, and an access may go over its end */
static void test_watched_memory_ends_with_the_bar(void)
{
    Function function;
    uint64_t last;

    start(&function, LAYOUT);
    last = function.bars[RAM_BAR].base + 64 * GIB - 4;
    qtest_write(function.qtest, last, 4, 0x11223344);
    qtest_write(function.qtest, function.control_base + BARSHIFT_DRIVER_STATE, 4,
                BARSHIFT_DRIVER_STOPPED);
    g_assert_cmphex(qtest_read(function.qtest, last, 4), ==, 0x11223344);
    g_assert_cmphex(qtest_read(function.qtest, last, 8) & UINT32_MAX, ==, 0x11223344);
    qtest_write(function.qtest, last, 8, 0x55667788);
    qtest_write(function.qtest, function.control_base + BARSHIFT_DRIVER_STATE, 4,
                BARSHIFT_DRIVER_STARTED);
    g_assert_cmphex(qtest_read(function.qtest, last, 4), ==, 0x55667788);
    function_stop(&function);
}

static void test_io_has_a_header_and_a_pattern(void)
{
    Function function;
    uint16_t port;

    start(&function, LAYOUT);
    port = (uint16_t)function.bars[IO_BAR].base;
    g_assert_cmphex(qtest_in(function.qtest, port + BARSHIFT_HEADER_MAGIC, 4), ==, BARSHIFT_MAGIC);
    g_assert_cmphex(qtest_in(function.qtest, port + BARSHIFT_HEADER_BAR, 4), ==, IO_BAR);
    g_assert_cmphex(qtest_in(function.qtest, port + BARSHIFT_HEADER_ADDRESS, 4), ==,
                    port + BARSHIFT_HEADER_ADDRESS);
    qtest_out(function.qtest, port + BARSHIFT_HEADER_SCRATCH, 4, 0x12345678);
    g_assert_cmphex(qtest_in(function.qtest, port + BARSHIFT_HEADER_SCRATCH, 4), ==, 0x12345678);
    g_assert_cmphex(qtest_in(function.qtest, port + BARSHIFT_HEADER_IO_SIZE + 6, 4), ==,
                    expected_pattern(IO_BAR, BARSHIFT_HEADER_IO_SIZE + 6, 4));
    function_stop(&function);
}

static void test_the_header_tells_what_is_behind_it(void)
{
    static const uint32_t contents[BARSHIFT_BARS] = {
        [0] = BARSHIFT_BACKING_NONE | BARSHIFT_CONTENTS_CONTROL,
        [RAM_BAR] = BARSHIFT_BACKING_RAM,
        [PATTERN_BAR] = BARSHIFT_BACKING_PATTERN,
    };
    Function function;

    start(&function, LAYOUT);
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr += 2) {
        qtest_queue_expect(function.qtest, function.bars[nr].base + BARSHIFT_HEADER_CONTENTS, 4,
                           contents[nr]);
    }
    g_assert_cmphex(qtest_in(function.qtest, (uint16_t)function.bars[IO_BAR].base +
                             BARSHIFT_HEADER_CONTENTS, 4), ==, BARSHIFT_BACKING_PATTERN);
    function_stop(&function);
}

/* Firmware and Linux look for the signature, and for the data structure that it points to */
static void test_rom_holds_an_image(void)
{
    Function function;
    uint64_t rom, data;

    start(&function, ",rom=64K,vendor-id=0x1234,device-id=0x5678");
    rom = function.bars[FUNCTION_ROM].base;
    g_assert_cmphex(qtest_read(function.qtest, rom, 2), ==, 0);
    config_write(&function, PCI_ROM_ADDRESS, 4, (uint32_t)rom | PCI_ROM_ADDRESS_ENABLE);
    g_assert_cmphex(qtest_read(function.qtest, rom, 2), ==, 0xaa55);
    data = rom + qtest_read(function.qtest, rom + 0x18, 2);
    g_assert_cmphex(qtest_read(function.qtest, data, 4), ==, 0x52494350); /* "PCIR" */
    g_assert_cmphex(qtest_read(function.qtest, data + 4, 4), ==, 0x56781234);
    g_assert_cmphex(qtest_read(function.qtest, data + 0x10, 2), ==, 64 * KIB / 512);
    qtest_write(function.qtest, rom, 2, 0);
    g_assert_cmphex(qtest_read(function.qtest, rom, 2), ==, 0xaa55);
    function_stop(&function);
}

/* Which QEMU adds when the function is realized already */
static void test_rom_of_a_file_is_the_functions(void)
{
    static const char image[4 * KIB] = "\x55\xaa";
    g_autofree char *path = NULL, *property = NULL;
    g_autoptr(JsonNode) ledger = NULL;
    JsonObject *rom;
    Function function;

    g_close(g_file_open_tmp("barshift-XXXXXX.rom", &path, NULL), NULL);
    g_assert_true(g_file_set_contents(path, image, sizeof(image), NULL));
    property = g_strdup_printf(",romfile=%s", path);
    start(&function, property);
    g_remove(path);
    config_write(&function, PCI_ROM_ADDRESS, 4,
                 (uint32_t)function.bars[FUNCTION_ROM].base | PCI_ROM_ADDRESS_ENABLE);
    g_assert_cmphex(qtest_read(function.qtest, function.bars[FUNCTION_ROM].base, 2), ==, 0xaa55);

    ledger = function_property(&function, "ledger");
    rom = json_object_get_object_member(json_node_get_object(ledger), "rom");
    g_assert_cmphex((uint64_t)json_object_get_int_member(rom, "base"), ==,
                    function.bars[FUNCTION_ROM].base);
    g_assert_cmpint(json_object_get_int_member(rom, "size"), ==, sizeof(image));
    assert_records_of(&function, 1, "resize", (const Record[]) { { } });
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/backing/pattern/is-a-function-of-the-offset",
                    test_pattern_is_a_function_of_the_offset);
    g_test_add_func("/backing/pattern/is-not-written", test_pattern_is_not_written);
    g_test_add_func("/backing/none/reads-as-zero-and-is-recorded",
                    test_nothing_reads_as_zero_and_is_recorded);
    g_test_add_func("/backing/ram/is-kept-to-the-last-byte", test_memory_is_kept_to_the_last_byte);
    g_test_add_func("/backing/ram/watched-ends-with-the-bar",
                    test_watched_memory_ends_with_the_bar);
    g_test_add_func("/backing/io/has-header-and-pattern", test_io_has_a_header_and_a_pattern);
    g_test_add_func("/backing/header/tells-what-is-behind-it",
                    test_the_header_tells_what_is_behind_it);
    g_test_add_func("/backing/rom/holds-an-image", test_rom_holds_an_image);
    g_test_add_func("/backing/rom/of-a-file", test_rom_of_a_file_is_the_functions);
    return g_test_run();
}
