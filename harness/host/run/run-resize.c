/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that gives a BAR another size. */
#include "device-bars.h"
#include "error.h"
#include "run.h"
#include "size.h"

#include <string.h>

/* The kernel refuses other sizes, and that is an outcome; nobody can plan with them. */
static gboolean check_size(const Step *step, const DeviceBar *bar, GError **error)
{
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; i < bar->sizes->len; i++) {
        const guint64 size_bytes = g_array_index(bar->sizes, guint64, i);
        g_autofree char *text = size_format(size_bytes);

        if (step->scope != SCOPE_PNP || size_bytes == step->size_bytes) {
            return TRUE;
        }
        g_string_append_printf(list, "%s%s", i == 0 ? "" : ", ", text);
    }
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: BAR %u of %s can have %s",
                step->place, bar->nr, step->function->name, list->str);
    return FALSE;
}

/* The BAR that a step names, or the main BAR; @bars owns it. NULL with an error: there is none. */
static const DeviceBar *named_bar(Run *run, const Step *step, GPtrArray **bars, GError **error)
{
    g_autoptr(JsonNode) ledger = run_query_ledger(run, step->function, error);
    const DeviceBar *bar;

    if (ledger == NULL) {
        vm_explain(run->vm, error);
        return NULL;
    }
    *bars = device_bars_parse(ledger);
    bar = step->bar_nr < 0 ? device_bars_main(*bars)
                           : device_bars_find(*bars, (guint)step->bar_nr);
    if (bar == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: %s has no BAR %d",
                    step->place, step->function->name, step->bar_nr);
    }
    return bar;
}

/* The BAR that a step resizes; -1 with an error when it is none that can be. */
int run_resized_bar(Run *run, const Step *step, GError **error)
{
    g_autoptr(GPtrArray) bars = NULL;
    const DeviceBar *bar = named_bar(run, step, &bars, error);

    if (bar == NULL) {
        return -1;
    }
    if (bar->sizes->len == 0) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: BAR %u of %s is not resizable",
                    step->place, bar->nr, step->function->name);
        return -1;
    }
    return check_size(step, bar, error) ? (int)bar->nr : -1;
}

/* The script names the kernel's errno. */
static void check_answer(Run *run, const Step *step, const GuestReply *reply)
{
    g_autofree char *word = g_strdup_printf(" %s:", step->wanted);

    if (step->wanted != NULL && (reply->status == 0 || strstr(reply->err->str, word) == NULL)) {
        run_unmet(run, "the kernel was expected to answer %s, and %s%s", step->wanted,
                  reply->status == 0 ? "did it" : "answered: ",
                  reply->status == 0 ? "" : reply->err->str);
    }
}

gboolean run_step_resize(Run *run, const Step *step, GError **error)
{
    int bar_nr = run_resized_bar(run, step, error);
    g_autofree char *bdf = bar_nr < 0 ? NULL : run_find_bdf(run, step->function->name, error);
    g_autoptr(GHashTable) functions = g_hash_table_new(NULL, NULL);
    g_autoptr(GuestReply) reply = NULL;

    if (bdf == NULL) {
        return FALSE;
    }
    story_ask_size(&run->story, step->function, (guint)bar_nr, step->size_bytes);
    if (!step->bound) {
        g_hash_table_add(functions, step->function);
    }
    if (!run_stop_functions(run, functions, error)) {
        return FALSE;
    }
    run->action_follows = TRUE;
    reply = run_guest(run, error, "bar-resize%s%s%s %s %d %" G_GUINT64_FORMAT,
                      step->by_config ? " --config" : "", step->decoding ? " --decoding" : "",
                      step->bound ? " --bound" : "", bdf, bar_nr, step->size_bytes);
    if (!run_check_reply(reply, "bar-resize", error)) {
        return FALSE;
    }
    if (reply->status != 0) {
        run_detail(run, "%s", g_strstrip(reply->err->str));
    }
    check_answer(run, step, reply);
    return run_start_functions(run, functions, error);
}

gboolean run_step_next_size(Run *run, const Step *step, GError **error)
{
    g_autoptr(GPtrArray) bars = NULL;
    const DeviceBar *bar = named_bar(run, step, &bars, error);
    g_autofree char *path = g_strdup_printf("/machine/peripheral/%s", step->function->name);
    g_autofree char *value = NULL;
    g_autofree char *refusal = NULL;
    g_autoptr(JsonNode) reply = NULL;
    JsonObject *arguments;

    if (bar == NULL) {
        return FALSE;
    }
    value = g_strdup_printf("bar%u=%" G_GUINT64_FORMAT, bar->nr, step->size_bytes);
    arguments = json_object_new();
    json_object_set_string_member(arguments, "path", path);
    json_object_set_string_member(arguments, "property", "next-size");
    json_object_set_string_member(arguments, "value", value);
    reply = qmp_ask(vm_qmp(run->vm), "qom-set", arguments, &refusal, error);
    if (refusal != NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: %s", step->place, refusal);
    } else if (reply == NULL) {
        vm_explain(run->vm, error);
    } else {
        story_ask_size(&run->story, step->function, bar->nr, step->size_bytes);
    }
    return reply != NULL;
}
