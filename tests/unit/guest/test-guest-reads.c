/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often the machine is read: under emulation each system call has its price. */
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "driver.h"
#include "fake-system.h"
#include "fake-tree.h"

#define CONFIG_SIZE 0x1000
#define HEADER_SIZE 64
#define TEST_CASE(name, function) { name, function, setup, teardown, NULL }

typedef struct Machine {
    FakeTree tree;
    FakeSystem fake;
    ConfigSource source;
} Machine;

typedef struct Reads {
    unsigned opened;             /* files */
    unsigned calls;              /* reads of configuration space */
    unsigned times[CONFIG_SIZE]; /* that each byte of it was read */
} Reads;

static Reads reads;

/* In front of the C library's: libpci's pread() reads configuration space, and nobody else */
ssize_t counted_pread(int fd, void *buffer, size_t length, off_t offset) __asm__("pread");

ssize_t counted_pread(int fd, void *buffer, size_t length, off_t offset)
{
    reads.calls++;
    for (size_t i = 0; i < length && (size_t)offset + i < CONFIG_SIZE; i++) {
        reads.times[(size_t)offset + i]++;
    }
    return syscall(SYS_pread64, fd, buffer, length, offset);
}

int open(const char *path, int flags, ...)
{
    reads.opened++;
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
}

static int setup(void **state)
{
    Machine *machine = calloc(1, sizeof(*machine));

    assert_non_null(machine);
    *state = machine;
    fake_tree_init(&machine->tree);
    fake_system_init(&machine->fake);
    machine->source.root = machine->tree.root;
    return 0;
}

static int teardown(void **state)
{
    Machine *machine = *state;

    fake_tree_deinit(&machine->tree);
    free(machine);
    return 0;
}

/* A root port with a hotplug slot, and nothing behind it */
static void port_add(const Machine *machine, unsigned nr)
{
    const uint8_t config[HEADER_SIZE] = {
        0x36, 0x1b, 0x0c, 0x00, [0x0a] = 0x04, [0x0b] = 0x06, [0x0e] = 1,
        [0x19] = (uint8_t)(0x10 + nr), [0x1a] = (uint8_t)(0x10 + nr),
    };
    char path[PATH_MAX];
    char address[16];

    snprintf(path, sizeof(path), "sys/bus/pci/devices/0000:00:%02x.0/config", nr);
    fake_tree_write(&machine->tree, path, config, sizeof(config));
    snprintf(path, sizeof(path), "sys/bus/pci/slots/%u/address", nr);
    snprintf(address, sizeof(address), "0000:%02x:00\n", 0x10 + nr);
    fake_tree_write_text(&machine->tree, path, address);
}

static Reads machine_read(const Machine *machine, size_t functions)
{
    Topology topology;
    char why[CONFIG_WHY_SIZE];

    memset(&reads, 0, sizeof(reads));
    assert_int_equal(topology_read(&topology, &machine->source, why), 0);
    assert_int_equal(topology.function_count, functions);
    if (functions > 1) {
        assert_string_equal(topology.bridges[0].slot, "1");
    }
    topology_free(&topology);
    return reads;
}

static Reads started_and_stopped(Machine *machine)
{
    char why[DRIVER_WHY_SIZE];

    memset(&reads, 0, sizeof(reads));
    assert_int_equal(driver_start(&machine->source, &machine->fake.access, FAKE_BDF, why), 0);
    assert_int_equal(driver_stop(&machine->source, &machine->fake.access, FAKE_BDF, why), 0);
    return reads;
}

/* The header in one piece, each entry of a list of capabilities once, and nothing but those */
static void test_once(void **state)
{
    Reads seen = machine_read(*state, 1);

    for (unsigned offset = 2; offset < CONFIG_SIZE; offset++) { /* 0: does anybody answer? */
        if (offset < HEADER_SIZE) {
            assert_int_equal(seen.times[offset], 1);
        } else {
            assert_in_range(seen.times[offset], 0, 1);
        }
    }
    assert_int_equal(seen.times[0x80], 1);
    assert_int_equal(seen.times[0x100], 1);
    assert_int_equal(seen.times[HEADER_SIZE], 0);
}

static void test_linear(void **state)
{
    Reads seen[4];

    for (unsigned ports = 0; ports < 4; ports++) {
        if (ports > 0) {
            port_add(*state, ports);
        }
        seen[ports] = machine_read(*state, 1 + ports);
    }
    assert_int_equal(seen[3].calls - seen[2].calls, seen[2].calls - seen[1].calls);
    assert_int_equal(seen[3].opened - seen[2].opened, seen[2].opened - seen[1].opened);
}

static void test_own(void **state)
{
    Reads alone;
    Reads among;

    started_and_stopped(*state); /* the next ones find it stopped */
    alone = started_and_stopped(*state);
    port_add(*state, 1);
    port_add(*state, 2);
    among = started_and_stopped(*state);
    assert_int_not_equal(alone.calls, 0);
    assert_int_equal(among.calls, alone.calls);
    assert_int_equal(among.opened, alone.opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_CASE("/reads/configuration/each-register-once", test_once),
        TEST_CASE("/reads/machine/grow-with-the-functions", test_linear),
        TEST_CASE("/reads/driver/look-at-no-other-function", test_own),
    };

    return cmocka_run_group_tests_name("reads", tests, NULL, NULL);
}
