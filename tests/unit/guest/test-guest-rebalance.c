/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who takes part in a rebalance, what the command accepts, and what it writes. */
#include <errno.h>
#include <getopt.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "command.h"
#include "fake-tree.h"
#include "interruption.h"
#include "rebalance-lock.h"
#include "rebalance-print.h"

#define TEST_CASE(name, function) { name, function, setup, teardown, NULL }
#define NEWCOMER "0000:05:00.0"
#define ROOM 4096

/** struct Bench - a rebalance that is over: one function refused, another one was moved */
typedef struct Bench {
    Rebalance rebalance;
    Participant participants[3];
    Member members[3];
    RequestRecord records[2];
    RebalanceMember removed;
    RebalanceAddress moved;
    ReassignDifference difference;
    char text[ROOM];
} Bench;

static void participant_set(Bench *bench, int index, const char *bdf, const char *path)
{
    strcpy(bench->participants[index].bdf, bdf);
    strcpy(bench->participants[index].path, path);
    strcpy(bench->members[index].before, bdf);
}

static int setup(void **state)
{
    Bench *bench = calloc(1, sizeof(*bench));
    Rebalance *rebalance;

    assert_non_null(bench);
    rebalance = &bench->rebalance;
    participant_set(bench, 0, "0000:01:00.0", "01.0/00.0");
    bench->participants[0].refused = true;
    strcpy(bench->participants[0].reason, "a \"stream\" runs");
    strcpy(bench->members[0].driver.model, "acx");
    bench->members[0].tagged = true;
    bench->members[0].tag = 1;
    participant_set(bench, 1, "0000:02:00.0", "02.0/00.0");
    strcpy(bench->participants[1].bdf, "0000:03:00.0");
    bench->participants[1].in_scope = true;
    bench->participants[1].stopped = true;
    bench->participants[1].mapped_after_stop = true;
    participant_set(bench, 2, NEWCOMER, "05.0/00.0");
    bench->participants[2].newcomer = true;
    bench->participants[2].state = PNP_ADDED;

    bench->records[0] = (RequestRecord) { .time_ns = 3500000, .request = PNP_QUERY_STOP,
                                          .status = PNP_STATUS_REFUSED, .bdf = "0000:01:00.0" };
    strcpy(bench->records[0].reason, bench->participants[0].reason);
    bench->records[1] = (RequestRecord) { .time_ns = 5000000, .participant = 1,
                                          .request = PNP_START, .bdf = "0000:03:00.0" };
    strcpy(bench->removed.bdf, "0000:00:02.0");
    bench->moved = (RebalanceAddress) { .bar_nr = 2, .before = { 0x1000, 0x1fff },
                                        .after = { 0x4000, 0x4fff } };
    strcpy(bench->moved.owner.bdf, "0000:02:00.0");
    bench->difference = (ReassignDifference) { .what = "0000:03:00.0 BAR 2",
                                               .predicted = { 0x4000, 0x4fff },
                                               .observed = { 1, 0 } };

    rebalance->begin_ns = 1000000;
    rebalance->smallest_known = true;
    rebalance->smallest_stops = 1;
    rebalance->members = (Members) { bench->participants, bench->members, 3 };
    rebalance->plan = (RebalancePlan) { .exact = true, .cost = { 1, 0x1000, 2 },
                                        .removed = &bench->removed, .removed_count = 1,
                                        .addresses = &bench->moved, .address_count = 1 };
    rebalance->manager.log = (RequestLog) { bench->records, 2, 2 };
    rebalance->manager.attempts = 2;
    rebalance->manager.times = (ManagerTimes) { 1, 2, 3, 4, 12500000 };
    rebalance->reassigned.remove_ns = 5;
    rebalance->reassigned.rescan_ns = 6;
    rebalance->differences = (ReassignDifferences) { &bench->difference, 1 };
    breaches_add(&rebalance->manager.breaches, "somebody");
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static const char *written(Bench *bench, void (*write)(const Rebalance *, FILE *))
{
    FILE *file = fmemopen(bench->text, sizeof(bench->text), "w");

    assert_non_null(file);
    write(&bench->rebalance, file);
    assert_int_equal(fclose(file), 0);
    return bench->text;
}

static void test_text(void **state)
{
    assert_string_equal(
        written(*state, rebalance_print),
        "plan fits\n"
        "scope 1 functions, 0x1000 bytes, 2 bridges\n"
        "move 0000:02:00.0 BAR 2 0x1000-0x1fff -> 0x4000-0x4fff\n"
        "remove 0000:00:02.0\n"
        "    2.500 ms  query-stop           0000:01:00.0  refused: a \"stream\" runs\n"
        "    4.000 ms  start                0000:03:00.0  ok\n"
        "0000:01:00.0 is started\n"
        "0000:02:00.0 is started\n"
        "0000:05:00.0 is added\n"
        "difference: 0000:03:00.0 BAR 2 predicted 0x4000-0x4fff, observed none\n"
        "breach: somebody\n"
        "rebalanced after 12.5 ms\n");
}

static void test_json(void **state)
{
    assert_string_equal(
        written(*state, rebalance_json),
        "{\"result\":\"rebalanced\",\"reason\":null,\"policy\":\"best-effort\",\"attempts\":2,"
        "\"plan\":{\"verdict\":\"fits\",\"exact\":true,\"stops\":1,\"bytes\":\"0x1000\","
        "\"bridges\":2,\"removed\":[\"0000:00:02.0\"]},\"smallest_stops\":1,\"functions\":["
        "{\"path\":\"01.0/00.0\",\"tag\":1,\"before\":\"0000:01:00.0\",\"after\":\"0000:01:00.0\","
        "\"model\":\"acx\",\"in_scope\":false,\"stopped\":false,\"state\":\"started\","
        "\"refused\":true,\"reason\":\"a \\\"stream\\\" runs\",\"mapped_after_stop\":false},"
        "{\"path\":\"02.0/00.0\",\"tag\":null,\"before\":\"0000:02:00.0\","
        "\"after\":\"0000:03:00.0\",\"model\":null,\"in_scope\":true,\"stopped\":true,"
        "\"state\":\"started\",\"refused\":false,\"reason\":null,\"mapped_after_stop\":true},"
        "{\"path\":\"05.0/00.0\",\"tag\":null,\"before\":\"0000:05:00.0\","
        "\"after\":\"0000:05:00.0\",\"model\":null,\"in_scope\":false,\"stopped\":false,"
        "\"state\":\"added\",\"refused\":false,\"reason\":null,\"mapped_after_stop\":false}],"
        "\"requests\":[{\"time_ns\":3500000,\"path\":\"01.0/00.0\",\"bdf\":\"0000:01:00.0\","
        "\"request\":\"query-stop\",\"status\":\"refused\",\"reason\":\"a \\\"stream\\\" runs\"},"
        "{\"time_ns\":5000000,\"path\":\"02.0/00.0\",\"bdf\":\"0000:03:00.0\","
        "\"request\":\"start\",\"status\":\"ok\",\"reason\":null}],"
        "\"differences\":[{\"what\":\"0000:03:00.0 BAR 2\",\"predicted\":\"0x4000-0x4fff\","
        "\"observed\":null}],\"breaches\":[\"somebody\"],"
        "\"times_ns\":{\"plan\":1,\"query\":2,\"stop\":3,\"remove\":5,\"rescan\":6,\"start\":4,"
        "\"total\":12500000}}\n");
}

static void test_results(void **state)
{
    Bench *bench = *state;
    Rebalance *rebalance = &bench->rebalance;

    assert_string_equal(rebalance_result_name(rebalance), "rebalanced");
    bench->participants[1].stopped = false;
    assert_string_equal(rebalance_result_name(rebalance), "settled");
    strcpy(rebalance->plan.resized.path, "02.0/00.0");
    assert_string_equal(rebalance_result_name(rebalance), "resized");
    assert_true(rebalance_is_good(rebalance));

    rebalance->manager.result = MANAGER_REFUSED;
    assert_string_equal(rebalance_result_name(rebalance), "refused");
    rebalance->manager.result = MANAGER_FAILED;
    assert_string_equal(rebalance_result_name(rebalance), "failed");
    assert_false(rebalance_is_good(rebalance));
}

/* There are more than there is room for sentences, and nobody may take them for all */
static void test_breaches(void **state)
{
    Bench *bench = *state;

    for (int i = 0; i <= BREACHES_MAX; i++) {
        breaches_add(&bench->rebalance.manager.breaches, "b");
    }
    assert_non_null(strstr(written(bench, rebalance_json), ",\"b\",\"2 more\"],"));
    assert_non_null(strstr(written(bench, rebalance_print), "breach: b\nbreach: 2 more\n"));
}

/* A sentence that does not fit tells so */
static void test_breach_cut(void **state)
{
    Breaches breaches = { .count = 0 };
    char text[2 * BREACH_SIZE];

    (void)state;
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    breaches_add(&breaches, "%s", text);
    assert_int_equal(strlen(breaches.sentences[0]), BREACH_SIZE - 1);
    assert_string_equal(breaches.sentences[0] + BREACH_SIZE - 5, "a...");
}

/* Without a plan there is nothing to tell of it */
static void test_no_plan(void **state)
{
    Bench *bench = *state;

    bench->rebalance.plan.verdict = PLAN_NO_SPACE;
    bench->rebalance.smallest_known = false;
    assert_non_null(strstr(written(bench, rebalance_json),
                           "\"plan\":null,\"smallest_stops\":null"));
    assert_non_null(strstr(written(bench, rebalance_print), "plan no space\n    2.500 ms"));
}

static Function function_make(const char *bdf, bool decodes)
{
    Function function = { .parent = -1, .on_root_bus = true, .memory_decode = decodes,
                          .class_code = 0x1200 };

    strcpy(function.bdf, bdf);
    function.bars[2].kind = BAR_MEM64;
    return function;
}

/* Who works or arrives takes part; bridges, and who is stopped or was never started, do not */
static void test_members(void **state)
{
    Function functions[] = { function_make("0000:00:01.0", true),
                             function_make("0000:00:02.0", false),
                             function_make("0000:00:03.0", true),
                             function_make("0000:00:04.0", true),
                             function_make("0000:00:05.0", false),
                             function_make("0000:00:06.0", true) };
    Topology topology = { .functions = functions, .function_count = 6 };
    RebalanceMember incoming = { .bdf = "0000:00:05.0" };
    RebalancePlan plan = { .incoming = &incoming, .incoming_count = 1 };
    ConfigSource source = { .root = "/nowhere" };
    Access access = { .context = NULL };
    Members members = { 0 };

    (void)state;
    functions[2].stopped = true;
    functions[3].class_code = 0x0601;
    functions[5].bars[2].kind = BAR_NONE;
    assert_int_equal(members_find(&topology, &plan, &source, &access, &members), 0);
    assert_int_equal(members.count, 3);
    assert_string_equal(members.participants[0].bdf, "0000:00:01.0");
    assert_string_equal(members.participants[0].path, "01.0");
    assert_int_equal(members.participants[0].state, PNP_STARTED);
    assert_true(members.participants[0].has_resources);
    assert_true(members.participants[0].ops == &participant_raw_ops);
    assert_string_equal(members.participants[1].bdf, "0000:00:05.0");
    assert_int_equal(members.participants[1].state, PNP_ADDED);
    assert_true(members.participants[1].newcomer);
    assert_false(members.participants[2].has_resources);

    /* The rescan has found all but one */
    topology.functions++;
    topology.function_count--;
    members_follow(&members, &topology);
    assert_string_equal(members.participants[0].bdf, "");
    assert_string_equal(members.participants[1].bdf, "0000:00:05.0");
    assert_string_equal(members.members[0].before, "0000:00:01.0");
    members_free(&members);
}

/* The kernel's driver is found, and before it a socket, even of a process that has died */
static void test_member_drivers(void **state)
{
    Function function = function_make("0000:00:07.0", true);
    Topology topology = { .functions = &function, .function_count = 1 };
    RebalancePlan plan = { .incoming_count = 0 };
    Access access = { .context = NULL };
    Members members = { 0 };
    ConfigSource source;
    FakeTree tree;

    (void)state;
    fake_tree_init(&tree);
    source = (ConfigSource) { .root = tree.root };
    fake_tree_link(&tree, "sys/bus/pci/devices/0000:00:07.0/driver", "../../drivers/nvme");
    assert_int_equal(members_find(&topology, &plan, &source, &access, &members), 0);
    assert_true(members.participants[0].ops == &participant_kernel_ops);
    assert_string_equal(members.members[0].dead, "");
    members_free(&members);

    fake_tree_write_text(&tree, "run/barshift/drivers/07.0", "");
    assert_int_equal(members_find(&topology, &plan, &source, &access, &members), 0);
    assert_string_equal(members.members[0].dead, "07.0: its driver process has died");
    members_free(&members);
    fake_tree_deinit(&tree);
}

/** struct Again - whether somebody takes START without a stop */
typedef struct Again {
    const char *bdf;
    const ParticipantOps *ops;
    const char *model;
    int result;
} Again;

static const Again agains[] = {
    { "0000:01:00.0", &participant_driver_ops, "wdm", 0 },
    { "0000:01:00.0", &participant_driver_ops, "kmdf", 0 },
    { "0000:01:00.0", &participant_driver_ops, "acx", 0 },
    { "0000:01:00.0", &participant_driver_ops, "ndis", -EINVAL },
    { "0000:01:00.0", &participant_driver_ops, "", -EINVAL },
    { "0000:01:00.0", &participant_kernel_ops, "", -EINVAL },
    { "0000:01:00.0", &participant_raw_ops, "", -EINVAL },
    { "0000:02:00.0", &participant_driver_ops, "kmdf", -ENODEV },
};

static void test_start_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(agains) / sizeof(agains[0]); i++) {
        Participant participant = { .bdf = "0000:01:00.0", .ops = agains[i].ops };
        Member member = { .incoming = false };
        Members members = { .participants = &participant, .members = &member, .count = 1 };
        char why[REBALANCE_WHY_SIZE] = "";

        print_message("# %s %s\n", agains[i].bdf, agains[i].model);
        strcpy(member.driver.model, agains[i].model);
        assert_int_equal(members_start_again(&members, agains[i].bdf, why), agains[i].result);
        assert_int_equal(participant.requirements_changed, agains[i].result == 0);
        assert_int_equal(why[0] != '\0', agains[i].result != 0);
    }
}

