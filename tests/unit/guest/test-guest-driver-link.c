/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line between manager and driver, with a driver process over a function made of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "driver-link.h"
#include "driver-server.h"
#include "fake-back-end.h"
#include "fake-tree.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define LONG_MS 8000

static char reply[DRIVER_LINK_PACKET_SIZE];
static char why[DRIVER_LINK_WHY_SIZE];

/** struct Other - the driver process */
typedef struct Other {
    pid_t pid;
    char name[DRIVER_LINK_PATH_SIZE];
} Other;

static _Noreturn void other_live(const char *name, const char *behaviour)
{
    FunctionDriverSetup setup = {
        .model = driver_model_find("kmdf"),
        .hardware = { .ops = &fake_back_end_ops, .find = fake_find, .root = fake_back_end.root },
        .rate = 100,
    };
    FunctionDriver *driver;
    DriverServer *server;
    char text[BEHAVIOUR_WHY_SIZE];
    bool clean;

    if ((behaviour && behaviour_add(&setup.behaviours, setup.model, behaviour, text) < 0) ||
        function_driver_new(&setup, &driver) < 0 ||
        driver_server_open(name, driver, &server, text) < 0) {
        _exit(1);
    }
    clean = driver_server_run(server, -1) == 0;
    function_driver_free(driver);
    driver_server_close(server);
    clean = clean && fake_back_end.acquired == 0 && !fake_is_mapped();
    _exit(clean ? 0 : 1);
}

static uint64_t deadline(unsigned ms)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec + ms * UINT64_C(1000000);
}

static int connect_to(const Other *other)
{
    int fd;

    while ((fd = driver_link_connect(other->name, deadline(LONG_MS))) == -ENOENT ||
           fd == -ECONNREFUSED) {
        assert_int_equal(waitpid(other->pid, NULL, WNOHANG), 0);
        usleep(1000);
    }
    assert_true(fd >= 0);
    return fd;
}

static int call(int fd, const char *request)
{
    return driver_link_call(fd, request, deadline(LONG_MS), reply, why);
}

static Other other_make(const char *behaviour)
{
    Other other;
    int fd;

    fake_back_end_make();
    assert_int_equal(driver_link_socket(fake_back_end.root, "02.0/00.0", other.name), 0);
    other.pid = fork();
    if (other.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody behind */
        other_live(other.name, behaviour);
    }
    fd = connect_to(&other);
    assert_int_equal(call(fd, "start " FAKE_BDF), 0);
    close(fd);
    return other;
}

static void other_end(Other *other)
{
    int fd = connect_to(other);
    int status;

    assert_int_equal(call(fd, "quit"), 0);
    close(fd);
    assert_int_equal(waitpid(other->pid, &status, 0), other->pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(driver_link_connect(other->name, deadline(LONG_MS)), -ENOENT);
    fake_back_end_free();
}

static void test_identify(void **state)
{
    Other other = other_make(NULL);
    int fd = connect_to(&other);
    char expected[DRIVER_LINK_PATH_SIZE];

    (void)state;
    assert_int_equal(call(fd, "identify"), 0);
    snprintf(expected, sizeof(expected),
             "pid %d\nbdf " FAKE_BDF "\ntag 7\nmodel kmdf\nback-end fake\n", (int)other.pid);
    assert_string_equal(reply, expected);
    close(fd);
    other_end(&other);
}

static void test_requests(void **state)
{
    Other other = other_make(NULL);
    int fd = connect_to(&other);

    (void)state;
    assert_int_equal(call(fd, "query-stop"), 0);
    assert_non_null(strstr(reply, " query-stop function EvtDeviceQueryStop ok"));
    assert_int_equal(call(fd, "stop"), 0);
    assert_non_null(strstr(reply, " stop function EvtDeviceReleaseHardware ok"));
    assert_null(strstr(reply, " query-stop ")); /* only what this request has brought */
    assert_int_equal(call(fd, "stop"), EPROTO);
    assert_string_equal(why, "stop: not allowed when stopped");
    assert_int_equal(call(fd, "start 0000:09:00.0"), EIO);
    assert_string_equal(why, "0000:09:00.0: no such function");
    assert_int_equal(call(fd, "report"), 0);
    assert_non_null(strstr(reply, "\nstate failed\n"));
    assert_non_null(strstr(reply, " query-stop function EvtDeviceQueryStop ok"));
    close(fd);
    other_end(&other);
}

static void test_nonsense(void **state)
{
    static const char *const nonsense[] = { "start", "start x", "stop 0000:01:00.0", "nothing",
                                            "", "report now" };
    Other other = other_make(NULL);
    int fd = connect_to(&other);

    (void)state;
    for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
        if (nonsense[i][0] != '\0') {
            assert_int_equal(call(fd, nonsense[i]), EINVAL);
        }
    }
    close(fd);
    other_end(&other);
}

