/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drivers of the kernel as participants, and writes that the kernel may never come back from. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench.h"
#include "bounded-write.h"
#include "participant-kernel.h"

#define TEST_CASE(name, function) { name, function, bench_setup, bench_teardown, NULL }
#define DEVICE "sys/bus/pci/devices/" FAKE_BDF "/"
#define DRIVERS "sys/bus/pci/drivers/"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_CASE("/participant/kernel/unbinds-and-binds", test_kernel_unbinds_and_binds),
        TEST_CASE("/participant/kernel/is-bound-by-the-rescan", test_kernel_rescan_has_bound),
        TEST_CASE("/participant/kernel/does-not-bind", test_kernel_does_not_bind),
        TEST_CASE("/participant/kernel/unbind-hangs", test_kernel_unbind_hangs),
        TEST_CASE("/participant/kernel/refuses-with-a-disk-in-use", test_kernel_disk_in_use),
        TEST_CASE("/participant/kernel/refuses-while-vfio-is-open", test_kernel_vfio_open),
        TEST_CASE("/participant/kernel/agrees-when-another-group-is-open",
                  test_kernel_vfio_open_elsewhere),
        TEST_CASE("/bounded-write/results", test_bounded_write),
        TEST_CASE("/bounded-write/leaves-no-process", test_bounded_write_hangs),
    };

    return cmocka_run_group_tests_name("participant-kernel", tests, NULL, NULL);
}
