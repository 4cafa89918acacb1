/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest that nobody can ask: configuration space by the monitor, checks and verdicts. */
#include "check.h"
#include "config-space.h"
#include "error.h"
#include "made-up.h"
#include "observation-outside.h"
#include "outside-checks.h"
#include "outside.h"
#include "verdict.h"

#include <string.h>

#define ECAM 0xb0000000ull

static void test_finds_configuration_space_in_the_memory_map(void)
{
    g_assert_cmphex(config_space_find("FlatView #0\n AS \"memory\"\n"
                                      "  0000000000000000-000000000009ffff (prio 0, ram): pc.ram\n"
                                      "  00000000b0000000-00000000bfffffff (prio 0, i/o): "
                                      "pcie-mmcfg-mmio\n"), ==, ECAM);
    g_assert_cmphex(config_space_find("FlatView #0\n"), ==, 0);
}

static void test_asks_for_the_header_of_a_function(void)
{
    g_autofree char *command = config_space_command(ECAM, 0x21, 0x1f, 3);

    g_assert_cmpstr(command, ==, "xp /16xw 0xb21fb000");
}

static const char header[] =
    "00000000b0100000: 0x10f51af4 0x00100002 0x12000001 0x00000000\r\n"
    "00000000b0100010: 0xfe640000 0x00000000 0x0000000c 0x00000002\r\n"
    "00000000b0100020: 0x0000c001 0x00000000 0x00000000 0x11001af4\r\n"
    "00000000b0100030: 0x00000000 0x00000040 0x00000000 0x00000000\r\n";

static void test_reads_bars_and_command(void)
{
    guint32 words[CONFIG_SPACE_WORDS];

    g_assert_true(config_space_parse(header, words));
    g_assert_cmphex(config_space_bar(words, 0), ==, 0xfe640000);
    g_assert_cmphex(config_space_bar(words, 2), ==, 0x200000000);
    g_assert_cmphex(config_space_bar(words, 4), ==, 0xc000);
    g_assert_true(config_space_decodes(words, FALSE));
    g_assert_false(config_space_decodes(words, TRUE));
}

static void test_nobody_answers(void)
{
    static const char *const texts[] = {
        "", "Cannot access memory\n", "00000000b0100000: 0x10f51af4 0x00100002\n",
        "0: 0xffffffff 0xffffffff 0xffffffff 0xffffffff\n"
        "0: 0xffffffff 0xffffffff 0xffffffff 0xffffffff\n"
        "0: 0xffffffff 0xffffffff 0xffffffff 0xffffffff\n"
        "0: 0xffffffff 0xffffffff 0xffffffff 0xffffffff\n",
    };
    guint32 words[CONFIG_SPACE_WORDS];

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_assert_false(config_space_parse(texts[i], words));
    }
}

/* One function as QEMU has it: BAR 2 of 64 bits, behind the port of the same number */
typedef struct Seat {
    const char *name; /* NULL ends an array */
    guint bus;
    guint64 base;     /* in configuration space; 0: none */
    gboolean decode;
    guint64 size_bytes;
    Range window;     /* of its port */
    guint events;     /* records in its ledger beyond the first */
    gboolean switched_off; /* one of them */
    guint64 mapped;   /* by ledger and memory map; 0: as in configuration space */
} Seat;

static gboolean read_header(guint bus, guint slot, guint function, guint32 *words, gpointer data)
{
    (void)slot;
    (void)function;
    for (const Seat *seat = data; seat->name != NULL; seat++) {
        if (seat->bus == bus) {
            memset(words, 0, CONFIG_SPACE_WORDS * sizeof(*words));
            words[1] = seat->decode ? 2 : 0;
            words[6] = (guint32)seat->base | 0xc;
            words[7] = seat->base >> 32;
            return TRUE;
        }
    }
    return FALSE;
}

static JsonNode *tree_of(const Seat *seats)
{
    g_autoptr(GString) text = g_string_new("[{\"bus\": 0, \"devices\": [");

    for (const Seat *seat = seats; seat->name != NULL; seat++) {
        g_string_append_printf(text, "%s{\"bus\": 0, \"slot\": %u, \"function\": 0, \"qdev_id\": "
            "\"p%u\", \"regions\": [], \"pci_bridge\": {\"bus\": {\"number\": 0, "
            "\"secondary\": %u, \"io_range\": {\"base\": 61440, \"limit\": 4095}, "
            "\"memory_range\": {\"base\": 4293918720, \"limit\": 1048575}, "
            "\"prefetchable_range\": {\"base\": %" G_GUINT64_FORMAT ", \"limit\": %"
            G_GUINT64_FORMAT "}}, \"devices\": [{\"bus\": %u, \"slot\": 0, \"function\": 0, \"qdev_id\": \"%s\", "
            "\"regions\": [{\"bar\": 2, \"type\": \"memory\", \"prefetch\": true, \"size\": %"
            G_GUINT64_FORMAT ", \"address\": -1}]}]}}", seat == seats ? "" : ", ", seat->bus,
            seat->bus, seat->bus, seat->window.start, seat->window.end, seat->bus, seat->name,
            seat->size_bytes);
    }
    g_string_append(text, "]}]");
    return json_from_string(text->str, NULL);
}

