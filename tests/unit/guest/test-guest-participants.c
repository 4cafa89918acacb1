/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The participants of a rebalance: a driver process, a driver of the kernel, nobody. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
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
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "bounded-write.h"
#include "driver.h"
#include "fake-system.h"
#include "fake-tree.h"
#include "participant-driver.h"
#include "participant-kernel.h"
#include "participant-raw.h"

#define TEST_CASE(name, function) { name, function, setup, teardown, NULL }
#define DEVICE "sys/bus/pci/devices/" FAKE_BDF "/"
#define DRIVERS "sys/bus/pci/drivers/"
#define FUNCTION_PATH "02.0/00.0"
#define SOCKET DRIVER_LINK_FOLDER "/02.0-00.0"
#define SHORT_NS UINT64_C(50000000)
#define LONG_NS UINT64_C(20000000000)

/** struct Bench - a tree, and a process that plays the driver or the kernel */
typedef struct Bench {
    FakeTree tree;
    pid_t player;
    char why[PARTICIPANT_WHY_SIZE];
} Bench;

static int setup(void **state)
{
    Bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    fake_tree_init(&bench->tree);
    *state = bench;
    return 0;
}

static void player_end(Bench *bench)
{
    if (bench->player > 0) {
        kill(bench->player, SIGKILL);
        waitpid(bench->player, NULL, 0);
        bench->player = 0;
    }
}

static int teardown(void **state)
{
    Bench *bench = *state;

    player_end(bench);
    fake_tree_deinit(&bench->tree);
    free(bench);
    return 0;
}

/* Return: true in the new process, which must not return into the test */
static bool player_begin(Bench *bench)
{
    bench->player = fork();
    assert_int_not_equal(bench->player, -1);
    if (bench->player == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        return true;
    }
    return false;
}

static uint64_t from_now(uint64_t time_ns)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec + time_ns;
}

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

/* Drivers of the kernel */

static const char *const pipes[] = { DRIVERS "nvme/unbind", DRIVERS "other/unbind",
                                     "sys/bus/pci/drivers_probe" };

#define PIPES (sizeof(pipes) / sizeof(pipes[0]))

/* Binds whom driver_override names, as long as it is no driver called "refuses" */
static void kernel_bind(const Bench *bench)
{
    char driver[64];
    char target[128];

    fake_tree_read(&bench->tree, DEVICE "driver_override", driver, sizeof(driver));
    if (strcmp(driver, "refuses") != 0) {
        snprintf(target, sizeof(target), "../../drivers/%s", driver);
        fake_tree_link(&bench->tree, DEVICE "driver", target);
    }
}

static void kernel_play(const Bench *bench, struct pollfd *files)
{
    char link[PATH_MAX];
    char text[64];

    snprintf(link, sizeof(link), "%s/" DEVICE "driver", bench->tree.root);
    for (;;) {
        poll(files, PIPES, -1);
        for (size_t i = 0; i < PIPES; i++) {
            if ((files[i].revents & POLLIN) == 0 || read(files[i].fd, text, sizeof(text)) <= 0) {
                continue;
            }
            if (i + 1 == PIPES) {
                kernel_bind(bench);
            } else {
                unlink(link);
            }
        }
    }
}

static void kernel_begin(Bench *bench, const char *driver)
{
    struct pollfd files[PIPES];
    char path[PATH_MAX];

    for (size_t i = 0; i < PIPES; i++) {
        fake_tree_write_text(&bench->tree, pipes[i], "");
        snprintf(path, sizeof(path), "%s/%s", bench->tree.root, pipes[i]);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mkfifo(path, 0600), 0);
        files[i] = (struct pollfd) { .fd = open(path, O_RDWR | O_CLOEXEC), .events = POLLIN };
        assert_int_not_equal(files[i].fd, -1);
    }
    snprintf(path, sizeof(path), "../../drivers/%s", driver);
    fake_tree_link(&bench->tree, DEVICE "driver", path);
    fake_tree_write_text(&bench->tree, DEVICE "driver_override", "(null)\n");
    fake_tree_write_text(&bench->tree, "proc/swaps", "");
    fake_tree_write_text(&bench->tree, "proc/self/mountinfo", "");
    if (player_begin(bench)) {
        kernel_play(bench, files);
    }
    for (size_t i = 0; i < PIPES; i++) {
        close(files[i].fd);
    }
}

static int kernel_ask(Bench *bench, ParticipantKernel *kernel, PnpRequest request,
                      uint64_t time_ns)
{
    return participant_kernel_ops.request(kernel, request, FAKE_BDF, from_now(time_ns),
                                          bench->why);
}

static void assert_override(const Bench *bench, const char *expected)
{
    char text[64];

    fake_tree_read(&bench->tree, DEVICE "driver_override", text, sizeof(text));
    assert_string_equal(text, expected);
}

