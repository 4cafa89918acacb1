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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/steps/outcomes-need-somebody-who-asks",
                    test_outcomes_need_somebody_who_asks);
    return g_test_run();
}
