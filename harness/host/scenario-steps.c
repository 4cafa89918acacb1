/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-group.h"

#include "registers.h"
#include "size.h"

#define DEADLINE_SECONDS_MAX 3600

static const char *const step_keys[] = { "power-off", "hot-add", "rebalance", "resize",
                                         "expect",    "policy",  "deadline",  NULL };
static const char *const policies[] = { "all-or-nothing", "best-effort", NULL };

/* SIZE or barN SIZE */
static gboolean read_step_size(const KeyFile *file, const char *group, const char *key,
                               char *const *words, Step *step, GError **error)
{
    g_autoptr(GError) cause = NULL;

    step->bar_nr = -1;
    if (words[1] != NULL) {
        const char *bar = words[0];

        if (!g_str_has_prefix(bar, "bar") || bar[3] < '0' || bar[3] >= '0' + BARSHIFT_BARS ||
            bar[4] != '\0') {
            return key_file_fail(file, group, key, error, "'%s' is no BAR; expected bar0 to bar5",
                                 bar);
        }
        step->bar_nr = bar[3] - '0';
        words++;
    }
    if (!size_parse(words[0], &step->size_bytes, &cause)) {
        return key_file_fail(file, group, key, error, "%s", cause->message);
    }
    return (size_is_power_of_two(step->size_bytes) && step->size_bytes >= SCENARIO_BAR_SIZE_MIN) ||
           key_file_fail(file, group, key, error,
                         "a resizable BAR's size is a power of two of at least 1M");
}

static gboolean find_step_function(const Scenario *scenario, const KeyFile *file,
                                   const char *group, const char *key, const char *name,
                                   Step *step, GError **error)
{
    step->function = scenario_find_function(scenario, name);
    return step->function != NULL ||
           key_file_fail(file, group, key, error, "no function '%s' is defined above", name);
}

static gboolean read_step_function(Scenario *scenario, const KeyFile *file, const char *group,
                                   const char *key, char **words, Step *step, GError **error)
{
    gboolean resize = step->kind == STEP_RESIZE;
    guint count = g_strv_length(words);

    if (resize ? count != 2 && count != 3 : count != 1) {
        return key_file_fail(file, group, key, error, "expected %s",
                             resize ? "FUNCTION [barN] SIZE" : "one FUNCTION");
    }
    if (!find_step_function(scenario, file, group, key, words[0], step, error)) {
        return FALSE;
    }
    if (!resize && step->function->number != 0) {
        return key_file_fail(file, group, key, error,
                             "a slot takes whole devices; name function 0 of this one, '%s'",
                             step->function->first->name);
    }
    return !resize || read_step_size(file, group, key, words + 1, step, error);
}

/* "pnp", "pnp FUNCTION", "pnp resize FUNCTION SIZE", "pnp resize FUNCTION barN SIZE" */
static gboolean read_step_pnp(const Scenario *scenario, const KeyFile *file, const char *group,
                              const char *key, char **words, Step *step, GError **error)
{
    guint count = g_strv_length(words);

    step->scope = SCOPE_PNP;
    if (count == 1) {
        return TRUE;
    }
    if (count == 2 && !g_str_equal(words[1], "resize")) {
        return find_step_function(scenario, file, group, key, words[1], step, error);
    }
    if (!g_str_equal(words[1], "resize") || (count != 4 && count != 5)) {
        return key_file_fail(file, group, key, error,
                             "expected pnp, pnp FUNCTION or pnp resize FUNCTION [barN] SIZE");
    }
    return find_step_function(scenario, file, group, key, words[2], step, error) &&
           read_step_size(file, group, key, words + 3, step, error);
}

