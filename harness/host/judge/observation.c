/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "observation.h"

#include "device-bars.h"
#include "error.h"
#include "json-member.h"

#include <string.h>

const char *const witness_names[WITNESSES + 1] = {
    [WITNESS_CONFIG] = "config", [WITNESS_KERNEL] = "kernel", [WITNESS_CPU] = "cpu",
    [WITNESS_DEVICE] = "device", [WITNESS_LEDGER] = "ledger", [WITNESS_VMM] = "vmm",
};

static const char *const window_names[] = { "io", "mem", "pref", NULL };

static void function_state_free(gpointer data)
{
    FunctionState *state = data;

    g_ptr_array_unref(state->bars);
    g_array_unref(state->ledger_sequences);
    g_free(state->bdf);
    g_free(state);
}

static void bridge_state_free(gpointer data)
{
    BridgeState *bridge = data;

    g_free(bridge->bdf);
    g_free(bridge);
}

void observation_free(Observation *observation)
{
    if (observation == NULL) {
        return;
    }
    g_ptr_array_unref(observation->functions);
    g_ptr_array_unref(observation->bridges);
    g_array_unref(observation->host_windows);
    g_clear_pointer(&observation->guest, json_node_unref);
    json_object_unref(observation->ledgers);
    g_free(observation->kernel);
    g_free(observation->kernel_version);
    g_free(observation);
}

static Range member_range(JsonObject *object)
{
    return object == NULL ? range_empty()
                          : (Range) { .start = json_member_address(object, "start"),
                                      .end = json_member_address(object, "end") };
}

static View member_view(JsonObject *bar, const char *witness)
{
    JsonObject *view = json_member_object(bar, witness);

    if (view == NULL) {
        return (View) { .state = VIEW_UNASSIGNED };
    }
    return (View) { .state = VIEW_ASSIGNED,
                    .base = json_member_address(view, "base"),
                    .size_bytes = json_member_address(view, "size") };
}

/* The header that answered a CPU access says whose it is. */
static View parse_cpu_view(JsonObject *bar, guint nr, gint64 tag)
{
    JsonObject *header = json_member_object(bar, "cpu");
    View view = member_view(bar, "cpu");

    if (header != NULL &&
        (json_member_int(header, "tag", -1) != tag || json_member_int(header, "bar", -1) != nr)) {
        view.state = VIEW_FOREIGN;
    }
    return view;
}

static BarState *parse_bar(JsonObject *object, const FunctionState *state, gint64 tag)
{
    BarState *bar = g_new0(BarState, 1);
    View config = member_view(object, "config");

    bar->nr = json_member_int(object, "nr", 0);
    bar->io = g_str_equal(json_member_string(object, "kind", ""), "io");
    bar->prefetchable = json_member_is_true(object, "prefetchable");
    bar->stray = range_empty();
    bar->config_base = config.base;
    if (!function_state_decodes(state, bar) || config.base == 0) {
        config.state = VIEW_UNASSIGNED;
    }
    bar->views[WITNESS_CONFIG] = config;
    bar->by_hand = member_view(object, "by_hand");
    bar->views[WITNESS_KERNEL] = member_view(object, "kernel");
    if (bar->by_hand.state == VIEW_ASSIGNED) {
        bar->views[WITNESS_KERNEL].state = VIEW_SILENT;
    }
    bar->views[WITNESS_CPU] = parse_cpu_view(object, bar->nr, tag);
    bar->views[WITNESS_DEVICE] = member_view(object, "device");
    return bar;
}

static void silence(const FunctionState *state, Witness witness)
{
    for (guint i = 0; i < state->bars->len; i++) {
        BarState *bar = g_ptr_array_index(state->bars, i);

        bar->views[witness].state = VIEW_SILENT;
    }
}

FunctionState *function_state_new(char *bdf)
{
    FunctionState *state = g_new0(FunctionState, 1);

    state->bdf = bdf;
    state->main_bar_nr = BARSHIFT_NO_BAR;
    state->bars = g_ptr_array_new_with_free_func(g_free);
    state->ledger_sequences = g_array_new(FALSE, FALSE, sizeof(guint64));
    return state;
}

