/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "init.h"

static void test_finds_the_terminal(void **state)
{
    static const struct {
        const char *arguments;
        const char *path;
    } cases[] = {
        { "barshift.link=ttyS1", "/dev/ttyS1" },
        { "console=ttyS0 quiet barshift.link=ttyS1 panic=-1\n", "/dev/ttyS1" },
        { "barshift.link=ttyS1 barshift.link=ttyS9\n", "/dev/ttyS9" }, /* who adds one means it */
        { "console=ttyS0 quiet\n", "" },
        { "my.barshift.link=ttyS1\n", "" },
        { "", "" },
    };
    char path[32];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        init_link_terminal(cases[i].arguments, path, sizeof(path));
        assert_string_equal(path, cases[i].path);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "init/finds-the-terminal", test_finds_the_terminal, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
