/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what lspci wrote to a plan, as the command prints it. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "plan-file.h"
#include "plan-json.h"
#include "plan-request.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define TEXT_SIZE 2048

static char dump[PATH_MAX];


/** struct Answer - what the command prints, and returned */
typedef struct Answer {
    int result;
    PlanVerdict verdict;
    char text[TEXT_SIZE];
    char why[PLAN_WHY_SIZE];
} Answer;

static Answer answer(PlanRequest *request, bool json)
{
    ConfigSource source = { .root = "", .dump = dump };
    Answer answer = { .result = 0 };
    FILE *file = fmemopen(answer.text, TEXT_SIZE, "w");
    Topology topology;
    RebalancePlan plan;

    assert_non_null(file);
    assert_int_equal(plan_request_read(request, &source, &topology, answer.why), 0);
    answer.result = rebalance_plan(&topology, &request->ask, &plan, answer.why);
    answer.verdict = plan.verdict;
    if (answer.result == 0) {
        (json ? plan_json : plan_file_write)(&plan, file);
    }
    fclose(file);
    rebalance_plan_free(&plan);
    topology_free(&topology);
    return answer;
}

static void request_for(PlanRequest *request, const char *port, const char *size)
{
    plan_request_init(request);
    assert_int_equal(plan_request_port(request, port), 0);
    assert_int_equal(plan_request_size(request, size), 0);
    assert_int_equal(plan_request_window(request, "0x100000000-0x2ffffffff"), 0);
}

static void test_fragmented_hole(void **state)
{
    PlanRequest request;
    Answer given;

    (void)state;
    request_for(&request, "0000:00:06.0", "4G");
    given = answer(&request, false);
    assert_string_equal(given.text,
        "verdict fits\n"
        "scope 1 functions, 0x80000000 bytes, 4 bridges\n"
        "incoming newcomer at 06.0/newcomer\n"
        "stop 0000:01:00.0 at 02.0/00.0\n"
        "remove 0000:00:02.0 at 02.0\n"
        "remove 0000:00:03.0 at 03.0\n"
        "remove 0000:00:05.0 at 05.0\n"
        "remove 0000:00:06.0 at 06.0\n"
        "move 0000:01:00.0 BAR 2 0x280000000-0x2ffffffff -> 0x100000000-0x17fffffff "
        "at 02.0/00.0\n"
        "move newcomer BAR 0 none -> 0x200000000-0x2ffffffff at 06.0/newcomer\n"
        "window 0000:00:02.0 pref 0x280000000-0x2ffffffff -> 0x100000000-0x17fffffff at 02.0\n"
        "window 0000:00:03.0 pref 0x200000000-0x27fffffff -> none at 03.0\n"
        "window 0000:00:05.0 pref 0x100000000-0x17fffffff -> none at 05.0\n"
        "window 0000:00:06.0 pref none -> 0x200000000-0x2ffffffff at 06.0\n");
}

/** What the capture script adds, among lines of other things */
static const char iomem[] =
    "00:1f.3 SMBus: Intel Corporation\n"
    "00000000-00000fff : Reserved\n"
    "20000000-2fffffff : PCI Bus 0000:00\n"
    "  20000000-200fffff : PCI Bus 0000:01\n"
    "\n"
    "100000000-2ffffffff : PCI Bus 0000:00\n"
    "0000-0cf7 : PCI Bus 0000:00\n"
    "0d00-ffff : PCI Bus 0000:00\n"
    "  1000-1fff : PCI Bus 0000:01\n";

static int windows_of(const char *text, HostWindow *windows)
{
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    int result = capture_read_windows(file, windows);

    fclose(file);
    return result;
}

static void test_windows(void **state)
{
    HostWindow windows[TOPOLOGY_HOST_WINDOWS_MAX];

    (void)state;
    assert_int_equal(windows_of(iomem, windows), 4);
    assert_int_equal(windows[0].range.start, 0x20000000);
    assert_false(windows[0].io);
    assert_int_equal(windows[1].range.end, 0x2ffffffff);
    assert_true(windows[2].io);
    assert_int_equal(windows[3].range.start, 0xd00);
    assert_true(windows[3].io);
    assert_int_equal(windows_of("nothing of the kind\n", windows), 0);
    assert_int_equal(windows_of("00000000-00000000 : PCI Bus 0000:00\n", windows), -EACCES);
}

