/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a scenario as the file has them, and on paper. */
#include "made-up.h"
#include "step-type.h"

/* The made-up scenario with another outcome and other steps. */
static char *with_steps(const char *outcome, const char *steps)
{
    const char *tail = strstr(made_up_scenario_text, "[port p1]");
    g_autofree char *middle = g_strndup(tail, strstr(tail, "[step 1]") - tail);

    return g_strdup_printf("[scenario]\ntitle = made up\noutcome = %s\n%s%s\n", outcome, middle,
                           steps);
}

/* Whether anybody asks for resources decides between "survived" and the other outcomes. */
static void test_outcomes_need_somebody_who_asks(void)
{
    static const struct {
        const char *outcome;
        const char *steps;
        const char *message; /* (nullable): NULL: it loads */
    } rows[] = {
        { "survived", "[step 1]\npower-off = a", NULL },
        { "harmed", "[step 1]\npower-off = a", NULL },
        { "survived", "[step 1]\nrebalance = p1", NULL },
        { "survived", "[step 1]\nhot-add = c\nexpect = settled\n[step 2]\npower-off = c",
          NULL },
        { "settled", "[step 1]\nrebalance = p1\nexpect = survived\n[step 2]\nhot-add = c",
          NULL },
        { "settled", "[step 1]\npower-off = a",
          "made-up.ini:3: [scenario] outcome: nobody is plugged in here that was hot-added or "
          "resized; without one the outcome is survived or harmed" },
        { "survived", "[step 1]\nhot-add = c",
          "made-up.ini:3: [scenario] outcome: somebody asks for resources here; survived is when "
          "nobody does" },
        { "survived", "[step 1]\nresize = a 4G",
          "made-up.ini:3: [scenario] outcome: somebody asks for resources here; survived is when "
          "nobody does" },
        { "survived", "[step 1]\npower-off = a\nexpect = refused",
          "made-up.ini:17: [step 1] expect: nobody is plugged in here that was hot-added or "
          "resized; without one the outcome is survived or harmed" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = with_steps(rows[i].outcome, rows[i].steps);

        if (rows[i].message == NULL) {
            scenario_free(made_up_scenario(text));
        } else {
            g_autofree char *message = made_up_failure(text);

            g_assert_cmpstr(message, ==, rows[i].message);
        }
    }
}

static const Step *first_step(const Scenario *scenario)
{
    return g_ptr_array_index(scenario->steps, 0);
}

static void test_reads_moves(void)
{
    static const struct {
        const char *step;
        int bar_nr;
        guint64 address;
        gint64 distance;
        const char *other; /* (nullable) */
    } rows[] = {
        { "move = a 0x380000000", -1, 0x380000000, 0, NULL },
        { "move = a bar0 0xfe000000", 0, 0xfe000000, 0, NULL },
        { "move = a +2G", -1, 0, 2ll << 30, NULL },
        { "move = a bar4 -512M", 4, 0, -(512ll << 20), NULL },
        { "move = a b", -1, 0, 0, "b" },
        { "swap = a b", -1, 0, 0, "b" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *steps = g_strdup_printf("[step 1]\n%s", rows[i].step);
        g_autofree char *text = with_steps("survived", steps);
        g_autoptr(Scenario) scenario = made_up_scenario(text);
        const Step *step = first_step(scenario);

        g_assert_cmpstr(step->function->name, ==, "a");
        g_assert_cmpint(step->bar_nr, ==, rows[i].bar_nr);
        g_assert_cmphex(step->address, ==, rows[i].address);
        g_assert_cmpint(step->distance, ==, rows[i].distance);
        g_assert_cmpstr(step->other == NULL ? NULL : step->other->name, ==, rows[i].other);
    }
}

static void assert_fails(const char *const (*rows)[2], guint count)
{
    for (guint i = 0; i < count; i++) {
        g_autofree char *steps = g_strdup_printf("[step 1]\n%s", rows[i][0]);
        g_autofree char *text = with_steps("survived", steps);
        g_autofree char *message = made_up_failure(text);

        g_assert_cmpstr(message, ==, rows[i][1]);
    }
}

static void test_names_what_is_wrong_with_moves(void)
{
    static const char *const rows[][2] = {
        { "move = a", "made-up.ini:16: [step 1] move: expected FUNCTION [barN] ADDRESS" },
        { "move = a 4G",
          "made-up.ini:16: [step 1] move: '4G' is no address; expected 0xADDRESS, +SIZE, -SIZE or "
          "a function that is defined above" },
        { "move = a bar6 +2G",
          "made-up.ini:16: [step 1] move: 'bar6' is no BAR; expected bar0 to bar5" },
        { "move = a +0", "made-up.ini:16: [step 1] move: '+0' is no distance" },
        { "move = a 0x", "made-up.ini:16: [step 1] move: Empty string is not a number" },
        { "move = c +2G", "made-up.ini:16: [step 1] move: 'c' is not plugged in at this step" },
        { "move = a c", "made-up.ini:16: [step 1] move: 'c' is not plugged in at this step" },
        { "swap = a", "made-up.ini:16: [step 1] swap: expected FUNCTION FUNCTION" },
        { "swap = a a", "made-up.ini:16: [step 1] swap: expected two functions; 'a' stands twice" },
        { "swap = a c", "made-up.ini:16: [step 1] swap: 'c' is not plugged in at this step" },
        { "swap = a d", "made-up.ini:16: [step 1] swap: no function 'd' is defined above" },
    };

    assert_fails(rows, G_N_ELEMENTS(rows));
}

/* The driver would go where the kernel says that the function is. */
static void test_moves_nobody_with_a_driver(void)
{
    g_autofree char *text = with_steps("survived", "[function d]\nport = p3\ndriver = kmdf\n"
                                                   "[step 1]\nswap = a d");
    g_autofree char *message = made_up_failure(text);

    g_assert_true(g_str_has_prefix(message, "made-up.ini:19: [step 1] swap: 'd' has a driver, "));
}

static void test_names_what_is_wrong_with_power(void)
{
    static const char *const rows[][2] = {
        { "reset = a hot", "made-up.ini:16: [step 1] reset: expected FUNCTION [flr|bus]" },
        { "reset = a flr bus", "made-up.ini:16: [step 1] reset: expected FUNCTION [flr|bus]" },
        { "reset = c", "made-up.ini:16: [step 1] reset: 'c' is not plugged in at this step" },
        { "suspend = a b", "made-up.ini:16: [step 1] suspend: expected one FUNCTION" },
        { "resume = a", "made-up.ini:16: [step 1] resume: 'a' is not suspended at this step; "
          "a step 'suspend' comes before it" },
        { "suspend = a\n[step 2]\nmove = a +2G",
          "made-up.ini:18: [step 2] move: 'a' is suspended at this step; a step 'resume' wakes "
          "it" },
        { "suspend = a\n[step 2]\nremove = p1",
          "made-up.ini:18: [step 2] remove: 'a' is suspended at this step; a step 'resume' wakes "
          "it" },
        { "suspend = a\n[step 2]\nrebalance = p2",
          "made-up.ini:18: [step 2] rebalance: somebody is suspended at this step, and could not "
          "be started again" },
    };

    assert_fails(rows, G_N_ELEMENTS(rows));
}

static void test_wakes_who_sleeps(void)
{
    g_autofree char *text = with_steps("survived", "[step 1]\nsuspend = a\n[step 2]\nresume = a\n"
                                                   "[step 3]\nreset = a bus");
    g_autoptr(Scenario) scenario = made_up_scenario(text);

    g_assert_cmpstr(((Step *)g_ptr_array_index(scenario->steps, 2))->word, ==, "bus");
}

static void test_names_what_is_wrong_with_looks(void)
{
    static const char *const rows[][2] = {
        { "check = fine",
          "made-up.ini:16: [step 1] check: 'fine' is not one of: settled, rebalanced, resized, "
          "refused, survived, harmed" },
        { "check = settled",
          "made-up.ini:16: [step 1] check: nobody is plugged in here that was hot-added or "
          "resized; without one the outcome is survived or harmed" },
        { "check = survived\nexpect = survived",
          "made-up.ini:17: [step 1] expect: a check names the outcome itself" },
        { "snapshot = a b",
          "made-up.ini:16: [step 1] snapshot: expected one WORD of at most 20 letters, the name of "
          "the address map" },
        { "snapshot = x\n[step 2]\nsnapshot = x",
          "made-up.ini:16: [step 1] snapshot: another snapshot is named 'x', too" },
    };

    assert_fails(rows, G_N_ELEMENTS(rows));
}

static void test_reads_a_check(void)
{
    g_autofree char *text = with_steps("survived", "[step 1]\ncheck = harmed\n"
                                                   "[step 2]\nsnapshot = then");
    g_autoptr(Scenario) scenario = made_up_scenario(text);

    g_assert_true(first_step(scenario)->has_expect);
    g_assert_cmpuint(first_step(scenario)->expect, ==, OUTCOME_HARMED);
    g_assert_cmpstr(((Step *)g_ptr_array_index(scenario->steps, 1))->word, ==, "then");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/steps/outcomes-need-somebody-who-asks",
                    test_outcomes_need_somebody_who_asks);
    g_test_add_func("/steps/move/reads", test_reads_moves);
    g_test_add_func("/steps/move/names-what-is-wrong", test_names_what_is_wrong_with_moves);
    g_test_add_func("/steps/move/nobody-with-a-driver", test_moves_nobody_with_a_driver);
    g_test_add_func("/steps/power/names-what-is-wrong", test_names_what_is_wrong_with_power);
    g_test_add_func("/steps/power/wakes-who-sleeps", test_wakes_who_sleeps);
    g_test_add_func("/steps/looks/names-what-is-wrong", test_names_what_is_wrong_with_looks);
    g_test_add_func("/steps/looks/reads-a-check", test_reads_a_check);
    return g_test_run();
}