static void test_kernel_unbinds_and_binds(void **state)
{
    ParticipantKernel kernel;
    ParticipantKernel again;
    Bench *bench = *state;

    kernel_begin(bench, "nvme");
    assert_int_equal(participant_kernel_open(bench->tree.root, FAKE_BDF, &kernel), 0);
    assert_string_equal(kernel.driver, "nvme");
    assert_int_equal(kernel_ask(bench, &kernel, PNP_QUERY_STOP, LONG_NS), 0);
    assert_int_equal(kernel_ask(bench, &kernel, PNP_CANCEL_STOP, LONG_NS), 0);
    assert_int_equal(kernel_ask(bench, &kernel, PNP_STOP, LONG_NS), 0);
    assert_int_equal(participant_kernel_open(bench->tree.root, FAKE_BDF, &again), -ENOENT);

    assert_int_equal(kernel_ask(bench, &kernel, PNP_START, LONG_NS), 0);
    assert_int_equal(participant_kernel_open(bench->tree.root, FAKE_BDF, &again), 0);
    assert_string_equal(again.driver, "nvme");
    assert_override(bench, "\n"); /* so that any driver may take it later */
}

/* The kernel has bound by itself after the rescan: the same one, or another one */
static void test_kernel_rescan_has_bound(void **state)
{
    ParticipantKernel kernel = { .driver = "nvme", .override = "vfio-pci" };
    ParticipantKernel again;
    Bench *bench = *state;

    kernel.root = bench->tree.root;
    kernel_begin(bench, "other");
    assert_int_equal(kernel_ask(bench, &kernel, PNP_START, LONG_NS), 0);
    assert_int_equal(participant_kernel_open(bench->tree.root, FAKE_BDF, &again), 0);
    assert_string_equal(again.driver, "nvme");
    assert_override(bench, "vfio-pci");

    fake_tree_write_text(&bench->tree, DEVICE "driver_override", "untouched");
    assert_int_equal(kernel_ask(bench, &kernel, PNP_START, LONG_NS), 0);
    assert_override(bench, "untouched");
}

static void test_kernel_does_not_bind(void **state)
{
    ParticipantKernel kernel = { .driver = "refuses" };
    Bench *bench = *state;

    kernel.root = bench->tree.root;
    kernel_begin(bench, "other");
    assert_int_equal(kernel_ask(bench, &kernel, PNP_START, SHORT_NS), -ETIMEDOUT);
    assert_non_null(strstr(bench->why, FAKE_BDF ": driver refuses: bind"));
    assert_override(bench, "\n");
}

/* Nobody reads the pipe: the write does not return */
static void test_kernel_unbind_hangs(void **state)
{
    ParticipantKernel kernel;
    Bench *bench = *state;

    kernel_begin(bench, "nvme");
    player_end(bench);
    assert_int_equal(participant_kernel_open(bench->tree.root, FAKE_BDF, &kernel), 0);
    assert_int_equal(kernel_ask(bench, &kernel, PNP_STOP, SHORT_NS), -ETIMEDOUT);
    assert_non_null(strstr(bench->why, FAKE_BDF ": driver nvme: unbind: Connection timed out"));
}

static void test_kernel_disk_in_use(void **state)
{
    ParticipantKernel kernel;
    Bench *bench = *state;

    kernel_begin(bench, "nvme");
    fake_tree_write_text(&bench->tree, DEVICE "nvme/nvme0/nvme0n1/dev", "259:0\n");
    fake_tree_link(&bench->tree, "sys/class/block/nvme0n1",
                   "../../bus/pci/devices/" FAKE_BDF "/nvme/nvme0/nvme0n1");
    fake_tree_write_text(&bench->tree, "proc/swaps", "/dev/nvme0n1 partition 1 0 0\n");
    assert_int_equal(participant_kernel_open(bench->tree.root, FAKE_BDF, &kernel), 0);
    assert_int_equal(kernel_ask(bench, &kernel, PNP_QUERY_STOP, LONG_NS), -EBUSY);
    assert_string_equal(bench->why, "/dev/nvme0n1 is swapped to");
}

/* Another target for a link that may be there */
static void relink(const Bench *bench, const char *path, const char *target)
{
    char full[PATH_MAX];

    snprintf(full, sizeof(full), "%s/%s", bench->tree.root, path);
    unlink(full);
    fake_tree_link(&bench->tree, path, target);
}