static JsonNode *ledger_of(const Seat *seat, guint64 mapped)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "{\"total\": %u, \"dropped\": 0, \"interrupts\": 0, \"bars\": ["
        "{\"bar\": 2, \"kind\": \"mem64\", \"prefetchable\": true, \"control\": false, "
        "\"backing\": \"ram\", \"size\": %" G_GUINT64_FORMAT ", \"base\": ", seat->events + 1,
        seat->size_bytes);
    if (mapped == 0) {
        g_string_append(text, "null");
    } else {
        g_string_append_printf(text, "%" G_GUINT64_FORMAT, mapped);
    }
    g_string_append(text, "}], \"records\": [");
    for (guint i = 0; i <= seat->events; i++) {
        g_string_append_printf(text, "%s{\"sequence\": %u, \"time_ns\": 0, \"event\": \"%s\"}",
                               i == 0 ? "" : ", ", i + 1,
                               i == 0               ? "reset"
                               : seat->switched_off ? "decode-off"
                                                    : "bar-write");
    }
    g_string_append(text, "]}");
    return json_from_string(text->str, NULL);
}

static Observation *observe(const Scenario *scenario, const Seat *seats)
{
    g_autoptr(JsonNode) pci = tree_of(seats);
    g_autoptr(GString) map = g_string_new("FlatView #0\n AS \"memory\", root: system\n");
    Observation *observation =
        observation_new_outside(scenario, pci, read_header, (gpointer)seats);

    for (const Seat *seat = seats; seat->name != NULL; seat++) {
        const Function *function = scenario_find_function(scenario, seat->name);
        guint64 mapped = seat->mapped != 0 ? seat->mapped : seat->decode ? seat->base : 0;
        g_autoptr(JsonNode) ledger = ledger_of(seat, mapped);

        g_assert_true(observation_add_ledger(observation, function, ledger, NULL));
        if (mapped != 0) {
            g_string_append_printf(map, "  %016" G_GINT64_MODIFIER "x-%016" G_GINT64_MODIFIER
                                   "x (prio 0, ram): barshift-%u-bar2-ram\n", mapped,
                                   mapped + seat->size_bytes - 1, function->tag);
        }
    }
    observation_add_memory_map(observation, map->str);
    observation_add_pci(observation, scenario, pci);
    return observation;
}

#define GIB(n) ((guint64)(n) << 30)
#define SPAN(from, to) { .start = GIB(from), .end = GIB(to) - 1 }

static const Seat before[] = {
    { "a", 1, GIB(4), TRUE, GIB(2), SPAN(4, 6), 4, FALSE, 0 },
    { "b", 2, GIB(6), TRUE, GIB(2), SPAN(6, 8), 4, FALSE, 0 },
    { NULL, 0, 0, FALSE, 0, SPAN(0, 0), 0, FALSE, 0 },
};

static const Seat nobody = { NULL, 0, 0, FALSE, 0, SPAN(0, 0), 0, FALSE, 0 };

/* Judges an arrival of c after which QEMU has it as @c, and a as @a; NULL: as before */
static Judgement *judge(const Seat *a, const Seat *c, gboolean stops_a)
{
    g_autoptr(Scenario) scenario = made_up_scenario(made_up_scenario_text);
    const Seat after[] = { a == NULL ? before[0] : *a, before[1], *c, nobody };
    g_autoptr(Observation) old = observe(scenario, before);
    g_autoptr(Observation) new = observe(scenario, after);
    GPtrArray *checks = g_ptr_array_new_with_free_func((GDestroyNotify)check_free);
    Judgement *judgement;
    Story story;

    story_init(&story, scenario);
    story.outside = TRUE;
    story.before = old;
    story.after = new;
    g_hash_table_add(story.newcomers, scenario_find_function(scenario, "c"));
    if (stops_a) {
        g_hash_table_add(story.stopped, scenario_find_function(scenario, "a"));
    }
    outside_checks_add(new, checks);
    judgement = verdict_judge(&story, checks, OUTCOME_SETTLED, TRUE);
    story_clear(&story);
    return judgement;
}

