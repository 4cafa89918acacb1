/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written into sysfs, and in which order, in a folder that looks like it. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake-tree.h"
#include "made-topology.h"
#include "reassign.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define DEVICE "sys/bus/pci/devices/" FAKE_BDF "/"
#define GIB UINT64_C(0x40000000)
#define REBAR_CONTROL_OFFSET 0x118

/** struct World - a machine with one function, and a plan that removes it */
typedef struct World {
    FakeTree tree;
    ConfigSource source;
    Topology topology;
    RebalanceMember member;
    RebalancePlan plan;
    ReassignLimits limits;
    ReassignResult result;
    char why[REASSIGN_WHY_SIZE];
} World;

static void world_init(World *world)
{
    char why[CONFIG_WHY_SIZE];

    memset(world, 0, sizeof(*world));
    world->limits = (ReassignLimits) REASSIGN_LIMITS;
    fake_tree_init(&world->tree);
    fake_tree_write_text(&world->tree, DEVICE "remove", "");
    fake_tree_write_text(&world->tree, "sys/bus/pci/rescan", "");
    world->source = (ConfigSource) { .root = world->tree.root };
    assert_int_equal(topology_read(&world->topology, &world->source, why), 0);
    strcpy(world->member.bdf, FAKE_BDF);
    assert_int_equal(path_name(&world->topology, FAKE_BDF, world->member.path), 0);
    world->plan = (RebalancePlan) { .verdict = PLAN_FITS, .removed = &world->member,
                                    .removed_count = 1 };
}

static void world_deinit(World *world)
{
    reassign_result_free(&world->result);
    topology_free(&world->topology);
    fake_tree_deinit(&world->tree);
}

static int run(World *world)
{
    return reassign_run(&world->source, &world->topology, &world->plan, &world->limits,
                        &world->result, world->why);
}

static void expect_written(const World *world, const char *path, const char *text)
{
    char found[8];

    fake_tree_read(&world->tree, path, found, sizeof(found));
    assert_string_equal(found, text);
}

static unsigned config_word(const World *world, long offset)
{
    unsigned char bytes[4];
    char path[PATH_MAX];
    FILE *file;

    snprintf(path, sizeof(path), "%s/" DEVICE "config", world->tree.root);
    file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    assert_int_equal(fread(bytes, 1, sizeof(bytes), file), sizeof(bytes));
    fclose(file);
    return bytes[0] | (unsigned)bytes[1] << 8 | (unsigned)bytes[2] << 16 | (unsigned)bytes[3] << 24;
}

static unsigned rebar_field(const World *world)
{
    return config_word(world, REBAR_CONTROL_OFFSET) >> 8 & 0x3f;
}

static void test_removes(void **state)
{
    World world;

    (void)state;
    world_init(&world);
    assert_int_equal(run(&world), 0);
    expect_written(&world, DEVICE "remove", "1");
    expect_written(&world, "sys/bus/pci/rescan", "1");
    assert_int_equal(world.result.name_count, 1);
    assert_string_equal(reassign_after(&world.result, FAKE_BDF), FAKE_BDF);
    assert_null(reassign_after(&world.result, "0000:09:00.0"));
    world_deinit(&world);
}

static void test_nothing_to_do(void **state)
{
    World world;

    (void)state;
    world_init(&world);
    world.plan.removed_count = 0;
    assert_int_equal(run(&world), 0);
    expect_written(&world, "sys/bus/pci/rescan", "");
    assert_int_equal(world.result.topology.function_count, 1);
    world_deinit(&world);
}

static void test_no_plan(void **state)
{
    World world;

    (void)state;
    world_init(&world);
    world.plan.verdict = PLAN_BLOCKED;
    strcpy(world.plan.reason, "somebody refuses");
    assert_int_equal(run(&world), -EINVAL);
    assert_string_equal(world.why, "somebody refuses");
    expect_written(&world, DEVICE "remove", "");
    world_deinit(&world);
}

