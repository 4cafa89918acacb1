/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a driver tells its function, and that a stopped function is left alone. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "content.h"
#include "driver.h"
#include "fake-system.h"
#include "fake-tree.h"
#include "stop-note.h"
#include "witness.h"

#define NOTE "run/barshift/stopped-1"
#define DEVICE "sys/bus/pci/devices/" FAKE_BDF "/"
#define TEST_CASE(name, function) { name, function, setup, teardown, NULL }

/** struct Machine - the program's files in a tree, the device behind the BARs made up */
typedef struct Machine {
    FakeTree tree;
    FakeSystem fake;
    ConfigSource source;
    char why[DRIVER_WHY_SIZE];
} Machine;

static int setup(void **state)
{
    Machine *machine = calloc(1, sizeof(*machine));

    assert_non_null(machine);
    *state = machine;
    fake_tree_init(&machine->tree);
    fake_system_init(&machine->fake);
    machine->fake.devices[0].driver_state = BARSHIFT_DRIVER_UNDECLARED;
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

static FakeDevice *device_of(Machine *machine)
{
    return &machine->fake.devices[0];
}

static int start(Machine *machine)
{
    return driver_start(&machine->source, &machine->fake.access, FAKE_BDF, machine->why);
}

static int stop(Machine *machine)
{
    return driver_stop(&machine->source, &machine->fake.access, FAKE_BDF, machine->why);
}

/* Reads everything that "map", "record" and "verify" read first; the caller frees */
static const Function *look(Machine *machine, Topology *topology)
{
    char why[CONFIG_WHY_SIZE];

    assert_int_equal(topology_read(topology, &machine->source, why), 0);
    witness_read(topology, &machine->fake.access);
    return topology_find_tag(topology, 1);
}

static void assert_file(const Machine *machine, const char *path, const char *expected)
{
    char text[64];

    fake_tree_read(&machine->tree, path, text, sizeof(text));
    assert_string_equal(text, expected);
}

static void assert_declared(const Machine *machine, size_t count, const uint64_t *states)
{
    assert_int_equal(machine->fake.devices[0].declared_count, count);
    assert_memory_equal(machine->fake.devices[0].declared, states, count * sizeof(*states));
}

static void test_start(void **state)
{
    static const uint64_t states[] = { BARSHIFT_DRIVER_STARTED };
    Machine *machine = *state;

    fake_tree_write_text(&machine->tree, DEVICE "enable", "0\n");
    assert_int_equal(start(machine), 0);
    assert_file(machine, DEVICE "enable", "1\n");
    assert_declared(machine, 1, states);

    /* A second record in the ledger would be harm to a function that is out of scope */
    assert_int_equal(start(machine), 0);
    assert_declared(machine, 1, states);
}

static void test_stop(void **state)
{
    static const uint64_t states[] = { BARSHIFT_DRIVER_STARTED, BARSHIFT_DRIVER_STOP_PENDING,
                                       BARSHIFT_DRIVER_STOPPED };
    Machine *machine = *state;

    assert_int_equal(start(machine), 0);
    assert_int_equal(stop(machine), 0);
    assert_declared(machine, 3, states);
    assert_file(machine, DEVICE "enable", "0\n");
    assert_file(machine, NOTE, "control 0\n");
}

/* It goes on decoding, and the made-up device counts every access as the real one does */
static void test_stopped_is_left_alone(void **state)
{
    Machine *machine = *state;
    Topology topology;
    const Function *function;

    assert_int_equal(start(machine), 0);
    assert_int_equal(stop(machine), 0);
    function = look(machine, &topology);
    assert_true(function->memory_decode);
    assert_true(function->stopped);
    assert_false(function->bars[0].header.seen);
    assert_false(function->control_known);
    topology_free(&topology);

    assert_int_equal(stop(machine), 0);
    assert_int_equal(driver_fill(&machine->source, &machine->fake.access, FAKE_BDF, machine->why),
                     -EIO);
    assert_int_equal(device_of(machine)->violations, 0);

    /* Without the note nobody would know */
    assert_int_equal(stop_note_remove(machine->tree.root, 1), 0);
    look(machine, &topology);
    topology_free(&topology);
    assert_int_not_equal(device_of(machine)->violations, 0);
}

static void test_start_again(void **state)
{
    static const uint64_t states[] = { BARSHIFT_DRIVER_STARTED, BARSHIFT_DRIVER_STOP_PENDING,
                                       BARSHIFT_DRIVER_STOPPED, BARSHIFT_DRIVER_STARTED };
    Machine *machine = *state;
    Topology topology;

    assert_int_equal(start(machine), 0);
    assert_int_equal(stop(machine), 0);
    assert_int_equal(start(machine), 0);
    assert_declared(machine, 4, states);
    assert_file(machine, NOTE, "");
    assert_true(look(machine, &topology)->control_known);
    topology_free(&topology);
    assert_int_equal(device_of(machine)->violations, 0);
}

/* Nobody answers after the move: that is I5's to say */
static void test_start_dead(void **state)
{
    Machine *machine = *state;

    assert_int_equal(stop(machine), 0);
    device_of(machine)->tag = 0;
    assert_int_equal(start(machine), 0);
    assert_file(machine, NOTE, "");
}

static void test_start_without_control(void **state)
{
    Machine *machine = *state;

    fake_tree_write_text(&machine->tree, DEVICE "enable", "0\n");
    device_of(machine)->tag = 0;
    assert_int_equal(start(machine), -EIO);
    assert_string_equal(machine->why, FAKE_BDF ": expected control registers in one of its BARs, "
                                               "observed none");
    assert_file(machine, DEVICE "enable", "0\n");
}

static void test_start_other_version(void **state)
{
    Machine *machine = *state;

    device_of(machine)->version = 1;
    assert_int_equal(start(machine), -EIO);
    assert_string_equal(machine->why, FAKE_BDF " BAR 0: its header has version 1, which is not "
                                               "understood; expected 2");
}

static void test_start_not_decoding(void **state)
{
    Machine *machine = *state;

    fake_tree_config(&machine->tree, 0x04, 0x00100001);
    assert_int_equal(start(machine), -EIO);
    assert_string_equal(machine->why,
                        FAKE_BDF ": expected memory decode on after enabling, observed off");
}

/* An I/O BAR beside the memory BARs needs a bit of its own */
static void test_start_io_not_decoding(void **state)
{
    Machine *machine = *state;

    fake_tree_config(&machine->tree, 0x04, 0x00100002);
    assert_int_equal(start(machine), 0);
    fake_tree_config(&machine->tree, 0x14, 0x00001001);
    fake_tree_write_text(&machine->tree, DEVICE "resource",
                         "0x00000000fe800000 0x00000000fe803fff 0x0000000000040200\n"
                         "0x0000000000001000 0x000000000000107f 0x0000000000040101\n"
                         "0x0000000100000000 0x000000017fffffff 0x000000000014220c\n");
    assert_int_equal(start(machine), -EIO);
    assert_string_equal(machine->why,
                        FAKE_BDF ": expected I/O decode on after enabling, observed off");
}

/* The kernel has given up on the control BAR, which now reads 0; the note remembers it */
static void test_start_forgotten_control(void **state)
{
    Machine *machine = *state;

    assert_int_equal(stop(machine), 0);
    fake_tree_config(&machine->tree, 0x10, 0);
    fake_tree_write_text(&machine->tree, DEVICE "resource",
                         "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                         "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                         "0x0000000100000000 0x000000017fffffff 0x000000000014220c\n");
    assert_int_equal(start(machine), -ENXIO);
    assert_string_equal(machine->why, FAKE_BDF " BAR 0: expected an address, observed none");
    assert_file(machine, NOTE, "control 0\n");
    assert_int_equal(device_of(machine)->violations, 0);
}

/* The kernel refuses: "enable" is no number that it could have written */
static void test_stop_refused(void **state)
{
    static const uint64_t states[] = { BARSHIFT_DRIVER_STARTED, BARSHIFT_DRIVER_STOP_PENDING,
                                       BARSHIFT_DRIVER_STOPPED, BARSHIFT_DRIVER_STARTED };
    Machine *machine = *state;

    assert_int_equal(start(machine), 0);
    fake_tree_write_text(&machine->tree, DEVICE "enable", "busy\n");
    assert_int_equal(stop(machine), -EINVAL);
    assert_declared(machine, 4, states);
    assert_file(machine, NOTE, "");
}

static void test_stop_without_note(void **state)
{
    Machine *machine = *state;

    fake_tree_write_text(&machine->tree, "run", "a file in the way");
    assert_int_equal(stop(machine), -ENOTDIR);
    assert_int_equal(device_of(machine)->declared_count, 0);
    assert_file(machine, DEVICE "enable", "1\n");
    assert_non_null(strstr(machine->why, "cannot be noted as stopped"));
}

static void test_stop_untold(void **state)
{
    Machine *machine = *state;

    fake_tree_config(&machine->tree, 0x04, 0x00100000); /* nothing decodes */
    assert_int_equal(stop(machine), 0);
    assert_file(machine, NOTE, "control -1\n");
    assert_int_equal(device_of(machine)->declared_count, 0);

    fake_tree_config(&machine->tree, 0x04, 0x00100003);
    assert_int_equal(start(machine), 0);
    assert_int_equal(device_of(machine)->driver_state, BARSHIFT_DRIVER_STARTED);
}

/* A note that somebody has spoilt is still a note */
static void test_spoilt_note(void **state)
{
    Machine *machine = *state;
    Topology topology;
    const Function *function;

    fake_tree_write_text(&machine->tree, NOTE, "control 9\n");
    function = look(machine, &topology);
    assert_true(function->stopped);
    assert_int_equal(function->control_bar, -1);
    topology_free(&topology);
}

static void test_foreign(void **state)
{
    Machine *machine = *state;
    int control_bar;

    fake_tree_config(&machine->tree, 0x108, 0); /* a serial number like any other */
    assert_int_equal(stop(machine), 0);
    assert_file(machine, DEVICE "enable", "0\n");
    assert_false(stop_note_read(machine->tree.root, 0, &control_bar)); /* 0: it has no tag */
    assert_int_equal(start(machine), 0);
    assert_int_equal(device_of(machine)->declared_count, 0);
}

static void test_fill(void **state)
{
    Machine *machine = *state;
    FakeSystem *fake = &machine->fake;
    uint64_t word = 0;

    assert_int_equal(start(machine), 0);
    assert_int_equal(driver_fill(&machine->source, &fake->access, FAKE_BDF, machine->why), 0);
    assert_int_equal(access_read(&fake->access, &fake->functions[0], FAKE_MEMORY, FAKE_SIZE / 2, 8,
                                 &word), 0);
    assert_int_equal(word, content_word(BARSHIFT_BACKING_RAM, 1, FAKE_MEMORY, FAKE_SIZE / 2));
    assert_int_equal(access_read(&fake->access, &fake->functions[0], FAKE_CONTROL,
                                 BARSHIFT_CONTROL_SCRATCH(3), 8, &word), 0);
    assert_int_equal(word, content_scratch(1, 3));
    assert_int_equal(device_of(machine)->bad_accesses, 0);
}

/* ROM and a forgotten resizable BAR, as the kernel's resource file shows them */
static void test_kernel_view(void **state)
{
    Machine *machine = *state;
    Topology topology;
    const Function *function;

    fake_tree_config(&machine->tree, 0x118, 0x00000b25); /* names BAR 5, which reads 0 */
    fake_tree_write_text(&machine->tree, DEVICE "resource",
                         "0x00000000fe800000 0x00000000fe803fff 0x0000000000040200\n"
                         "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                         "0x0000000100000000 0x000000017fffffff 0x000000000014220c\n"
                         "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                         "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                         "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                         "0x00000000fe880000 0x00000000fe89ffff 0x0000000000046200\n");
    function = look(machine, &topology);
    assert_int_equal(function->bars[5].kind, BAR_MEM32);
    assert_int_equal(function->bars[TOPOLOGY_ROM].kind, BAR_ROM);
    assert_int_equal(function->bars[TOPOLOGY_ROM].kernel.start, 0xfe880000);
    assert_false(bar_is_decoded(function, &function->bars[TOPOLOGY_ROM]));
    topology_free(&topology);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_CASE("/driver/start/enables-and-tells-once", test_start),
        TEST_CASE("/driver/start/again-tells-before-it-asks", test_start_again),
        TEST_CASE("/driver/start/leaves-a-dead-function-to-I5", test_start_dead),
        TEST_CASE("/driver/start/fails-without-control-registers", test_start_without_control),
        TEST_CASE("/driver/start/fails-for-another-version", test_start_other_version),
        TEST_CASE("/driver/start/fails-without-memory-decode", test_start_not_decoding),
        TEST_CASE("/driver/start/fails-without-io-decode", test_start_io_not_decoding),
        TEST_CASE("/driver/start/fails-for-a-forgotten-control-bar", test_start_forgotten_control),
        TEST_CASE("/driver/stop/tells-notes-and-disables", test_stop),
        TEST_CASE("/driver/stop/nothing-reads-a-stopped-function", test_stopped_is_left_alone),
        TEST_CASE("/driver/stop/is-taken-back-when-refused", test_stop_refused),
        TEST_CASE("/driver/stop/tells-nothing-without-a-note", test_stop_without_note),
        TEST_CASE("/driver/stop/notes-a-function-that-cannot-be-told", test_stop_untold),
        TEST_CASE("/driver/stop/spoilt-note-is-a-note", test_spoilt_note),
        TEST_CASE("/driver/foreign/is-told-nothing", test_foreign),
        TEST_CASE("/driver/fill/writes-registers-and-memory", test_fill),
        TEST_CASE("/topology/kernel/rom-and-forgotten-resizable-bar", test_kernel_view),
    };

    return cmocka_run_group_tests_name("driver", tests, NULL, NULL);
}