/* A process that has the lock, until it is ended; a byte tells that it has it */
static void lock_hold(const char *root, const int *ends)
{
    char why[REBALANCE_WHY_SIZE];

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (rebalance_lock(root, why) >= 0 && write(ends[1], "1", 1) == 1) {
        pause();
    }
    _exit(1);
}

static void test_one_at_a_time(void **state)
{
    char expected[REBALANCE_WHY_SIZE];
    Rebalance rebalance = { .ask.kind = REBALANCE_INCOMING };
    Access access = { .context = NULL };
    char why[REBALANCE_WHY_SIZE];
    ConfigSource source;
    FakeTree tree;
    pid_t other;
    int ends[2];

    (void)state;
    fake_tree_init(&tree);
    source = (ConfigSource) { .root = tree.root };
    rebalance.source = &source;
    strcpy(rebalance.ask.bdf, NEWCOMER);
    assert_int_equal(pipe(ends), 0);
    other = fork();
    if (other == 0) {
        lock_hold(tree.root, ends);
    }
    assert_int_equal(read(ends[0], why, 1), 1);
    assert_int_equal(rebalance_run(&rebalance, &access, why), -EBUSY);
    snprintf(expected, sizeof(expected), "another rebalance is under way: process %d", other);
    assert_string_equal(why, expected);
    rebalance_free(&rebalance);

    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
    assert_int_equal(rebalance_run(&rebalance, &access, why), -ENODEV);
    rebalance_free(&rebalance);
    close(ends[0]);
    close(ends[1]);
    fake_tree_deinit(&tree);
}