static void test_resizes(void **state)
{
    World world;

    (void)state;
    world_init(&world);
    world.plan.resized = world.member;
    world.plan.resized_bar = 2;
    world.plan.resized_bytes = 4 * GIB;

    /* while it decodes, nothing happens */
    assert_int_equal(run(&world), -EBUSY);
    assert_non_null(strstr(world.why, "BAR 2: size 0x100000000: it still decodes memory"));
    assert_int_equal(rebar_field(&world), 11);
    expect_written(&world, DEVICE "remove", "");
    reassign_result_free(&world.result);

    fake_tree_config(&world.tree, 0x04, 0x00100000);
    assert_int_equal(run(&world), 0);
    assert_int_equal(rebar_field(&world), 12);
    expect_written(&world, DEVICE "remove", "1");
    reassign_result_free(&world.result);

    world.plan.resized_bar = 1;
    assert_int_equal(run(&world), -EINVAL);
    world_deinit(&world);
}

/* The removal fails: the kernel knows the old size and the old address, so they are put back */
static void test_size_undone(void **state)
{
    RebalanceMember nobody = { .bdf = "0000:09:00.0" };
    World world;

    (void)state;
    world_init(&world);
    fake_tree_config(&world.tree, 0x04, 0x00100000);
    world.plan.resized = world.member;
    world.plan.resized_bar = 2;
    world.plan.resized_bytes = 4 * GIB;
    world.plan.removed = &nobody;
    assert_int_equal(world.topology.functions[0].bars[2].config_base, 4 * GIB);
    fake_tree_config(&world.tree, 0x1c, 0x7); /* as if the new size had changed the address */
    assert_int_equal(run(&world), -ENOENT);
    assert_int_equal(rebar_field(&world), 11);
    assert_int_equal(config_word(&world, 0x18), 0x0c);
    assert_int_equal(config_word(&world, 0x1c), 0x1);
    world_deinit(&world);
}

/* What was removed before has to come back */
static void test_error_rescans(void **state)
{
    RebalanceMember members[2] = { { .bdf = FAKE_BDF }, { .bdf = "0000:09:00.0" } };
    World world;

    (void)state;
    world_init(&world);
    world.plan.removed = members;
    world.plan.removed_count = 2;
    assert_int_equal(run(&world), -ENOENT);
    assert_string_equal(world.why, "remove 0000:09:00.0: No such file or directory");
    expect_written(&world, "sys/bus/pci/rescan", "1");
    world_deinit(&world);

    world_init(&world);
    world.plan.removed = &members[1];
    assert_int_equal(run(&world), -ENOENT);
    expect_written(&world, "sys/bus/pci/rescan", "");
    world_deinit(&world);
}

/* Nobody reads from the pipe, so to open it does not return */
static void test_deadline(void **state)
{
    char path[PATH_MAX];
    World world;

    (void)state;
    world_init(&world);
    snprintf(path, sizeof(path), "%s/" DEVICE "remove", world.tree.root);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    world.limits.remove_ms = 50;
    fake_tree_config(&world.tree, 0x04, 0x00100000);
    world.plan.resized = world.member;
    world.plan.resized_bar = 2;
    world.plan.resized_bytes = 4 * GIB;
    assert_int_equal(run(&world), -ETIMEDOUT);
    assert_int_equal(rebar_field(&world), 11); /* it may still be there */
    assert_string_equal(world.why, "remove " FAKE_BDF ": it has not returned");
    expect_written(&world, "sys/bus/pci/rescan", "");
    world_deinit(&world);
}

static void signal_ignore(int number)
{
    (void)number;
}

