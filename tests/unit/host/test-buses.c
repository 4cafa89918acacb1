/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host bridges, ports of each kind and what is set aside for them: file and command line. */
#include "machine.h"
#include "made-up.h"

#include <string.h>

static const MachineParts parts = {
    .qemu = "qemu",
    .device = "/device.so",
    .accel = "tcg",
    .console = "/console.log",
    .qmp = "fd=3",
    .link = "fd=4",
};

static const char with_buses[] =
    "[scenario]\n"
    "title = t\n"
    "outcome = settled\n"
    "[machine]\n"
    "hotplug = acpi\n"
    "[host-bridge hb]\n"
    "bus = 32\n"
    "[host-bridge other]\n"
    "bus = 40\n"
    "[port near]\n"
    "io-reserve = 0\n"
    "mem-reserve = 8M\n"
    "pref64-reserve = 0\n"
    "hotplug = off\n"
    "[port far]\n"
    "parent = hb\n"
    "bus-reserve = 4\n"
    "io-reserve = 4K\n"
    "pref32-reserve = 16M\n"
    "[port up]\n"
    "kind = upstream\n"
    "parent = far\n"
    "bar = 16M\n"
    "[port down]\n"
    "kind = downstream\n"
    "parent = up\n"
    "hotplug = off\n"
    "[port bridge]\n"
    "kind = pci-bridge\n"
    "parent = down\n"
    "[port slot]\n"
    "parent = other\n"
    "[function card]\n"
    "port = bridge\n"
    "slot = 31\n"
    "device = pci-testdev\n"
    "plugged = later\n"
    "[function new]\n"
    "port = slot\n"
    "plugged = later\n"
    "[step 1]\n"
    "hot-add = new\n";