static void parse_function(Observation *observation, const Scenario *scenario, JsonObject *object)
{
    FunctionState *state = function_state_new(g_strdup(json_member_string(object, "bdf", "")));
    JsonArray *bars = json_member_array(object, "bars");
    gint64 tag = json_member_int(object, "tag", 0);

    g_ptr_array_add(observation->functions, state);
    state->decode = json_member_is_true(object, "memory_decode");
    state->io_decode = json_member_is_true(object, "io_decode");
    state->function = scenario_function_by_tag(scenario, (guint32)tag);
    for (guint i = 0; i < json_array_length(bars); i++) {
        g_ptr_array_add(state->bars, parse_bar(json_array_object(bars, i), state, tag));
    }
    if (json_member_is_true(object, "stopped")) { /* the guest accesses nothing of it */
        silence(state, WITNESS_CPU);
    }
}

static void parse_bridge(Observation *observation, JsonObject *object)
{
    BridgeState *bridge = g_new0(BridgeState, 1);
    JsonArray *windows = json_member_array(object, "windows");

    g_ptr_array_add(observation->bridges, bridge);
    bridge->bdf = g_strdup(json_member_string(object, "bdf", ""));
    for (guint kind = 0; kind < WINDOWS; kind++) {
        bridge->windows[kind] = range_empty();
    }
    for (guint i = 0; i < json_array_length(windows); i++) {
        JsonObject *window = json_array_object(windows, i);
        const char *kind = json_member_string(window, "kind", NULL);

        for (guint k = 0; k < WINDOWS; k++) {
            if (g_strcmp0(kind, window_names[k]) == 0) {
                bridge->windows[k] = member_range(json_member_object(window, "config"));
            }
        }
    }
}

static void parse_host_window(Observation *observation, JsonObject *object)
{
    const char *kind = json_member_string(object, "kind", "");
    Range range = member_range(object);

    if (g_str_equal(kind, "mem")) {
        g_array_append_val(observation->host_windows, range);
    }
}

static void parse_guest(Observation *observation, const Scenario *scenario, JsonObject *root)
{
    JsonArray *functions = json_member_array(root, "functions");
    JsonArray *bridges = json_member_array(root, "bridges");
    JsonArray *windows = json_member_array(root, "host_windows");

    observation->kernel = g_strdup(json_member_string(root, "kernel", "unknown"));
    observation->kernel_version =
        g_strdup(json_member_string(root, "kernel_version", NULL));
    for (guint i = 0; i < json_array_length(functions); i++) {
        parse_function(observation, scenario, json_array_object(functions, i));
    }
    for (guint i = 0; i < json_array_length(bridges); i++) {
        parse_bridge(observation, json_array_object(bridges, i));
    }
    for (guint i = 0; i < json_array_length(windows); i++) {
        parse_host_window(observation, json_array_object(windows, i));
    }
}

Observation *observation_new_empty(void)
{
    Observation *observation = g_new0(Observation, 1);

    observation->functions = g_ptr_array_new_with_free_func(function_state_free);
    observation->bridges = g_ptr_array_new_with_free_func(bridge_state_free);
    observation->host_windows = g_array_new(FALSE, FALSE, sizeof(Range));
    observation->ledgers = json_object_new();
    return observation;
}

Observation *observation_new(const Scenario *scenario, const char *guest_map, GError **error)
{
    g_autoptr(Observation) observation = observation_new_empty();
    g_autoptr(GError) cause = NULL;

    observation->guest = json_from_string(guest_map, &cause);
    if (observation->guest == NULL || !JSON_NODE_HOLDS_OBJECT(observation->guest) ||
        json_member_array(json_node_get_object(observation->guest), "functions") == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "the guest's map is no JSON object with functions: %s",
                    cause != NULL ? cause->message : guest_map);
        return NULL;
    }
    parse_guest(observation, scenario, json_node_get_object(observation->guest));
    return g_steal_pointer(&observation);
}

static void add_told_bar(FunctionState *state, const DeviceBar *told)
{
    BarState *bar = function_state_bar(state, told->nr);

    if (told->nr >= BARSHIFT_BARS) {
        return;
    }
    if (bar == NULL) {
        bar = function_state_add_bar(state, told->nr, g_str_equal(told->kind, "io"),
                                     told->prefetchable);
    }
    bar->views[WITNESS_LEDGER] = (View) { .state = VIEW_UNASSIGNED };
    if (told->mapped) {
        bar->views[WITNESS_LEDGER] = (View) { VIEW_ASSIGNED, told->base, told->size_bytes };
    }
    if (bar->io && told->size_bytes < BARSHIFT_HEADER_IO_SIZE) {
        bar->views[WITNESS_CPU].state = VIEW_SILENT; /* no header that an access could read */
    }
}