/* The kernel lets go after a while, and a signal came before that */
static void test_signal(void **state)
{
    struct sigaction action = { .sa_handler = signal_ignore };
    char path[PATH_MAX];
    World world;
    pid_t kernel;

    (void)state;
    world_init(&world);
    snprintf(path, sizeof(path), "%s/" DEVICE "remove", world.tree.root);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    kernel = fork();
    if (kernel == 0) {
        usleep(50000);
        kill(getppid(), SIGUSR1);
        usleep(50000);
        _exit(open(path, O_RDWR) < 0 || pause());
    }
    assert_int_equal(run(&world), 0);
    kill(kernel, SIGKILL);
    waitpid(kernel, NULL, 0);
    world_deinit(&world);
}

static RebalanceAddress predicted(const char *path, int bar_nr, WindowKind kind, Range range)
{
    RebalanceAddress address = { .bar_nr = bar_nr, .kind = kind, .before = range_empty(),
                                 .after = range };

    strcpy(address.owner.path, path);
    strcpy(address.owner.bdf, "0000:77:00.0");
    return address;
}

static void expect_difference(const ReassignDifference *difference, const char *what,
                              Range prediction, Range observed)
{
    assert_string_equal(difference->what, what);
    assert_true(range_same(difference->predicted, prediction));
    assert_true(range_same(difference->observed, observed));
}

static void test_compare(void **state)
{
    RebalanceAddress addresses[] = {
        predicted("02.0", -1, WINDOW_PREF, range_sized(GIB, GIB)),
        predicted("02.0/00.0", 2, WINDOW_PREF, range_sized(GIB, GIB)),
        predicted("03.0/00.0", 2, WINDOW_PREF, range_sized(4 * GIB, GIB)),
        predicted("03.0/00.0", 0, WINDOW_MEM, range_empty()),
    };
    RebalancePlan plan = { .addresses = addresses, .address_count = 4 };
    ReassignDifferences differences;
    MadeTopology made;

    (void)state;
    made_init(&made, range_sized(GIB, 8 * GIB));
    made_port(&made, "0000:00:02.0", NULL, 1, range_sized(GIB, GIB));
    made_function(&made, "0000:01:00.0", "0000:00:02.0", GIB, range_sized(GIB, GIB));
    plan.address_count = 2;
    assert_int_equal(reassign_compare(&plan, &made.topology, &differences), 0);
    assert_int_equal(differences.count, 0);
    reassign_differences_free(&differences);

    /* elsewhere, larger, not expected at all, and gone */
    plan.address_count = 4;
    made.functions[1].bars[2].kernel = range_sized(2 * GIB, GIB);
    made.bridges[0].windows[WINDOW_PREF].kernel = range_sized(GIB, 2 * GIB);
    made.bridges[0].windows[WINDOW_MEM].kernel = range_sized(GIB, 4096);
    assert_int_equal(reassign_compare(&plan, &made.topology, &differences), 0);
    assert_int_equal(differences.count, 4);
    expect_difference(&differences.items[0], "0000:00:02.0 window mem", range_empty(),
                      range_sized(GIB, 4096));
    expect_difference(&differences.items[1], "0000:00:02.0 window pref", range_sized(GIB, GIB),
                      range_sized(GIB, 2 * GIB));
    expect_difference(&differences.items[2], "0000:01:00.0 BAR 2", range_sized(GIB, GIB),
                      range_sized(2 * GIB, GIB));
    expect_difference(&differences.items[3], "0000:77:00.0 BAR 2", range_sized(4 * GIB, GIB),
                      range_empty());
    reassign_differences_free(&differences);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE("/reassign/removes-and-rescans", test_removes),
        CASE("/reassign/leaves-alone-what-needs-nothing", test_nothing_to_do),
        CASE("/reassign/refuses-what-is-no-plan", test_no_plan),
        CASE("/reassign/writes-the-size-first", test_resizes),
        CASE("/reassign/takes-the-size-back-after-an-error", test_size_undone),
        CASE("/reassign/rescans-after-an-error", test_error_rescans),
        CASE("/reassign/does-not-wait-for-ever", test_deadline),
        CASE("/reassign/takes-a-signal-for-no-deadline", test_signal),
        CASE("/reassign/tells-what-is-not-as-predicted", test_compare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