static void test_interruption(void **state)
{
    (void)state;
    interruption_begin();
    assert_int_equal(interruption_signal(), 0);
    assert_int_equal(raise(SIGTERM), 0);
    assert_int_equal(raise(SIGINT), 0);
    interruption_end();
    assert_int_equal(interruption_signal(), SIGINT);
    assert_true(signal(SIGTERM, SIG_IGN) == SIG_DFL);

    interruption_begin();
    assert_int_equal(raise(SIGTERM), 0);
    interruption_end();
    assert_int_equal(interruption_signal(), 0);
    assert_true(signal(SIGTERM, SIG_DFL) == SIG_IGN);
}

/* A process that does not even tell its name is asked, and nobody else in its place */
static void test_member_hangs(void **state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    Function function = function_make("0000:00:07.0", true);
    Topology topology = { .functions = &function, .function_count = 1 };
    RebalancePlan plan = { .incoming_count = 0 };
    Access access = { .context = NULL };
    Members members = { 0 };
    ConfigSource source;
    FakeTree tree;
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    (void)state;
    fake_tree_init(&tree);
    source = (ConfigSource) { .root = tree.root };
    fake_tree_write_text(&tree, "run/barshift/drivers/.keep", "");
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/run/barshift/drivers/07.0",
             tree.root);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(members_find(&topology, &plan, &source, &access, &members), 0);
    assert_true(members.participants[0].ops == &participant_driver_ops);
    assert_string_equal(members.members[0].dead, "");
    members_free(&members);
    close(listener);
    fake_tree_deinit(&tree);
}

