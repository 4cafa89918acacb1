/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Driver processes as participants, and functions that nobody drives. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench.h"
#include "driver.h"
#include "fake-system.h"
#include "participant-driver.h"
#include "participant-raw.h"

#define TEST_CASE(name, function) { name, function, bench_setup, bench_teardown, NULL }
#define DEVICE "sys/bus/pci/devices/" FAKE_BDF "/"
#define FUNCTION_PATH "02.0/00.0"
#define SOCKET DRIVER_LINK_FOLDER "/02.0-00.0"

/* Driver processes */

/** struct Answer - what the made-up driver says; NULL as a reply: nothing; "": it dies */
typedef struct Answer {
    const char *request;
    const char *reply;
} Answer;

static const Answer answers[] = {
    { "identify", "0\npid 4711\nbdf " FAKE_BDF "\ntag 1\nmodel portcls\nback-end sysfs\n" },
    { "query-stop", "16 a stream is running\n1 query-stop function PnpQueryStop refused\n" },
    { "cancel-stop", "0\n" },
    { "stop", "71 stop is not allowed here\n" },
    { "start 0000:05:00.0", "0\n" },
    { "surprise-removal", NULL },
    { "query-requirements", "" },
    { "report", "0\npid 4711\nmodel portcls\nstate started\nhandles 3\ncounter handles 9\n" },
};

static void answer(int connection)
{
    char request[DRIVER_LINK_REQUEST_SIZE];
    ssize_t length = recv(connection, request, sizeof(request) - 1, 0);

    request[length > 0 ? length : 0] = '\0';
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (strcmp(request, answers[i].request) != 0) {
            continue;
        }
        if (!answers[i].reply) {
            return;
        }
        if (answers[i].reply[0] == '\0') {
            _exit(0);
        }
        send(connection, answers[i].reply, strlen(answers[i].reply), MSG_NOSIGNAL);
        return;
    }
    send(connection, "22 unknown\n", 11, MSG_NOSIGNAL);
}

static void driver_play(int listener)
{
    for (;;) {
        int connection = accept(listener, NULL, NULL);

        answer(connection); /* kept open: who is asked nothing is not told that it ended */
    }
}

static void driver_begin(Bench *bench)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    fake_tree_write_text(&bench->tree, "run/barshift/drivers/.keep", "");
    snprintf(address.sun_path, sizeof(address.sun_path), "%s%s", bench->tree.root, SOCKET);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 4), 0);
    if (player_begin(bench)) {
        driver_play(listener);
    }
    close(listener);
}

static void driver_open(Bench *bench, ParticipantDriver *driver)
{
    driver_begin(bench);
    assert_int_equal(participant_driver_open(bench->tree.root, FUNCTION_PATH, from_now(LONG_NS),
                                             driver, bench->why), 0);
}

static int driver_ask(Bench *bench, ParticipantDriver *driver, PnpRequest request,
                      uint64_t time_ns)
{
    bench->why[0] = '\0';
    return participant_driver_ops.request(driver, request, "0000:05:00.0", from_now(time_ns),
                                          bench->why);
}

static void test_driver_answers(void **state)
{
    ParticipantDriver driver;
    Bench *bench = *state;

    driver_open(bench, &driver);
    assert_int_equal(driver.pid, 4711);
    assert_string_equal(driver.model, "portcls");
    assert_int_equal(driver_ask(bench, &driver, PNP_CANCEL_STOP, LONG_NS), 0);
    assert_int_equal(driver_ask(bench, &driver, PNP_START, LONG_NS), 0);
    assert_int_equal(driver_ask(bench, &driver, PNP_QUERY_STOP, LONG_NS), -EBUSY);
    assert_string_equal(bench->why, "a stream is running");
    assert_int_equal(driver_ask(bench, &driver, PNP_STOP, LONG_NS), -EIO);
    assert_string_equal(bench->why, "stop is not allowed here");
    assert_int_equal(participant_driver_ops.handles(&driver), 3);
}

/* The answer that never came is not awaited for ever, nor taken for the next one */
static void test_driver_hangs(void **state)
{
    ParticipantDriver driver;
    Bench *bench = *state;

    driver_open(bench, &driver);
    assert_int_equal(driver_ask(bench, &driver, PNP_SURPRISE_REMOVAL, SHORT_NS), -ETIMEDOUT);
    assert_int_equal(driver_ask(bench, &driver, PNP_CANCEL_STOP, LONG_NS), 0);
}

