/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of an observation that comes from QEMU itself: its memory map and its PCI tree. */
#include "observation.h"

#include "json-member.h"

#include <stdio.h>
#include <string.h>

/*
 * One line of the flat memory map, such as
 *   0000000280001000-00000002ffffffff (prio 0, ram): barshift-1-bar2-ram @0000000000001000
 */
typedef struct MapLine {
    Range range;
    guint32 tag;
    guint bar_nr;
} MapLine;

static gboolean parse_range(const char *text, Range *range)
{
    guint64 start;
    guint64 end;

    if (sscanf(text, " %" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x", &start, &end) != 2) {
        return FALSE;
    }
    *range = (Range) { .start = start, .end = end };
    return TRUE;
}

static gboolean parse_map_line(const char *text, MapLine *line)
{
    const char *name = strstr(text, "): barshift-");

    return name != NULL && parse_range(text, &line->range) &&
           sscanf(name, "): barshift-%u-bar%u", &line->tag, &line->bar_nr) == 2;
}

/* QEMU's own regions for MSI-X lie inside of a BAR and do not say of whose. */
static gboolean parse_msix_line(const char *text, MapLine *line)
{
    return (strstr(text, "): msix-table") != NULL || strstr(text, "): msix-pba") != NULL) &&
           parse_range(text, &line->range);
}

static FunctionState *find_tag(const Observation *observation, guint32 tag)
{
    for (guint i = 0; i < observation->functions->len; i++) {
        FunctionState *state = g_ptr_array_index(observation->functions, i);

        if (state->function != NULL && state->function->tag == tag) {
            return state;
        }
    }
    return NULL;
}

/*
 * Adds one piece of a BAR. Pieces come in ascending order; those that touch are one view. Of two
 * separate views the one where it should be is the BAR, the other one is a stray.
 */
static void add_piece(BarState *bar, Range piece)
{
    const View *place = bar_state_place(bar);
    View *view = &bar->views[WITNESS_VMM];
    Range whole = range_sized(view->base, view->size_bytes);

    if (view->state != VIEW_ASSIGNED) {
        *view = (View) { VIEW_ASSIGNED, piece.start, range_size(piece) };
    } else if (piece.start == view->base + view->size_bytes) {
        view->size_bytes += range_size(piece);
    } else if (place->state == VIEW_ASSIGNED && piece.start == place->base) {
        bar->stray = whole;
        *view = (View) { VIEW_ASSIGNED, piece.start, range_size(piece) };
    } else {
        bar->stray = piece;
    }
}

/* Is @piece right behind what is known of the BAR, and within its place? */
static gboolean touches(const BarState *bar, Range piece)
{
    const View *view = &bar->views[WITNESS_VMM];
    const View *place = bar_state_place(bar);
    Range whole = range_sized(place->base, place->size_bytes);

    return view->state == VIEW_ASSIGNED && piece.start == view->base + view->size_bytes &&
           (place->state != VIEW_ASSIGNED || place->base != view->base ||
            piece.end <= whole.end);
}

static void reset_views(Observation *observation)
{
    for (guint i = 0; i < observation->functions->len; i++) {
        FunctionState *state = g_ptr_array_index(observation->functions, i);

        for (guint b = 0; b < state->bars->len; b++) {
            BarState *bar = g_ptr_array_index(state->bars, b);

            bar->views[WITNESS_VMM] = (View) { .state = VIEW_UNASSIGNED };
        }
    }
}

/* The lines of the flat view that holds an address space. */
static char **view_lines(const char *text, const char *address_space)
{
    g_auto(GStrv) views = g_strsplit(text, "FlatView #", -1);

    for (guint i = 0; views[i] != NULL; i++) {
        if (strstr(views[i], address_space) != NULL) {
            return g_strsplit(views[i], "\n", -1);
        }
    }
    return g_new0(char *, 1);
}

static BarState *find_bar(const Observation *observation, const MapLine *line, gboolean io)
{
    FunctionState *state = find_tag(observation, line->tag);
    BarState *bar = state == NULL ? NULL : function_state_bar(state, line->bar_nr);

    return bar != NULL && bar->io == io ? bar : NULL;
}

static void add_view(const Observation *observation, const char *text, gboolean io)
{
    g_auto(GStrv) lines = view_lines(text, io ? "AS \"I/O\"" : "AS \"memory\"");
    BarState *above = NULL; /* the BAR that the line above belongs to */

    for (guint i = 0; lines[i] != NULL; i++) {
        MapLine line;

        if (parse_map_line(lines[i], &line)) {
            above = find_bar(observation, &line, io);
            if (above != NULL) {
                add_piece(above, line.range);
            }
        } else if (above == NULL || !parse_msix_line(lines[i], &line) ||
                   !touches(above, line.range)) {
            above = NULL;
        } else {
            add_piece(above, line.range);
        }
    }
}

/* The CPU's views are the flat views that hold the address spaces "memory" and "I/O". */
void observation_add_memory_map(Observation *observation, const char *text)
{
    reset_views(observation);
    add_view(observation, text, FALSE);
    add_view(observation, text, TRUE);
}

static JsonObject *find_in_devices(JsonArray *devices, const char *id);

static JsonObject *find_in_device(JsonObject *device, const char *id)
{
    JsonObject *bridge = json_member_object(device, "pci_bridge");
    JsonArray *below = bridge == NULL ? NULL : json_member_array(bridge, "devices");

    if (g_str_equal(json_member_string(device, "qdev_id", ""), id)) {
        return device;
    }
    return below == NULL ? NULL : find_in_devices(below, id);
}

static JsonObject *find_in_devices(JsonArray *devices, const char *id)
{
    JsonObject *device = NULL;

    for (guint i = 0; i < json_array_get_length(devices) && device == NULL; i++) {
        device = find_in_device(json_array_get_object_element(devices, i), id);
    }
    return device;
}

/* (nullable) */
static JsonObject *find_device(JsonNode *pci, const char *id)
{
    JsonArray *buses = json_node_get_array(pci);
    JsonObject *device = NULL;

    for (guint i = 0; i < json_array_get_length(buses) && device == NULL; i++) {
        JsonObject *bus = json_array_get_object_element(buses, i);

        device = find_in_devices(json_object_get_array_member(bus, "devices"), id);
    }
    return device;
}

static char *device_bdf(JsonObject *device)
{
    return g_strdup_printf("0000:%02x:%02x.%x", (guint)json_object_get_int_member(device, "bus"),
                           (guint)json_object_get_int_member(device, "slot"),
                           (guint)json_object_get_int_member(device, "function"));
}

char *pci_find_bdf(JsonNode *pci, const char *id)
{
    JsonObject *device = find_device(pci, id);

    return device == NULL ? NULL : device_bdf(device);
}

/* Appends the way to a device; without it @path stays as it was. */
static gboolean append_path(GString *path, JsonArray *devices, const char *id)
{
    gsize length = path->len;

    for (guint i = 0; devices != NULL && i < json_array_get_length(devices); i++) {
        JsonObject *device = json_array_get_object_element(devices, i);
        JsonObject *bridge = json_member_object(device, "pci_bridge");

        g_string_append_printf(path, "%s%02x.%x", length == 0 ? "" : "/",
                               (guint)json_member_int(device, "slot", 0),
                               (guint)json_member_int(device, "function", 0));
        if (g_str_equal(json_member_string(device, "qdev_id", ""), id) ||
            (bridge != NULL && append_path(path, json_member_array(bridge, "devices"), id))) {
            return TRUE;
        }
        g_string_truncate(path, length);
    }
    return FALSE;
}

char *pci_find_path(JsonNode *pci, const char *id)
{
    JsonArray *buses = json_node_get_array(pci);
    GString *path = g_string_new(NULL);

    for (guint i = 0; i < json_array_get_length(buses); i++) {
        JsonObject *bus = json_array_get_object_element(buses, i);

        if (append_path(path, json_member_array(bus, "devices"), id)) {
            return g_string_free(path, FALSE);
        }
    }
    g_string_free(path, TRUE);
    return NULL;
}

gboolean pci_is_mapped(JsonNode *pci, const char *id)
{
    JsonObject *device = find_device(pci, id);
    JsonArray *regions = device == NULL ? NULL : json_member_array(device, "regions");

    for (guint i = 0; regions != NULL && i < json_array_get_length(regions); i++) {
        JsonObject *region = json_array_get_object_element(regions, i);

        if (json_member_int(region, "bar", BARSHIFT_BARS) < BARSHIFT_BARS &&
            g_str_equal(json_member_string(region, "type", ""), "memory") &&
            json_member_int(region, "address", -1) == -1) {
            return FALSE;
        }
    }
    return device != NULL;
}

static BarState *region_bar(FunctionState *state, JsonObject *region)
{
    guint nr = (guint)json_member_int(region, "bar", BARSHIFT_BARS);
    BarState *bar = function_state_bar(state, nr);
    gboolean io = g_str_equal(json_member_string(region, "type", ""), "io");

    return bar != NULL || nr >= BARSHIFT_BARS
               ? bar
               : function_state_add_bar(state, nr, io, json_member_is_true(region, "prefetch"));
}

/*
 * What QEMU itself has mapped of a function that is none of barshift's: its memory map has no names
 * by which such functions could be told apart. The largest memory BAR is what it is there for.
 */
static void add_regions(FunctionState *state, JsonArray *regions)
{
    guint64 largest = 0;

    for (guint i = 0; regions != NULL && i < json_array_get_length(regions); i++) {
        JsonObject *region = json_array_get_object_element(regions, i);
        BarState *bar = region_bar(state, region);
        guint64 size_bytes = (guint64)json_member_int(region, "size", 0);
        gint64 address = json_member_int(region, "address", -1);

        if (bar == NULL) {
            continue;
        }
        bar->views[WITNESS_VMM] =
            address == -1 ? (View) { .state = VIEW_UNASSIGNED }
                          : (View) { VIEW_ASSIGNED, (guint64)address, size_bytes };
        if (!bar->io && size_bytes > largest) {
            largest = size_bytes;
            state->main_bar_nr = bar->nr;
        }
    }
}

/* Only barshift's own have headers, registers to ask, and a ledger. */
static void name_foreign(Observation *observation, const Function *function, JsonNode *pci)
{
    JsonObject *device = find_device(pci, function->name);
    g_autofree char *bdf = device == NULL ? NULL : device_bdf(device);
    FunctionState *state = bdf == NULL ? NULL : observation_find_bdf(observation, bdf);

    if (state == NULL) {
        return;
    }
    state->function = function;
    state->main_bar_nr = 0;
    add_regions(state, json_member_array(device, "regions"));
    for (guint i = 0; i < state->bars->len; i++) {
        BarState *bar = g_ptr_array_index(state->bars, i);

        bar->views[WITNESS_CPU].state = VIEW_SILENT;
        bar->views[WITNESS_DEVICE].state = VIEW_SILENT;
    }
}

void observation_add_pci(Observation *observation, const Scenario *scenario, JsonNode *pci)
{
    for (guint p = 0; p < scenario->ports->len; p++) {
        const Port *port = g_ptr_array_index(scenario->ports, p);
        g_autofree char *bdf = pci_find_bdf(pci, port->name);

        for (guint i = 0; bdf != NULL && i < observation->bridges->len; i++) {
            BridgeState *bridge = g_ptr_array_index(observation->bridges, i);

            if (g_str_equal(bridge->bdf, bdf)) {
                bridge->port = port;
            }
        }
    }
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->device != DEVICE_BARSHIFT) {
            name_foreign(observation, function, pci);
        }
    }
}
