/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No guest can end QEMU, make it wait, or make the function lie, whatever it does: a random walk
 * of a million operations over layouts of all kinds, and between its legs all witnesses are
 * compared.
 *
 * The walk is the same each time. GLib's "--seed R02S..." makes another one, and repeats it; "-m
 * slow" makes a long one.
 */

#include <string.h>

#include <linux/pci_regs.h>

#include "fault-names.h"
#include "observer.h"
#include "walk.h"

#define OPERATIONS 1000000u /* of all layouts together */
#define LEG 1000u           /* steps between two looks */
#define FAULT_LEGS 1000u    /* of a quarter; a fault strikes long before */
#define DEPTH_MAX 256u      /* of the ledgers */
#define SEED "R02S00000000000000000000000000000001"

typedef struct LayoutCase {
    const char *path;
    const char *properties;
    bool below_port;
} LayoutCase;

static const LayoutCase layout_cases[] = {
    { "/random/default/holds", ",msix=8,msi=4,ledger-depth=64", false },
    { "/random/default-below-a-port/holds", ",no-soft-reset=off,flr=off,aer=off", true },
    { "/random/all-kinds/holds",
      ",bar0=4K:mem32:control,bar1=256:io,bar2=1G:mem64:pref:rebar=1M-8G,bar4=1M:mem32:pattern"
      ",bar5=4:io,rom=64K,intx=on,ledger-depth=16",
      false },
    { "/random/all-kinds-below-a-port/holds",
      ",bar0=64:io:pattern,bar1=16K:mem32:control:ram,bar2=4K:mem32,bar3=16M:mem64:none"
      ",bar5=128M:mem32:rebar=1M-128M,rom=16M,msi=32,ledger-depth=64",
      true },
    { "/random/three-resizable/holds",
      ",bar0=2M:mem64:rebar=1M-1G,bar2=4M:mem64:pref:control:rebar=4M+8M"
      ",bar4=512G:mem64:pref:pattern:rebar=1M-8E,msix=64,msix-bar=0,msix-offset=4K,intx=on"
      ",ledger-depth=64",
      false },
    { "/random/six-of-32-bits-below-a-port/holds",
      ",bar0=4K:mem32,bar1=1M:mem32:rebar=1M-64M,bar2=8M:mem32:pattern:rebar=1M-64M"
      ",bar3=8K:mem32:control,bar4=64M:mem32:rebar=1M-64M,bar5=4K:mem32:none"
      ",msix=2,msix-bar=3,msi=1,intx=on,ledger-depth=64",
      true },
};

static void look(Walk *walk, Observer *observer)
{
    if (observer_look(observer) != 0) {
        g_error("after %" G_GUINT64_FORMAT " operations: %s", walk->operations, observer->wrong);
    }
}

static void faults_set(const Walk *walk, const char *names)
{
    g_autofree char *command =
        g_strdup_printf("{\"execute\": \"qom-set\", \"arguments\": {\"path\": "
                        "\"/machine/peripheral/" FUNCTION_ID "\", \"property\": \"fault\", "
                        "\"value\": \"%s\"}}", names);

    json_node_unref(qtest_qmp(walk->function.qtest, command));
}

#define NAME(id, name, breaks) name,

static const char *const faults[] = { BARSHIFT_FAULTS(NAME) };

/* Records that a fault has dropped are missing until newer ones are in their places */
static void fill_ledger(const Walk *walk)
{
    unsigned offset = PCI_BASE_ADDRESS_0 + 4 * walk->control_nr;

    for (unsigned i = 0; i < DEPTH_MAX; i++) {
        config_queue_write(&walk->function, offset, 4, (uint32_t)walk->believed[walk->control_nr]);
    }
}

/* They may break anything but QEMU, so nobody looks; what they have done ends with the reset */
static void walk_with_faults(Walk *walk)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++) {
        if (g_rand_int_range(walk->random, 0, 4) == 0) {
            g_string_append_printf(names, "%s%s", names->len ? "+" : "", faults[i]);
        }
    }
    faults_set(walk, names->str);
    walk_steps(walk, LEG / 2);
    faults_set(walk, "");
    walk_system_reset(walk);
    fill_ledger(walk);
}

