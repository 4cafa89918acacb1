/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The runner's words for drivers are those that the guest's program takes. */
#include "driver-words.h"

#include <stdlib.h>
#include <string.h>

#include "behaviour.h"

static gboolean guest_takes_behaviour(const DriverModel *model, const char *word)
{
    Behaviours behaviours = { 0 };
    char why[BEHAVIOUR_WHY_SIZE];

    return behaviour_add(&behaviours, model, word, why) == 0;
}

/* What a scenario may not say beside what the guest refuses: an option without effect. */
static gboolean guest_takes_option(const DriverModel *model, const char *word)
{
    unsigned set = 0;
    int option = option_parse(word, &set);

    return option > 0 && (model->options & (unsigned)option) != 0;
}

static void assert_agrees(const char *model, const char *word, const char *complaint,
                          gboolean taken)
{
    if ((complaint == NULL) != taken) {
        g_test_message("%s, %s: the guest %s it, the runner says %s", model, word,
                       taken ? "takes" : "refuses", complaint == NULL ? "nothing" : complaint);
        g_test_fail();
    }
}

static void test_models_are_the_guests(void)
{
    g_assert_cmpuint(g_strv_length((char **)driver_model_names), ==, driver_model_count);
    for (guint i = 0; i < driver_model_count; i++) {
        g_assert_nonnull(driver_model_find(driver_model_names[i]));
    }
}

/* Every behaviour that the guest prints, bare and with values of each kind, in every model. */
static void test_behaviours_are_the_guests(void)
{
    static const char *const values[] = { "", "=", "=1", "=3000", "=query-stop:3000",
                                          "=query:3000", "=stop:1s", "=600001", "=start" };
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    g_auto(GStrv) lines = NULL;

    behaviours_print(file);
    fclose(file);
    lines = g_strsplit(g_strchomp(text), "\n", -1);
    free(text);
    g_assert_cmpuint(g_strv_length(lines), ==, BEHAVIOURS);
    for (guint i = 0; i < BEHAVIOURS * G_N_ELEMENTS(values) * driver_model_count; i++) {
        const DriverModel *model = driver_models[i % driver_model_count];
        const char *line = lines[i / driver_model_count % BEHAVIOURS];
        const char *value = values[i / driver_model_count / BEHAVIOURS];
        g_autofree char *name = g_strndup(line, strcspn(line, "=:"));
        g_autofree char *word = g_strconcat(name, value, NULL);
        g_autofree char *complaint = driver_behaviour_complaint(model->name, word);

        if (strlen(value) <= 1 || !(g_str_equal(name, "skip") || g_str_equal(name, "repeat"))) {
            assert_agrees(model->name, word, complaint, guest_takes_behaviour(model, word));
        }
    }
}

/* Callbacks are the guest's business: one that a model does not have passes here. */
static void test_callbacks_are_left_to_the_guest(void)
{
    g_autofree char *known = driver_behaviour_complaint("kmdf", "skip=EvtDeviceD0Exit");
    g_autofree char *unknown = driver_behaviour_complaint("kmdf", "skip=MiniportPause");

    g_assert_null(known);
    g_assert_null(unknown);
    g_assert_true(guest_takes_behaviour(driver_model_find("kmdf"), "skip=EvtDeviceD0Exit"));
}

static void test_options_are_the_guests(void)
{
    static const char *const words[] = {
        "pause-at=query",       "pause-at=stop",           "creates=held",
        "creates=failed",       "io=held",                 "io=rejected",
        "objection=honoured",   "objection=ignored",       "filter=skipped",
        "filter=called",        "stop-order=device-first", "stop-order=adapter-first",
        "stop-adapter=called",  "stop-adapter=skipped",    "find-adapter=called",
        "find-adapter=skipped", "query=accepted",          "query=refused",
        "query=",               "pause-at",                "creates=on",
    };
    unsigned seen = 0;

    for (guint i = 0; i < G_N_ELEMENTS(words) * driver_model_count; i++) {
        const DriverModel *model = driver_models[i % driver_model_count];
        const char *word = words[i / driver_model_count];
        g_autofree char *complaint = driver_option_complaint(model->name, word);

        assert_agrees(model->name, word, complaint, guest_takes_option(model, word));
        option_parse(word, &seen);
    }
    for (guint i = 0; i < driver_model_count; i++) {
        g_assert_cmphex(driver_models[i]->options & ~seen, ==, 0); /* all of them are above */
    }
}

static void test_complaints_tell_what_was_expected(void)
{
    static const struct {
        const char *model, *word, *complaint;
    } rows[] = {
        { "kmdf", "interrupts=5", "'interrupts=5': expected interrupts=N, from 0 to 4" },
        { "kmdf", "rate", "'rate': expected rate=N, from 0 to 1000" },
        { "kmdf", "dma=no", "'dma=no': expected dma=on or dma=off" },
        { "wddm", "quick",
          "'quick': the model wddm has no such option; expected words out of rate=N, "
          "interrupts=N, dma=on|off, no-stop=on|off, packet-streams=on|off, "
          "position-register=on|off, other-ports=on|off, post-display=on|off, child-list=on|off, "
          "query=accepted|refused" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *complaint = driver_option_complaint(rows[i].model, rows[i].word);

        g_assert_cmpstr(complaint, ==, rows[i].complaint);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/driver-words/models-are-the-guests", test_models_are_the_guests);
    g_test_add_func("/driver-words/behaviours-are-the-guests", test_behaviours_are_the_guests);
    g_test_add_func("/driver-words/callbacks-are-left-to-the-guest",
                    test_callbacks_are_left_to_the_guest);
    g_test_add_func("/driver-words/options-are-the-guests", test_options_are_the_guests);
    g_test_add_func("/driver-words/complaints-tell-what-was-expected",
                    test_complaints_tell_what_was_expected);
    return g_test_run();
}
