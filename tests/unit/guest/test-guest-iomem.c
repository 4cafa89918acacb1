/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "iomem.h"
#include "kernel-log.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }

static int windows_of(const char *text, IomemWindow *windows, size_t max)
{
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    int count;

    assert_non_null(file);
    count = iomem_windows_read(file, windows, max);
    fclose(file);
    return count;
}

/* The window of a bridge has the same kind of name, and lies inside the one of the host bridge */
static const char iomem[] =
    "00001000-0009fbff : System RAM\n"
    "0009fc00-000fffff : Reserved\n"
    "  000a0000-000bffff : PCI Bus 0000:00\n"
    "  000f0000-000fffff : System ROM\n"
    "20000000-afffffff : PCI Bus 0000:00\n"
    "c0000000-febfffff : PCI Bus 0000:00\n"
    "  fe800000-fe9fffff : PCI Bus 0000:01\n"
    "    fe800000-fe803fff : 0000:01:00.0\n"
    "fec00000-fec003ff : IOAPIC 0\n"
    "100000000-33fffffff : PCI Bus 0000:00\n"
    "  100000000-17fffffff : PCI Bus 0000:01\n"
    "340000000-3ffffffff : PCI Bus 0001:20\n";

static void test_windows(void **state)
{
    IomemWindow windows[8];

    (void)state;
    assert_int_equal(windows_of(iomem, windows, 8), 5);
    assert_int_equal(windows[0].range.start, 0xa0000);
    assert_int_equal(windows[1].range.start, 0x20000000);
    assert_int_equal(windows[2].range.end, 0xfebfffff);
    assert_int_equal(windows[3].range.start, 0x100000000);
    assert_int_equal(windows[3].range.end, 0x33fffffff);
    assert_int_equal(windows[3].domain, 0);
    assert_int_equal(windows[3].bus, 0);
    assert_int_equal(windows[4].domain, 1);
    assert_int_equal(windows[4].bus, 0x20);
}

static void test_none(void **state)
{
    IomemWindow windows[1];

    (void)state;
    assert_int_equal(windows_of("00001000-0009fbff : System RAM\n", windows, 1), 0);
}

static void test_rejects(void **state)
{
    IomemWindow windows[4];

    (void)state;
    assert_int_equal(windows_of(iomem, windows, 3), -E2BIG);
    assert_int_equal(windows_of("PCI Bus 0000:00\n", windows, 4), -EINVAL);
    assert_int_equal(windows_of("20000000 : PCI Bus 0000:00\n", windows, 4), -EINVAL);
}

static void test_kernel_log(void **state)
{
    static const char record[] =
        "6,339,5140900,-;pci 0000:01:00.0: BAR 2: assigned\n SUBSYSTEM=pci\n";
    char text[64];

    (void)state;
    assert_int_equal(kernel_log_text(record, sizeof(record) - 1, text, sizeof(text)), 0);
    assert_string_equal(text, "5.140900 pci 0000:01:00.0: BAR 2: assigned");
    assert_int_equal(kernel_log_text(record, sizeof(record) - 1, text, 12), 0);
    assert_string_equal(text, "5.140900 pc");
}

static void test_kernel_log_rejects(void **state)
{
    char text[64] = "old";

    (void)state;
    assert_int_equal(kernel_log_text("6,339,1,-", 9, text, sizeof(text)), -EINVAL);
    assert_int_equal(kernel_log_text("six;text\n", 9, text, sizeof(text)), -EINVAL);
    assert_int_equal(kernel_log_text("", 0, text, sizeof(text)), -EINVAL);
    assert_string_equal(text, "old");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("/iomem/windows/outermost-pci-bus-entries", test_windows),
        CASE("/iomem/windows/none-without-a-host-bridge", test_none),
        CASE("/iomem/windows/rejects-bad-lines-and-too-many", test_rejects),
        CASE("/kernel-log/record-becomes-time-and-text", test_kernel_log),
        CASE("/kernel-log/rejects-what-is-no-record", test_kernel_log_rejects),
    };

    return cmocka_run_group_tests_name("iomem", tests, NULL, NULL);
}