static void test_layout(gconstpointer data)
{
    const LayoutCase *row = data;
    unsigned goal = OPERATIONS / G_N_ELEMENTS(layout_cases) * (g_test_slow() ? 20 : 1);
    gint64 start_us = g_get_monotonic_time();
    Observer observer;
    Walk walk;

    walk_start(&walk, row->properties, row->below_port, (uint32_t)g_test_rand_int());
    observer_init(&observer, &walk.function, row->below_port);
    look(&walk, &observer);
    for (unsigned leg = 1; walk.operations <= goal; leg++) {
        walk_steps(&walk, LEG);
        if (leg % 2 == 0) {
            walk_place(&walk);
        }
        look(&walk, &observer);
        if (leg % 8 == 0) {
            walk_with_faults(&walk);
        }
    }
    g_test_message("%" G_GUINT64_FORMAT " operations, %" G_GUINT64_FORMAT " of them resets; %"
                   G_GUINT64_FORMAT " headers and %" G_GUINT64_FORMAT " silences seen; %.1f s",
                   walk.operations, walk.resets, observer.headers, observer.silences,
                   (double)(g_get_monotonic_time() - start_us) / 1e6);
    observer_deinit(&observer);
    walk_stop(&walk);
}

/* Each statement is seen to fail */
typedef struct FaultCase {
    const char *path;
    const char *fault;
    unsigned breaks; /* these, sooner or later */
    unsigned may;    /* and these, when BARs lie so */
} FaultCase;

static const FaultCase fault_cases[] = {
    { "/random/fault/base-lies-breaks-registers", "base-lies", OBSERVED_REGISTERS, 0 },
    { "/random/fault/header-stale-breaks-address", "header-stale", OBSERVED_ADDRESS, 0 },
    { "/random/fault/old-answers-breaks-silence", "old-answers", OBSERVED_SILENCE,
      OBSERVED_REACH | OBSERVED_ADDRESS | OBSERVED_SIZE | OBSERVED_REGISTERS },
    { "/random/fault/size-lies-breaks-all-about-sizes", "size-lies",
      OBSERVED_SIZE | OBSERVED_REGISTERS | OBSERVED_PROPERTY,
      OBSERVED_REACH | OBSERVED_SILENCE | OBSERVED_HISTORY },
    { "/random/fault/stuck-bit-breaks-reach", "stuck-bit", OBSERVED_REACH,
      OBSERVED_SILENCE | OBSERVED_REGISTERS },
    { "/random/fault/dead-mapping-breaks-reach", "dead-mapping", OBSERVED_REACH, 0 },
    { "/random/fault/resize-not-decoded-breaks-size", "resize-not-decoded", OBSERVED_SIZE, 0 },
    { "/random/fault/ledger-drops-breaks-records", "ledger-drops",
      OBSERVED_RECORDS | OBSERVED_HISTORY, 0 },
    { "/random/fault/capability-loop-breaks-identity", "capability-loop", OBSERVED_IDENTITY, 0 },
};

static void test_fault(gconstpointer data)
{
    const FaultCase *row = data;
    unsigned broken = 0;
    Observer observer;
    Walk walk;

    walk_start(&walk, ",ledger-depth=64", false, (uint32_t)g_test_rand_int());
    observer_init(&observer, &walk.function, false);
    faults_set(&walk, row->fault);
    for (unsigned leg = 0; (broken & row->breaks) != row->breaks; leg++) {
        g_assert_cmpuint(leg, <, FAULT_LEGS);
        walk_steps(&walk, LEG / 4);
        broken |= observer_look(&observer);
        walk_place(&walk);
        broken |= observer_look(&observer);
    }
    g_test_message("%s: broken 0x%x %s", row->fault, broken, observer.wrong);
    g_assert_cmphex(broken & ~row->may, ==, row->breaks);
    observer_deinit(&observer);
    walk_stop(&walk);
}

