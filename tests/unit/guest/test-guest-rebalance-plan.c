/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans for who is there already. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "made-topology.h"
#include "rebalance-plan.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define GIB UINT64_C(0x40000000)
#define HIGH UINT64_C(0x100000000)
#define AT(start_gib, size_gib) range_sized(HIGH + (start_gib) * GIB, (size_gib) * GIB)

static const char refuser[][BDF_SIZE] = { "0000:01:00.0", "0000:03:00.0" };

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

static RebalanceAsk arrival(const char *port, RequirementList *wanted, uint64_t size_bytes)
{
    RebalanceAsk ask = { .kind = REBALANCE_ARRIVAL, .wanted = wanted };

    strcpy(ask.bdf, port);
    wanted->count = 0;
    assert_int_equal(requirement_add(wanted, requirement_memory(0, size_bytes, true, true)), 0);
    return ask;
}

static RebalanceAsk resize(const char *bdf, uint64_t size_bytes)
{
    RebalanceAsk ask = { .kind = REBALANCE_RESIZE, .bar_nr = 2, .size_bytes = size_bytes };

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

static bool removes(const RebalancePlan *plan, const char *path)
{
    for (size_t i = 0; i < plan->removed_count; i++) {
        if (strcmp(plan->removed[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

static void test_incoming(void **state)
{
    RebalanceAsk ask = incoming("0000:05:00.0");
    MadeTopology made;
    RebalancePlan plan;

    (void)state;
    made_fragmented_hole(&made);
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_true(plan.exact);
    assert_false(plan.widened);
    assert_int_equal(plan.scope_count, 1);
    assert_string_equal(plan.scope[0].bdf, "0000:01:00.0");
    assert_string_equal(plan.scope[0].path, "02.0/00.0");
    assert_int_equal(plan.incoming_count, 1);
    assert_string_equal(plan.incoming[0].path, "06.0/00.0");
    assert_int_equal(plan.cost.stops, 1);
    assert_int_equal(plan.cost.bytes, 2 * GIB);
    assert_int_equal(plan.removed_count, 4);
    assert_true(removes(&plan, "06.0"));
    assert_int_equal(address(&plan, "06.0/00.0", 2, WINDOW_PREF)->after.start, HIGH + 4 * GIB);
    assert_int_equal(address(&plan, "02.0/00.0", 2, WINDOW_PREF)->after.start, HIGH);
    assert_int_equal(address(&plan, "04.0/00.0", 2, WINDOW_PREF)->after.start, HIGH + 2 * GIB);
    assert_true(range_is_empty(address(&plan, "06.0", -1, WINDOW_PREF)->before));
    assert_true(rebalance_in_scope(&plan, "0000:01:00.0"));
    assert_false(rebalance_in_scope(&plan, "0000:03:00.0"));
    rebalance_plan_free(&plan);
}

/* Each function of the slot gets its addresses, whichever is asked for; ports get theirs, too */
static void test_slot(void **state)
{
    RebalanceAsk ask = incoming("0000:05:00.1");
    MadeTopology made;
    RebalancePlan plan;
    Function *second;

    (void)state;
    made_fragmented_hole(&made);
    made.functions[7].bars[2].kernel_size_bytes = 2 * GIB;
    second = made_function(&made, "0000:05:00.1", "0000:00:06.0", GIB, range_empty());
    second->bars[0] = (Bar) { .kind = BAR_IO, .kernel_size_bytes = 256, .kernel = range_empty(),
                              .msix_table = range_empty() };
    made.topology.host_windows[1] =
        (HostWindow) { .io = true, .range = range_sized(0x1000, 0x1000) };
    made.topology.host_window_count = 2;
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.incoming_count, 2);
    assert_int_equal(range_size(address(&plan, "06.0/00.0", 2, WINDOW_PREF)->after), 2 * GIB);
    assert_int_equal(range_size(address(&plan, "06.0/00.1", 2, WINDOW_PREF)->after), GIB);
    assert_int_equal(address(&plan, "06.0/00.1", 0, WINDOW_IO)->after.start, 0x1000);
    rebalance_plan_free(&plan);
}

/* Nothing is missing, so there is nothing to do, and who lies elsewhere stays */
static void test_nothing_to_do(void **state)
{
    RebalanceAsk asks[] = { incoming("0000:01:00.0"), resize("0000:01:00.0", 2 * GIB) };
    MadeTopology made;

    (void)state;
    made_fragmented_hole(&made);
    made_resizable(&made.functions[5]);
    for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
        RebalancePlan plan = plan_for(&made, &asks[i]);

        assert_int_equal(plan.verdict, PLAN_FITS);
        assert_int_equal(plan.scope_count, 0);
        assert_int_equal(plan.removed_count, 0);
        assert_string_equal(plan.resized.path, "");
        for (size_t n = 0; n < plan.address_count; n++) {
            assert_true(range_same(plan.addresses[n].before, plan.addresses[n].after));
        }
        rebalance_plan_free(&plan);
    }
}

/* Only windows that nobody uses are in the way */
static void test_nobody_stops(void **state)
{
    RebalanceAsk ask = incoming("0000:05:00.0");
    unsigned stops = 7;
    char why[REBALANCE_WHY_SIZE];
    MadeTopology made;
    RebalancePlan plan;

    (void)state;
    made_fragmented_hole(&made);
    made.functions[5].stopped = true; /* it decodes, and is noted as stopped */
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.scope_count, 0);
    assert_int_equal(plan.cost.bytes, 0);
    assert_true(plan.removed_count > 1);
    assert_int_equal(rebalance_smallest(&made.topology, &ask, &stops, why), 0);
    assert_int_equal(stops, 0);
    rebalance_plan_free(&plan);

    made.functions[7].bars[2].kernel_size_bytes = 8 * GIB;
    stops = 7;
    assert_int_equal(rebalance_smallest(&made.topology, &ask, &stops, why), 1);
    assert_int_equal(stops, 7);
}

/*
 * Were the port found again, its window would have to be 4 GiB and aligned to the newcomer, for
 * which there is no room. As it is the newcomer fits into it.
 */
static void test_fits_as_it_is(void **state)
{
    RequirementList wanted;
    RebalanceAsk ask = arrival("0000:00:03.0", &wanted, 2 * GIB);
    MadeTopology made;
    RebalancePlan plan;

    (void)state;
    made_init(&made, AT(0, 9));
    made_port(&made, "0000:00:02.0", NULL, 1, AT(0, 5));
    made_port(&made, "0000:00:03.0", NULL, 2, AT(5, 3));
    made_function(&made, "0000:01:00.0", "0000:00:02.0", 4 * GIB, AT(0, 4));
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_true(plan.exact);
    assert_int_equal(plan.scope_count, 0);
    assert_int_equal(plan.removed_count, 0);
    assert_int_equal(plan.cost.bridges, 0);
    assert_true(range_same(address(&plan, "03.0/newcomer", 0, WINDOW_PREF)->after, AT(6, 2)));
    assert_true(range_same(address(&plan, "03.0", -1, WINDOW_PREF)->after, AT(5, 3)));
    rebalance_plan_free(&plan);

    /* somebody is in its place: the port has to be found again */
    made_function(&made, "0000:02:00.0", "0000:00:03.0", GIB, AT(6, 1));
    plan = plan_for(&made, &ask);
    assert_true(plan.verdict != PLAN_FITS || plan.removed_count > 0);
    rebalance_plan_free(&plan);
}

/* Three neighbours fill all but the highest place */
static void full_window(MadeTopology *made)
{
    made_init(made, AT(0, 8));
    for (uint64_t n = 0; n < 3; n++) {
        char port[BDF_SIZE];
        char bdf[BDF_SIZE];

        snprintf(port, sizeof(port), "0000:00:%02x.0", (unsigned)n + 2);
        snprintf(bdf, sizeof(bdf), "0000:%02x:00.0", (unsigned)n + 1);
        made_port(made, port, NULL, (int)n + 1, AT(2 * n, 2));
        made_resizable(made_function(made, bdf, port, 2 * GIB, AT(2 * n, 2)));
    }
}

/** A row for each way that a resize can go; the functions are at 0, 2 and 4 GiB, 6 GiB are free */
static const struct {
    const char *name;
    const char *bdf;
    uint64_t size_gib;
    PlanVerdict verdict;
    size_t scope; /* the function itself counts */
    uint64_t start_gib;
} resizes[] = {
    { "grows where it is", "0000:03:00.0", 4, PLAN_FITS, 1, 4 },
    { "a neighbour makes way", "0000:02:00.0", 4, PLAN_FITS, 2, 0 },
    { "shrinks where it is", "0000:02:00.0", 1, PLAN_FITS, 1, 2 },
    { "does not fit", "0000:02:00.0", 8, PLAN_NO_SPACE, 0, 0 },
};

static void test_resize(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(resizes) / sizeof(resizes[0]); i++) {
        RebalanceAsk ask = resize(resizes[i].bdf, resizes[i].size_gib * GIB);
        const RebalanceAddress *found;
        MadeTopology made;
        RebalancePlan plan;

        print_message("# %s\n", resizes[i].name);
        full_window(&made);
        plan = plan_for(&made, &ask);
        assert_int_equal(plan.verdict, resizes[i].verdict);
        assert_int_equal(plan.scope_count, resizes[i].scope);
        if (plan.verdict == PLAN_FITS) {
            assert_true(rebalance_in_scope(&plan, resizes[i].bdf));
            assert_string_equal(plan.resized.bdf, resizes[i].bdf);
            assert_int_equal(plan.resized_bar, 2);
            assert_int_equal(plan.resized_bytes, resizes[i].size_gib * GIB);
            assert_int_equal(plan.incoming_count, 0);
            found = address(&plan, plan.resized.path, 2, WINDOW_PREF);
            assert_int_equal(range_size(found->before), 2 * GIB);
            assert_int_equal(range_size(found->after), resizes[i].size_gib * GIB);
            assert_int_equal(found->after.start, HIGH + resizes[i].start_gib * GIB);
        }
        rebalance_plan_free(&plan);
    }
}

/* On the root bus there is no port to remove: the kernel has to find the function itself again */
static void test_root_bus(void **state)
{
    RebalanceAsk ask = incoming("0000:00:0a.0");
    MadeTopology made;
    RebalancePlan plan;

    (void)state;
    full_window(&made);
    made_function(&made, "0000:00:0a.0", NULL, 2 * GIB, range_empty());
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.removed_count, 1);
    assert_string_equal(plan.removed[0].path, "0a.0");
    assert_true(range_same(address(&plan, "0a.0", 2, WINDOW_PREF)->after, AT(6, 2)));
    rebalance_plan_free(&plan);
}

/* It is stopped in any case, so its other BAR rather makes way than a smaller one of a neighbour */
static void test_own_bar_makes_way(void **state)
{
    RebalanceAsk ask = resize("0000:00:0a.0", 4 * GIB);
    MadeTopology made;
    RebalancePlan plan;
    Function *function;

    (void)state;
    made_init(&made, AT(0, 8));
    function = made_function(&made, "0000:00:0a.0", NULL, 2 * GIB, AT(0, 2));
    made_resizable(function);
    function->bars[4] = (Bar) { .nr = 4, .kind = BAR_MEM64, .prefetchable = true,
                                .kernel = AT(2, 2), .kernel_size_bytes = 2 * GIB,
                                .msix_table = range_empty() };
    made_function(&made, "0000:00:0b.0", NULL, GIB, AT(4, 1));
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.scope_count, 1);
    assert_string_equal(plan.scope[0].path, "0a.0");
    rebalance_plan_free(&plan);
}

