/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What QEMU's PCI tree adds to an observation: addresses, names, and who has no ledger. */
#include "made-up.h"

#define GIB (1ull << 30)

static const char pci_text[] =
    "[{\"bus\":0,\"devices\":["
    "{\"bus\":0,\"slot\":0,\"function\":0},"
    "{\"bus\":0,\"slot\":1,\"function\":0,\"qdev_id\":\"p1\",\"pci_bridge\":{\"bus\":{},"
    "\"devices\":[{\"bus\":1,\"slot\":0,\"function\":0,\"qdev_id\":\"up\",\"pci_bridge\":{"
    "\"devices\":[{\"bus\":2,\"slot\":31,\"function\":7,\"qdev_id\":\"down\",\"pci_bridge\":{"
    "\"devices\":[{\"bus\":255,\"slot\":0,\"function\":0,\"qdev_id\":\"a\"}]}}]}}]}},"
    "{\"bus\":0,\"slot\":2,\"function\":0,\"qdev_id\":\"p2\",\"pci_bridge\":{\"bus\":{}}}]},"
    "{\"bus\":16,\"devices\":[{\"bus\":16,\"slot\":0,\"function\":0,\"qdev_id\":\"p3\"}]}]";

static void test_finds_addresses(void)
{
    static const struct {
        const char *id, *bdf, *path;
    } rows[] = {
        { "p1", "0000:00:01.0", "01.0" },
        { "up", "0000:01:00.0", "01.0/00.0" },
        { "down", "0000:02:1f.7", "01.0/00.0/1f.7" },
        { "a", "0000:ff:00.0", "01.0/00.0/1f.7/00.0" },
        { "p2", "0000:00:02.0", "02.0" },
        { "p3", "0000:10:00.0", "00.0" },
        { "absent", NULL, NULL },
    };
    g_autoptr(JsonNode) pci = json_from_string(pci_text, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *bdf = pci_find_bdf(pci, rows[i].id);
        g_autofree char *path = pci_find_path(pci, rows[i].id);

        g_assert_cmpstr(bdf, ==, rows[i].bdf);
        g_assert_cmpstr(path, ==, rows[i].path);
    }
}

static void test_names_bridges(void)
{
    g_autoptr(Scenario) scenario = made_up_scenario(made_up_scenario_text);
    g_autoptr(Observation) observation = observation_new(
        scenario,
        "{\"functions\":[],\"bridges\":["
        "{\"bdf\":\"0000:00:01.0\",\"windows\":[{\"kind\":\"pref\",\"config\":{\"start\":"
        "\"0x100000000\",\"end\":\"0x1ffffffff\"}},{\"kind\":\"mem\",\"config\":null}]},"
        "{\"bdf\":\"0000:00:1e.0\",\"parent\":\"0000:00:01.0\",\"windows\":[]}]}", NULL);
    g_autoptr(JsonNode) pci = json_from_string(pci_text, NULL);
    const BridgeState *named = g_ptr_array_index(observation->bridges, 0);
    const BridgeState *unnamed = g_ptr_array_index(observation->bridges, 1);

    observation_add_pci(observation, scenario, pci);
    g_assert_true(named->port == scenario_find_port(scenario, "p1"));
    g_assert_cmphex(named->windows[WINDOW_PREF].start, ==, 4 * GIB);
    g_assert_cmphex(named->windows[WINDOW_PREF].end, ==, 8 * GIB - 1);
    g_assert_true(range_is_empty(named->windows[WINDOW_MEM]));
    g_assert_null(unnamed->port);
}

/* A controller is found by its id; what QEMU has mapped of it, that very device tells. */
static void test_names_controllers(void)
{
    static const char scenario_text[] =
        "[scenario]\ntitle = t\noutcome = settled\n[port p1]\n[port p2]\n"
        "[function a]\nport = p1\n[function disk]\ndevice = nvme\nport = p2\n"
        "[step 1]\nresize = a 1G\n";
    static const struct {
        const char *address;
        ViewState state;
        guint64 base;
    } rows[] = { { "4261412864", VIEW_ASSIGNED, 0xfe000000 }, { "-1", VIEW_UNASSIGNED, 0 } };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Scenario) scenario = made_up_scenario(scenario_text);
        const Function *disk = scenario_find_function(scenario, "disk");
        g_autofree char *pci_of = g_strdup_printf(
            "[{\"bus\":0,\"devices\":[{\"bus\":3,\"slot\":0,\"function\":0,\"qdev_id\":\"disk\","
            "\"regions\":[{\"bar\":0,\"address\":%s,\"size\":16384}]}]}]", rows[i].address);
        g_autoptr(JsonNode) pci = json_from_string(pci_of, NULL);
        g_autoptr(Observation) observation = observation_new(
            scenario,
            "{\"functions\":[{\"bdf\":\"0000:03:00.0\",\"tag\":null,\"memory_decode\":true,"
            "\"bars\":[{\"nr\":0,\"kind\":\"mem64\",\"config\":{\"base\":\"0xfe000000\",\"size\":"
            "null},\"kernel\":{\"base\":\"0xfe000000\",\"size\":\"0x4000\"}}]}]}", NULL);
        const FunctionState *state;
        const BarState *bar;

        observation_add_memory_map(observation, "FlatView #0\n AS \"memory\", root: system\n");
        observation_add_pci(observation, scenario, pci);
        state = observation_find(observation, disk);
        g_assert_nonnull(state);
        g_assert_false(state->has_ledger);
        bar = function_state_main_bar(state);
        g_assert_nonnull(bar);
        g_assert_cmpint(bar->views[WITNESS_VMM].state, ==, rows[i].state);
        g_assert_cmphex(bar->views[WITNESS_VMM].base, ==, rows[i].base);
        g_assert_cmpint(bar->views[WITNESS_CPU].state, ==, VIEW_SILENT);
        g_assert_cmpint(bar->views[WITNESS_DEVICE].state, ==, VIEW_SILENT);
        g_assert_cmpint(bar->views[WITNESS_LEDGER].state, ==, VIEW_SILENT);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/observation/pci/finds-addresses", test_finds_addresses);
    g_test_add_func("/observation/pci/names-bridges", test_names_bridges);
    g_test_add_func("/observation/pci/names-controllers", test_names_controllers);
    return g_test_run();
}
