/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "observation-outside.h"

#include "config-space.h"
#include "json-member.h"

typedef struct Source {
    Observation *observation;
    const Scenario *scenario;
    ConfigReader *reader;
    gpointer data;
} Source;

/* One function of QEMU's tree, and what it answers */
typedef struct Place {
    JsonObject *device;
    guint bus, slot, function;
    guint32 words[CONFIG_SPACE_WORDS];
} Place;

static void add_bar(FunctionState *state, const Place *place, JsonObject *region)
{
    guint nr = (guint)json_member_int(region, "bar", BARSHIFT_BARS);
    gboolean io = g_str_equal(json_member_string(region, "type", ""), "io");
    guint64 base;
    BarState *bar;

    if (nr >= BARSHIFT_BARS) { /* the ROM */
        return;
    }
    base = config_space_bar(place->words, nr);
    bar = function_state_add_bar(state, nr, io, json_member_is_true(region, "prefetch"));
    bar->config_base = base;
    bar->views[WITNESS_KERNEL].state = VIEW_SILENT;
    if (base != 0) {
        bar->by_hand = (View) { VIEW_ASSIGNED, base, (guint64)json_member_int(region, "size", 0) };
    }
    if (base != 0 && function_state_decodes(state, bar)) {
        bar->views[WITNESS_CONFIG] = (View) { .state = VIEW_ASSIGNED, .base = base };
    }
}

static char *place_bdf(const Place *place)
{
    return g_strdup_printf("0000:%02x:%02x.%x", place->bus, place->slot, place->function);
}

/* What none of ours is stays without a name until observation_add_pci() */
static void add_function(const Source *source, const Place *place)
{
    const char *id = json_member_string(place->device, "qdev_id", "");
    const Function *function = scenario_find_function(source->scenario, id);
    JsonArray *regions = json_member_array(place->device, "regions");
    FunctionState *state = function_state_new(place_bdf(place));

    g_ptr_array_add(source->observation->functions, state);
    state->function = function != NULL && function->device == DEVICE_BARSHIFT ? function : NULL;
    state->decode = config_space_decodes(place->words, FALSE);
    state->io_decode = config_space_decodes(place->words, TRUE);
    for (guint i = 0; i < json_array_length(regions); i++) {
        add_bar(state, place, json_array_object(regions, i));
    }
}

static Range window(JsonObject *bus, const char *name)
{
    JsonObject *range = json_member_object(bus, name);

    return (Range) { .start = (guint64)json_member_int(range, "base", 1),
                     .end = (guint64)json_member_int(range, "limit", 0) };
}

static void add_bridge(const Source *source, const Place *place, JsonObject *bus)
{
    BridgeState *bridge = g_new0(BridgeState, 1);

    g_ptr_array_add(source->observation->bridges, bridge);
    bridge->bdf = place_bdf(place);
    bridge->secondary = (guint)json_member_int(bus, "secondary", 0);
    bridge->windows[WINDOW_IO] = window(bus, "io_range");
    bridge->windows[WINDOW_MEM] = window(bus, "memory_range");
    bridge->windows[WINDOW_PREF] = window(bus, "prefetchable_range");
}

static void add_devices(const Source *source, JsonArray *devices)
{
    for (guint i = 0; i < json_array_length(devices); i++) {
        JsonObject *device = json_array_object(devices, i);
        JsonObject *bridge = json_member_object(device, "pci_bridge");
        Place place = {
            .device = device,
            .bus = (guint)json_member_int(device, "bus", 0),
            .slot = (guint)json_member_int(device, "slot", 0),
            .function = (guint)json_member_int(device, "function", 0),
        };

        if (bridge != NULL) {
            add_bridge(source, &place, json_member_object(bridge, "bus"));
            add_devices(source, json_member_array(bridge, "devices"));
        } else if (source->reader(place.bus, place.slot, place.function, place.words,
                                  source->data)) {
            add_function(source, &place);
        }
    }
}

Observation *observation_new_outside(const Scenario *scenario, JsonNode *pci, ConfigReader *reader,
                                     gpointer data)
{
    Source source = {
        .observation = observation_new_empty(),
        .scenario = scenario,
        .reader = reader,
        .data = data,
    };
    JsonArray *buses = json_node_get_array(pci);

    for (guint i = 0; i < json_array_get_length(buses); i++) {
        JsonObject *bus = json_array_get_object_element(buses, i);

        add_devices(&source, json_member_array(bus, "devices"));
    }
    return source.observation;
}
