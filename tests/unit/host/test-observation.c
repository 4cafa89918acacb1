/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"
#include "made-up.h"

#include <string.h>

#define GIB (1ull << 30)

/* One function with tag 1 and these members and BARs. */
#define GUEST(members, bars) \
    "{\"functions\":[{\"bdf\":\"0000:01:00.0\",\"tag\":1," members "\"bars\":[" bars "]}]}"
#define DECODES "\"memory_decode\":true,"
#define BAR_0(cpu) \
    "{\"nr\":0,\"config\":{\"base\":\"0xfe000000\",\"size\":null}," \
    "\"kernel\":{\"base\":\"0xfe000000\",\"size\":\"0x4000\"}," \
    "\"device\":{\"base\":\"0xfe000000\",\"size\":\"0x4000\"},\"cpu\":" cpu "}"
#define CPU_0 "{\"tag\":1,\"bar\":0,\"base\":\"0xfe000000\",\"size\":\"0x4000\"}"
#define BAR_2 \
    "{\"nr\":2,\"kind\":\"mem64\",\"prefetchable\":true," \
    "\"config\":{\"base\":\"0x180000000\",\"size\":\"0x80000000\"}," \
    "\"kernel\":{\"base\":\"0x180000000\",\"size\":\"0x80000000\"}," \
    "\"device\":{\"base\":\"0x180000000\",\"size\":\"0x80000000\"},\"cpu\":null}"

typedef struct Seen {
    Scenario *scenario;
    Observation *observation;
} Seen;

static Seen *seen_new(const char *guest_map)
{
    g_autoptr(GError) error = NULL;
    Seen *seen = g_new0(Seen, 1);

    seen->scenario = made_up_scenario(made_up_scenario_text);
    seen->observation = observation_new(seen->scenario, guest_map, &error);
    g_assert_no_error(error);
    return seen;
}

static void seen_free(Seen *seen)
{
    observation_free(seen->observation);
    scenario_free(seen->scenario);
    g_free(seen);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Seen, seen_free)

static FunctionState *first(const Seen *seen)
{
    return g_ptr_array_index(seen->observation->functions, 0);
}

static const View *view(const Seen *seen, guint nr, Witness witness)
{
    return &function_state_bar(first(seen), nr)->views[witness];
}

static void test_refuses_what_is_no_map(void)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        { "nothing", "" },
        { "text", "barshift-guest: not found" },
        { "cut-off", "{\"functions\":[{\"bdf\":" },
        { "array", "[]" },
        { "without-functions", "{\"kernel\":\"6.1\"}" },
        { "functions-are-an-object", "{\"functions\":{}}" },
        { "a-function-is-null", "{\"functions\":[null]}" },
        { "a-function-is-text", "{\"functions\":[{\"bdf\":\"0000:01:00.0\"},\"x\"]}" },
    };
    g_autoptr(Scenario) scenario = made_up_scenario(made_up_scenario_text);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("%s", rows[i].name);
        g_assert_null(observation_new(scenario, rows[i].text, &error));
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
        g_assert_true(g_str_has_prefix(error->message,
                                       "the guest's map is no JSON object with functions: "));
    }
}

static void test_missing_members_have_harmless_values(void)
{
    g_autoptr(Seen) seen = seen_new("{\"functions\":[{}]}");

    g_assert_cmpstr(seen->observation->kernel, ==, "unknown");
    g_assert_cmpuint(seen->observation->host_windows->len, ==, 0);
    g_assert_cmpuint(seen->observation->bridges->len, ==, 0);
    g_assert_null(first(seen)->function);
    g_assert_cmpstr(first(seen)->bdf, ==, "");
    g_assert_false(first(seen)->decode);
    g_assert_cmpuint(first(seen)->bars->len, ==, 0);
}

