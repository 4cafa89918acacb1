/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report-json.h"

#include "ledger-records.h"
#include "outside-checks.h"
#include "report-file.h"

#include <string.h>

static void add_string(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    if (value == NULL) {
        json_builder_add_null_value(builder);
    } else {
        json_builder_add_string_value(builder, value);
    }
}

static void add_seconds(JsonBuilder *builder, const char *name, double value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_double_value(builder, value);
}

static void add_strings(JsonBuilder *builder, const char *name, const GPtrArray *values)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
    for (guint i = 0; i < values->len; i++) {
        json_builder_add_string_value(builder, g_ptr_array_index(values, i));
    }
    json_builder_end_array(builder);
}

static void add_vector(JsonBuilder *builder, const char *name, char *const *values)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
    for (guint i = 0; values[i] != NULL; i++) {
        json_builder_add_string_value(builder, values[i]);
    }
    json_builder_end_array(builder);
}

/* @node: (nullable) */
static void add_copy(JsonBuilder *builder, const char *name, JsonNode *node)
{
    json_builder_set_member_name(builder, name);
    if (node == NULL) {
        json_builder_add_null_value(builder);
    } else {
        json_builder_add_value(builder, json_node_copy(node));
    }
}

static void add_record(JsonBuilder *builder, const LedgerRecord *record)
{
    g_autofree char *value = g_strdup_printf("%#" G_GINT64_MODIFIER "x", record->value);

    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "sequence");
    json_builder_add_int_value(builder, (gint64)record->sequence);
    json_builder_set_member_name(builder, "time_ns");
    json_builder_add_int_value(builder, record->time_ns);
    add_string(builder, "event", record->event);
    json_builder_set_member_name(builder, "bar");
    if (record->bar_nr < 0) {
        json_builder_add_null_value(builder);
    } else {
        json_builder_add_int_value(builder, record->bar_nr);
    }
    add_string(builder, "value", value);
    json_builder_end_object(builder);
}

/* What the device models have recorded in the course of a step, by function. */
static void add_ledgers(JsonBuilder *builder, const RebalanceRecord *record)
{
    json_builder_set_member_name(builder, "ledgers");
    json_builder_begin_object(builder);
    for (guint i = 0; record->after != NULL && i < record->after->functions->len; i++) {
        const FunctionState *state = g_ptr_array_index(record->after->functions, i);
        g_autoptr(GArray) records = NULL;

        if (state->function == NULL) {
            continue;
        }
        records = ledger_records_between(record->before, record->after, state->function);
        json_builder_set_member_name(builder, state->function->name);
        json_builder_begin_array(builder);
        for (guint r = 0; r < records->len; r++) {
            add_record(builder, &g_array_index(records, LedgerRecord, r));
        }
        json_builder_end_array(builder);
    }
    json_builder_end_object(builder);
}

/* @record: (nullable) */
static void add_rebalance(JsonBuilder *builder, const RebalanceRecord *record)
{
    json_builder_set_member_name(builder, "rebalance");
    if (record == NULL) {
        json_builder_add_null_value(builder);
        return;
    }
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "stops");
    json_builder_add_int_value(builder, record->stops);
    json_builder_set_member_name(builder, "smallest_stops");
    if (record->smallest_stops < 0) {
        json_builder_add_null_value(builder);
    } else {
        json_builder_add_int_value(builder, record->smallest_stops);
    }
    add_copy(builder, "account", record->account == NULL ? NULL : record->account->json);
    add_copy(builder, "drivers", record->drivers == NULL ? NULL : record->drivers->json);
    add_ledgers(builder, record);
    json_builder_end_object(builder);
}

