/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking the witnesses of a scenario under way. */
#include "error.h"
#include "link.h"
#include "outside-checks.h"
#include "run.h"

#include <string.h>

#define RUN_BASELINE "/tmp/barshift-baseline"
#define TRAFFIC_SECONDS 3 /* how long drivers may take to get one request through */

static void file_kernel_lines(Run *run, const GPtrArray *lines)
{
    for (guint i = 0; run->step != NULL && i < lines->len; i++) {
        g_ptr_array_add(run->step->kernel, g_strdup(g_ptr_array_index(lines, i)));
    }
}

static GuestReply *guest_command(Run *run, const char *command, GError **error)
{
    gint64 deadline_us = deadline_in(run->options->timeout_seconds);
    gboolean begun = guest_begin(vm_guest(run->vm), command, deadline_us, error);
    GuestReply *reply;

    if (begun && run->action_follows) {
        run->action_follows = FALSE;
        if (!run_begin_meanwhile(run, error)) {
            return NULL;
        }
    }
    reply = begun ? guest_finish(vm_guest(run->vm), command, deadline_us, error) : NULL;
    if (reply == NULL) {
        vm_explain(run->vm, error);
        return NULL;
    }
    file_kernel_lines(run, reply->kernel);
    return reply;
}

GuestReply *run_guest(Run *run, GError **error, const char *format, ...)
{
    g_autofree char *command = NULL;
    va_list arguments;

    va_start(arguments, format);
    command = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return guest_command(run, command, error);
}

static gboolean check_done(const GuestReply *reply, const char *command, GError **error)
{
    if (reply->status == 0) {
        return TRUE;
    }
    g_set_error(error, RUNNER_ERROR,
                reply->status == RUNNER_ERROR_DEADLINE ? RUNNER_ERROR_DEADLINE
                                                       : RUNNER_ERROR_ENVIRONMENT,
                "in the guest, '%s' ended with status %d: %s%s", command, reply->status,
                g_strstrip(reply->err->str), g_strstrip(reply->out->str));
    return FALSE;
}

GuestReply *run_guest_ok(Run *run, GError **error, const char *format, ...)
{
    g_autofree char *command = NULL;
    g_autoptr(GuestReply) reply = NULL;
    va_list arguments;

    va_start(arguments, format);
    command = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    reply = guest_command(run, command, error);
    return reply != NULL && check_done(reply, command, error) ? g_steal_pointer(&reply) : NULL;
}