/* Members of another type count as missing ones. */
static void test_odd_members_count_as_missing(void)
{
    g_autoptr(Seen) seen = seen_new(
        "{\"kernel\":5,\"host_windows\":[{\"kind\":7},{\"kind\":\"mem\",\"start\":1}],"
        "\"bridges\":[{\"bdf\":[],\"parent\":3,\"windows\":[{\"kind\":[]},{\"kind\":\"pref\","
        "\"config\":7}]}],"
        "\"functions\":[{\"bdf\":12,\"parent\":{},\"tag\":\"x\",\"bars\":[{\"nr\":\"two\","
        "\"kind\":4,\"config\":\"0x1\",\"kernel\":{\"base\":4096,\"size\":null}}]},"
        "{\"tag\":null,\"bars\":7},{\"tag\":99}]}");
    const BridgeState *bridge = g_ptr_array_index(seen->observation->bridges, 0);
    const BarState *bar = function_state_bar(first(seen), 0);

    g_assert_cmpstr(seen->observation->kernel, ==, "unknown");
    g_assert_cmpstr(bridge->bdf, ==, "");
    g_assert_true(range_is_empty(bridge->windows[WINDOW_PREF]));
    g_assert_cmpstr(first(seen)->bdf, ==, "");
    g_assert_null(first(seen)->function);
    g_assert_cmpuint(bar->views[WITNESS_CONFIG].state, ==, VIEW_UNASSIGNED);
    g_assert_cmpuint(bar->views[WITNESS_KERNEL].base, ==, 0);
    g_assert_null(observation_find(seen->observation, NULL));
    g_assert_null(observation_find_bdf(seen->observation, "0000:01:00.0"));
}

static void test_files_what_the_guest_says(void)
{
    g_autoptr(Seen) seen = seen_new(GUEST(DECODES, BAR_0(CPU_0) "," BAR_2));
    const Function *a = scenario_find_function(seen->scenario, "a");

    g_assert_true(observation_find_bdf(seen->observation, "0000:01:00.0") == first(seen));
    g_assert_true(observation_find(seen->observation, a) == first(seen));
    g_assert_cmpuint(view(seen, 2, WITNESS_CONFIG)->state, ==, VIEW_ASSIGNED);
    g_assert_cmphex(view(seen, 2, WITNESS_CONFIG)->base, ==, 6 * GIB);
    g_assert_cmphex(view(seen, 2, WITNESS_KERNEL)->size_bytes, ==, 2 * GIB);
    g_assert_cmphex(view(seen, 0, WITNESS_CONFIG)->size_bytes, ==, 0);
    g_assert_cmpuint(view(seen, 2, WITNESS_CPU)->state, ==, VIEW_UNASSIGNED);
    g_assert_cmpuint(view(seen, 2, WITNESS_DEVICE)->state, ==, VIEW_ASSIGNED);
    /* nobody asked these two yet */
    g_assert_cmpuint(view(seen, 2, WITNESS_LEDGER)->state, ==, VIEW_SILENT);
    g_assert_cmpuint(view(seen, 2, WITNESS_VMM)->state, ==, VIEW_SILENT);
}


static void test_config_decodes_nothing_with_decode_off(void)
{
    g_autoptr(Seen) seen = seen_new(GUEST("\"memory_decode\":false,", BAR_2));

    g_assert_cmpuint(view(seen, 2, WITNESS_CONFIG)->state, ==, VIEW_UNASSIGNED);
    g_assert_cmphex(function_state_bar(first(seen), 2)->config_base, ==, 6 * GIB);
    g_assert_cmpuint(view(seen, 2, WITNESS_KERNEL)->state, ==, VIEW_ASSIGNED);
}

static gboolean add_ledger(Seen *seen, const char *text, GError **error)
{
    g_autoptr(JsonNode) node = json_from_string(text, NULL);

    return observation_add_ledger(seen->observation, scenario_find_function(seen->scenario, "a"),
                                  node, error);
}

#define TOLD(bars) "{\"total\":12,\"dropped\":10,\"bars\":[" bars "]," \
                   "\"records\":[{\"sequence\":11},{\"sequence\":12}]}"
#define TOLD_0(control) "{\"bar\":0,\"kind\":\"mem32\",\"control\":" control "," \
                        "\"backing\":\"none\",\"base\":4261412864,\"size\":16384}"
#define TOLD_2 "{\"bar\":2,\"kind\":\"mem64\",\"control\":false,\"backing\":\"ram\"," \
               "\"base\":6442450944,\"size\":2147483648}"

