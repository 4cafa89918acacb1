/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which invariants are judged, and which are not, on machines of different layouts. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "judge.h"
#include "verify.h"

#define OUTPUT_SIZE 32768
#define LINES 6
#define ENDED_WITHOUT_TESTS 100
#define BAR(test, nr) test "/0000:01:00.0/bar" #nr "\n"
#define FUNCTION(test) test "/0000:01:00.0\n"

/** struct VerifyRow - a machine, and lines of the TAP that it must have or must not have */
typedef struct VerifyRow {
    const char *name;
    Break *arrange;  /* before the baseline */
    Break *break_it; /* after it */
    bool with_baseline;
    bool was_stopped; /* the second function */
    bool was_forgotten;
    const char *has[LINES];
    const char *lacks[LINES];
    int ended_without_tests; /* 0: there are tests */
    char output[OUTPUT_SIZE];
    int status;
} VerifyRow;

static void io_bars(FakeSystem *fake)
{
    fake_system_add_bar(fake, 0, 1, BAR_IO, FAKE_PORTS(0), 64, BARSHIFT_BACKING_NONE);
    fake_system_add_bar(fake, 0, 4, BAR_IO, FAKE_PORTS(0) + 0x80, 32, BARSHIFT_BACKING_NONE);
}

static void io_moved(FakeSystem *fake)
{
    fake->functions[0].bars[1].config_base += 0x40;
    fake->functions[0].bars[1].kernel = range_sized(FAKE_PORTS(0) + 0x40, 64);
}

static void rom(FakeSystem *fake)
{
    Bar *bar = &fake->functions[0].bars[TOPOLOGY_ROM];

    bar->kind = BAR_ROM;
    bar->kernel = range_sized(FAKE_LOW_BASE(0) + 0x80000, 0x20000);
    bar->kernel_size_bytes = 0x20000;
}

static void complaint(FakeSystem *fake)
{
    strcpy(fake->functions[0].complaint, "list of capabilities: 0x90 points back to 0x80");
}

static void violated(FakeSystem *fake)
{
    fake->functions[0].violations = 1;
}

static void stopped(FakeSystem *fake)
{
    fake->functions[0].stopped = true;
    fake->functions[0].control_known = false;
    fake->devices[0].driver_state = BARSHIFT_DRIVER_STOPPED;
}

/* As an unprivileged user sees it: the serial number cannot be read */
static void no_tags(FakeSystem *fake)
{
    fake->functions[0].tagged = false;
    fake->functions[1].tagged = false;
}

static void no_tags_and_complaint(FakeSystem *fake)
{
    no_tags(fake);
    complaint(fake);
}

/* On no bus for the kernel, and in the machine all the same */
static void unknown(FakeSystem *fake)
{
    fake->topology.function_count = 1;
}

