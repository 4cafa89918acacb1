/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of each resource, in the words of kernels before and since 6.9. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "resource-log.h"

#define TEST_CASE(name, function) { name, function, NULL, NULL, NULL }

/* What a log tells, a line for each resource */
static void expect_told(const char *log, double since_s, const char *expected)
{
    char text[2048];
    char told[1024] = "";
    ResourceLog parsed;

    snprintf(text, sizeof(text), "%s", log);
    assert_int_equal(resource_log_parse(&parsed, text, since_s), 0);
    for (size_t i = 0; i < parsed.count; i++) {
        size_t length = strlen(told);

        snprintf(told + length, sizeof(told) - length, "%s %s: %s\n", parsed.lines[i].bdf,
                 parsed.lines[i].name, parsed.lines[i].state);
    }
    resource_log_free(&parsed);
    assert_string_equal(told, expected);
}

/* pciehp tries twice, and a bridge's window has been let go of in between */
static void test_takes_the_last_word(void **state)
{
    (void)state;
    expect_told("<6>[    5.100000] pci 0000:05:00.0: BAR 2: no space for [mem size 0x100000000 "
                "64bit pref]\n"
                "<6>[    5.100100] pci 0000:05:00.0: BAR 2: failed to assign [mem size "
                "0x100000000 64bit pref]\n"
                "<6>[    5.100200] pci 0000:05:00.0: BAR 0: assigned [mem 0xfe000000-0xfe003fff]\n"
                "<6>[    5.100300] pcieport 0000:00:05.0: BAR 15: releasing [mem "
                "0x300000000-0x3001fffff 64bit pref]\n"
                "<6>[    5.100400] pci 0000:05:00.0: BAR 2: assigned [mem 0x300000000-0x3ffffffff "
                "64bit pref]\n"
                "<6>[    5.100500] pci 0000:05:00.1: BAR 4: failed to assign [mem size 0x1000]\n",
                0,
                "0000:05:00.0 BAR 2: assigned [mem 0x300000000-0x3ffffffff 64bit pref]\n"
                "0000:05:00.0 BAR 0: assigned [mem 0xfe000000-0xfe003fff]\n"
                "0000:00:05.0 BAR 15: released [mem 0x300000000-0x3001fffff 64bit pref]\n"
                "0000:05:00.1 BAR 4: failed [mem size 0x1000]\n");
}

static void test_reads_both_spellings(void **state)
{
    (void)state;
    expect_told("[    9.000001] pci 0001:0a:1f.7: BAR 2 [mem 0x300000000-0x3ffffffff 64bit pref]: "
                "assigned\n"
                "[    9.000002] pci 0000:00:05.0: bridge window [mem size 0x100000000 64bit pref]: "
                "can't assign; no space\n"
                "[    9.000003] pci 0000:00:05.0: bridge window [io  0x1000-0x1fff]: assigned\n"
                "[    9.000004] pci 0000:00:05.0: bridge window [mem 0xfe000000-0xfe1fffff]: "
                "assigned\n"
                "[    9.000005] pci 0000:05:00.0: VF BAR 0 [mem 0x1000-0x1fff]: assigned\n"
                "[    9.000006] pci 0000:05:00.0: ROM [mem 0x2000-0x2fff pref]: assigned\n",
                0,
                "0001:0a:1f.7 BAR 2: assigned [mem 0x300000000-0x3ffffffff 64bit pref]\n"
                "0000:00:05.0 bridge window pref: failed [mem size 0x100000000 64bit pref]\n"
                "0000:00:05.0 bridge window io: assigned [io  0x1000-0x1fff]\n"
                "0000:00:05.0 bridge window mem: assigned [mem 0xfe000000-0xfe1fffff]\n"
                "0000:05:00.0 VF BAR 0: assigned [mem 0x1000-0x1fff]\n"
                "0000:05:00.0 ROM: assigned [mem 0x2000-0x2fff pref]\n");
}

static void test_leaves_out_what_is_older(void **state)
{
    (void)state;
    expect_told("[    1.000000] pci 0000:01:00.0: BAR 0: assigned [mem 0x1000-0x1fff]\n"
                "[    5.000000] pci 0000:02:00.0: BAR 0: assigned [mem 0x2000-0x2fff]\n",
                4.5, "0000:02:00.0 BAR 0: assigned [mem 0x2000-0x2fff]\n");
}

static void test_takes_nothing_else(void **state)
{
    (void)state;
    expect_told("[    1.000000] pci 0000:01:00.0: [1234:11e8] type 00 class 0x00ff00\n"
                "[    1.000001] pci 0000:01:00.0: reg 0x10: [mem 0xfe800000-0xfe803fff]\n"
                "[    1.000002] pci_bus 0000:01: resource 1 [mem 0xfe000000-0xfe1fffff]: assigned\n"
                "[    1.000003] usb 0000:01:00.0: BAR 0: assigned [mem 0x1000-0x1fff]\n"
                "[    1.000004] pci 0000:01:00.0: BAR x: assigned [mem 0x1000-0x1fff]\n"
                "[    1.000005] pci 0000:01:0g.0: BAR 0: assigned [mem 0x1000-0x1fff]\n"
                "[    1.000006] pci 00:01:00.0 BAR 0: assigned [mem 0x1000-0x1fff]\n"
                "\n"
                "no time",
                0, "");
}

static void test_knows_who_speaks_of_pci(void **state)
{
    (void)state;
    assert_true(resource_log_is_pci("5.0 pcieport 0000:00:01.0: pciehp: Slot(1): Card present"));
    assert_true(resource_log_is_pci("5.0 acpiphp: Slot [1] registered"));
    assert_true(resource_log_is_pci("5.0 shpchp 0000:00:01.0: Card present"));
    assert_false(resource_log_is_pci("5.0 random: crng init done"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST_CASE("resource-log/takes-the-last-word", test_takes_the_last_word),
        TEST_CASE("resource-log/reads-both-spellings", test_reads_both_spellings),
        TEST_CASE("resource-log/leaves-out-what-is-older", test_leaves_out_what_is_older),
        TEST_CASE("resource-log/takes-nothing-else", test_takes_nothing_else),
        TEST_CASE("resource-log/knows-who-speaks-of-pci", test_knows_who_speaks_of_pci),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
