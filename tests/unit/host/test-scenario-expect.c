/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made-up.h"
#include "scenario-expect.h"

#define REASON "reason = r\nlink = l\n"

/* c is hot-added, refused, and then a rebalance makes room. */
static const char text[] =
    "[scenario]\n"
    "title = t\n"
    "outcome = rebalanced\n"
    "moved = a\n"
    "[machine]\n"
    "hotplug = acpi\n"
    "[port p1]\n"
    "[port p2]\n"
    "[function a]\n"
    "port = p1\n"
    "[function c]\n"
    "port = p2\n"
    "plugged = later\n"
    "[step arrival]\n"
    "hot-add = c\n"
    "expect = refused\n"
    "[step make room]\n"
    "rebalance = p1 p2\n";

static Scenario *with(const char *expects)
{
    g_autofree char *whole = g_strconcat(text, expects, NULL);

    return made_up_scenario(whole);
}

static void test_replaces_the_keys_that_it_has(void)
{
    g_autoptr(Scenario) scenario =
        with("[expect old]\nwhen = kernel ..6.1\noutcome = harmed\nmoved =\nbreaks = I1 I5\n"
             "step.make room = refused\n" REASON);
    g_autoptr(ScenarioExpectation) new = scenario_expect(scenario, "6.2.0", "7.2.22");
    g_autoptr(ScenarioExpectation) old = scenario_expect(scenario, "6.1.192", "7.2.22");
    Outcome outcome = OUTCOMES;

    g_assert_null(new->name);
    g_assert_null(new->reason);
    g_assert_cmpuint(new->outcome, ==, OUTCOME_REBALANCED);
    g_assert_cmpstr(new->moved[0], ==, "a");
    g_assert_true(scenario_expectation_step(new, 0, &outcome));
    g_assert_cmpuint(outcome, ==, OUTCOME_REFUSED);
    g_assert_false(scenario_expectation_step(new, 1, &outcome));

    g_assert_cmpstr(old->name, ==, "old");
    g_assert_cmpstr(old->reason, ==, "r");
    g_assert_cmpstr(old->link, ==, "l");
    g_assert_true(g_str_has_suffix(old->place, "made-up.ini:19"));
    g_assert_cmpuint(old->outcome, ==, OUTCOME_HARMED);
    g_assert_null(old->moved[0]);
    g_assert_null(old->kept[0]);
    g_assert_cmpstr(old->breaks[1], ==, "I5");
    g_assert_true(scenario_expectation_step(old, 0, &outcome));
    g_assert_cmpuint(outcome, ==, OUTCOME_REFUSED);
    g_assert_true(scenario_expectation_step(old, 1, &outcome));
    g_assert_cmpuint(outcome, ==, OUTCOME_REFUSED);
}

static void test_takes_the_first_that_holds(void)
{
    static const struct {
        const char *kernel, *qemu, *name;
    } rows[] = {
        { "6.1.192", "7.2.22", "both" },    { "6.1.192", "10.2.2", "one" },
        { "6.12.107", "10.2.2", "second" }, { "6.12.107", "7.2.22", NULL },
        { NULL, "10.2.2", "second" },       { NULL, NULL, NULL },
    };
    g_autoptr(Scenario) scenario =
        with("[expect never]\nwhen = hotplug native\n" REASON
             "[expect both]\nwhen = kernel 6.1 & qemu 7.2 | 8 & hotplug acpi\n" REASON
             "[expect one]\nwhen = kernel ..5 | 6.0..6.1\n" REASON
             "[expect second]\nwhen = qemu 10.. & firmware seabios|ovmf\n" REASON);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ScenarioExpectation) expectation =
            scenario_expect(scenario, rows[i].kernel, rows[i].qemu);

        g_test_message("kernel %s, qemu %s", rows[i].kernel, rows[i].qemu);
        g_assert_cmpstr(expectation->name, ==, rows[i].name);
    }
}

static void test_names_what_is_wrong(void)
{
    static const struct {
        const char *expect, *message;
    } rows[] = {
        { REASON, "made-up.ini:19: [expect x]: the key 'when' is missing: conditions, such as "
          "kernel ..6.1" },
        { "when =\n" REASON, "made-up.ini:20: [expect x] when: a condition is missing, such as "
          "kernel ..6.1" },
        { "when = kernel\n" REASON, "made-up.ini:20: [expect x] when: 'kernel' lacks a value; "
          "expected a "
          "subject and values, such as kernel ..6.1 | 6.12.." },
        { "when = kernel 6.1 |\n" REASON,
          "made-up.ini:20: [expect x] when: 'kernel 6.1 |' lacks a value; expected a subject and "
          "values, such as kernel ..6.1 | 6.12.." },
        { "when = kernel new\n" REASON,
          "made-up.ini:20: [expect x] when: 'new' is no range of versions; expected A..B, A.., ..B "
          "or A, such as ..6.12.100" },
        { "when = hotplug shpc\n" REASON,
          "made-up.ini:20: [expect x] when: hotplug 'shpc' is not one of: native, acpi" },
        { "when = firmware bios\n" REASON,
          "made-up.ini:20: [expect x] when: firmware 'bios' is not one of: seabios, ovmf" },
        { "when = linux 6.1\n" REASON,
          "made-up.ini:20: [expect x] when: 'linux' is neither kernel, qemu, firmware, hotplug nor "
          "a variable of [matrix]" },
        { "when = kernel 6.1\nreason = r\n",
          "made-up.ini:19: [expect x]: the key 'link' is missing, without which nobody knows when "
          "this can go" },
        { "when = kernel 6.1\nlink = l\n",
          "made-up.ini:19: [expect x]: the key 'reason' is missing, without which nobody knows "
          "when this can go" },
        { "when = kernel 6.1\ntitle = t\n" REASON,
          "made-up.ini:21: [expect x] title: unknown key; this group takes: when, outcome, reason, "
          "link, moved, kept, untouched, quiet, breaks" },
        { "when = kernel 6.1\nkept = b\n" REASON,
          "made-up.ini:21: [expect x] kept: no function 'b' is defined" },
        { "when = kernel 6.1\nbreaks = I99\n" REASON,
          "made-up.ini:21: [expect x] breaks: 'I99' is no invariant; expected ids such as I5" },
        { "when = kernel 6.1\nstep.departure = refused\n" REASON,
          "made-up.ini:21: [expect x] step.departure: there is no [step departure]" },
        { "when = kernel 6.1\nstep.arrival = fine\n" REASON,
          "made-up.ini:21: [expect x] step.arrival: 'fine' is not one of: settled, rebalanced, "
          "resized, refused, survived, harmed" },
        { "when = kernel 6.1\nstep.arrival = survived\n" REASON,
          "made-up.ini:21: [expect x] step.arrival: somebody asks for resources here; survived is "
          "when nobody does" },
        { "when = kernel 6.1\noutcome = survived\n" REASON,
          "made-up.ini:21: [expect x] outcome: somebody asks for resources here; survived is when "
          "nobody does" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *whole = g_strconcat(text, "[expect x]\n", rows[i].expect, NULL);
        g_autofree char *message = made_up_failure(whole);

        g_assert_cmpstr(message, ==, rows[i].message);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/scenario-expect/replaces-the-keys-that-it-has",
                    test_replaces_the_keys_that_it_has);
    g_test_add_func("/scenario-expect/takes-the-first-that-holds",
                    test_takes_the_first_that_holds);
    g_test_add_func("/scenario-expect/names-what-is-wrong", test_names_what_is_wrong);
    return g_test_run();
}
