/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what lspci wrote to a plan, as the command prints it. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "plan-request.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define TEXT_SIZE 2048

static char dump[PATH_MAX];

/* Return: what plan_run() returned */
static int run(const PlanRequest *request, char *text, char *why)
{
    ConfigSource source = { .root = "", .dump = dump };
    FILE *file = fmemopen(text, TEXT_SIZE, "w");
    Topology topology;
    int result;

    assert_non_null(file);
    assert_int_equal(plan_topology_read(&topology, &source, why), 0);
    result = plan_run(&topology, request, file, why);
    fclose(file);
    topology_free(&topology);
    return result;
}

static PlanRequest request_for(const char *port, const char *size)
{
    PlanRequest request = { .port = port };

    assert_int_equal(plan_request_size(&request, size), 0);
    assert_int_equal(plan_request_window(&request, "0x100000000-0x2ffffffff"), 0);
    return request;
}

static void test_fragmented_hole(void **state)
{
    PlanRequest request = request_for("0000:00:06.0", "4G");
    char why[PLAN_WHY_SIZE] = "";
    char text[TEXT_SIZE] = "";

    (void)state;
    assert_int_equal(run(&request, text, why), 0);
    assert_string_equal(text,
        "verdict fits\n"
        "scope 1 functions, 0x80000000 bytes, 4 bridges\n"
        "stop 0000:01:00.0\n"
        "move 0000:01:00.0 BAR 2 0x280000000-0x2ffffffff -> 0x100000000-0x17fffffff\n"
        "move newcomer BAR 0 none -> 0x200000000-0x2ffffffff\n"
        "window 0000:00:02.0 pref 0x280000000-0x2ffffffff -> 0x100000000-0x17fffffff\n"
        "window 0000:00:03.0 pref 0x200000000-0x27fffffff -> none\n"
        "window 0000:00:05.0 pref 0x100000000-0x17fffffff -> none\n"
        "window 0000:00:06.0 pref none -> 0x200000000-0x2ffffffff\n"
        "remove 0000:00:02.0 0000:00:03.0 0000:00:05.0 0000:00:06.0\n");
}

static void test_no_space(void **state)
{
    PlanRequest request = request_for("0000:00:06.0", "8G");
    char why[PLAN_WHY_SIZE] = "";
    char text[TEXT_SIZE] = "";

    (void)state;
    assert_int_equal(run(&request, text, why), 1);
    assert_string_equal(text,
        "verdict no space\n"
        "needed 0x200000000, free 0x100000000 in window pref, "
        "largest hole 0x100000000-0x17fffffff\n"
        "its largest BAR could have 0x100000000\n");

    request.json = true;
    memset(text, 0, sizeof(text));
    assert_int_equal(run(&request, text, why), 1);
    assert_string_equal(text,
        "{\"verdict\":\"no space\",\"exact\":true,\"short_of\":\"pref\",\"needed\":\"0x200000000\","
        "\"free\":\"0x100000000\",\"largest_hole\":{\"start\":\"0x100000000\","
        "\"end\":\"0x17fffffff\"},\"largest_fit\":\"0x100000000\"}\n");
}

static void test_no_port(void **state)
{
    PlanRequest request = request_for("0000:00:1f.0", "4G");
    char why[PLAN_WHY_SIZE] = "";
    char text[TEXT_SIZE] = "";

    (void)state;
    assert_int_equal(run(&request, text, why), -ENODEV);
    assert_string_equal(why, "0000:00:1f.0: no such bridge");
}

static void test_request(void **state)
{
    static const char *const refused[] = { "", "G", "3G", "8", "4G:", "4G:pref", "4G:mem32", "1X",
                                           "-1G", "16E" };
    PlanRequest request = { .port = NULL };

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_int_equal(plan_request_size(&request, refused[i]), -EINVAL);
    }
    assert_int_equal(plan_request_size(&request, "1M:mem32"), 0);
    assert_int_equal(request.size_bytes, 0x100000);
    assert_true(request.low);
    assert_int_equal(plan_request_size(&request, "2G:pref64"), 0);
    assert_false(request.low);
    assert_int_equal(plan_request_window(&request, "0x2000-0x1000"), -EINVAL);
    assert_int_equal(plan_request_window(&request, "0x1000"), -EINVAL);
    assert_int_equal(plan_request_window(&request, "1000-1fff"), 0);
    assert_int_equal(request.windows[0].end, 0x1fff);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        CASE("/plan/fragmented-hole-from-a-capture", test_fragmented_hole),
        CASE("/plan/tells-why-not", test_no_space),
        CASE("/plan/tells-an-unknown-port", test_no_port),
        CASE("/plan/refuses-what-no-bar-can-have", test_request),
    };

    if (argc != 2) {
        return 2;
    }
    snprintf(dump, sizeof(dump), "%s/fragmented.dump", argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