/* The device model says where the control registers are; the CPU has to have reached them. */
static void test_device_is_heard_through_the_control_bar(void)
{
    static const struct {
        const char *name, *map, *ledger;
        ViewState expected;
    } rows[] = {
        { "reached", GUEST(DECODES, BAR_0(CPU_0) "," BAR_2), TOLD(TOLD_0("true") "," TOLD_2),
          VIEW_ASSIGNED },
        { "not-reached", GUEST(DECODES, BAR_0("null") "," BAR_2), TOLD(TOLD_0("true") "," TOLD_2),
          VIEW_SILENT },
        { "not-there", GUEST(DECODES, BAR_2), TOLD(TOLD_0("true") "," TOLD_2), VIEW_SILENT },
        { "nobody-has-them", GUEST(DECODES, BAR_0(CPU_0) "," BAR_2),
          TOLD(TOLD_0("false") "," TOLD_2), VIEW_SILENT },
        { "stopped", GUEST(DECODES "\"stopped\":true,", BAR_0(CPU_0) "," BAR_2),
          TOLD(TOLD_0("true") "," TOLD_2), VIEW_SILENT },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Seen) seen = seen_new(rows[i].map);

        g_test_message("%s", rows[i].name);
        g_assert_true(add_ledger(seen, rows[i].ledger, NULL));
        g_assert_cmpuint(view(seen, 2, WITNESS_DEVICE)->state, ==, rows[i].expected);
        g_assert_cmpuint(view(seen, 2, WITNESS_KERNEL)->state, ==, VIEW_ASSIGNED);
    }
}

/* Nothing of a function that was stopped is accessed, so no access can have failed. */
static void test_cpu_is_silent_about_the_stopped(void)
{
    g_autoptr(Seen) seen = seen_new(GUEST(DECODES "\"stopped\":true,", BAR_2));
    g_autoptr(Seen) other = seen_new(GUEST(DECODES "\"stopped\":false,", BAR_2));

    g_assert_cmpuint(view(seen, 2, WITNESS_CPU)->state, ==, VIEW_SILENT);
    g_assert_cmpuint(view(other, 2, WITNESS_CPU)->state, ==, VIEW_UNASSIGNED);
}

static void test_main_bar_is_the_device_models(void)
{
    g_autoptr(Seen) seen = seen_new(GUEST(DECODES, BAR_0(CPU_0) "," BAR_2));

    g_assert_null(function_state_main_bar(first(seen)));
    g_assert_true(add_ledger(seen, TOLD(TOLD_0("true") "," TOLD_2), NULL));
    g_assert_cmpuint(function_state_main_bar(first(seen))->nr, ==, 2);
    g_assert_true(add_ledger(seen, TOLD(TOLD_0("true")), NULL));
    g_assert_cmpuint(function_state_main_bar(first(seen))->nr, ==, 0);
}

#define BAR_4(cpu) \
    "{\"nr\":4,\"kind\":\"io\",\"config\":{\"base\":\"0xd000\",\"size\":null}," \
    "\"kernel\":{\"base\":\"0xd000\",\"size\":\"0x100\"},\"device\":null,\"cpu\":" cpu "}"

/* I/O BARs have a decode bit of their own, and small ones no header. */
static void test_io_bars_are_a_kind_of_their_own(void)
{
    static const struct {
        const char *name, *members, *size;
        ViewState config, cpu;
    } rows[] = {
        { "decoded", "\"io_decode\":true,", "256", VIEW_ASSIGNED, VIEW_UNASSIGNED },
        { "memory-decode-is-another-bit", DECODES, "256", VIEW_UNASSIGNED, VIEW_UNASSIGNED },
        { "smallest-with-a-header", "\"io_decode\":true,", "64", VIEW_ASSIGNED, VIEW_UNASSIGNED },
        { "without-header", "\"io_decode\":true,", "32", VIEW_ASSIGNED, VIEW_SILENT },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *map = g_strdup_printf(GUEST("%s", BAR_4("null")), rows[i].members);
        g_autofree char *ledger = g_strdup_printf(
            TOLD("{\"bar\":4,\"kind\":\"io\",\"base\":53248,\"size\":%s}"), rows[i].size);
        g_autoptr(Seen) seen = seen_new(map);

        g_test_message("%s", rows[i].name);
        g_assert_true(add_ledger(seen, ledger, NULL));
        g_assert_true(function_state_bar(first(seen), 4)->io);
        g_assert_cmpuint(view(seen, 4, WITNESS_CONFIG)->state, ==, rows[i].config);
        g_assert_cmpuint(view(seen, 4, WITNESS_CPU)->state, ==, rows[i].cpu);
        g_assert_cmphex(view(seen, 4, WITNESS_LEDGER)->base, ==, 0xd000);
    }
}