/* How the PnP manager is to go about it; nobody else can be told. */
static gboolean read_step_manner(const KeyFile *file, const char *group, Step *step,
                                 GError **error)
{
    static const char *const keys[] = { "policy", "deadline" };
    g_autofree char *policy = key_file_get(file, group, "policy");
    g_autofree char *deadline = key_file_get(file, group, "deadline");
    guint choice = 0;

    for (guint i = 0; step->scope != SCOPE_PNP && i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *value = key_file_get(file, group, keys[i]);

        if (value != NULL) {
            return key_file_fail(file, group, keys[i], error,
                                 "only for a step 'rebalance = pnp'");
        }
    }
    step->policy = g_steal_pointer(&policy);
    if (!key_file_get_choice(file, group, "policy", policies, &choice, error) ||
        !key_file_get_number(file, group, "deadline", DEADLINE_SECONDS_MAX,
                             &step->deadline_seconds, error)) {
        return FALSE;
    }
    return deadline == NULL || step->deadline_seconds != 0 ||
           key_file_fail(file, group, "deadline", error,
                         "nobody answers within 0 s; expected 1 to %d", DEADLINE_SECONDS_MAX);
}

static gboolean read_step_ports(Scenario *scenario, const KeyFile *file, const char *group,
                                const char *key, char **words, Step *step, GError **error)
{
    if (words[0] != NULL && words[1] == NULL && g_str_equal(words[0], "nearest")) {
        step->scope = SCOPE_NEAREST;
        return TRUE;
    }
    if (words[0] != NULL && words[1] == NULL && g_str_equal(words[0], "root-port")) {
        step->scope = SCOPE_ROOT_PORT;
        return TRUE;
    }
    if (words[0] != NULL && g_str_equal(words[0], "pnp")) {
        return read_step_pnp(scenario, file, group, key, words, step, error);
    }
    if (words[0] == NULL) {
        return key_file_fail(file, group, key, error,
                             "expected 'nearest', 'root-port', 'pnp' or names of ports");
    }
    step->scope = SCOPE_PORTS;
    for (guint i = 0; words[i] != NULL; i++) {
        Port *port = scenario_find_port(scenario, words[i]);

        if (port == NULL) {
            return key_file_fail(file, group, key, error,
                                 "no port '%s' is defined above; other words here are nearest, "
                                 "root-port and pnp", words[i]);
        }
        g_ptr_array_add(step->ports, port);
    }
    return TRUE;
}

static gboolean read_step_action(Scenario *scenario, const KeyFile *file, const char *group,
                                 Step *step, GError **error)
{
    const char *key = NULL;
    g_auto(GStrv) words = NULL;
    g_autofree char *text = NULL;

    for (guint i = 0; i < STEPS; i++) {
        g_autofree char *value = key_file_get(file, group, step_names[i]);

        if (value != NULL && key != NULL) {
            return key_file_fail(file, group, step_names[i], error,
                                 "a step has one action; '%s' stands here too", key);
        }
        if (value != NULL) {
            key = step_names[i];
            step->kind = i;
        }
    }
    if (key == NULL) {
        return key_file_fail(file, group, NULL, error,
                             "no action; expected power-off, hot-add, rebalance or resize");
    }
    words = key_file_get_words(file, group, key);
    text = g_strjoinv(" ", words);
    step->text = g_strdup_printf("%s %s", key, text);
    step->place = key_file_place(file, group, key);
    return step->kind == STEP_REBALANCE
               ? read_step_ports(scenario, file, group, key, words, step, error)
               : read_step_function(scenario, file, group, key, words, step, error);
}

gboolean scenario_read_step(Scenario *scenario, const KeyFile *file, const char *group,
                            GError **error)
{
    Step *step = g_new0(Step, 1);
    g_autofree char *expect = key_file_get(file, group, "expect");

    g_ptr_array_add(scenario->steps, step);
    step->ports = g_ptr_array_new();
    step->has_expect = expect != NULL;
    return key_file_check_keys(file, group, step_keys, error) &&
           scenario_read_outcome(file, group, "expect", &step->expect, error) &&
           read_step_action(scenario, file, group, step, error) &&
           read_step_manner(file, group, step, error);
}