/* One file that holds both, and a newcomer that lspci has seen without addresses */
static void test_captured_newcomer(void **state)
{
    static const char newcomer[] =
        "05:00.0 Processing accelerators: Red Hat, Inc. Device 10f5\n"
        "\tRegion 0: Memory at <unassigned> (32-bit, non-prefetchable) [disabled] [size=16K]\n"
        "\tRegion 2: Memory at <ignored> (64-bit, prefetchable) [disabled] [size=4G]\n"
        "\tRegion 4: I/O ports at <unassigned> [disabled] [size=32]\n"
        "00: f4 1a f5 10 00 00 10 00 01 00 00 12 00 00 00 00\n"
        "10: 00 00 00 00 00 00 00 00 0c 00 00 00 00 00 00 00\n"
        "20: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
        "30: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n\n";
    char kept[PATH_MAX];
    char name[] = "/tmp/barshift-capture-XXXXXX";
    FILE *file = fdopen(mkstemp(name), "w");
    FILE *fixture = fopen(dump, "re");
    PlanRequest request;
    Answer given;
    int byte;

    (void)state;
    assert_non_null(file);
    assert_non_null(fixture);
    while ((byte = fgetc(fixture)) != EOF) {
        fputc(byte, file);
    }
    fprintf(file, "\n%s%s", newcomer, iomem);
    fclose(fixture);
    fclose(file);
    strcpy(kept, dump);
    strcpy(dump, name);
    plan_request_init(&request);
    assert_int_equal(plan_request_incoming(&request, "05:00.0"), 0);
    given = answer(&request, false);
    strcpy(dump, kept);
    unlink(name);
    assert_int_equal(given.verdict, PLAN_FITS);
    assert_non_null(strstr(given.text, "stop 0000:01:00.0 at 02.0/00.0\n"));
    assert_non_null(strstr(given.text, "incoming 0000:05:00.0 at 06.0/00.0\n"));
    assert_non_null(strstr(given.text, "move 0000:05:00.0 BAR 0 none -> 0x20000000-0x20003fff"));
    assert_non_null(strstr(given.text, "move 0000:05:00.0 BAR 2 none -> 0x200000000-0x2ffffffff"));
    assert_non_null(strstr(given.text, "move 0000:05:00.0 BAR 4 none -> 0x1000-0x101f"));
}

static void test_refusers(void **state)
{
    PlanRequest request;
    Answer given;

    (void)state;
    request_for(&request, "0000:00:06.0", "4G");
    assert_int_equal(plan_request_refuser(&request, "01:00.0"), 0);
    given = answer(&request, false);
    assert_int_equal(given.verdict, PLAN_FITS);
    assert_non_null(strstr(given.text, "stop 0000:03:00.0 at 04.0/00.0\n"));
    assert_null(strstr(given.text, "stop 0000:01:00.0"));

    assert_int_equal(plan_request_refuser(&request, "03:00.0"), 0);
    given = answer(&request, false);
    assert_string_equal(given.text,
        "verdict blocked\n"
        "reason 0000:01:00.0 would have to be stopped and may not be\n");
}

static void test_no_space(void **state)
{
    PlanRequest request;

    (void)state;
    request_for(&request, "0000:00:06.0", "8G");
    assert_string_equal(answer(&request, false).text,
        "verdict no space\n"
        "reason 0x200000000 bytes are needed in window pref, 0x100000000 are free, "
        "the largest hole has 0x80000000\n"
        "needed 0x200000000, free 0x100000000 in window pref, "
        "largest hole 0x100000000-0x17fffffff\n"
        "its largest BAR could have 0x100000000\n");
    assert_string_equal(answer(&request, true).text,
        "{\"verdict\":\"no space\",\"reason\":\"0x200000000 bytes are needed in window pref, "
        "0x100000000 are free, the largest hole has 0x80000000\",\"exact\":true,"
        "\"short_of\":\"pref\",\"needed\":\"0x200000000\","
        "\"free\":\"0x100000000\",\"largest_hole\":{\"start\":\"0x100000000\","
        "\"end\":\"0x17fffffff\"},\"largest_fit\":\"0x100000000\"}\n");
}