static VerifyRow rows[] = {
    { .name = "/verify/without-baseline/nothing-of-the-past", .arrange = nothing,
      .break_it = nothing,
      .has = { FUNCTION("ok 1 - I1/capabilities"), BAR("I5/reachable", 0),
               BAR("I5/reachable", 2) },
      .lacks = { "I6", "I7", "I8", "I11", "not ok" } },
    { .name = "/verify/with-baseline/quiet-is-judged", .arrange = nothing, .break_it = nothing,
      .with_baseline = true,
      .has = { FUNCTION("I7/quiet"), BAR("I6/preserved", 0), FUNCTION("I11/unharmed") },
      .lacks = { "not ok" } },
    { .name = "/verify/io/header-only-from-64-bytes", .arrange = io_bars, .break_it = nothing,
      .with_baseline = true,
      .has = { BAR("I1/agreed", 1), BAR("I2/contained", 1), BAR("I5/reachable", 1),
               BAR("I6/preserved", 1), BAR("I4/aligned", 4) },
      .lacks = { BAR("I5/reachable", 4), BAR("I6/preserved", 4), "not ok" } },
    { .name = "/verify/io/old-ports-are-not-read", .arrange = io_bars, .break_it = io_moved,
      .with_baseline = true,
      .has = { BAR("I5/reachable", 1) },
      .lacks = { BAR("I8/old-silent", 1) } },
    { .name = "/verify/rom/has-a-place-and-nothing-else", .arrange = nothing, .break_it = rom,
      .with_baseline = true,
      .has = { "I1/agreed/0000:01:00.0/rom\n", "I2/contained/0000:01:00.0/rom\n",
               "I3/disjoint/0000:01:00.0/rom\n", "I4/aligned/0000:01:00.0/rom\n" },
      .lacks = { "I5/reachable/0000:01:00.0/rom", "I6/preserved/0000:01:00.0/rom", "not ok" } },
    { .name = "/verify/capabilities/a-circle-fails", .arrange = nothing, .break_it = complaint,
      .has = { FUNCTION("not ok 1 - I1/capabilities") } },
    { .name = "/verify/quiet/a-violation-fails", .arrange = nothing, .break_it = violated,
      .with_baseline = true,
      .has = { "# 0000:01:00.0: expected no violation since the baseline, observed 1" } },
    { .name = "/verify/stopped/is-not-reachable", .arrange = nothing, .break_it = stopped,
      .with_baseline = true,
      .has = { "# 0000:01:00.0 BAR 2: expected a started function, observed a stopped one",
               "I7/quiet/0000:02:00.0\n" },
      .lacks = { FUNCTION("I7/quiet") } },
    { .name = "/verify/gone/its-old-addresses-are-read", .arrange = nothing, .break_it = unknown,
      .with_baseline = true, .was_stopped = true,
      .has = { "not ok 16 - I5/reachable/0000:02:00.0/bar0\n",
               "I8/old-silent/0000:02:00.0/bar2\n" } },
    { .name = "/verify/forgotten/nothing-of-it-is-read", .arrange = nothing, .break_it = unknown,
      .with_baseline = true, .was_stopped = true, .was_forgotten = true,
      .has = { FUNCTION("I7/quiet") },
      .lacks = { "0000:02:00.0", "not ok" } },
    { .name = "/verify/no-tag/nothing-judged-is-no-success", .arrange = nothing,
      .break_it = no_tags, .ended_without_tests = ENODEV },
    { .name = "/verify/no-tag/a-circle-in-front-of-it-fails", .arrange = nothing,
      .break_it = no_tags_and_complaint,
      .has = { FUNCTION("not ok 1 - I1/capabilities") } },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static _Noreturn void child_run(const VerifyRow *row, int output)
{
    Judged *judged = judged_new(row->arrange);
    VerifyScope scope = { 0 };
    uint32_t second = judged->fake.functions[1].tag;
    int failed;

    dup2(output, STDOUT_FILENO);
    row->break_it(&judged->fake);
    if (row->was_stopped) {
        scope.stopped.tags[scope.stopped.count++] = second;
    }
    if (row->was_forgotten) {
        scope.forgotten.tags[scope.forgotten.count++] = second;
    }
    failed = verify_run(&judged->fake.topology, &judged->fake.access,
                        row->with_baseline ? &judged->before : NULL, &scope);
    fflush(stdout);
    _exit(failed < 0 ? ENDED_WITHOUT_TESTS - failed : failed > 0);
}

/* In a process of its own, for CMocka cannot run a group inside of a test */
static void row_run(VerifyRow *row)
{
    size_t length = 0;
    ssize_t count;
    int status;
    int ends[2];
    pid_t child;

    if (pipe(ends) < 0 || (child = fork()) < 0) {
        abort();
    }
    if (child == 0) {
        close(ends[0]);
        child_run(row, ends[1]);
    }
    close(ends[1]);
    while ((count = read(ends[0], row->output + length, OUTPUT_SIZE - 1 - length)) > 0) {
        length += (size_t)count;
    }
    close(ends[0]);
    waitpid(child, &status, 0);
    row->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_row(void **state)
{
    const VerifyRow *row = *state;

    for (size_t i = 0; i < LINES && row->has[i]; i++) {
        if (!strstr(row->output, row->has[i])) {
            fail_msg("expected %s in:\n%s", row->has[i], row->output);
        }
    }
    for (size_t i = 0; i < LINES && row->lacks[i]; i++) {
        if (strstr(row->output, row->lacks[i])) {
            fail_msg("expected no %s in:\n%s", row->lacks[i], row->output);
        }
    }
    if (row->ended_without_tests != 0) {
        assert_int_equal(row->status, ENDED_WITHOUT_TESTS + row->ended_without_tests);
    } else {
        assert_int_equal(row->status, strstr(row->output, "not ok") != NULL);
    }
}

int main(void)
{
    struct CMUnitTest tests[ROWS] = { 0 };

    fflush(stdout);
    for (size_t i = 0; i < ROWS; i++) {
        row_run(&rows[i]);
        tests[i].name = rows[i].name;
        tests[i].test_func = test_row;
        tests[i].initial_state = &rows[i];
    }
    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