/* The function's own registers can only be asked where the control BAR answers. */
static gboolean control_answers(const FunctionState *state, const GPtrArray *bars)
{
    for (guint i = 0; i < bars->len; i++) {
        const DeviceBar *told = g_ptr_array_index(bars, i);
        const BarState *bar = told->control ? function_state_bar(state, told->nr) : NULL;

        if (bar != NULL) {
            return bar->views[WITNESS_CPU].state == VIEW_ASSIGNED;
        }
    }
    return FALSE;
}

static gboolean is_ledger(JsonObject *ledger)
{
    return json_member_int(ledger, "total", -1) >= 0 &&
           json_member_int(ledger, "dropped", -1) >= 0 &&
           json_member_array(ledger, "records") != NULL;
}

static void file_records(FunctionState *state, JsonObject *ledger)
{
    JsonArray *records = json_member_array(ledger, "records");

    state->has_ledger = TRUE;
    state->ledger_total = (guint64)json_member_int(ledger, "total", 0);
    state->ledger_dropped = (guint64)json_member_int(ledger, "dropped", 0);
    state->interrupts = json_member_int(ledger, "interrupts", 0);
    g_array_set_size(state->ledger_sequences, 0);
    for (guint i = 0; i < json_array_length(records); i++) {
        guint64 sequence = (guint64)json_member_int(json_array_object(records, i), "sequence", 0);

        g_array_append_val(state->ledger_sequences, sequence);
    }
}

gboolean observation_add_ledger(Observation *observation, const Function *function,
                                JsonNode *ledger, GError **error)
{
    FunctionState *state = observation_find(observation, function);
    g_autoptr(GPtrArray) bars = device_bars_parse(ledger);

    json_object_set_member(observation->ledgers, function->name, json_node_copy(ledger));
    if (bars == NULL || !is_ledger(json_node_get_object(ledger))) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "the ledger of %s is no JSON object with total, dropped, bars and records",
                    function->name);
        return FALSE;
    }
    if (state == NULL) {
        return TRUE;
    }
    file_records(state, json_node_get_object(ledger));
    for (guint i = 0; i < bars->len; i++) {
        add_told_bar(state, g_ptr_array_index(bars, i));
    }
    if (device_bars_main(bars) != NULL) {
        state->main_bar_nr = device_bars_main(bars)->nr;
    }
    if (!control_answers(state, bars)) {
        silence(state, WITNESS_DEVICE);
    }
    return TRUE;
}

FunctionState *observation_find(const Observation *observation, const Function *function)
{
    for (guint i = 0; i < observation->functions->len; i++) {
        FunctionState *state = g_ptr_array_index(observation->functions, i);

        if (state->function == function && function != NULL) {
            return state;
        }
    }
    return NULL;
}

FunctionState *observation_find_bdf(const Observation *observation, const char *bdf)
{
    for (guint i = 0; i < observation->functions->len; i++) {
        FunctionState *state = g_ptr_array_index(observation->functions, i);

        if (g_str_equal(state->bdf, bdf)) {
            return state;
        }
    }
    return NULL;
}

BarState *function_state_bar(const FunctionState *state, guint nr)
{
    for (guint i = 0; i < state->bars->len; i++) {
        BarState *bar = g_ptr_array_index(state->bars, i);

        if (bar->nr == nr) {
            return bar;
        }
    }
    return NULL;
}

/* Without flag bits it reads 0 where it has no address, as if there were none. */
BarState *function_state_add_bar(FunctionState *state, guint nr, gboolean io,
                                 gboolean prefetchable)
{
    BarState *bar = g_new0(BarState, 1); /* all witnesses are silent */

    bar->nr = nr;
    bar->io = io;
    bar->prefetchable = prefetchable;
    bar->stray = range_empty();
    bar->by_hand.state = VIEW_UNASSIGNED;
    bar->views[WITNESS_CONFIG].state = VIEW_UNASSIGNED;
    bar->views[WITNESS_KERNEL].state = VIEW_UNASSIGNED;
    g_ptr_array_add(state->bars, bar);
    return bar;
}

gboolean function_state_counts(const FunctionState *state, const BarState *bar)
{
    return !bar->io || state->function == NULL || state->function->device == DEVICE_BARSHIFT;
}

BarState *function_state_main_bar(const FunctionState *state)
{
    return function_state_bar(state, state->main_bar_nr);
}

const View *bar_state_place(const BarState *bar)
{
    return bar->by_hand.state == VIEW_ASSIGNED ? &bar->by_hand : &bar->views[WITNESS_KERNEL];
}

gboolean function_state_decodes(const FunctionState *state, const BarState *bar)
{
    return bar->io ? state->io_decode : state->decode;
}