static void test_kernel_and_cpu_are_silent(void)
{
    g_autoptr(Scenario) scenario = made_up_scenario(made_up_scenario_text);
    g_autoptr(Observation) now = observe(scenario, before);
    const FunctionState *a = observation_find(now, scenario_find_function(scenario, "a"));
    const BarState *bar = function_state_main_bar(a);

    g_assert_cmpuint(bar->views[WITNESS_KERNEL].state, ==, VIEW_SILENT);
    g_assert_cmpuint(bar->views[WITNESS_CPU].state, ==, VIEW_SILENT);
    g_assert_cmpuint(bar->views[WITNESS_DEVICE].state, ==, VIEW_SILENT);
    g_assert_cmphex(bar->views[WITNESS_CONFIG].base, ==, GIB(4));
    g_assert_cmphex(bar->views[WITNESS_LEDGER].base, ==, GIB(4));
    g_assert_cmphex(bar->views[WITNESS_VMM].base, ==, GIB(4));
    g_assert_cmphex(bar_state_place(bar)->base, ==, GIB(4));
    g_assert_cmphex(bar_state_place(bar)->size_bytes, ==, GIB(2));
}

static void test_arrival_settles(void)
{
    const Seat decoding = { "c", 3, GIB(8), TRUE, GIB(4), SPAN(8, 12), 4, FALSE, 0 };
    const Seat idle = { "c", 3, GIB(8), FALSE, GIB(4), SPAN(8, 12), 4, FALSE, 0 };
    const Seat *const rows[] = { &decoding, &idle };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Judgement) judgement = judge(NULL, rows[i], FALSE);

        g_assert_cmpuint(judgement->outcome, ==, OUTCOME_SETTLED);
        g_assert_cmpuint(judgement->fates[0], ==, FATE_UNTOUCHED);
        g_assert_cmpuint(judgement->fates[2], ==, FATE_ASSIGNED);
        g_assert_true(judgement->pass);
    }
}

static void test_arrival_without_an_address_is_refused(void)
{
    const Seat c = { "c", 3, 0, FALSE, GIB(4), SPAN(8, 12), 4, FALSE, 0 };
    g_autoptr(Judgement) judgement = judge(NULL, &c, FALSE);

    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_REFUSED);
    g_assert_cmpuint(judgement->fates[2], ==, FATE_REFUSED);
}

/* A system that rebalances by itself: one function was switched off, and is elsewhere. */
static void test_rebalance_is_seen(void)
{
    const Seat a = { "a", 1, GIB(12), TRUE, GIB(2), SPAN(12, 14), 8, TRUE, 0 };
    const Seat c = { "c", 3, GIB(8), TRUE, GIB(4), SPAN(8, 12), 4, FALSE, 0 };
    g_autoptr(Judgement) judgement = judge(&a, &c, TRUE);

    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_REBALANCED);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_MOVED);
}

static void test_function_that_stays_switched_off_is_harmed(void)
{
    const Seat a = { "a", 1, GIB(4), FALSE, GIB(2), SPAN(4, 6), 8, TRUE, 0 };
    const Seat c = { "c", 3, GIB(8), TRUE, GIB(4), SPAN(8, 12), 4, FALSE, 0 };
    g_autoptr(Judgement) judgement = judge(&a, &c, TRUE);

    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_HARMED);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_LOST);
}

static const Check *find_check(const Judgement *judgement, const char *name)
{
    for (guint i = 0; i < judgement->checks->len; i++) {
        const Check *check = g_ptr_array_index(judgement->checks, i);

        if (g_str_equal(check->name, name)) {
            return check;
        }
    }
    g_error("there is no check %s", name);
}