/* A BAR that reads 0 is not in the guest's map; the device model knows that there is one. */
static void test_unlisted_bars_have_no_address(void)
{
    g_autoptr(Seen) seen = seen_new(GUEST(DECODES, BAR_0(CPU_0) "," BAR_2));

    g_assert_true(add_ledger(seen,
                             TOLD(TOLD_0("true") "," TOLD_2 ",{\"bar\":1,\"kind\":\"mem32\","
                                  "\"base\":null,\"size\":4096},{\"bar\":9,\"base\":1}"),
                             NULL));
    g_assert_cmpuint(first(seen)->bars->len, ==, 3);
    g_assert_false(function_state_bar(first(seen), 1)->io);
    g_assert_cmpuint(view(seen, 1, WITNESS_CONFIG)->state, ==, VIEW_UNASSIGNED);
    g_assert_cmpuint(view(seen, 1, WITNESS_KERNEL)->state, ==, VIEW_UNASSIGNED);
    g_assert_cmpuint(view(seen, 1, WITNESS_CPU)->state, ==, VIEW_SILENT);
    g_assert_cmpuint(view(seen, 1, WITNESS_LEDGER)->state, ==, VIEW_UNASSIGNED);
}

static void test_files_ledgers(void)
{
    static const struct {
        const char *name, *bars;
        View expected;
    } rows[] = {
        { "mapped", "{\"bar\":2,\"base\":6442450944,\"size\":2147483648}",
          { VIEW_ASSIGNED, 6 * GIB, 2 * GIB } },
        { "base-null-is-unmapped", "{\"bar\":2,\"base\":null,\"size\":2147483648}",
          { .state = VIEW_UNASSIGNED } },
        { "base-missing-is-unmapped", "{\"bar\":2}", { .state = VIEW_UNASSIGNED } },
        { "other-bars-only", "{\"bar\":4,\"base\":4096,\"size\":4096},{\"base\":1}",
          { .state = VIEW_SILENT } },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Seen) seen = seen_new(GUEST(DECODES, BAR_2));
        g_autofree char *text = g_strdup_printf(TOLD("%s"), rows[i].bars);

        g_test_message("%s", rows[i].name);
        g_assert_true(add_ledger(seen, text, NULL));
        g_assert_true(first(seen)->has_ledger);
        g_assert_cmpuint(first(seen)->ledger_total, ==, 12);
        g_assert_cmpuint(first(seen)->ledger_dropped, ==, 10);
        g_assert_cmpuint(first(seen)->ledger_sequences->len, ==, 2);
        g_assert_cmpuint(g_array_index(first(seen)->ledger_sequences, guint64, 1), ==, 12);
        g_assert_cmpuint(view(seen, 2, WITNESS_LEDGER)->state, ==, rows[i].expected.state);
        g_assert_cmphex(view(seen, 2, WITNESS_LEDGER)->base, ==, rows[i].expected.base);
        g_assert_cmphex(view(seen, 2, WITNESS_LEDGER)->size_bytes, ==,
                        rows[i].expected.size_bytes);
    }
}

static void test_odd_ledgers_are_refused(void)
{
    static const char *const texts[] = {
        "\"text\"",
        "[]",
        "{}",
        "{\"total\":9,\"dropped\":9,\"bars\":[null],\"records\":[]}",
        "{\"total\":9,\"dropped\":9,\"bars\":[],\"records\":[9]}",
        "{\"total\":9,\"dropped\":9,\"bars\":[]}",
        "{\"total\":9,\"dropped\":9,\"records\":[]}",
        "{\"total\":9,\"bars\":[],\"records\":[]}",
        "{\"dropped\":9,\"bars\":[],\"records\":[]}",
        "{\"total\":\"9\",\"dropped\":9,\"bars\":[],\"records\":[]}",
    };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(Seen) seen = seen_new(GUEST(DECODES, BAR_2));

        g_autoptr(GError) error = NULL;

        g_assert_false(add_ledger(seen, texts[i], &error));
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
        g_assert_false(first(seen)->has_ledger);
    }
}