void run_detail(Run *run, const char *format, ...)
{
    va_list arguments;

    g_free(run->step->detail);
    va_start(arguments, format);
    run->step->detail = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

void run_unmet(Run *run, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(run->story.unmet, g_strdup_printf("step '%s': %s", run->step->text, text));
    if (run->step->detail == NULL) {
        run_detail(run, "%s", text);
    }
}

JsonNode *run_query_pci(Run *run, GError **error)
{
    JsonNode *pci = qmp_execute(vm_qmp(run->vm), "query-pci", NULL, error);

    if (pci == NULL) {
        vm_explain(run->vm, error);
    }
    return pci;
}

JsonNode *run_query_ledger(Run *run, const Function *function, GError **error)
{
    g_autofree char *path = g_strdup_printf("/machine/peripheral/%s", function->name);
    JsonObject *arguments = json_object_new();

    json_object_set_string_member(arguments, "path", path);
    json_object_set_string_member(arguments, "property", "ledger");
    return qmp_execute(vm_qmp(run->vm), "qom-get", arguments, error);
}

static gboolean add_ledgers(Run *run, Observation *observation, GError **error)
{
    for (guint i = 0; i < observation->functions->len; i++) {
        const FunctionState *state = g_ptr_array_index(observation->functions, i);
        g_autoptr(JsonNode) ledger = NULL;

        if (state->function == NULL) {
            continue;
        }
        ledger = run_query_ledger(run, state->function, error);
        if (ledger == NULL) {
            return FALSE;
        }
        if (!observation_add_ledger(observation, state->function, ledger, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean ask_qemu(Run *run, JsonNode **pci, char **memory_map, GError **error)
{
    *pci = run_query_pci(run, error);
    *memory_map = *pci == NULL ? NULL : qmp_human(vm_qmp(run->vm), "info mtree -f", error);
    return *memory_map != NULL;
}

/* One look of the witnesses, as they have answered */
typedef struct Look {
    GuestReply *reply; /* (nullable): nobody can be asked in the guest */
    JsonNode *pci;
    char *memory_map;
} Look;

static void look_clear(Look *look)
{
    g_clear_pointer(&look->reply, guest_reply_free);
    g_clear_pointer(&look->pci, json_node_unref);
    g_clear_pointer(&look->memory_map, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Look, look_clear)

/* QEMU is asked while the guest looks, which takes longer. */
static gboolean look_ask(Run *run, const char *command, Look *look, GError **error)
{
    gint64 deadline_us = deadline_in(run->options->timeout_seconds);
    gboolean done;

    if (run_is_outside(run)) {
        return ask_qemu(run, &look->pci, &look->memory_map, error);
    }
    done = guest_begin(vm_guest(run->vm), command, deadline_us, error) &&
           ask_qemu(run, &look->pci, &look->memory_map, error);
    look->reply = done ? guest_finish(vm_guest(run->vm), command, deadline_us, error) : NULL;
    if (look->reply == NULL) {
        vm_explain(run->vm, error);
        return FALSE;
    }
    file_kernel_lines(run, look->reply->kernel);
    return TRUE;
}

/* Cuts the map off from what else was written; the map may be all. Returns: (transfer full) */
static char *take_map(GString *out)
{
    char *mark = strstr(out->str, "\n" LINK_MAP_MARK);
    char *map;

    if (mark == NULL) {
        return g_strdup(out->str);
    }
    map = g_strdup(mark + strlen("\n" LINK_MAP_MARK));
    g_string_truncate(out, (gsize)(mark + 1 - out->str));
    return map;
}

/* The ledgers come last, for they count what the guest reads for its map. */
static Observation *look_judge(Run *run, const Look *look, const char *map, GError **error)
{
    g_autoptr(Observation) observation =
        map == NULL ? run_read_config(run, look->pci, look->memory_map, error)
                    : observation_new(run->scenario, map, error);

    if (observation == NULL || !add_ledgers(run, observation, error)) {
        vm_explain(run->vm, error);
        return NULL;
    }
    observation_add_memory_map(observation, look->memory_map);
    observation_add_pci(observation, run->scenario, look->pci);
    return g_steal_pointer(&observation);
}

/* @command: writes a map, behind what else it writes */
static Observation *observe_by(Run *run, const char *command, GError **error)
{
    g_auto(Look) look = { NULL };
    g_autofree char *map = NULL;

    if (!look_ask(run, command, &look, error) ||
        (look.reply != NULL && !check_done(look.reply, command, error))) {
        return NULL;
    }
    map = look.reply == NULL ? NULL : take_map(look.reply->out);
    return look_judge(run, &look, map, error);
}

Observation *run_observe(Run *run, GError **error)
{
    return observe_by(run, "barshift-guest map --json", error);
}

gboolean run_record_baseline(Run *run, GError **error)
{
    if (run->result->before == NULL) {
        run->result->before = observe_by(run, "barshift-guest record --map " RUN_BASELINE, error);
        run->story.before = run->result->before;
    }
    return run->result->before != NULL;
}

/* " OPTION 1,4" for the functions that @belongs picks, "" when there is none */
static char *tags_option(const Story *story, const char *option,
                         gboolean (*belongs)(const Story *story, const Function *function))
{
    g_autoptr(GString) tags = g_string_new(NULL);
    const GPtrArray *functions = story->scenario->functions;

    for (guint i = 0; i < functions->len; i++) {
        const Function *function = g_ptr_array_index(functions, i);

        if (function->device == DEVICE_BARSHIFT && belongs(story, function)) {
            g_string_append_printf(tags, "%s%u", tags->len == 0 ? "" : ",", function->tag);
        }
    }
    return tags->len == 0 ? g_strdup("") : g_strdup_printf(" %s %s", option, tags->str);
}

static gboolean was_removed(const Story *story, const Function *function)
{
    return g_hash_table_contains(story->removed, function);
}

static gboolean has_own_function(const Scenario *scenario)
{
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->device == DEVICE_BARSHIFT) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean was_reset(const Story *story, const Function *function)
{
    return g_hash_table_contains(story->reset, function);
}

static gboolean is_forgotten(const Story *story, const Function *function)
{
    return g_hash_table_contains(story->forgotten, function);
}

static char *verify_command(const Story *story)
{
    g_autofree char *scope = tags_option(story, "--scope", story_in_scope);
    g_autofree char *removed = tags_option(story, "--removed", was_removed);
    g_autofree char *reset = tags_option(story, "--reset", was_reset);
    g_autofree char *forgotten = tags_option(story, "--forgotten", is_forgotten);

    return g_strdup_printf("barshift-guest verify --map --before " RUN_BASELINE "%s%s%s%s", scope,
                           removed, reset, forgotten);
}

/* What the guest has found by itself; its exit status and its TAP must tell the same. */
static GPtrArray *guest_checks(const GuestReply *reply, GError **error)
{
    g_autoptr(GPtrArray) checks = check_list_from_tap(reply->out->str, error);
    int expected = 0;

    if (checks == NULL) {
        g_prefix_error(error, "%s", reply->err->str);
        return NULL;
    }
    for (guint i = 0; i < checks->len; i++) {
        const Check *check = g_ptr_array_index(checks, i);

        expected |= check->called_for && !check->ok ? 1 : 0;
    }
    if (reply->status != expected || checks->len == 0) { /* nothing checked is nothing proved */
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "the guest's verify ended with status %d after %u checks: %s", reply->status,
                    checks->len, reply->err->str);
        return NULL;
    }
    return g_steal_pointer(&checks);
}

/* @checks: (out) (transfer full): those of the guest, none where there is nothing to check */
static Observation *observe_and_check(Run *run, GPtrArray **checks, GError **error)
{
    g_auto(Look) look = { NULL };
    g_autofree char *command = NULL;
    g_autofree char *map = NULL;

    if (run_is_outside(run) || !has_own_function(run->scenario)) {
        *checks = g_ptr_array_new_with_free_func((GDestroyNotify)check_free);
        return run_observe(run, error);
    }
    command = verify_command(&run->story);
    if (!look_ask(run, command, &look, error)) {
        return NULL;
    }
    map = take_map(look.reply->out);
    *checks = guest_checks(look.reply, error);
    return *checks == NULL ? NULL : look_judge(run, &look, map, error);
}

static gboolean read_kernel_log(Run *run, GError **error)
{
    g_autoptr(GuestReply) reply = run_guest_ok(run, error, "barshift-guest log");

    if (reply == NULL) {
        return FALSE;
    }
    g_free(run->story.kernel_log);
    run->story.kernel_log = g_strdup(reply->out->str);
    return TRUE;
}

/* Has every driver that serves a function got a request and an interrupt through lately? */
static gboolean traffic_goes_on(const Run *run, const DriverReports *reports)
{
    const GPtrArray *functions = run->scenario->functions;

    for (guint i = 0; i < functions->len; i++) {
        const Function *function = g_ptr_array_index(functions, i);
        const DriverReport *report = driver_reports_find(reports, function);

        if (report != NULL && g_hash_table_contains(run->story.served, function) &&
            g_hash_table_contains(run->driven, function) &&
            !story_traffic_goes_on(&run->story, function, report)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* What the drivers say, once their traffic has had the time to go on. */
static gboolean query_drivers(Run *run, GError **error)
{
    gint64 deadline_us = deadline_in(TRAFFIC_SECONDS);

    if (g_hash_table_size(run->driven) == 0) {
        return TRUE;
    }
    do {
        g_clear_pointer(&run->result->drivers, driver_reports_free);
        run->result->drivers = run_query_drivers(run, error);
        run->story.drivers = run->result->drivers;
    } while (run->result->drivers != NULL && !traffic_goes_on(run, run->result->drivers) &&
             g_get_monotonic_time() < deadline_us);
    return run->result->drivers != NULL;
}

static gboolean somebody_is_quiet(const Story *story)
{
    return story->expectation->quiet[0] != NULL ||
           (story->rival != NULL && story->rival->quiet[0] != NULL);
}

gboolean run_judge(Run *run, Outcome expected, int step, GError **error)
{
    gboolean wants_log = step < 0 && somebody_is_quiet(&run->story);
    g_autoptr(GPtrArray) checks = NULL;
    Observation *after;

    if (!run_record_baseline(run, error) || !run_end_pending(run, NULL, error) ||
        (wants_log && !read_kernel_log(run, error)) || !query_drivers(run, error)) {
        return FALSE;
    }
    after = observe_and_check(run, &checks, error);
    if (after == NULL) {
        return FALSE;
    }
    if (run_is_outside(run)) {
        run_outside_note_stopped(run, after);
        outside_checks_add(after, checks);
    }
    g_clear_pointer(&run->result->after, observation_free);
    g_clear_pointer(&run->result->judgement, judgement_free);
    run->result->after = after;
    run->story.after = after;
    run->result->judgement =
        verdict_judge(&run->story, g_steal_pointer(&checks), expected, step < 0);
    return TRUE;
}