/* Ports and functions whose names begin with @bus are below a root bus of this number */
static void root_bus_set(MadeTopology *made, const char *bus, int number)
{
    for (size_t i = 0; i < made->topology.function_count; i++) {
        made->functions[i].bus = strncmp(made->functions[i].bdf, bus, strlen(bus)) ? 0 : number;
    }
    for (size_t i = 0; i < made->topology.bridge_count; i++) {
        made->bridges[i].bus = strncmp(made->bridges[i].bdf, bus, strlen(bus)) ? 0 : number;
    }
}

/* What is free below another host bridge is of no use, and nobody there is in the way */
static void test_host_bridges(void **state)
{
    RebalanceAsk ask = incoming("0000:22:00.0");
    MadeTopology made;
    RebalancePlan plan;

    (void)state;
    made_init(&made, AT(0, 16));
    made.topology.host_windows[1] = (HostWindow) { .bus = 0x20, .range = AT(16, 4) };
    made.topology.host_window_count = 2;
    made_port(&made, "0000:00:02.0", NULL, 1, AT(0, 2));
    made_port(&made, "0000:20:02.0", NULL, 0x21, AT(17, 1));
    made_port(&made, "0000:20:03.0", NULL, 0x22, range_empty());
    made_function(&made, "0000:01:00.0", "0000:00:02.0", 2 * GIB, AT(0, 2));
    made_function(&made, "0000:21:00.0", "0000:20:02.0", GIB, AT(17, 1));
    made_function(&made, "0000:22:00.0", "0000:20:03.0", 2 * GIB, range_empty());
    root_bus_set(&made, "0000:20", 0x20);
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.scope_count, 0);
    assert_true(range_same(address(&plan, "0000:20/03.0/00.0", 2, WINDOW_PREF)->after, AT(18, 2)));
    assert_true(range_same(address(&plan, "02.0/00.0", 2, WINDOW_PREF)->after, AT(0, 2)));
    rebalance_plan_free(&plan);

    made.functions[5].bars[2].kernel_size_bytes = 4 * GIB;
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_NO_SPACE);
    assert_int_equal(plan.shortage.free_bytes, 3 * GIB);
    rebalance_plan_free(&plan);

    /* nobody has told whose the window is, so it is theirs as well */
    made.topology.host_windows[0].bus = TOPOLOGY_ANY_BUS;
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.scope_count, 0);
    rebalance_plan_free(&plan);
    made.topology.host_windows[0].range = AT(0, 5);
    made.topology.host_windows[1].range = AT(17, 1);
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_NO_SPACE);
    rebalance_plan_free(&plan);
}

