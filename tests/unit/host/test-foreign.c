/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions on the root bus, and functions of QEMU's own devices: the file and the command line. */
#include "machine.h"
#include "made-up.h"

#include <string.h>

static const char with_foreign[] =
    "[scenario]\n"
    "title = t\n"
    "outcome = settled\n"
    "[port p1]\n"
    "[port p2]\n"
    "[function alone]\n"
    "port = pcie.0\n"
    "slot = 10\n"
    "size = 1G\n"
    "[function pair-0]\n"
    "port = pcie.0\n"
    "slot = 11\n"
    "device = edu\n"
    "[function pair-1]\n"
    "port = pcie.0\n"
    "slot = 11\n"
    "number = 1\n"
    "[function network]\n"
    "port = p1\n"
    "device = e1000e\n"
    "[function card]\n"
    "port = p2\n"
    "device = pci-testdev\n"
    "properties = membar=8G,membar-backed=on\n"
    "plugged = later\n"
    "[step 1]\n"
    "hot-add = card\n";

static void test_options(void)
{
    static const struct {
        const char *name, *option;
    } rows[] = {
        { "alone", "barshift,id=alone,bus=pcie.0,tag=1,addr=a.0,size=1073741824" },
        { "pair-0", "edu,id=pair-0,bus=pcie.0,addr=b.0,multifunction=on" },
        { "pair-1", "barshift,id=pair-1,bus=pcie.0,tag=3,addr=b.1,size=2147483648" },
        { "network", "e1000e,id=network,bus=p1" },
        { "card", "pci-testdev,id=card,bus=p2,membar=8G,membar-backed=on" },
    };
    g_autoptr(Scenario) scenario = made_up_scenario(with_foreign);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Function *function = scenario_find_function(scenario, rows[i].name);
        g_autofree char *option = machine_function_option(function);

        g_assert_cmpstr(option, ==, rows[i].option);
    }
}

/* with_foreign, one of its lines replaced */
static char *replaced(const char *from, const char *to)
{
    g_auto(GStrv) pieces = g_strsplit(with_foreign, from, 2);

    g_assert_nonnull(pieces[1]);
    return g_strjoinv(to, pieces);
}

static void test_names_what_is_wrong(void)
{
    static const struct {
        const char *from, *to, *message;
    } rows[] = {
        { "slot = 10\n", "",
          "made-up.ini:6: [function alone]: the key 'slot' is missing: the device number on "
          "'pcie.0'" },
        { "slot = 10", "slot = 0", "made-up.ini:8: [function alone] slot: '0' is no number from "
          "1 to 30" },
        { "slot = 10", "slot = 31",
          "made-up.ini:8: [function alone] slot: '31' is no number from 1 to 30" },
        { "slot = 10", "slot = 11",
          "made-up.ini:12: [function pair-0] slot: slot 11 of 'pcie.0' already holds 'alone'" },
        { "number = 1\n", "",
          "made-up.ini:16: [function pair-1] slot: slot 11 of 'pcie.0' already holds 'pair-0'" },
        { "slot = 10", "slot = 10\nplugged = later",
          "made-up.ini:9: [function alone] plugged: nothing is hot-added to the root bus 'pcie.0'; "
          "take a port" },
        { "hot-add = card", "power-off = alone",
          "made-up.ini:27: [step 1] power-off: 'pcie.0' has no slot that could be switched off: "
          "'alone'" },
        { "port = p1", "port = p1\nslot = 1",
          "made-up.ini:20: [function network] slot: 'p1' has one slot; remove the key" },
        { "e1000e", "e1000e,mac=0",
          "made-up.ini:20: [function network] device: 'e1000e,mac=0' is no name of a QEMU device; "
          "its properties stand in 'properties'" },
        { "membar=8G,", "membar = 8G ",
          "made-up.ini:24: [function card] properties: expected KEY=VALUE,KEY=VALUE without spaces "
          "and quotation marks" },
        { "membar=8G,membar-backed=on", "membar",
          "made-up.ini:24: [function card] properties: expected KEY=VALUE,KEY=VALUE without spaces "
          "and quotation marks" },
        { "e1000e", "e1000e\nsize = 1G",
          "made-up.ini:21: [function network] size: this is for barshift functions; remove the "
          "key" },
        { "e1000e", "e1000e\nrebar = off",
          "made-up.ini:21: [function network] rebar: this is for barshift functions; remove the "
          "key" },
        { "e1000e", "e1000e\nlayout = function-2g",
          "made-up.ini:21: [function network] layout: this is for barshift functions; remove the "
          "key" },
        { "e1000e", "e1000e\nfault = old-answers",
          "made-up.ini:21: [function network] fault: this is for barshift functions; remove the "
          "key" },
        { "e1000e", "e1000e\ndriver = kmdf",
          "made-up.ini:21: [function network] driver: this is for barshift functions; remove the "
          "key" },
        { "e1000e", "nvme\nproperties = a=b",
          "made-up.ini:21: [function network] properties: this is for other devices of QEMU; "
          "remove the key" },
        { "device = e1000e", "properties = a=b",
          "made-up.ini:20: [function network] properties: this is for other devices of QEMU; "
          "remove the key" },
        { "hot-add = card", "resize = network 1G",
          "made-up.ini:27: [step 1] resize: 'network' is no barshift function; only these are "
          "resized" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = replaced(rows[i].from, rows[i].to);
        g_autofree char *message = made_up_failure(text);

        g_assert_cmpstr(message, ==, rows[i].message);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/foreign/options", test_options);
    g_test_add_func("/foreign/names-what-is-wrong", test_names_what_is_wrong);
    return g_test_run();
}