/* It is there and says nothing: it may have the function mapped, so it is who must be asked */
static void test_driver_does_not_identify(void **state)
{
    ParticipantDriver driver = { .pid = 1 };
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    Bench *bench = *state;

    fake_tree_write_text(&bench->tree, "run/barshift/drivers/.keep", "");
    snprintf(address.sun_path, sizeof(address.sun_path), "%s%s", bench->tree.root, SOCKET);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(participant_driver_open(bench->tree.root, FUNCTION_PATH, from_now(SHORT_NS),
                                             &driver, bench->why), -ETIMEDOUT);
    assert_int_equal(driver.pid, 0);
    assert_string_equal(driver.path, FUNCTION_PATH);
    assert_int_equal(driver_ask(bench, &driver, PNP_QUERY_STOP, SHORT_NS), -ETIMEDOUT);
    close(listener);
}

static void test_driver_dies(void **state)
{
    ParticipantDriver driver;
    Bench *bench = *state;

    driver_open(bench, &driver);
    assert_int_equal(driver_ask(bench, &driver, PNP_QUERY_REQUIREMENTS, LONG_NS), -EPIPE);
    assert_string_equal(bench->why, FUNCTION_PATH ": its driver, process 4711, has died");
    player_end(bench);
    assert_int_equal(driver_ask(bench, &driver, PNP_CANCEL_STOP, LONG_NS), -EPIPE);
    assert_int_equal(driver_ask(bench, &driver, PNP_SURPRISE_REMOVAL, LONG_NS), 0);
    assert_int_equal(driver_ask(bench, &driver, PNP_REMOVE, LONG_NS), 0);
    assert_int_equal(participant_driver_ops.handles(&driver), 0);
    assert_int_equal(participant_driver_open(bench->tree.root, FUNCTION_PATH, from_now(LONG_NS),
                                             &driver, bench->why), -EPIPE);
    assert_string_equal(bench->why, FUNCTION_PATH ": its driver process has died");
}

static void test_driver_absent(void **state)
{
    ParticipantDriver driver = { .pid = 1 };
    Bench *bench = *state;

    assert_int_equal(participant_driver_open(bench->tree.root, FUNCTION_PATH, from_now(LONG_NS),
                                             &driver, bench->why), -ENOENT);
    assert_int_equal(driver.pid, 1);
}

/* Functions that nobody drives */

static void test_raw(void **state)
{
    Bench *bench = *state;
    FakeSystem fake;
    ConfigSource source = { .root = bench->tree.root };
    ParticipantRaw raw = { .source = &source, .access = &fake.access };
    const ParticipantOps *ops = &participant_raw_ops;
    char enable[8];

    fake_system_init(&fake);
    assert_int_equal(ops->request(&raw, PNP_QUERY_STOP, FAKE_BDF, 0, bench->why), 0);
    assert_int_equal(ops->request(&raw, PNP_STOP, FAKE_BDF, 0, bench->why), 0);
    assert_int_equal(fake.devices[0].driver_state, BARSHIFT_DRIVER_STOPPED);
    assert_int_equal(ops->request(&raw, PNP_START, FAKE_BDF, 0, bench->why), 0);
    assert_int_equal(fake.devices[0].driver_state, BARSHIFT_DRIVER_STARTED);
    assert_int_equal(ops->request(&raw, PNP_SURPRISE_REMOVAL, "", 0, bench->why), 0);
    assert_int_equal(fake.devices[0].driver_state, BARSHIFT_DRIVER_STARTED);
    assert_int_equal(ops->request(&raw, PNP_SURPRISE_REMOVAL, FAKE_BDF, 0, bench->why), 0);
    fake_tree_read(&bench->tree, DEVICE "enable", enable, sizeof(enable));
    assert_string_equal(enable, "0\n");
}

static void test_raw_fails(void **state)
{
    Bench *bench = *state;
    FakeSystem fake;
    ConfigSource source = { .root = bench->tree.root };
    ParticipantRaw raw = { .source = &source, .access = &fake.access };

    fake_system_init(&fake);
    assert_int_equal(participant_raw_ops.request(&raw, PNP_START, "0000:02:00.0", 0, bench->why),
                     -ENODEV);
    assert_string_equal(bench->why, "0000:02:00.0: no such function");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_CASE("/participant/driver/answers", test_driver_answers),
        TEST_CASE("/participant/driver/hangs", test_driver_hangs),
        TEST_CASE("/participant/driver/dies", test_driver_dies),
        TEST_CASE("/participant/driver/hangs-from-the-beginning",
                  test_driver_does_not_identify),
        TEST_CASE("/participant/driver/is-absent", test_driver_absent),
        TEST_CASE("/participant/raw/stops-and-starts", test_raw),
        TEST_CASE("/participant/raw/says-why-not", test_raw_fails),
    };

    return cmocka_run_group_tests_name("participants", tests, NULL, NULL);
}