static void test_wrong_asks(void **state)
{
    struct {
        RebalanceAsk ask;
        int result;
        const char *why;
    } rows[] = {
        { resize("0000:01:00.0", 3 * GIB), -EINVAL,
          "0000:01:00.0 BAR 2: size 0xc0000000 is not among those that it offers" },
        { resize("0000:01:00.0", 4096 * GIB), -EINVAL,
          "0000:01:00.0 BAR 2: size 0x40000000000 is not among those that it offers" },
        { resize("0000:09:00.0", GIB), -ENODEV, "0000:09:00.0: no such function" },
        { incoming("0000:09:00.0"), -ENODEV, "0000:09:00.0: no such function" },
        { resize("0000:01:00.0", GIB), -EINVAL, "0000:01:00.0 BAR 0: not resizable" },
    };
    MadeTopology made;

    (void)state;
    full_window(&made);
    rows[4].ask.bar_nr = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char why[REBALANCE_WHY_SIZE] = "";
        RebalancePlan plan;

        assert_int_equal(rebalance_plan(&made.topology, &rows[i].ask, &plan, why), rows[i].result);
        assert_string_equal(why, rows[i].why);
        rebalance_plan_free(&plan);
    }
}

static void test_refusers(void **state)
{
    RebalanceAsk ask = incoming("0000:05:00.0");
    MadeTopology made;
    RebalancePlan plan;

    (void)state;
    made_fragmented_hole(&made);
    ask.refusers = refuser;
    ask.refuser_count = 1;
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.scope_count, 1);
    assert_string_equal(plan.scope[0].bdf, "0000:03:00.0");
    assert_true(range_same(address(&plan, "02.0/00.0", 2, WINDOW_PREF)->after, AT(6, 2)));
    rebalance_plan_free(&plan);

    ask.refuser_count = 2;
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_BLOCKED);
    assert_int_equal(plan.incoming_count, 1); /* who may decode, and works not even so */
    assert_string_equal(plan.reason, "0000:01:00.0 would have to be stopped and may not be");
    assert_int_equal(plan.removed_count, 0);
    rebalance_plan_free(&plan);

    /* who is to be resized is stopped in any case */
    full_window(&made);
    ask = resize("0000:03:00.0", 4 * GIB);
    ask.refusers = &refuser[1];
    ask.refuser_count = 1;
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_BLOCKED);
    assert_string_equal(plan.reason, "0000:03:00.0 would have to be stopped and may not be");
    rebalance_plan_free(&plan);
}

