/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver-words.h"

#include <string.h>

#define SLOW_MS_MAX 600000
#define RATE_MAX 1000
#define INTERRUPTS_MAX 4

const char *const driver_model_names[] = { "wdm",  "kmdf",    "ndis", "storport",
                                           "wddm", "portcls", "acx",  NULL };

static const char *const requests[] = { "query-stop",         "cancel-stop",
                                        "query-requirements", "filter-requirements",
                                        "stop",               "start",
                                        "surprise-removal",   "remove",
                                        NULL };

const char *const driver_behaviours[] = {
    "veto",
    "veto-once",
    "slow=[REQUEST:]MS",
    "fail-start",
    "fail-start-once",
    "fail-prepare",
    "touch-stopped",
    "keep-mapping",
    "keep-dma",
    "restart-stream",
    "skip=CALLBACK",
    "repeat=CALLBACK",
    "drop-request",
    "die=REQUEST",
    NULL,
};

/* The two values of an option, and the models that have it; no models: all of them */
static const struct {
    const char *name, *values[3], *models[3];
} options[] = {
    { "dma", { "on", "off" }, { NULL } },
    { "no-stop", { "on", "off" }, { NULL } },
    { "packet-streams", { "on", "off" }, { NULL } },
    { "position-register", { "on", "off" }, { NULL } },
    { "other-ports", { "on", "off" }, { NULL } },
    { "post-display", { "on", "off" }, { NULL } },
    { "child-list", { "on", "off" }, { NULL } },
    { "pause-at", { "query", "stop" }, { "wdm" } },
    { "creates", { "held", "failed" }, { "wdm" } },
    { "io", { "held", "rejected" }, { "wdm", "storport" } },
    { "objection", { "honoured", "ignored" }, { "ndis" } },
    { "filter", { "skipped", "called" }, { "ndis" } },
    { "stop-order", { "device-first", "adapter-first" }, { "storport" } },
    { "stop-adapter", { "called", "skipped" }, { "storport" } },
    { "find-adapter", { "called", "skipped" }, { "storport" } },
    { "query", { "accepted", "refused" }, { "wddm" } },
};

/* Options with a number */
static const struct {
    const char *name;
    guint max;
} numbers[] = { { "rate", RATE_MAX }, { "interrupts", INTERRUPTS_MAX } };

static gboolean is_number(const char *text, guint max)
{
    return g_ascii_string_to_unsigned(text, 10, 0, max, NULL, NULL);
}

static char *complain_of_request(const char *word)
{
    g_autofree char *list = g_strjoinv(", ", (char **)requests);

    return g_strdup_printf("'%s': no such request; expected one of %s", word, list);
}

static char *slow_complaint(const char *word, const char *value)
{
    const char *colon = strchr(value, ':');
    g_autofree char *request = colon == NULL ? NULL : g_strndup(value, (gsize)(colon - value));

    if (request != NULL && !g_strv_contains(requests, request)) {
        return complain_of_request(word);
    }
    return is_number(colon == NULL ? value : colon + 1, SLOW_MS_MAX)
               ? NULL
               : g_strdup_printf("'%s': expected milliseconds, from 0 to %d", word, SLOW_MS_MAX);
}

static char *behaviour_value_complaint(const char *model, const char *word, const char *behaviour)
{
    const char *expected = strchr(behaviour, '=');
    const char *value = strchr(word, '=');

    if (expected == NULL && value != NULL) {
        return g_strdup_printf("'%s': %s takes no value", word, behaviour);
    }
    if (expected != NULL && (value == NULL || value[1] == '\0')) {
        return g_strdup_printf("'%s': expected %s", word, behaviour);
    }
    if (g_str_equal(model, "wddm") && g_str_has_prefix(word, "veto")) {
        return g_strdup_printf("'%s': a driver of the model %s cannot refuse", word, model);
    }
    if (g_str_has_prefix(behaviour, "slow=")) {
        return slow_complaint(word, value + 1);
    }
    if (g_str_has_prefix(behaviour, "die=") && !g_strv_contains(requests, value + 1)) {
        return complain_of_request(word);
    }
    return NULL;
}

char *driver_behaviour_complaint(const char *model, const char *word)
{
    gsize length = strcspn(word, "=");
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; driver_behaviours[i] != NULL; i++) {
        const char *one = driver_behaviours[i];

        if (strcspn(one, "=") == length && strncmp(one, word, length) == 0) {
            return behaviour_value_complaint(model, word, one);
        }
        g_string_append_printf(list, "%s%s", i == 0 ? "" : ", ", one);
    }
    return g_strdup_printf("'%s': no such behaviour; expected words out of %s", word, list->str);
}

/* @names: those that the model has */
static void list_options(const char *model, GString *names)
{
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_string_append_printf(names, "%s=N, ", numbers[i].name);
    }
    for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
        if (options[i].models[0] == NULL || g_strv_contains(options[i].models, model)) {
            g_string_append_printf(names, "%s=%s|%s, ", options[i].name, options[i].values[0],
                                   options[i].values[1]);
        }
    }
    g_string_truncate(names, names->len - strlen(", "));
}

char *driver_option_complaint(const char *model, const char *word)
{
    g_auto(GStrv) parts = g_strsplit(word, "=", 2);
    const char *value = parts[0] == NULL || parts[1] == NULL ? "" : parts[1];
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (g_strcmp0(parts[0], numbers[i].name) == 0) {
            return is_number(value, numbers[i].max)
                       ? NULL
                       : g_strdup_printf("'%s': expected %s=N, from 0 to %u", word,
                                         numbers[i].name, numbers[i].max);
        }
    }
    for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
        if (g_strcmp0(parts[0], options[i].name) != 0 ||
            (options[i].models[0] != NULL && !g_strv_contains(options[i].models, model))) {
            continue;
        }
        return g_strv_contains(options[i].values, value)
                   ? NULL
                   : g_strdup_printf("'%s': expected %s=%s or %s=%s", word, options[i].name,
                                     options[i].values[0], options[i].name, options[i].values[1]);
    }
    list_options(model, names);
    return g_strdup_printf("'%s': the model %s has no such option; expected words out of %s", word,
                           model, names->str);
}