static void test_refusal(void **state)
{
    Other other = other_make("veto");
    int fd = connect_to(&other);

    (void)state;
    assert_int_equal(call(fd, "query-stop"), EBUSY);
    assert_string_equal(why, "told to refuse");
    close(fd);
    other_end(&other);
}

/* Who waits has a deadline; the others are answered meanwhile, and the request is carried out */
static void test_slow_is_seen_by_the_deadline(void **state)
{
    Other other = other_make("slow=query-stop:400");
    int fd = connect_to(&other);
    int next = connect_to(&other);

    (void)state;
    assert_int_equal(driver_link_call(fd, "query-stop", deadline(50), reply, why), -ETIMEDOUT);
    assert_string_equal(why, "query-stop: no answer in time");
    close(fd);
    assert_int_equal(call(next, "report"), 0);
    assert_non_null(strstr(reply, "\nstate started\n"));
    assert_int_equal(call(next, "stop"), 0); /* after the query, which nobody waits for */
    close(next);
    other_end(&other);
}

static void test_death_is_seen_by_the_caller(void **state)
{
    Other other = other_make("die=stop");
    int fd = connect_to(&other);
    DriverServer *server;
    int status;

    (void)state;
    assert_int_equal(call(fd, "query-stop"), 0);
    assert_int_equal(call(fd, "stop"), -EPIPE);
    assert_string_equal(why, "stop: the driver has gone");
    close(fd);
    assert_int_equal(waitpid(other.pid, &status, 0), other.pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    assert_int_equal(driver_link_connect(other.name, deadline(LONG_MS)), -ECONNREFUSED);
    assert_int_equal(driver_server_open(other.name, NULL, &server, why), 0); /* in its place */
    driver_server_close(server);
    fake_back_end_free();
}

static void test_one_that_takes_no_connections(void **state)
{
    FakeTree tree;
    char name[DRIVER_LINK_PATH_SIZE];
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    int first;
    DriverServer *server;

    (void)state;
    fake_tree_init(&tree);
    fake_tree_write_text(&tree, DRIVER_LINK_FOLDER "/empty", "");
    assert_int_equal(driver_link_socket(tree.root, "02.0/00.0", name), 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", name);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 0), 0);
    first = driver_link_connect(name, deadline(LONG_MS)); /* waits to be taken */
    assert_true(first >= 0);

    assert_int_equal(driver_link_connect(name, deadline(20)), -ETIMEDOUT);
    assert_int_equal(driver_server_open(name, NULL, &server, why), -EADDRINUSE);
    close(first);
    close(listener);
    fake_tree_deinit(&tree);
}

static void test_path_begins_with_another_root_bus(void **state)
{
    static const char device[] = "/sys/devices/pci0000:40/0000:40:01.0/0000:41:00.0";
    FakeTree tree;
    char path[DRIVER_LINK_PATH_SIZE];
    char file[sizeof(device) + sizeof("/enable")];

    (void)state;
    fake_tree_init(&tree);
    snprintf(file, sizeof(file), "%s/enable", device);
    fake_tree_write_text(&tree, file, "0");
    fake_tree_link(&tree, "/sys/bus/pci/devices/0000:41:00.0",
                   "../../../devices/pci0000:40/0000:40:01.0/0000:41:00.0");

    assert_int_equal(driver_link_path(tree.root, "0000:41:00.0", path, sizeof(path)), 0);

    assert_string_equal(path, "0000:40/01.0/00.0");
    fake_tree_deinit(&tree);
}

static void test_clients_that_disappear(void **state)
{
    Other other = other_make(NULL);

    (void)state;
    for (unsigned i = 0; i < 3 * DRIVER_SERVER_CLIENTS_MAX; i++) {
        int fd = connect_to(&other);

        assert_int_equal(send(fd, "report", 6, 0), 6);
        close(fd);
    }
    other_end(&other);
}

static void test_clients_that_stay(void **state)
{
    Other other = other_make(NULL);
    int fds[2 * DRIVER_SERVER_CLIENTS_MAX];
    unsigned count = sizeof(fds) / sizeof(fds[0]);

    (void)state;
    for (unsigned i = 0; i < count; i++) {
        fds[i] = connect_to(&other);
        assert_int_equal(call(fds[i], "identify"), 0);
    }
    assert_int_equal(call(fds[0], "identify"), -EPIPE); /* it had to give way */
    for (unsigned i = 0; i < count; i++) {
        close(fds[i]);
    }
    other_end(&other);
}

static void test_long_trace(void **state)
{
    Other other = other_make(NULL);
    int fd = connect_to(&other);
    char *line;

    (void)state;
    for (unsigned i = 0; i < 400; i++) {
        assert_int_equal(call(fd, "query-stop"), 0);
        assert_int_equal(call(fd, "cancel-stop"), 0);
    }
    assert_int_equal(call(fd, "stop"), EPROTO);
    assert_int_equal(call(fd, "report"), 0);
    line = strstr(reply, "\nomitted ");
    assert_non_null(line);
    assert_null(strstr(reply, " start "));
    assert_non_null(strstr(line, " cancel-stop "));
    assert_int_equal(reply[strlen(reply) - 1], '\n');
    close(fd);
    other_end(&other);
}

static void test_one_driver_for_one_function(void **state)
{
    Other other = other_make(NULL);
    DriverServer *server;

    (void)state;
    assert_int_equal(driver_server_open(other.name, NULL, &server, why), -EADDRINUSE);
    other_end(&other);
}

static void contend(const char *name, int begin_fd, int told_fd)
{
    DriverServer *server;
    char byte;

    if (read(begin_fd, &byte, 1) != 1) {
        _exit(1);
    }
    byte = driver_server_open(name, NULL, &server, why) == 0 ? 'y' : 'n';
    if (write(told_fd, &byte, 1) == 1) {
        pause(); /* whoever has it keeps it until all have tried */
    }
    _exit(1);
}

/* A socket that a dead driver has left is there, and each would take its place */
static void test_one_of_many_at_the_same_time(void **state)
{
    enum { CONTENDERS = 8, ROUNDS = 20 };
    char name[DRIVER_LINK_PATH_SIZE];

    (void)state;
    fake_back_end_make();
    assert_int_equal(driver_link_socket(fake_back_end.root, "02.0/00.0", name), 0);
    for (unsigned round = 0; round < ROUNDS; round++) {
        pid_t children[CONTENDERS];
        char answers[CONTENDERS];
        unsigned winners = 0;
        int begin[2];
        int told[2];

        assert_int_equal(pipe(begin) | pipe(told), 0);
        for (unsigned i = 0; i < CONTENDERS; i++) {
            children[i] = fork();
            if (children[i] == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                contend(name, begin[0], told[1]);
            }
        }
        assert_int_equal(write(begin[1], "12345678", CONTENDERS), CONTENDERS);
        for (unsigned i = 0; i < CONTENDERS; i++) {
            assert_int_equal(read(told[0], &answers[i], 1), 1);
            winners += answers[i] == 'y';
        }
        for (unsigned i = 0; i < CONTENDERS; i++) {
            kill(children[i], SIGKILL);
            waitpid(children[i], NULL, 0);
        }
        for (unsigned i = 0; i < 2; i++) {
            close(begin[i]);
            close(told[i]);
        }
        assert_int_equal(winners, 1);
    }
    unlink(name);
    fake_back_end_free();
}

static int path_count(const char *path, void *data)
{
    if (strcmp(path, "02.0/00.0") == 0) {
        ++*(unsigned *)data;
    }
    return 0;
}

static void test_each(void **state)
{
    Other other = other_make(NULL);
    unsigned count = 0;

    (void)state;
    assert_int_equal(driver_link_each(fake_back_end.root, path_count, &count), 0);
    assert_int_equal(count, 1);
    other_end(&other);
    assert_int_equal(driver_link_each("/nowhere", path_count, &count), 0);
    assert_int_equal(count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("/driver-link/identify", test_identify),
        CASE("/driver-link/requests-and-their-events", test_requests),
        CASE("/driver-link/nonsense-is-refused", test_nonsense),
        CASE("/driver-link/refusal-has-a-reason", test_refusal),
        CASE("/driver-link/slow/seen-by-the-deadline", test_slow_is_seen_by_the_deadline),
        CASE("/driver-link/die/seen-by-the-caller", test_death_is_seen_by_the_caller),
        CASE("/driver-link/takes-no-connections", test_one_that_takes_no_connections),
        CASE("/driver-link/path-begins-with-another-root-bus",
             test_path_begins_with_another_root_bus),
        CASE("/driver-link/clients-may-disappear", test_clients_that_disappear),
        CASE("/driver-link/clients-may-stay", test_clients_that_stay),
        CASE("/driver-link/long-trace-loses-its-beginning", test_long_trace),
        CASE("/driver-link/one-driver-for-one-function", test_one_driver_for_one_function),
        CASE("/driver-link/one-of-many-at-the-same-time", test_one_of_many_at_the_same_time),
        CASE("/driver-link/each-driver-is-found", test_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