/* What no fault breaks of a ledger */
typedef struct RecordsCase {
    const char *path;
    const char *ledger;
    const char *wrong; /* NULL: nothing */
} RecordsCase;

#define RECORD(sequence, time) \
    "{\"sequence\": " #sequence ", \"time_ns\": " #time ", \"event\": \"reset\"}"

/* Seen before: 3 records, of which 1 was dropped; now it is 100 ns */
static const RecordsCase records_cases[] = {
    { "/random/records/nothing-new", "\"total\": 3, \"dropped\": 1, \"records\": ["
      RECORD(2, 0) ", " RECORD(3, 7) "]", NULL },
    { "/random/records/two-more", "\"total\": 5, \"dropped\": 3, \"records\": ["
      RECORD(4, 100) ", " RECORD(5, 100) "]", NULL },
    { "/random/records/fewer-in-all", "\"total\": 2, \"dropped\": 1, \"records\": ["
      RECORD(2, 0) "]", "less than before" },
    { "/random/records/fewer-dropped", "\"total\": 3, \"dropped\": 0, \"records\": ["
      RECORD(1, 0) ", " RECORD(2, 0) ", " RECORD(3, 7) "]", "less than before" },
    { "/random/records/one-missing", "\"total\": 3, \"dropped\": 1, \"records\": ["
      RECORD(2, 0) "]", "but 1 records" },
    { "/random/records/one-twice", "\"total\": 3, \"dropped\": 1, \"records\": ["
      RECORD(2, 0) ", " RECORD(2, 0) "]", "record 2 where 3 should be" },
    { "/random/records/time-goes-back", "\"total\": 3, \"dropped\": 1, \"records\": ["
      RECORD(2, 9) ", " RECORD(3, 7) "]", "record 3: time 7, the one before 9" },
    { "/random/records/time-to-come", "\"total\": 3, \"dropped\": 1, \"records\": ["
      RECORD(2, 9) ", " RECORD(3, 101) "]", "record 3: time 101, the one before 9, now 100" },
};

static void test_records(gconstpointer data)
{
    const RecordsCase *row = data;
    g_autofree char *text = g_strdup_printf("{%s}", row->ledger);
    g_autoptr(JsonNode) node = json_from_string(text, NULL);
    LedgerSeen seen = { .total = 3, .dropped = 1 };
    g_autofree char *message = NULL;

    message = ledger_check_records(json_node_get_object(node), &seen, 100);
    if (row->wrong) {
        g_assert_nonnull(message);
        g_assert_nonnull(strstr(message, row->wrong));
    } else {
        g_assert_cmpstr(message, ==, NULL);
    }
}

/* The same seed each time, unless the command line has one */
static char **with_seed(int *argc, char **argv)
{
    GPtrArray *arguments = g_ptr_array_new();

    g_ptr_array_add(arguments, argv[0]);
    g_ptr_array_add(arguments, (char *)"--seed");
    g_ptr_array_add(arguments, (char *)SEED);
    for (int i = 1; i < *argc; i++) {
        g_ptr_array_add(arguments, argv[i]); /* the last seed is the one that counts */
    }
    *argc = (int)arguments->len;
    g_ptr_array_add(arguments, NULL);
    return (char **)g_ptr_array_free(arguments, FALSE);
}

int main(int argc, char **argv)
{
    g_autofree char **arguments = with_seed(&argc, argv);

    g_test_init(&argc, &arguments, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(records_cases); i++) {
        g_test_add_data_func(records_cases[i].path, &records_cases[i], test_records);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(fault_cases); i++) {
        g_test_add_data_func(fault_cases[i].path, &fault_cases[i], test_fault);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(layout_cases); i++) {
        g_test_add_data_func(layout_cases[i].path, &layout_cases[i], test_layout);
    }
    return g_test_run();
}
