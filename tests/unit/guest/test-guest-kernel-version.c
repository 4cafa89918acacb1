/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel-version.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }

static const struct {
    struct utsname name;
    const char *version;
} rows[] = {
    { { .release = "6.1.0-56-cloud-amd64",
        .version = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-07-01)" }, "6.1.192" },
    { { .release = "6.12.107+deb12-cloud-amd64",
        .version = "#1 SMP PREEMPT_DYNAMIC Debian 6.12.107-1~bpo12+1 (2026-08-02)" }, "6.12.107" },
    { { .release = "6.8.0-53-generic", .version = "#55-Ubuntu SMP PREEMPT_DYNAMIC" }, "6.8.0" },
    { { .release = "7.2.0-rc1+", .version = "#3 SMP Debian kernel of mine" }, "7.2.0" },
    { { .release = "7.1", .version = "" }, "7.1" },
    { { .release = "7..1", .version = "" }, "7" },
    { { .release = "mine", .version = "" }, "" },
};

static void test_tells_version(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char version[32];

        kernel_version(&rows[i].name, version, sizeof(version));
        assert_string_equal(version, rows[i].version);
    }
}

static void test_keeps_within_bounds(void **state)
{
    char version[6] = "xxxxx";

    (void)state;
    kernel_version(&rows[0].name, version, 4);
    assert_memory_equal(version, "6.1\0x", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("/kernel-version/tells-version", test_tells_version),
        CASE("/kernel-version/keeps-within-bounds", test_keeps_within_bounds),
    };

    return cmocka_run_group_tests_name("kernel-version", tests, NULL, NULL);
}
