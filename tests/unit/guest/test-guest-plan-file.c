/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans that were written down, and the machine that they are held against later. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "made-topology.h"
#include "plan-file.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define GIB UINT64_C(0x40000000)
#define HIGH UINT64_C(0x100000000)
#define AT(start_gib, size_gib) range_sized(HIGH + (start_gib) * GIB, (size_gib) * GIB)
#define TEXT_SIZE 4096

static const char refuser[][BDF_SIZE] = { "0000:01:00.0" };

static RebalancePlan plan_for(const MadeTopology *made, const RebalanceAsk *ask)
{
    char why[REBALANCE_WHY_SIZE] = "";
    RebalancePlan plan;

    if (rebalance_plan(&made->topology, ask, &plan, why) != 0) {
        fail_msg("%s", why);
    }
    return plan;
}

static RebalanceAsk incoming(const char *bdf)
{
    RebalanceAsk ask = { .kind = REBALANCE_INCOMING };

    strcpy(ask.bdf, bdf);
    return ask;
}

static const RebalanceAddress *address(const RebalancePlan *plan, const char *path, int bar_nr,
                                       WindowKind kind)
{
    RebalanceAddress wanted = { .bar_nr = bar_nr, .kind = kind };

    strcpy(wanted.owner.path, path);
    return rebalance_address_find(plan, &wanted);
}

static void plan_text(const RebalancePlan *plan, char *text)
{
    FILE *file = fmemopen(text, TEXT_SIZE, "w");

    assert_non_null(file);
    plan_file_write(plan, file);
    fclose(file);
}

static void file_make(const char *text, char *name)
{
    int fd;

    strcpy(name, "/tmp/barshift-plan-XXXXXX");
    fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* Return: what rebalance_plan() returned for a file with this text */
static int text_load(const MadeTopology *made, const char *text, RebalancePlan *plan, char *why)
{
    char name[] = "/tmp/barshift-plan-XXXXXX";
    RebalanceAsk ask = { .kind = REBALANCE_FILE, .file = name };
    int result;

    file_make(text, name);
    result = rebalance_plan(&made->topology, &ask, plan, why);
    unlink(name);
    return result;
}

static void scenario_text(MadeTopology *made, char *text)
{
    RebalanceAsk ask = incoming("0000:05:00.0");
    RebalancePlan plan;

    made_fragmented_hole(made);
    plan = plan_for(made, &ask);
    plan_text(&plan, text);
    rebalance_plan_free(&plan);
}

/* Bus numbers have changed meanwhile, paths have not */
static void test_file(void **state)
{
    char why[REBALANCE_WHY_SIZE] = "";
    char text[TEXT_SIZE] = "";
    char again[TEXT_SIZE] = "";
    MadeTopology made;
    RebalancePlan plan;

    (void)state;
    scenario_text(&made, text);
    assert_int_equal(text_load(&made, text, &plan, why), 0);
    plan_text(&plan, again);
    assert_string_equal(again, text);
    assert_int_equal(address(&plan, "04.0/00.0", 2, WINDOW_PREF)->after.start, HIGH + 2 * GIB);
    rebalance_plan_free(&plan);

    strcpy(made.functions[5].bdf, "0000:21:00.0");
    assert_int_equal(text_load(&made, text, &plan, why), 0);
    assert_true(rebalance_in_scope(&plan, "0000:21:00.0"));
    assert_false(rebalance_in_scope(&plan, "0000:01:00.0"));
    rebalance_plan_free(&plan);
}

static void test_file_is_stale(void **state)
{
    char why[REBALANCE_WHY_SIZE] = "";
    char text[TEXT_SIZE] = "";
    MadeTopology made;
    RebalancePlan plan;

    (void)state;
    scenario_text(&made, text);
    made.functions[5].bars[2].kernel = AT(0, 2);
    assert_int_equal(text_load(&made, text, &plan, why), -ESTALE);
    assert_non_null(strstr(why, "0000:01:00.0: 0x100000000-0x17fffffff now, "
                                "0x280000000-0x2ffffffff when the plan was made"));
    rebalance_plan_free(&plan);

    scenario_text(&made, text);
    made.topology.function_count--;
    assert_int_equal(text_load(&made, text, &plan, why), -ESTALE);
    assert_non_null(strstr(why, "06.0/00.0 (0000:05:00.0 in the plan): no such function now"));
    rebalance_plan_free(&plan);

    /* somebody has come to one of the ports that were empty */
    scenario_text(&made, text);
    made_function(&made, "0000:02:00.0", "0000:00:03.0", GIB, AT(4, 1));
    assert_int_equal(text_load(&made, text, &plan, why), -ESTALE);
    assert_non_null(strstr(why, "0000:02:00.0 works where the plan removes"));
    rebalance_plan_free(&plan);
}

static void test_file_refuser(void **state)
{
    char name[] = "/tmp/barshift-plan-XXXXXX";
    RebalanceAsk ask = { .kind = REBALANCE_FILE, .file = name, .refusers = refuser,
                         .refuser_count = 1 };
    char why[REBALANCE_WHY_SIZE] = "";
    char text[TEXT_SIZE] = "";
    unsigned stops = 0;
    MadeTopology made;
    RebalancePlan plan;

    (void)state;
    scenario_text(&made, text);
    file_make(text, name);
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_BLOCKED);
    assert_string_equal(plan.reason, "0000:01:00.0 would have to be stopped and may not be");
    rebalance_plan_free(&plan);

    /* the machine is asked, not the file */
    ask.refuser_count = 0;
    made.functions[5].stopped = true;
    assert_int_equal(rebalance_smallest(&made.topology, &ask, &stops, why), 0);
    assert_int_equal(stops, 0);
    unlink(name);
}

static void test_no_plan_file(void **state)
{
    static const char *const texts[] = {
        "", "hello\n", "verdict no space\n", "scope 1 functions, 0x0 bytes, 1 bridges\n",
        "verdict fits\nscope 1\n", "verdict fits\nstop 0000:01:00.0\n",
        "verdict fits\nstop 0000:01:00.0 at 02.0/00.0 and more\n",
        "verdict fits\nmove 0000:01:00.0 BAR 9 none -> none at 02.0\n",
        "verdict fits\nmove 0000:01:00.0 BAR 2 none -> 0x2-0x1 at 02.0\n",
        "verdict fits\nmove 0000:01:00.0 BAR 2 none -> at 02.0\n",
        "verdict fits\nwindow 0000:01:00.0 wide none -> none at 02.0\n",
        "verdict fits\nresize 0000:01:00.0 BAR 6 to 0x100000 at 02.0\n",
    };
    RebalanceAsk ask = { .kind = REBALANCE_FILE, .file = "/nonexistent/plan" };
    char why[REBALANCE_WHY_SIZE] = "";
    MadeTopology made;
    RebalancePlan plan;

    (void)state;
    made_fragmented_hole(&made);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (text_load(&made, texts[i], &plan, why) != -EINVAL) {
            fail_msg("taken: %s", texts[i]);
        }
        rebalance_plan_free(&plan);
    }
    assert_int_equal(rebalance_plan(&made.topology, &ask, &plan, why), -ENOENT);
    rebalance_plan_free(&plan);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE("/plan-file/is-read-as-written", test_file),
        CASE("/plan-file/of-another-machine-is-refused", test_file_is_stale),
        CASE("/plan-file/that-stops-a-refuser-is-blocked", test_file_refuser),
        CASE("/plan-file/refuses-what-is-no-plan", test_no_plan_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