#define MEMORY(lines) "FlatView #0\n AS \"I/O\", root: io\n" \
                      "  0000000180000000-00000001ffffffff (prio 0, ram): barshift-1-bar2-ram\n\n" \
                      "FlatView #1\n AS \"memory\", root: system\n" lines "\nFlatView #2\n"
#define HEADER "  0000000180000000-0000000180000fff (prio 1, i/o): barshift-1-bar2-header\n"
#define RAM "  0000000180001000-00000001ffffffff (prio 0, ram): barshift-1-bar2-ram @00001000\n"
#define ABOVE "  0000000280000000-00000002ffffffff (prio 2, ram): barshift-1-bar2-ram\n"
#define BELOW "  0000000100000000-000000017ffffeff (prio 2, ram): barshift-1-bar2-ram\n"
#define OTHER "  0000000180000000-00000001ffffffff (prio 0, ram): barshift-2-bar2-ram\n"
#define ALIEN "  0000000180000000-00000001ffffffff (prio 0, ram): pc.ram\n"

static void test_files_the_memory_map(void)
{
    static const struct {
        const char *name, *text;
        View expected;
        guint64 stray; /* start; 0: none */
    } rows[] = {
        { "touching-pieces-are-one", MEMORY(HEADER RAM), { VIEW_ASSIGNED, 6 * GIB, 2 * GIB }, 0 },
        { "stray-above", MEMORY(HEADER RAM ABOVE), { VIEW_ASSIGNED, 6 * GIB, 2 * GIB }, 10 * GIB },
        { "stray-below", MEMORY(BELOW HEADER RAM), { VIEW_ASSIGNED, 6 * GIB, 2 * GIB }, 4 * GIB },
        { "elsewhere-altogether", MEMORY(ABOVE), { VIEW_ASSIGNED, 10 * GIB, 2 * GIB }, 0 },
        { "other-functions-only", MEMORY(OTHER ALIEN), { .state = VIEW_UNASSIGNED }, 0 },
        { "among-others", MEMORY(ALIEN HEADER OTHER RAM), { VIEW_ASSIGNED, 6 * GIB, 2 * GIB }, 0 },
        { "header-only", MEMORY(HEADER), { VIEW_ASSIGNED, 6 * GIB, 4096 }, 0 },
        { "nothing", MEMORY(""), { .state = VIEW_UNASSIGNED }, 0 },
        { "no-memory-view", "FlatView #0\n AS \"I/O\"\n" HEADER RAM, { .state = VIEW_UNASSIGNED },
          0 },
        { "no-map", "", { .state = VIEW_UNASSIGNED }, 0 },
        { "garbled-lines", MEMORY("  xyz-1 (prio 0, ram): barshift-1-bar2\n"
                                  "  0-1 (prio 0, ram): barshift-one-bar2\n"
                                  "  0-1 (prio 0, ram): barshift-1-bar5\n"),
          { .state = VIEW_UNASSIGNED }, 0 },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Seen) seen = seen_new(GUEST(DECODES, BAR_2));
        const BarState *bar;

        g_test_message("%s", rows[i].name);
        observation_add_memory_map(seen->observation, rows[i].text);
        bar = function_state_bar(first(seen), 2);
        g_assert_cmpuint(bar->views[WITNESS_VMM].state, ==, rows[i].expected.state);
        g_assert_cmphex(bar->views[WITNESS_VMM].base, ==, rows[i].expected.base);
        g_assert_cmphex(bar->views[WITNESS_VMM].size_bytes, ==, rows[i].expected.size_bytes);
        g_assert_cmpint(range_is_empty(bar->stray), ==, rows[i].stray == 0);
        g_assert_true(rows[i].stray == 0 || bar->stray.start == rows[i].stray);
    }
}

#define IO_VIEW(lines) "FlatView #0\n AS \"I/O\", root: io\n" lines "\n" \
                       "FlatView #1\n AS \"memory\", root: system\n"
#define IO_LINE "  000000000000d000-000000000000d0ff (prio 0, i/o): barshift-1-bar4-backing\n"

