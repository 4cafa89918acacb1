/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finding, as docs/findings.md has it: a mapping of a sysfs resource file outlives the function,
 * and reaches whoever gets the address next. In a guest with two functions, one of which is made
 * larger, so that it comes first when both ports are assigned anew.
 *
 * The first test that fails on a newer kernel tells that the kernel has mended it.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "registers.h"
#include "sysfs.h"

#define DEVICES "/sys/bus/pci/devices/"
#define LENGTH 0x3000u
#define RAM_WORD 0x2000u /* behind the header */

typedef struct Place {
    const char *bdf;
    const char *port;
    uint32_t tag;
} Place;

/* The one at the lower address is mapped; the other one takes that address when it is larger */
static Place mapped = { "0000:01:00.0", "0000:00:01.0", 1 };
static Place grown = { "0000:02:00.0", "0000:00:02.0", 2 };

static volatile uint8_t *stale; /* of the mapped one, before anything happens to it */
static uint64_t stale_base;
static sigjmp_buf revoked;

static void on_bus_error(int number)
{
    (void)number;
    siglongjmp(revoked, 1);
}

static uint32_t stale_read(unsigned offset)
{
    if (sigsetjmp(revoked, 1) != 0) {
        fail_msg("the mapping was revoked: SIGBUS");
    }
    return *(volatile uint32_t *)(stale + offset);
}

static const char *attribute(const char *bdf, const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), DEVICES "%s/%s", bdf, name);
    return path;
}

static void sysfs_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0) {
        fail_msg("%s: %s", path, strerror(errno));
    }
    close(fd);
}

static volatile uint8_t *bar_map(const char *path)
{
    int fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);
    void *memory = mmap(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    assert_true(fd >= 0 && memory != MAP_FAILED);
    close(fd);
    return memory;
}

static uint64_t base_of(const char *bdf)
{
    SysfsResource resources[SYSFS_RESOURCES_MAX];

    assert_true(sysfs_resources_read("", bdf, resources) > BARSHIFT_MEMORY_BAR);
    return sysfs_resource_range(&resources[BARSHIFT_MEMORY_BAR]).start;
}

static int group_setup(void **state)
{
    (void)state;
    if (base_of(grown.bdf) < base_of(mapped.bdf)) {
        Place other = mapped;

        mapped = grown;
        grown = other;
    }
    signal(SIGBUS, on_bus_error);
    sysfs_write(attribute(mapped.bdf, "enable"), "1");
    stale = bar_map(attribute(mapped.bdf, "resource2"));
    stale_base = base_of(mapped.bdf);
    return 0;
}

/* No signal, whatever answers there now */
static void test_outlives_the_removal(void **state)
{
    (void)state;
    assert_int_equal(stale_read(BARSHIFT_HEADER_TAG), mapped.tag);
    sysfs_write(attribute(grown.bdf, "resource2_resize"), "12");
    sysfs_write(attribute(mapped.port, "remove"), "1");
    sysfs_write(attribute(grown.port, "remove"), "1");
    assert_int_not_equal(access(attribute(mapped.bdf, "resource2"), F_OK), 0);
    stale_read(BARSHIFT_HEADER_TAG);
}

static void test_reads_the_next_function(void **state)
{
    (void)state;
    sysfs_write("/sys/bus/pci/rescan", "1");
    sysfs_write(attribute(grown.bdf, "enable"), "1");
    assert_int_equal(base_of(grown.bdf), stale_base);
    assert_int_equal(stale_read(BARSHIFT_HEADER_TAG), grown.tag);
}

static void test_writes_into_the_next_function(void **state)
{
    volatile uint8_t *next = bar_map(attribute(grown.bdf, "resource2"));

    (void)state;
    *(volatile uint64_t *)(next + RAM_WORD) = 0x11;
    stale_read(RAM_WORD);
    *(volatile uint64_t *)(stale + RAM_WORD) = 0x22;
    assert_int_equal(*(volatile uint64_t *)(next + RAM_WORD), 0x22);
    munmap((void *)(uintptr_t)next, LENGTH);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "stale-map/outlives-the-removal", test_outlives_the_removal, NULL, NULL, NULL },
        { "stale-map/reads-the-next-function", test_reads_the_next_function, NULL, NULL, NULL },
        { "stale-map/writes-into-the-next-function", test_writes_into_the_next_function, NULL,
          NULL, NULL },
    };

    return cmocka_run_group_tests(tests, group_setup, NULL);
}