/* Unbinding would wait until it is closed */
static void test_kernel_vfio_open(void **state)
{
    static const struct {
        const char *target; /* of a descriptor of process 42 */
        int expected;
    } rows[] = {
        { "/dev/vfio/vfio", 0 },
        { "/dev/vfio/7", 0 },
        { "/dev/vfio/5", -EBUSY },
        { "/dev/vfio/devices/vfio1", 0 },
        { "/dev/vfio/devices/vfio0", -EBUSY },
        { "anon_inode:[vfio-device]", -EBUSY }, /* it has closed the group, which may be this one */
        { "/dev/null", 0 },
    };
    ParticipantKernel kernel;
    Bench *bench = *state;

    kernel_begin(bench, "vfio-pci");
    fake_tree_link(&bench->tree, DEVICE "iommu_group", "../../../kernel/iommu_groups/5");
    fake_tree_write_text(&bench->tree, DEVICE "vfio-dev/vfio0/dev", "511:0\n");
    fake_tree_write_text(&bench->tree, "proc/42/comm", "qemu\n");
    assert_int_equal(participant_kernel_open(bench->tree.root, FAKE_BDF, &kernel), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        print_message("# %s\n", rows[i].target);
        relink(bench, "proc/42/fd/3", rows[i].target);
        assert_int_equal(kernel_ask(bench, &kernel, PNP_QUERY_STOP, LONG_NS), rows[i].expected);
        if (rows[i].expected < 0) {
            assert_string_equal(bench->why, "process 42 (qemu) has it open through vfio");
        }
    }
}

/* A device without its group may be anybody's, but not of who has other groups open alone */
static void test_kernel_vfio_open_elsewhere(void **state)
{
    ParticipantKernel kernel;
    Bench *bench = *state;

    kernel_begin(bench, "vfio-pci");
    fake_tree_link(&bench->tree, DEVICE "iommu_group", "../../../kernel/iommu_groups/5");
    fake_tree_link(&bench->tree, "proc/42/fd/3", "/dev/vfio/7");
    fake_tree_link(&bench->tree, "proc/42/fd/4", "anon_inode:[vfio-device]");
    assert_int_equal(participant_kernel_open(bench->tree.root, FAKE_BDF, &kernel), 0);
    assert_int_equal(kernel_ask(bench, &kernel, PNP_QUERY_STOP, LONG_NS), 0);

    fake_tree_link(&bench->tree, "proc/43/fd/3", "/dev/vfio/5");
    assert_int_equal(kernel_ask(bench, &kernel, PNP_QUERY_STOP, LONG_NS), -EBUSY);
    assert_string_equal(bench->why, "process 43 (?) has it open through vfio");

    relink(bench, DEVICE "driver", "../../drivers/nvme");
    assert_int_equal(kernel_ask(bench, &kernel, PNP_QUERY_STOP, LONG_NS), 0);
}

static void test_bounded_write(void **state)
{
    Bench *bench = *state;
    char path[PATH_MAX];
    char text[16];

    fake_tree_write_text(&bench->tree, "file", "");
    snprintf(path, sizeof(path), "%s/file", bench->tree.root);
    assert_int_equal(bounded_write(path, "1", from_now(LONG_NS)), 0);
    fake_tree_read(&bench->tree, "file", text, sizeof(text));
    assert_string_equal(text, "1");
    assert_int_equal(bounded_write("/dev/full", "1", from_now(LONG_NS)), -ENOSPC);
    assert_int_equal(bounded_write("/nowhere/file", "1", from_now(LONG_NS)), -ENOENT);
}

/* Nobody reads the pipe: the process that waits for that is ended, and nothing is left of it */
static void test_bounded_write_hangs(void **state)
{
    Bench *bench = *state;
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/pipe", bench->tree.root);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(bounded_write(path, "1", from_now(SHORT_NS)), -ETIMEDOUT);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
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
        TEST_CASE("/participant/kernel/unbinds-and-binds", test_kernel_unbinds_and_binds),
        TEST_CASE("/participant/kernel/is-bound-by-the-rescan", test_kernel_rescan_has_bound),
        TEST_CASE("/participant/kernel/does-not-bind", test_kernel_does_not_bind),
        TEST_CASE("/participant/kernel/unbind-hangs", test_kernel_unbind_hangs),
        TEST_CASE("/participant/kernel/refuses-with-a-disk-in-use", test_kernel_disk_in_use),
        TEST_CASE("/participant/kernel/refuses-while-vfio-is-open", test_kernel_vfio_open),
        TEST_CASE("/participant/kernel/agrees-when-another-group-is-open",
                  test_kernel_vfio_open_elsewhere),
        TEST_CASE("/participant/raw/stops-and-starts", test_raw),
        TEST_CASE("/participant/raw/says-why-not", test_raw_fails),
        TEST_CASE("/bounded-write/results", test_bounded_write),
        TEST_CASE("/bounded-write/leaves-no-process", test_bounded_write_hangs),
    };

    return cmocka_run_group_tests_name("participants", tests, NULL, NULL);
}
