/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that a function keeps under other bus numbers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "made-topology.h"
#include "path.h"

#define GIB UINT64_C(0x40000000)
#define HIGH UINT64_C(0x100000000)

static void test_paths(void **state)
{
    char path[PATH_NAME_SIZE] = "kept";
    MadeTopology made;

    (void)state;
    made_init(&made, range_sized(HIGH, 8 * GIB));
    made_port(&made, "0000:00:1c.4", NULL, 1, range_empty());
    made_port(&made, "0000:01:00.0", "0000:00:1c.4", 2, range_empty());
    made_function(&made, "0000:02:03.1", "0000:01:00.0", GIB, range_empty());
    made_function(&made, "0001:80:02.0", NULL, GIB, range_empty());
    assert_int_equal(path_name(&made.topology, "0000:09:00.0", path), -ENODEV);
    assert_string_equal(path, "kept");
    assert_int_equal(path_name(&made.topology, "0000:02:03.1", path), 0);
    assert_string_equal(path, "1c.4/00.0/03.1");
    assert_ptr_equal(path_find(&made.topology, path), &made.functions[2]);
    assert_int_equal(path_name(&made.topology, "0001:80:02.0", path), 0);
    assert_string_equal(path, "0001:80/02.0");
    assert_ptr_equal(path_find(&made.topology, path), &made.functions[3]);
    assert_null(path_find(&made.topology, "02.0"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "/path/keeps-without-bus-numbers", test_paths, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
