/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"
#include "kernel-version.h"
#include "map.h"

static void range_json(Json *json, const char *key, Range range)
{
    if (range_is_empty(range)) {
        json_null(json, key);
        return;
    }
    json_open(json, key, '{');
    json_hex(json, "start", range.start);
    json_hex(json, "end", range.end);
    json_close(json, '}');
}

static void place_json(Json *json, const char *key, bool known, uint64_t base, uint64_t size_bytes)
{
    if (!known) {
        json_null(json, key);
        return;
    }
    json_open(json, key, '{');
    json_hex(json, "base", base);
    if (size_bytes != 0) {
        json_hex(json, "size", size_bytes);
    } else {
        json_null(json, "size");
    }
    json_close(json, '}');
}

static void header_json(Json *json, const BarHeader *header)
{
    if (!header->seen) {
        json_null(json, "cpu");
        return;
    }
    json_open(json, "cpu", '{');
    json_number(json, "tag", header->tag);
    json_number(json, "bar", header->bar);
    json_hex(json, "base", header->base);
    json_hex(json, "size", header->size_bytes);
    json_close(json, '}');
}

static void bar_json(Json *json, const Bar *bar)
{
    json_open(json, NULL, '{');
    json_number(json, "nr", (uint64_t)bar->nr);
    json_text(json, "kind", bar_kind_name(bar->kind));
    json_bool(json, "prefetchable", bar->prefetchable);
    json_bool(json, "resizable", bar->resizable);
    place_json(json, "config", true, bar->config_base, bar->rebar_size_bytes);
    place_json(json, "kernel", !range_is_empty(bar->kernel) && !bar->by_hand, bar->kernel.start,
               range_size(bar->kernel));
    if (bar->by_hand) {
        place_json(json, "by_hand", true, bar->kernel.start, range_size(bar->kernel));
    }
    place_json(json, "device", bar->device_known && bar->device_decoded, bar->device_base,
               bar->device_size_bytes);
    header_json(json, &bar->header);
    json_bool(json, "control", bar->header.control);
    json_text(json, "backing", bar->header.seen ? backing_name(bar->header.backing) : NULL);
    json_close(json, '}');
}

static void rom_json(Json *json, const Bar *rom)
{
    if (rom->kind == BAR_NONE) {
        json_null(json, "rom");
        return;
    }
    json_open(json, "rom", '{');
    json_bool(json, "enabled", rom->rom_enabled);
    place_json(json, "config", true, rom->config_base, 0);
    place_json(json, "kernel", !range_is_empty(rom->kernel), rom->kernel.start,
               range_size(rom->kernel));
    json_close(json, '}');
}

static void optional_number_json(Json *json, const char *key, bool known, uint64_t value)
{
    if (known) {
        json_number(json, key, value);
    } else {
        json_null(json, key);
    }
}

/* What is read through the control registers, and what keeps from reading them */
static void driver_json(Json *json, const Function *function)
{
    json_bool(json, "stopped", function->stopped);
    optional_number_json(json, "control_bar", function->control_bar >= 0,
                         (uint64_t)function->control_bar);
    json_text(json, "driver_state",
              function->control_known ? driver_state_name(function->driver_state) : NULL);
    optional_number_json(json, "ledger_total", function->control_known, function->ledger_total);
    optional_number_json(json, "violations", function->control_known, function->violations);
}

static void function_json(Json *json, const Topology *topology, const Function *function)
{
    json_open(json, NULL, '{');
    json_text(json, "bdf", function->bdf);
    json_text(json, "parent",
              function->parent >= 0 ? topology->bridges[function->parent].bdf : NULL);
    json_hex(json, "vendor", function->vendor);
    json_hex(json, "device", function->device);
    json_hex(json, "class", function->class_code);
    optional_number_json(json, "tag", function->tagged, function->tag);
    json_bool(json, "memory_decode", function->memory_decode);
    json_bool(json, "io_decode", function->io_decode);
    json_bool(json, "enabled", function->enabled);
    driver_json(json, function);
    json_text(json, "complaint", function->complaint);
    json_open(json, "bars", '[');
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (function->bars[nr].kind != BAR_NONE) {
            bar_json(json, &function->bars[nr]);
        }
    }
    json_close(json, ']');
    rom_json(json, &function->bars[TOPOLOGY_ROM]);
    json_close(json, '}');
}

/* A bridge without a BAR is told among the bridges, and there are many */
static bool is_told(const Function *function)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (function->bars[nr].kind != BAR_NONE) {
            return true;
        }
    }
    return !function->is_bridge;
}

static void bridge_json(Json *json, const Topology *topology, const Bridge *bridge)
{
    json_open(json, NULL, '{');
    json_text(json, "bdf", bridge->bdf);
    json_text(json, "parent", bridge->parent >= 0 ? topology->bridges[bridge->parent].bdf : NULL);
    json_number(json, "secondary", (uint64_t)bridge->secondary);
    json_number(json, "subordinate", (uint64_t)bridge->subordinate);
    json_text(json, "slot", bridge->slot);
    json_text(json, "complaint", topology_complaint(topology, bridge->bdf));
    json_open(json, "windows", '[');
    for (WindowKind kind = WINDOW_IO; kind < WINDOW_KINDS; kind++) {
        json_open(json, NULL, '{');
        json_text(json, "kind", window_kind_name(kind));
        range_json(json, "config", bridge->windows[kind].config);
        range_json(json, "kernel", bridge->windows[kind].kernel);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

static void host_windows_json(Json *json, const Topology *topology)
{
    json_open(json, "host_windows", '[');
    for (size_t i = 0; i < topology->host_window_count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "kind", topology->host_windows[i].io ? "io" : "mem");
        json_hex(json, "start", topology->host_windows[i].range.start);
        json_hex(json, "end", topology->host_windows[i].range.end);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void map_json(const Topology *topology, const struct utsname *kernel, FILE *file)
{
    char version[sizeof(kernel->version)];
    Json json = JSON_INIT(file);

    kernel_version(kernel, version, sizeof(version));
    json_open(&json, NULL, '{');
    json_text(&json, "kernel", kernel->release);
    json_text(&json, "kernel_version", version);
    host_windows_json(&json, topology);
    json_open(&json, "bridges", '[');
    for (size_t i = 0; i < topology->bridge_count; i++) {
        bridge_json(&json, topology, &topology->bridges[i]);
    }
    json_close(&json, ']');
    json_open(&json, "functions", '[');
    for (size_t i = 0; i < topology->function_count; i++) {
        if (is_told(&topology->functions[i])) {
            function_json(&json, topology, &topology->functions[i]);
        }
    }
    json_close(&json, ']');
    json_close(&json, '}');
    fputc('\n', file);
}
