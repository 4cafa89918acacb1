/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vfio back end in a guest with an IOMMU and three functions: one with MSI-X, one with MSI, one
 * with an interrupt pin. Each test leaves them released, and told nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "held.h"
#include "kernel-driver.h"
#include "mapping.h"
#include "participant-kernel.h"
#include "reset-state.h"
#include "witness.h"

#define FUT "0000:01:00.0"
#define WITH_MSI "0000:02:00.0"
#define WITH_PIN "0000:03:00.0"
#define PORT "0000:00:01.0"
#define MSI_PORT "0000:00:02.0"
#define DEVICES "/sys/bus/pci/devices/"
#define ARRIVAL_MS 2000
#define DEADLINE_S 80

static const BackEndOps *const ops = &back_end_vfio;
static const ConfigSource live = { .root = "" };

/* What there is to know of a function, its headers and control registers read */
static Function look(const char *bdf, const Access *access)
{
    CLEANUP(topology_free) Topology topology;
    char why[CONFIG_WHY_SIZE];
    Function function;

    assert_int_equal(topology_read(&topology, &live, why), 0);
    assert_non_null(topology_find(&topology, bdf));
    function = *topology_find(&topology, bdf);
    witness_function_read(&function, access);
    return function;
}

static void sysfs_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0) {
        fail_msg("%s: %s", path, strerror(errno));
    }
    close(fd);
}

static bool arrives(int fd)
{
    struct pollfd event = { .fd = fd, .events = POLLIN };
    uint64_t count;

    return poll(&event, 1, ARRIVAL_MS) == 1 && read(fd, &count, sizeof(count)) == sizeof(count) &&
           count == 1;
}

static void test_maps_the_function(void **state)
{

    (void)state;
    hold(FUT);
    assert_int_equal(get32(held.control, BARSHIFT_HEADER_MAGIC), BARSHIFT_MAGIC);
    assert_int_equal(get32(held.control, BARSHIFT_HEADER_TAG), 1);
    assert_int_equal(get32(held.header, BARSHIFT_HEADER_BAR), BARSHIFT_MEMORY_BAR);
    put64(held.header, RAM_WORD, 0x1122334455667788);
    assert_int_equal(get64(held.header, RAM_WORD), 0x1122334455667788);
    release();
}

static void test_refuses_what_cannot_be_mapped(void **state)
{
    char why[BACK_END_WHY_SIZE];
    void *memory;

    (void)state;
    hold(FUT);
    assert_int_equal(ops->map(held.back_end, 4, 0, PAGE, &memory, why), -ENXIO);
    assert_int_equal(ops->map(held.back_end, BARSHIFT_CONTROL_BAR, 1 << 20, PAGE, &memory, why),
                     -ENXIO);
    release();
}

static bool maps_have(const char *text)
{
    CLEANUP(file_close) FILE *maps = fopen("/proc/self/maps", "re");
    char line[PATH_MAX + 128];
    bool found = false;

    assert_non_null(maps);
    while (fgets(line, sizeof(line), maps)) {
        found = found || strstr(line, text);
    }
    return found;
}

static bool descriptors_have(const char *text)
{
    CLEANUP(directory_close) DIR *directory = opendir("/proc/self/fd");
    const struct dirent *entry;
    bool found = false;

    assert_non_null(directory);
    while ((entry = readdir(directory))) {
        char target[PATH_MAX] = "";

        if (readlinkat(dirfd(directory), entry->d_name, target, sizeof(target) - 1) > 0) {
            found = found || strstr(target, text);
        }
    }
    return found;
}

static void test_release_leaves_nothing(void **state)
{
    char name[KERNEL_DRIVER_NAME_SIZE];
    char why[BACK_END_WHY_SIZE];
    int fds[2];

    (void)state;
    hold(FUT);
    assert_int_equal(ops->vectors(held.back_end, 2, fds, why), 0);
    assert_true(maps_have("vfio"));
    assert_true(descriptors_have("vfio"));
    assert_true(descriptors_have("eventfd"));
    release();
    assert_false(maps_have("vfio"));
    assert_false(descriptors_have("vfio"));
    assert_false(descriptors_have("eventfd"));
    kernel_driver_name("", FUT, name);
    assert_string_equal(name, "");
}