static gboolean has_device(char *const *command, const char *value)
{
    for (guint i = 0; command[i] != NULL && command[i + 1] != NULL; i++) {
        if (g_str_equal(command[i], "-device") && g_str_equal(command[i + 1], value)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void test_options(void)
{
    static const char *const devices[] = {
        "pxb-pcie,id=hb,bus=pcie.0,addr=0x1,bus_nr=32",
        "pxb-pcie,id=other,bus=pcie.0,addr=0x2,bus_nr=40",
        "pcie-root-port,id=near,bus=pcie.0,addr=0x3,chassis=3,slot=3,hotplug=off,io-reserve=0,"
        "mem-reserve=8388608",
        "pcie-root-port,id=far,bus=hb,addr=0x4,chassis=4,slot=4,bus-reserve=4,io-reserve=4096,"
        "pref32-reserve=16777216",
        "barshift-upstream,id=up,bus=far,bar=16777216",
        "xio3130-downstream,id=down,bus=up,chassis=6,slot=6,hotplug=off",
        "pcie-pci-bridge,id=bridge,bus=down",
        "pcie-root-port,id=slot,bus=other,addr=0x8,chassis=8,slot=8",
    };
    g_autoptr(Scenario) scenario = made_up_scenario(with_buses);
    g_auto(GStrv) command = machine_command(scenario, &parts);
    g_autofree char *card = machine_function_option(scenario_find_function(scenario, "card"));

    for (guint i = 0; i < G_N_ELEMENTS(devices); i++) {
        g_test_message("%s", devices[i]);
        g_assert_true(has_device(command, devices[i]));
    }
    g_assert_cmpstr(card, ==, "pci-testdev,id=card,bus=bridge,addr=1f.0");
    g_assert_cmpstr(port_root(scenario_find_port(scenario, "bridge"))->name, ==, "far");
}

/* @ports root ports, a host bridge behind the first nine, and a function in device 3 of pcie.0 */
static char *many_ports(guint ports)
{
    GString *text = g_string_new("[scenario]\ntitle = t\noutcome = settled\n");

    for (guint i = 0; i < ports; i++) {
        if (i == 9) {
            g_string_append(text, "[host-bridge hb]\nbus = 250\n");
        }
        g_string_append_printf(text, "[port p%u]\n", i);
    }
    g_string_append(text, "[function in]\nport = pcie.0\nslot = 3\n"
                          "[function new]\nport = p0\nplugged = later\n"
                          "[step 1]\nhot-add = new\n");
    return g_string_free(text, FALSE);
}

/* More than there are device numbers: eight of them are one device. */
static void test_many_ports_share_devices(void)
{
    static const char *const devices[] = {
        "pcie-root-port,id=p0,bus=pcie.0,addr=0x1,multifunction=on,chassis=1,slot=1",
        "pcie-root-port,id=p7,bus=pcie.0,addr=0x1.7,chassis=8,slot=8",
        "pcie-root-port,id=p8,bus=pcie.0,addr=0x2,chassis=9,slot=9",
        "pxb-pcie,id=hb,bus=pcie.0,addr=0x4,bus_nr=250",
        "pcie-root-port,id=p9,bus=pcie.0,addr=0x5,multifunction=on,chassis=11,slot=11",
        "pcie-root-port,id=p126,bus=pcie.0,addr=0x13.5,chassis=128,slot=128",
        "barshift,id=in,bus=pcie.0,tag=1,addr=3.0,size=2147483648",
    };
    g_autofree char *text = many_ports(127);
    g_autofree char *more = many_ports(128);
    g_autoptr(Scenario) scenario = made_up_scenario(text);
    g_auto(GStrv) command = machine_command(scenario, &parts);
    g_autofree char *message = made_up_failure(more);

    for (guint i = 0; i < G_N_ELEMENTS(devices); i++) {
        g_test_message("%s", devices[i]);
        g_assert_true(has_device(command, devices[i]));
    }
    g_assert_cmpstr(message, ==, "made-up.ini:133: [port p127]: more than 128 ports");
}

/* with_buses, a part of it replaced */
static char *replaced(const char *from, const char *to)
{
    g_auto(GStrv) pieces = g_strsplit(with_buses, from, 2);

    g_assert_nonnull(pieces[1]);
    return g_strjoinv(to, pieces);
}

static void test_names_what_is_wrong(void)
{
    static const struct {
        const char *from, *to, *message;
    } rows[] = {
        { "bus = 32\n", "",
          "made-up.ini:6: [host-bridge hb]: the key 'bus' is missing: the number of its root "
          "bus, 1 to 254" },
        { "bus = 32", "bus = 255",
          "made-up.ini:7: [host-bridge hb] bus: '255' is no number from 1 to 254" },
        { "bus = 32", "kind = root",
          "made-up.ini:7: [host-bridge hb] kind: unknown key; this group takes: bus" },
        { "bus = 32", "bus = 1",
          "made-up.ini:7: [host-bridge hb] bus: 'pcie.0' and what lies below it need the buses 0 "
          "to 1; expected 2 or more" },
        { "bus = 40", "bus = 32",
          "made-up.ini:9: [host-bridge other] bus: 'hb' and what lies below it need the buses 32 "
          "to 37; expected 38 or more" },
        { "bus = 40", "bus = 40\n[host-bridge third]\nbus = 40",
          "made-up.ini:11: [host-bridge third] bus: 'other' and what lies below it need the buses "
          "40 to 41; expected 42 or more" },
        { "bus = 40", "bus = 254\n[port last]\nparent = other",
          "made-up.ini:9: [host-bridge other] bus: 'other' and what lies below it need the buses "
          "254 to 256; there are 256" },
        { "parent = hb", "parent = near",
          "made-up.ini:16: [port far] parent: 'near' is no host bridge; a root port is on pcie.0 "
          "without the key, or on a [host-bridge NAME]" },
        { "kind = pci-bridge\nparent = down", "kind = pci-bridge\nparent = up",
          "made-up.ini:30: [port bridge] parent: 'up' is no root or downstream port" },
        { "kind = upstream\nparent = far", "kind = upstream\nparent = hb",
          "made-up.ini:22: [port up] parent: 'hb' is no root or downstream port" },
        { "[port slot]", "[port second]\nkind = pci-bridge\nparent = down\n[port slot]",
          "made-up.ini:33: [port second] parent: port 'down' already holds 'bridge'" },
        { "io-reserve = 0", "io-reserve = 2K",
          "made-up.ini:11: [port near] io-reserve: a window is a multiple of 4 KiB" },
        { "io-reserve = 0", "io-reserve = 64K",
          "made-up.ini:11: [port near] io-reserve: expected less than 64 KiB, below which it "
          "lies" },
        { "mem-reserve = 8M", "mem-reserve = 4G",
          "made-up.ini:12: [port near] mem-reserve: expected less than 4 GiB, below which it "
          "lies" },
        { "pref32-reserve = 16M", "pref32-reserve = 16M\npref64-reserve = 1G",
          "made-up.ini:20: [port far] pref64-reserve: a port has one prefetchable window, and "
          "'pref32-reserve' stands here too; remove one of them" },
        { "bus-reserve = 4", "bus-reserve = many",
          "made-up.ini:17: [port far] bus-reserve: 'many' is no number from 0 to 255" },
        { "bar = 16M", "mem-reserve = 1M",
          "made-up.ini:23: [port up] mem-reserve: only root ports carry QEMU's resource reserve "
          "capability; remove the key" },
        { "bar = 16M", "bar = 3M",
          "made-up.ini:23: [port up] bar: a BAR's size is a power of two, here from 4K to 1T" },
        { "bar = 16M", "hotplug = on",
          "made-up.ini:23: [port up] hotplug: only root and downstream ports have a slot; remove "
          "the key" },
        { "bus-reserve = 4", "bar = 1M",
          "made-up.ini:17: [port far] bar: only an upstream port can have a BAR of its own "
          "here; remove the key" },
        { "hotplug = off\n[port far]", "hotplug = no\n[port far]",
          "made-up.ini:14: [port near] hotplug: 'no' is not one of: on, off" },
        { "port = slot", "port = near",
          "made-up.ini:40: [function new] plugged: port 'near' has 'hotplug = off'" },
        { "port = slot", "port = hb",
          "made-up.ini:39: [function new] port: QEMU takes only root ports below the host bridge "
          "'hb'" },
        { "hotplug = acpi", "hotplug = native",
          "made-up.ini:37: [function card] plugged: a conventional bus takes newcomers with "
          "'hotplug = acpi' in [machine]" },
        { "device = pci-testdev\n", "",
          "made-up.ini:34: [function card] port: 'bridge' has a conventional bus; it takes a "
          "conventional 'device', such as pci-testdev" },
        { "slot = 31", "slot = 32",
          "made-up.ini:35: [function card] slot: '32' is no number from 1 to 31" },
        { "port = bridge\nslot = 31", "port = pcie.0\nslot = 3",
          "made-up.ini:37: [function card] plugged: nothing is hot-added to the root bus 'pcie.0'; "
          "take a port" },
        { "port = bridge\nslot = 31\ndevice = pci-testdev\nplugged = later",
          "port = pcie.0\nslot = 3",
          "made-up.ini:35: [function card] slot: slot 3 of 'pcie.0' is the port 'near'; ports have "
          "the numbers of their order in the file" },
        { "hot-add = new", "hot-add = new\n[step 2]\nrebalance = hb",
          "made-up.ini:44: [step 2] rebalance: 'hb' is a host bridge, which stays" },
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
    g_test_add_func("/buses/options", test_options);
    g_test_add_func("/buses/many-ports-share-devices", test_many_ports_share_devices);
    g_test_add_func("/buses/names-what-is-wrong", test_names_what_is_wrong);
    return g_test_run();
}