static void test_usage(void **state)
{
    static const char *const lines[] = {
        "rebalance",
        "rebalance --incoming",
        "rebalance --incoming here",
        "rebalance --incoming 01:00.0 more",
        "rebalance --incoming 01:00.0 --plan file",
        "rebalance --start-again",
        "rebalance --start-again here",
        "rebalance --start-again 01:00.0 more",
        "rebalance --start-again 01:00.0 --incoming 01:00.0",
        "rebalance --resize 01:00.0 bar2",
        "rebalance --resize 01:00.0 bar6 4G",
        "rebalance --resize 01:00.0 bar22 4G",
        "rebalance --resize 01:00.0 bar2 4X",
        "rebalance --incoming 01:00.0 --policy nothing",
        "rebalance --incoming 01:00.0 --deadline 0",
        "rebalance --incoming 01:00.0 --deadline 1s",
        "rebalance --incoming 01:00.0 --deadline nan",
        "rebalance --incoming 01:00.0 --deadline 1e9",
    };

    (void)state;
    opterr = 0;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        char line[128];
        char *words[16];
        int count = 0;

        strcpy(line, lines[i]);
        for (char *word = strtok(line, " "); word; word = strtok(NULL, " ")) {
            words[count++] = word;
        }
        words[count] = NULL;
        print_message("# %s\n", lines[i]);
        optind = 0;
        assert_int_equal(command_rebalance(count, words), EXIT_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_CASE("/rebalance/text/tells-everything", test_text),
        TEST_CASE("/rebalance/text/without-a-plan", test_no_plan),
        TEST_CASE("/rebalance/json/tells-everything", test_json),
        TEST_CASE("/rebalance/breaches/more-than-listed", test_breaches),
        TEST_CASE("/rebalance/breaches/too-long", test_breach_cut),
        TEST_CASE("/rebalance/result/names", test_results),
        TEST_CASE("/rebalance/members/start-again", test_start_again),
        TEST_CASE("/rebalance/members/who-works-or-arrives", test_members),
        TEST_CASE("/rebalance/members/by-who-drives-them", test_member_drivers),
        TEST_CASE("/rebalance/members/driver-that-hangs", test_member_hangs),
        TEST_CASE("/rebalance/lock/one-at-a-time", test_one_at_a_time),
        TEST_CASE("/rebalance/interruption/is-noted", test_interruption),
        TEST_CASE("/rebalance/command/usage", test_usage),
    };

    return cmocka_run_group_tests_name("rebalance", tests, NULL, NULL);
}