static void add_steps(JsonBuilder *builder, const GPtrArray *steps)
{
    json_builder_set_member_name(builder, "steps");
    json_builder_begin_array(builder);
    for (guint i = 0; i < steps->len; i++) {
        const StepRecord *step = g_ptr_array_index(steps, i);

        json_builder_begin_object(builder);
        add_string(builder, "step", step->text);
        add_seconds(builder, "start", step->start_seconds);
        add_seconds(builder, "seconds", step->seconds);
        add_string(builder, "detail", step->detail);
        add_string(builder, "outcome", step->judged ? outcome_names[step->outcome] : NULL);
        add_rebalance(builder, step->rebalance);
        add_strings(builder, "kernel", step->kernel);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

/* Addresses as strings: JSON numbers lose bits above 2^53 in many readers. */
static void add_view(JsonBuilder *builder, const char *name, const View *view)
{
    g_autofree char *base = g_strdup_printf("%#" G_GINT64_MODIFIER "x", view->base);
    g_autofree char *size = g_strdup_printf("%#" G_GINT64_MODIFIER "x", view->size_bytes);

    json_builder_set_member_name(builder, name);
    if (view->state != VIEW_ASSIGNED) {
        json_builder_add_string_value(builder, view->state == VIEW_SILENT      ? "silent"
                                               : view->state == VIEW_UNASSIGNED ? "unassigned"
                                                                                : "foreign");
        return;
    }
    json_builder_begin_object(builder);
    add_string(builder, "base", base);
    add_string(builder, "size", view->size_bytes == 0 ? NULL : size);
    json_builder_end_object(builder);
}

static void add_bars(JsonBuilder *builder, const FunctionState *state)
{
    json_builder_set_member_name(builder, "bars");
    json_builder_begin_array(builder);
    for (guint i = 0; i < state->bars->len; i++) {
        const BarState *bar = g_ptr_array_index(state->bars, i);

        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "bar");
        json_builder_add_int_value(builder, bar->nr);
        json_builder_set_member_name(builder, "main");
        json_builder_add_boolean_value(builder, bar->nr == state->main_bar_nr);
        for (guint w = 0; w < WITNESSES; w++) {
            add_view(builder, witness_names[w], &bar->views[w]);
        }
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_observation(JsonBuilder *builder, const char *name, const Observation *observation)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "functions");
    json_builder_begin_array(builder);
    for (guint i = 0; i < observation->functions->len; i++) {
        const FunctionState *state = g_ptr_array_index(observation->functions, i);

        if (state->function == NULL) {
            continue;
        }
        json_builder_begin_object(builder);
        add_string(builder, "name", state->function->name);
        add_string(builder, "address", state->bdf);
        add_bars(builder, state);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "guest");
    json_builder_add_value(builder, json_node_copy(observation->guest));
    json_builder_set_member_name(builder, "ledgers");
    json_builder_add_value(
        builder, json_node_init_object(json_node_alloc(), observation->ledgers));
    json_builder_end_object(builder);
}

/* The snapshots by name */
static void add_maps(JsonBuilder *builder, const GPtrArray *steps)
{
    json_builder_set_member_name(builder, "maps");
    json_builder_begin_object(builder);
    for (guint i = 0; i < steps->len; i++) {
        const StepRecord *step = g_ptr_array_index(steps, i);

        if (step->map != NULL) {
            add_observation(builder, step->map_name, step->map);
        }
    }
    json_builder_end_object(builder);
}

static void add_checks(JsonBuilder *builder, const GPtrArray *checks)
{
    json_builder_set_member_name(builder, "checks");
    json_builder_begin_array(builder);
    for (guint i = 0; i < checks->len; i++) {
        const Check *check = g_ptr_array_index(checks, i);

        json_builder_begin_object(builder);
        add_string(builder, "name", check->name);
        add_string(builder, "result", !check->called_for ? "not-called-for"
                                      : check->ok        ? "ok"
                                      : check->warning   ? "warning"
                                                         : "failed");
        add_string(builder, "text", check->text);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_fates(JsonBuilder *builder, const RunResult *result)
{
    json_builder_set_member_name(builder, "fates");
    json_builder_begin_object(builder);
    for (guint i = 0; i < result->scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(result->scenario->functions, i);

        add_string(builder, function->name, fate_names[result->judgement->fates[i]]);
    }
    json_builder_end_object(builder);
}

/* The group [expect NAME] that was in force; null when the scenario alone says what is expected. */
static void add_expectation(JsonBuilder *builder, const ScenarioExpectation *expectation)
{
    json_builder_set_member_name(builder, "expectation");
    if (expectation->name == NULL) {
        json_builder_add_null_value(builder);
        return;
    }
    json_builder_begin_object(builder);
    add_string(builder, "name", expectation->name);
    add_string(builder, "reason", expectation->reason);
    add_string(builder, "link", expectation->link);
    json_builder_end_object(builder);
}

static void add_origin(JsonBuilder *builder, const ResultOrigin *origin)
{
    const Platform *platform = origin->platform;

    add_string(builder, "name", origin->name);
    add_string(builder, "scenario", origin->scenario);
    json_builder_set_member_name(builder, "repetition");
    json_builder_add_int_value(builder, origin->repetition);
    add_string(builder, "kernel_name", platform->kernel_name);
    add_string(builder, "kernel_file", platform->kernel);
    add_string(builder, "qemu_name", platform->qemu_name);
    add_string(builder, "qemu_program", platform->qemu);
    add_string(builder, "device", platform->device == NULL ? "built-in" : "preloaded");
    add_string(builder, "reproduce", origin->reproduce);
}

JsonNode *report_json_result(const RunResult *result, const ResultOrigin *origin)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    const Judgement *judgement = result->judgement;

    json_builder_begin_object(builder);
    add_origin(builder, origin);
    add_string(builder, "title", result->scenario->title);
    add_string(builder, "shows", result->scenario->shows);
    add_string(builder, "concerns", result->scenario->concerns);
    add_vector(builder, "source", result->scenario->source);
    add_vector(builder, "tags", result->scenario->tags);
    add_string(builder, "verdict", judgement->pass ? "pass" : "fail");
    add_string(builder, "outcome", outcome_names[judgement->outcome]);
    add_string(builder, "expected", outcome_names[judgement->expected]);
    add_expectation(builder, judgement->expectation);
    json_builder_set_member_name(builder, "improvement");
    json_builder_add_boolean_value(builder, judgement->improvement);
    add_strings(builder, "reasons", judgement->reasons);
    add_string(builder, "qemu", result->qemu_version);
    add_string(builder, "kernel", result->kernel_release);
    add_string(builder, "kernel_version", result->after->kernel_version);
    add_string(builder, "accel", result->accel);
    add_string(builder, "command", result->command);
    add_string(builder, "start", start_names[result->start]);
    add_string(builder, "start_reason", result->start_reason);
    add_seconds(builder, "seconds", result->seconds);
    add_vector(builder, "absent_witnesses",
               result->outside ? outside_absent : outside_absent + g_strv_length(outside_absent));
    add_fates(builder, result);
    add_steps(builder, result->steps);
    add_checks(builder, judgement->checks);
    add_observation(builder, "before", result->before);
    add_maps(builder, result->steps);
    add_observation(builder, "after", result->after);
    add_copy(builder, "drivers", result->drivers == NULL ? NULL : result->drivers->json);
    json_builder_end_object(builder);
    return json_builder_get_root(builder);
}

JsonNode *report_json_error(const ResultOrigin *origin, const GError *error)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    add_origin(builder, origin);
    add_string(builder, "verdict", "error");
    json_builder_set_member_name(builder, "exit_status");
    json_builder_add_int_value(builder, error->code);
    add_string(builder, "error", error->message);
    json_builder_end_object(builder);
    return json_builder_get_root(builder);
}

static void add_head(JsonBuilder *builder, const ReportHead *head)
{
    json_builder_set_member_name(builder, "version");
    json_builder_add_int_value(builder, REPORT_JSON_VERSION);
    add_string(builder, "barshift", BARSHIFT_RELEASE);
    add_string(builder, "command", head->command);
    add_string(builder, "started", head->started);
    add_string(builder, "shard", head->shard);
    json_builder_set_member_name(builder, "planned");
    json_builder_add_int_value(builder, head->planned);
    add_copy(builder, "host", head->host);
}

gboolean report_json_write(const char *path, const ReportHead *head, GPtrArray *results,
                           GError **error)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;
    g_autofree char *line = NULL;

    json_builder_begin_object(builder);
    add_head(builder, head);
    json_builder_set_member_name(builder, "results");
    json_builder_begin_array(builder);
    for (guint i = 0; i < results->len; i++) {
        json_builder_add_value(builder, json_node_copy(g_ptr_array_index(results, i)));
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, TRUE);
    text = json_generator_to_data(generator, NULL);
    line = g_strconcat(text, "\n", NULL);
    return report_file_write(path, line, strlen(line), error);
}