/* Who unbinds is a child, and must not keep open what it waits for */
static void test_children_have_no_mapping(void **state)
{
    pid_t child;
    int status;

    (void)state;
    hold(FUT);
    assert_true(maps_have("vfio"));
    child = fork();
    if (child == 0) {
        _exit(maps_have("vfio"));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    release();
}

static void test_raises_each_vector(void **state)
{
    char why[BACK_END_WHY_SIZE];
    int fds[BACK_END_VECTORS_MAX];

    (void)state;
    hold(FUT);
    assert_int_equal(ops->vectors(held.back_end, 4, fds, why), 0);
    assert_int_equal(get32(held.control, BARSHIFT_INTERRUPT_MODE), BARSHIFT_INTERRUPT_MSIX);
    for (uint32_t n = 0; n < 4; n++) {
        put32(held.control, BARSHIFT_DOORBELL, n);
        assert_true(arrives(fds[n]));
    }
    /* Fewer, then none: what is off is not sent any more */
    assert_int_equal(ops->vectors(held.back_end, 1, fds, why), 0);
    put32(held.control, BARSHIFT_DOORBELL, 0);
    assert_true(arrives(fds[0]));
    assert_int_equal(ops->vectors(held.back_end, 0, fds, why), 0);
    assert_int_equal(get32(held.control, BARSHIFT_INTERRUPT_MODE), BARSHIFT_INTERRUPT_NONE);
    release();
}

static void test_falls_back_to_msi(void **state)
{
    char why[BACK_END_WHY_SIZE];
    int fds[BACK_END_VECTORS_MAX];

    (void)state;
    hold(WITH_MSI);
    assert_int_equal(ops->vectors(held.back_end, 3, fds, why), -ENOSPC);
    assert_int_equal(ops->vectors(held.back_end, 2, fds, why), 0);
    assert_int_equal(get32(held.control, BARSHIFT_INTERRUPT_MODE), BARSHIFT_INTERRUPT_MSI);
    for (uint32_t n = 0; n < 2; n++) {
        put32(held.control, BARSHIFT_DOORBELL, n);
        assert_true(arrives(fds[n]));
    }
    release();
}

/* The pin is masked when it has been raised; not acknowledged, it is never seen again. */
static void test_falls_back_to_the_pin(void **state)
{
    char why[BACK_END_WHY_SIZE];
    int fds[BACK_END_VECTORS_MAX];

    (void)state;
    hold(WITH_PIN);
    assert_int_equal(ops->vectors(held.back_end, 1, fds, why), 0);
    for (unsigned n = 0; n < 2; n++) {
        put32(held.control, BARSHIFT_DOORBELL, 0);
        assert_true(arrives(fds[0]));
        put32(held.control, BARSHIFT_INTX_STATUS, 1);
        assert_int_equal(ops->acknowledge(held.back_end, 0, why), 0);
    }
    release();
}

static void dma_count(uint64_t address)
{
    put64(held.control, BARSHIFT_DMA_SOURCE, BARSHIFT_DMA_COUNTER);
    put64(held.control, BARSHIFT_DMA_DESTINATION, address);
    put32(held.control, BARSHIFT_DMA_LENGTH, sizeof(uint64_t));
    put32(held.control, BARSHIFT_DMA_VECTOR, BARSHIFT_DMA_NO_VECTOR);
    put32(held.control, BARSHIFT_DMA_COMMAND, BARSHIFT_DMA_COPY);
}

/* What is not mapped any more is refused by the IOMMU, and the memory stays as it was. */
static void test_dma_goes_where_it_is_mapped(void **state)
{
    char why[BACK_END_WHY_SIZE];
    volatile uint64_t *memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void *second = (uint8_t *)(uintptr_t)memory + PAGE;
    uint64_t address, other;

    (void)state;
    hold(FUT);
    assert_int_equal(ops->dma_map(held.back_end, (void *)(uintptr_t)memory, PAGE, &address, why),
                     0);
    assert_int_equal(ops->dma_map(held.back_end, second, PAGE, &other, why), 0);
    assert_int_not_equal(address, other);
    dma_count(address);
    assert_int_equal(*memory, 1);
    dma_count(other);
    assert_int_equal(*(volatile uint64_t *)second, 2);
    assert_int_equal(*memory, 1);
    assert_int_equal(ops->dma_unmap(held.back_end, (void *)(uintptr_t)memory, PAGE, why), 0);
    dma_count(address);
    assert_int_equal(get64(held.control, BARSHIFT_DMA_FAILED), 1);
    assert_int_equal(*memory, 1);
    release();
    munmap((void *)(uintptr_t)memory, 2 * PAGE);
}

/* What vfio's resets take and what they leave: the ground that ResetState stands on. */
static void test_reset_takes_registers_only(void **state)
{

    (void)state;
    hold(FUT);
    put32(held.control, BARSHIFT_DRIVER_STATE, BARSHIFT_DRIVER_STARTED);
    put64(held.control, BARSHIFT_CONTROL_SCRATCH(1), 0x51);
    put64(held.header, BARSHIFT_HEADER_SCRATCH, 0x52);
    put64(held.header, RAM_WORD, 0x53);
    release();
    hold(FUT);
    assert_int_equal(get32(held.control, BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_UNDECLARED);
    assert_int_equal(get64(held.control, BARSHIFT_CONTROL_SCRATCH(1)), 0);
    assert_int_equal(get64(held.header, BARSHIFT_HEADER_SCRATCH), 0);
    assert_int_equal(get64(held.header, RAM_WORD), 0x53);
    release();
}

static void test_state_is_saved_over_resets(void **state)
{
    ResetState saved = { 0 };
    Function function;

    (void)state;
    hold(FUT);
    put64(held.control, BARSHIFT_CONTROL_SCRATCH(1), 0x51);
    put64(held.header, BARSHIFT_HEADER_SCRATCH, 0x52);
    function = look(FUT, &held_access);
    assert_int_equal(reset_state_save(&saved, &held_access, &function), 0);
    release();
    hold(FUT);
    assert_int_equal(reset_state_restore(&saved, &held_access, &function), 0);
    assert_int_equal(get64(held.control, BARSHIFT_CONTROL_SCRATCH(1)), 0x51);
    assert_int_equal(get64(held.header, BARSHIFT_HEADER_SCRATCH), 0x52);
    release();
}

/*
 * The resets are no accesses, but they make the function forget that its driver has stopped: an
 * access after them counts only once it has been told again.
 */
static void test_stopped_is_told_again(void **state)
{
    Access access = mapping_access(live.root);
    Function function = look(FUT, &access);
    uint64_t before = function.violations;

    (void)state;
    assert_true(function.control_known);
    hold(FUT);
    put32(held.control, BARSHIFT_DRIVER_STATE, BARSHIFT_DRIVER_STOPPED);
    release();
    function = look(FUT, &access);
    assert_int_equal(function.driver_state, BARSHIFT_DRIVER_UNDECLARED);
    assert_int_equal(function.violations, before);
    assert_int_equal(reset_state_tell_stopped(&access, &function), 0);
    hold(FUT); /* resets once more, while it is stopped */
    assert_int_equal(get64(held.control, BARSHIFT_VIOLATIONS), before);
    release();
    assert_int_equal(reset_state_tell_stopped(&access, &function), 0);
    function = look(FUT, &access);
    assert_true(function.violations > before);
    hold(FUT);
    release();
}

static uint64_t kernel_base(const char *bdf)
{
    SysfsResource resources[SYSFS_RESOURCES_MAX];

    assert_true(sysfs_resources_read("", bdf, resources) > BARSHIFT_MEMORY_BAR);
    return sysfs_resource_range(&resources[BARSHIFT_MEMORY_BAR]).start;
}

/*
 * Another address: a neighbour that has become larger than the function goes before it when both
 * ports are assigned anew.
 */
static void test_content_is_kept_over_a_move(void **state)
{
    uint64_t before = kernel_base(FUT);

    (void)state;
    hold(FUT);
    put64(held.header, RAM_WORD, 0x54);
    release();
    sysfs_write(DEVICES WITH_MSI "/resource2_resize", "12");
    sysfs_write(DEVICES PORT "/remove", "1");
    sysfs_write(DEVICES MSI_PORT "/remove", "1");
    sysfs_write("/sys/bus/pci/rescan", "1");
    assert_int_not_equal(kernel_base(FUT), before);
    hold(FUT);
    assert_int_equal(get32(held.header, BARSHIFT_HEADER_TAG), 1);
    assert_int_equal(get64(held.header, BARSHIFT_HEADER_ADDRESS),
                     kernel_base(FUT) + BARSHIFT_HEADER_ADDRESS);
    assert_int_equal(get64(held.header, RAM_WORD), 0x54);
    release();
}

/* The kernel asks, and goes on when the function has been let go. */
static void test_lets_go_when_the_kernel_asks(void **state)
{
    struct pollfd asked = { .events = POLLIN };
    pid_t child;
    int status;

    (void)state;
    hold(FUT);
    asked.fd = ops->request_fd(held.back_end);
    assert_true(asked.fd >= 0);
    assert_int_equal(poll(&asked, 1, 0), 0);
    child = fork();
    if (child == 0) { /* no mapping goes along */
        execl("/bin/sh", "sh", "-c", "echo 1 >" DEVICES FUT "/remove", NULL);
        _exit(1);
    }
    assert_int_equal(poll(&asked, 1, ARRIVAL_MS), 1);
    assert_int_equal(access(DEVICES FUT, F_OK), 0);
    assert_int_equal(waitpid(child, &status, WNOHANG), 0);
    release();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_not_equal(access(DEVICES FUT, F_OK), 0);
    sysfs_write("/sys/bus/pci/rescan", "1");
    hold(FUT);
    assert_int_equal(get32(held.header, BARSHIFT_HEADER_TAG), 1);
    release();
}

static void test_two_cannot_have_it(void **state)
{
    BackEnd *second;
    char why[BACK_END_WHY_SIZE] = "";

    (void)state;
    hold(FUT);
    assert_int_equal(ops->acquire(FUT, &second, why), -EBUSY);
    assert_non_null(strstr(why, FUT));
    assert_int_equal(get32(held.control, BARSHIFT_HEADER_MAGIC), BARSHIFT_MAGIC);
    release();
}

static uint64_t in_10_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return ((uint64_t)now.tv_sec + 10) * UINT64_C(1000000000);
}

/* An unbind would wait until it is closed, so the manager must not come to a stop */
static void test_who_has_it_open_refuses(void **state)
{
    ParticipantKernel kernel;
    char why[PARTICIPANT_WHY_SIZE] = "";
    char expected[64];

    (void)state;
    hold(FUT);
    snprintf(expected, sizeof(expected), "process %d (in-guest-test) ", getpid());
    assert_int_equal(participant_kernel_open("", FUT, &kernel), 0);
    assert_int_equal(participant_kernel_ops.request(&kernel, PNP_QUERY_STOP, FUT, in_10_s(), why),
                     -EBUSY);
    assert_ptr_equal(strstr(why, expected), why);
    release();

    assert_int_equal(kernel_driver_bind("", FUT, "vfio-pci", 10000, why), 0);
    assert_int_equal(participant_kernel_ops.request(&kernel, PNP_QUERY_STOP, FUT, in_10_s(), why),
                     0);
    assert_int_equal(participant_kernel_ops.request(&kernel, PNP_STOP, FUT, in_10_s(), why), 0);
}

static void test_names_what_is_missing(void **state)
{
    BackEnd *back_end;
    char why[BACK_END_WHY_SIZE] = "";

    (void)state;
    assert_true(ops->acquire("0000:77:00.0", &back_end, why) < 0);
    assert_non_null(strstr(why, "0000:77:00.0"));
}

#define TEST_CASE(name, function) { name, function, NULL, held_teardown, NULL }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST_CASE("vfio/maps-the-function", test_maps_the_function),
        TEST_CASE("vfio/refuses-what-cannot-be-mapped", test_refuses_what_cannot_be_mapped),
        TEST_CASE("vfio/release-leaves-nothing", test_release_leaves_nothing),
        TEST_CASE("vfio/children-have-no-mapping", test_children_have_no_mapping),
        TEST_CASE("vfio/raises-each-vector", test_raises_each_vector),
        TEST_CASE("vfio/falls-back-to-msi", test_falls_back_to_msi),
        TEST_CASE("vfio/falls-back-to-the-pin", test_falls_back_to_the_pin),
        TEST_CASE("vfio/dma-goes-where-it-is-mapped", test_dma_goes_where_it_is_mapped),
        TEST_CASE("vfio/reset-takes-registers-only", test_reset_takes_registers_only),
        TEST_CASE("vfio/state-is-saved-over-resets", test_state_is_saved_over_resets),
        TEST_CASE("vfio/stopped-is-told-again", test_stopped_is_told_again),
        TEST_CASE("vfio/content-is-kept-over-a-move", test_content_is_kept_over_a_move),
        TEST_CASE("vfio/lets-go-when-the-kernel-asks", test_lets_go_when_the_kernel_asks),
        TEST_CASE("vfio/two-cannot-have-it", test_two_cannot_have_it),
        TEST_CASE("vfio/who-has-it-open-refuses", test_who_has_it_open_refuses),
        TEST_CASE("vfio/names-what-is-missing", test_names_what_is_missing),
    };

    alarm(DEADLINE_S);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