static void test_io_bars_are_in_the_io_view(void)
{
    g_autoptr(Seen) seen = seen_new(GUEST(DECODES, BAR_2 "," BAR_4("null")));

    observation_add_memory_map(seen->observation, IO_VIEW(IO_LINE));
    g_assert_cmpuint(view(seen, 4, WITNESS_VMM)->state, ==, VIEW_ASSIGNED);
    g_assert_cmphex(view(seen, 4, WITNESS_VMM)->base, ==, 0xd000);
    g_assert_cmphex(view(seen, 4, WITNESS_VMM)->size_bytes, ==, 0x100);
    /* a memory BAR there would not be reached by a memory access, nor the other way round */
    observation_add_memory_map(seen->observation, MEMORY(IO_LINE));
    g_assert_cmpuint(view(seen, 4, WITNESS_VMM)->state, ==, VIEW_UNASSIGNED);
}

#define FRONT "  0000000180000000-0000000180001fff (prio 0, i/o): barshift-1-bar2-backing\n"
#define TABLE "  0000000180002000-000000018000207f (prio 0, i/o): msix-table\n"
#define PBA "  0000000180002080-0000000180002087 (prio 0, i/o): msix-pba\n"
#define REST "  0000000180002088-00000001ffffffff (prio 0, i/o): barshift-1-bar2-backing @2088\n"
#define WHOLE "  0000000180000000-00000001ffffffff (prio 0, ram): barshift-1-bar2-backing\n"
#define NEXT_TABLE "  0000000200000000-000000020000000f (prio 0, i/o): msix-table\n"
#define FAR "  0000000280002000-000000028000207f (prio 0, i/o): msix-table\n"

/* QEMU puts the MSI-X table into the BAR, and its lines do not say whose it is. */
static void test_msix_regions_belong_to_the_bar_around_them(void)
{
    static const struct {
        const char *name, *text;
        guint64 size_bytes;
    } rows[] = {
        { "inside", MEMORY(FRONT TABLE PBA REST), 2 * GIB },
        { "at-the-end", MEMORY(FRONT TABLE), 0x2080 },
        { "not-touching", MEMORY(FRONT FAR), 0x2000 },
        { "behind-somebody-else", MEMORY(FRONT ALIEN TABLE), 0x2000 },
        { "of-the-next-device", MEMORY(WHOLE NEXT_TABLE), 2 * GIB },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Seen) seen = seen_new(GUEST(DECODES, BAR_2));
        const BarState *bar = function_state_bar(first(seen), 2);

        g_test_message("%s", rows[i].name);
        observation_add_memory_map(seen->observation, rows[i].text);
        g_assert_cmphex(bar->views[WITNESS_VMM].base, ==, 6 * GIB);
        g_assert_cmphex(bar->views[WITNESS_VMM].size_bytes, ==, rows[i].size_bytes);
        g_assert_true(range_is_empty(bar->stray));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/observation/guest/refuses-what-is-no-map", test_refuses_what_is_no_map);
    g_test_add_func("/observation/guest/missing-members-have-harmless-values",
                    test_missing_members_have_harmless_values);
    g_test_add_func("/observation/guest/odd-members-count-as-missing",
                    test_odd_members_count_as_missing);
    g_test_add_func("/observation/guest/files-what-it-says", test_files_what_the_guest_says);
    g_test_add_func("/observation/guest/device-is-heard-through-the-control-bar",
                    test_device_is_heard_through_the_control_bar);
    g_test_add_func("/observation/guest/cpu-is-silent-about-the-stopped",
                    test_cpu_is_silent_about_the_stopped);
    g_test_add_func("/observation/guest/io-bars-are-a-kind-of-their-own",
                    test_io_bars_are_a_kind_of_their_own);
    g_test_add_func("/observation/guest/config-decodes-nothing-with-decode-off",
                    test_config_decodes_nothing_with_decode_off);
    g_test_add_func("/observation/ledger/main-bar-is-the-device-models",
                    test_main_bar_is_the_device_models);
    g_test_add_func("/observation/ledger/unlisted-bars-have-no-address",
                    test_unlisted_bars_have_no_address);
    g_test_add_func("/observation/ledger/is-filed", test_files_ledgers);
    g_test_add_func("/observation/ledger/odd-ones-are-refused", test_odd_ledgers_are_refused);
    g_test_add_func("/observation/memory-map/is-filed", test_files_the_memory_map);
    g_test_add_func("/observation/memory-map/io-bars-are-in-the-io-view",
                    test_io_bars_are_in_the_io_view);
    g_test_add_func("/observation/memory-map/msix-regions-belong-to-the-bar-around-them",
                    test_msix_regions_belong_to_the_bar_around_them);
    return g_test_run();
}