/*
 * To shrink the window of port 2 would do, but the kernel gives it back its 4 GiB. Whoever is moved
 * in its place stops no more.
 */
static void test_other_than_the_plan(void **state)
{
    RebalanceAsk ask = incoming("0000:03:00.0");
    MadeTopology made;
    RebalancePlan plan;

    (void)state;
    made_init(&made, AT(0, 9));
    made_port(&made, "0000:00:02.0", NULL, 1, AT(0, 4));
    made_port(&made, "0000:00:03.0", NULL, 2, AT(5, 2));
    made_port(&made, "0000:00:04.0", NULL, 3, range_empty());
    made_function(&made, "0000:01:00.0", "0000:00:02.0", GIB, AT(3, 1));
    made_function(&made, "0000:02:00.0", "0000:00:03.0", 2 * GIB, AT(5, 2));
    made_function(&made, "0000:03:00.0", "0000:00:04.0", 2 * GIB, range_empty());
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.scope_count, 1);
    assert_string_equal(plan.scope[0].bdf, "0000:02:00.0");
    assert_false(plan.widened);
    rebalance_plan_free(&plan);

    /* the same for one without a port of its own, which has to be found again */
    made.functions[5].parent = -1;
    strcpy(made.functions[5].bdf, "0000:00:0a.0");
    ask = incoming("0000:00:0a.0");
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.scope_count, 1);
    assert_string_equal(plan.scope[0].bdf, "0000:02:00.0");
    assert_true(removes(&plan, "0a.0"));
    rebalance_plan_free(&plan);
    made.functions[5].parent = 2;
    strcpy(made.functions[5].bdf, "0000:03:00.0");
    ask = incoming("0000:03:00.0");

    /* it may not: now both kept ones would have to, and that one cannot */
    made.topology.host_windows[0].range = AT(0, 6);
    made.bridges[1].windows[WINDOW_PREF].kernel = AT(4, 2);
    made.functions[4].bars[2].kernel = AT(4, 2);
    plan = plan_for(&made, &ask);
    assert_int_equal(plan.verdict, PLAN_NO_REMOVAL);
    assert_non_null(strstr(plan.reason, "the kernel would leave 0000:0"));
    rebalance_plan_free(&plan);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE("/rebalance-plan/newcomer-that-is-there", test_incoming),
        CASE("/rebalance-plan/all-functions-of-the-slot", test_slot),
        CASE("/rebalance-plan/nothing-to-do", test_nothing_to_do),
        CASE("/rebalance-plan/stale-windows-stop-nobody", test_nobody_stops),
        CASE("/rebalance-plan/arrival-that-fits-needs-nothing", test_fits_as_it_is),
        CASE("/rebalance-plan/resize", test_resize),
        CASE("/rebalance-plan/without-a-port-the-function-is-removed", test_root_bus),
        CASE("/rebalance-plan/below-one-of-several-host-bridges", test_host_bridges),
        CASE("/rebalance-plan/own-bar-makes-way-first", test_own_bar_makes_way),
        CASE("/rebalance-plan/refuses-what-cannot-be", test_wrong_asks),
        CASE("/rebalance-plan/spares-refusers-and-names-who-blocks", test_refusers),
        CASE("/rebalance-plan/takes-another-for-the-kernel", test_other_than_the_plan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