/* Each is caught by the check that is there for it. */
static void test_faults_are_caught(void)
{
    static const struct {
        const char *check, *text;
        Seat c;
    } rows[] = {
        { "I1/agreed/0000:03:00.0/bar2/all-witnesses", "ledger 0x300000000",
          { "c", 3, GIB(8), TRUE, GIB(4), SPAN(8, 12), 4, FALSE, GIB(12) } },
        { "I2/contained/0000:03:00.0/bar2", "is in no window of bridge 0000:00:03.0",
          { "c", 3, GIB(8), TRUE, GIB(4), SPAN(8, 10), 4, FALSE, 0 } },
        { "I3/disjoint/0000:03:00.0/bar2", "overlaps BAR 2 of 0000:01:00.0 at 0x100000000",
          { "c", 3, GIB(4), TRUE, GIB(4), SPAN(4, 8), 4, FALSE, 0 } },
        { "I4/aligned/0000:03:00.0/bar2", "is no multiple of its size",
          { "c", 3, GIB(10), TRUE, GIB(4), SPAN(8, 16), 4, FALSE, 0 } },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Judgement) judgement = judge(NULL, &rows[i].c, FALSE);
        const Check *check = find_check(judgement, rows[i].check);

        g_test_message("%s", check->text);
        g_assert_false(judgement->pass);
        g_assert_false(check->ok);
        g_assert_nonnull(strstr(check->text, rows[i].text));
    }
}

static void test_refuses_what_needs_the_guest(void)
{
    static const struct {
        const char *further, *text;
    } rows[] = {
        { "[step 2]\nrebalance = p1\n", "made-up.ini:18: [step 2] rebalance: with --outside" },
        { "[step 2]\nresize = a 1G\n", "[step 2] resize: with --outside there is nobody" },
        { "[step 2]\nunplug = a surprise\n", "[step 2] unplug: with --outside the slot" },
        { "[step 2]\nreset = a\n", "[step 2] reset: with --outside" },
        { "[step 2]\nmove = a +2G\n", "[step 2] move: with --outside" },
        { "[step 2]\nwait-for = text\n", "[step 2] wait-for: with --outside" },
    };
    g_autoptr(Scenario) plain = made_up_scenario(made_up_scenario_text);

    g_assert_true(outside_suits(plain, NULL));
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat(made_up_scenario_text, rows[i].further, NULL);
        g_autoptr(Scenario) scenario = made_up_scenario(text);
        g_autoptr(GError) error = NULL;

        g_assert_false(outside_suits(scenario, &error));
        g_test_message("%s", error->message);
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
        g_assert_nonnull(strstr(error->message, rows[i].text));
    }
}

static void test_refuses_what_only_the_guest_can_tell(void)
{
    static const struct {
        const char *key, *text;
    } rows[] = {
        { "quiet = a", "[scenario] quiet: with --outside nobody reads the kernel's log" },
        { "breaks = I3 I6", "[scenario] breaks = I6: with --outside it is not judged" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("[scenario]\n%s\n%s", rows[i].key,
                                                made_up_scenario_text + strlen("[scenario]\n"));
        g_autoptr(Scenario) scenario = made_up_scenario(text);
        g_autoptr(GError) error = NULL;

        g_assert_false(outside_suits(scenario, &error));
        g_test_message("%s", error->message);
        g_assert_nonnull(strstr(error->message, rows[i].text));
    }
}

/* What goes on without asking anybody can be begun and pressed. */
static void test_takes_what_qemu_does(void)
{
    g_autofree char *text =
        g_strconcat(made_up_scenario_text,
                    "[step 2]\nunplug = a\nmeanwhile = unplug b\n"
                    "[step 3]\nsnapshot = there\n[step 4]\ncheck = settled\n", NULL);
    g_autoptr(Scenario) scenario = made_up_scenario(text);

    g_assert_true(outside_suits(scenario, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/outside/config-space/found-in-the-memory-map",
                    test_finds_configuration_space_in_the_memory_map);
    g_test_add_func("/outside/config-space/asks-for-a-header",
                    test_asks_for_the_header_of_a_function);
    g_test_add_func("/outside/config-space/reads-bars-and-command", test_reads_bars_and_command);
    g_test_add_func("/outside/config-space/nobody-answers", test_nobody_answers);
    g_test_add_func("/outside/observation/guest-is-silent", test_kernel_and_cpu_are_silent);
    g_test_add_func("/outside/verdict/settled", test_arrival_settles);
    g_test_add_func("/outside/verdict/refused", test_arrival_without_an_address_is_refused);
    g_test_add_func("/outside/verdict/rebalanced", test_rebalance_is_seen);
    g_test_add_func("/outside/verdict/harmed", test_function_that_stays_switched_off_is_harmed);
    g_test_add_func("/outside/checks/catch-faults", test_faults_are_caught);
    g_test_add_func("/outside/scenario/refuses-steps", test_refuses_what_needs_the_guest);
    g_test_add_func("/outside/scenario/refuses-claims", test_refuses_what_only_the_guest_can_tell);
    g_test_add_func("/outside/scenario/takes-the-others", test_takes_what_qemu_does);
    return g_test_run();
}