static void test_unknown(void **state)
{
    PlanRequest request;
    Answer given;

    (void)state;
    request_for(&request, "0000:00:1f.0", "4G");
    given = answer(&request, false);
    assert_int_equal(given.result, -ENODEV);
    assert_string_equal(given.why, "0000:00:1f.0: no such bridge");

    plan_request_init(&request);
    assert_int_equal(plan_request_incoming(&request, "09:00.0"), 0);
    given = answer(&request, false);
    assert_int_equal(given.result, -ENODEV);
    assert_string_equal(given.why, "0000:09:00.0: no such function");

    request_for(&request, "0000:00:06.0", "4G");
    assert_int_equal(plan_request_refuser(&request, "09:00.0"), 0);
    given = answer(&request, false);
    assert_int_equal(given.result, -ENODEV);
    assert_string_equal(given.why, "0000:09:00.0: no such function");
}

static void test_sizes(void **state)
{
    static const char *const refused[] = { "", "G", "3G", "8", "4G:", "4G:pref", "4G:mem32", "1X",
                                           "-1G", "16E" };
    PlanRequest request;

    (void)state;
    plan_request_init(&request);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_int_equal(plan_request_size(&request, refused[i]), -EINVAL);
    }
    assert_int_equal(request.wanted.count, 0);
    assert_int_equal(plan_request_size(&request, "1M:mem32"), 0);
    assert_int_equal(request.wanted.items[0].length, 0x100000);
    assert_int_equal(request.wanted.items[0].max, UINT32_MAX);
    assert_int_equal(plan_request_size(&request, "2G:pref64"), 0);
    assert_int_equal(request.wanted.items[1].bar_nr, 1);
    assert_true(request.wanted.items[1].prefetchable);
    assert_int_equal(plan_request_window(&request, "0x2000-0x1000"), -EINVAL);
    assert_int_equal(plan_request_window(&request, "0x1000"), -EINVAL);
    assert_int_equal(plan_request_window(&request, "1000-1fff"), 0);
    assert_int_equal(request.windows[0].range.end, 0x1fff);
}

static void test_resize_text(void **state)
{
    static const char *const refused[] = { "01:00.0", "01:00.0:2", "01:00.0:2=3X", "01:00.0:=1G",
                                           "01:00:2=1G", "01:00.0:2=1G " };
    PlanRequest request;

    (void)state;
    plan_request_init(&request);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_int_equal(plan_request_resize(&request, refused[i]), -EINVAL);
    }
    assert_int_equal(plan_request_resize(&request, "01:00.0:2=8G"), 0);
    assert_int_equal(request.ask.kind, REBALANCE_RESIZE);
    assert_string_equal(request.ask.bdf, "0000:01:00.0");
    assert_int_equal(request.ask.bar_nr, 2);
    assert_int_equal(request.ask.size_bytes, UINT64_C(8) << 30);
    /* one thing at a time */
    assert_int_equal(plan_request_incoming(&request, "02:00.0"), -EINVAL);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        CASE("/plan/fragmented-hole-from-a-capture", test_fragmented_hole),
        CASE("/plan/finds-windows-in-a-capture", test_windows),
        CASE("/plan/newcomer-from-a-capture", test_captured_newcomer),
        CASE("/plan/spares-refusers-and-names-who-blocks", test_refusers),
        CASE("/plan/tells-why-not", test_no_space),
        CASE("/plan/tells-who-is-unknown", test_unknown),
        CASE("/plan/refuses-what-no-bar-can-have", test_sizes),
        CASE("/plan/reads-what-is-to-be-resized", test_resize_text),
    };

    if (argc != 2) {
        return 2;
    }
    snprintf(dump, sizeof(dump), "%s/fragmented.dump", argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
