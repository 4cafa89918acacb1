/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>

#include "map.h"

#define INDENT 2
#define RANGE_TEXT_SIZE 48
#define SIZE_TEXT_SIZE 24

static void size_text(char *text, uint64_t size_bytes)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    unsigned unit = 0;

    while (size_bytes >= 1024 && size_bytes % 1024 == 0) {
        size_bytes /= 1024;
        unit++;
    }
    snprintf(text, SIZE_TEXT_SIZE, "%" PRIu64 " %s", size_bytes, units[unit]);
}

static void range_text(char *text, Range range)
{
    if (range_is_empty(range)) {
        snprintf(text, RANGE_TEXT_SIZE, "none");
    } else {
        snprintf(text, RANGE_TEXT_SIZE, "0x%" PRIx64 "-0x%" PRIx64, range.start, range.end);
    }
}

static void line_print(FILE *file, int depth, const char *name, Range range, const char *remark)
{
    char where[RANGE_TEXT_SIZE];
    char size[SIZE_TEXT_SIZE] = "";

    range_text(where, range);
    if (!range_is_empty(range)) {
        size_text(size, range_size(range));
    }
    fprintf(file, "%*s%-22s %-32s %9s%s\n", depth * INDENT, "", name, where, size, remark);
}

static bool same(Range a, Range b)
{
    return (range_is_empty(a) && range_is_empty(b)) || (a.start == b.start && a.end == b.end);
}

/* Extra lines for the witnesses that do not say what the kernel says */
static void bar_differences_print(const Function *function, const Bar *bar, int depth, FILE *file)
{
    bool assigned = !range_is_empty(bar->kernel) && bar->kind != BAR_ROM;
    Range config = bar_is_decoded(function, bar) || assigned ? bar_config_range(bar)
                                                             : range_empty();
    Range device = range_empty();

    if (bar->kind == BAR_ROM && !bar_is_decoded(function, bar)) {
        return; /* the kernel has set an address aside, and writes it when it enables the ROM */
    }
    if (!same(config, bar->kernel)) {
        line_print(file, depth, "config space:", config, "");
    }
    if (bar->device_known && bar->device_decoded) {
        device = range_sized(bar->device_base, bar->device_size_bytes);
    }
    if (bar->device_known && !same(device, bar->kernel)) {
        line_print(file, depth, "device:", device, "");
    }
    if (bar->header.seen &&
        !same(range_sized(bar->header.base, bar->header.size_bytes), bar->kernel)) {
        line_print(file, depth, "CPU:", range_sized(bar->header.base, bar->header.size_bytes), "");
    }
    if (bar->header.seen &&
        (bar->header.tag != function->tag || bar->header.bar != (uint32_t)bar->nr)) {
        fprintf(file, "%*sCPU: tag %" PRIu32 " BAR %" PRIu32 " answers\n", depth * INDENT, "",
                bar->header.tag, bar->header.bar);
    }
    if (bar->header.magic && !bar->header.seen) {
        fprintf(file, "%*sCPU: header version %" PRIu32 " is not understood, expected %u\n",
                depth * INDENT, "", bar->header.version, BARSHIFT_VERSION);
    }
}

static void bar_print(const Function *function, const Bar *bar, int depth, FILE *file)
{
    char name[32];
    char remark[64];

    if (bar->kind == BAR_ROM) {
        snprintf(name, sizeof(name), "ROM");
        snprintf(remark, sizeof(remark), "  %s", bar->rom_enabled ? "enabled" : "disabled");
    } else {
        snprintf(name, sizeof(name), "BAR %d %s%s", bar->nr, bar_kind_name(bar->kind),
                 bar->prefetchable ? " pref" : "");
        snprintf(remark, sizeof(remark), "%s%s%s%s%s", bar->resizable ? "  resizable" : "",
                 bar->header.seen ? "  " : "",
                 bar->header.seen ? backing_name(bar->header.backing) : "",
                 bar->header.control ? "  control" : "",
                 bar->by_hand ? "  moved by hand" : "");
    }
    line_print(file, depth, name, bar->kernel, remark);
    bar_differences_print(function, bar, depth + 1, file);
}

/* What barshift's own functions say of themselves */
static void driver_print(const Function *function, int depth, FILE *file)
{
    if (function->stopped) {
        fprintf(file, "%*snoted as stopped: not read through its BARs\n", depth * INDENT, "");
    }
    if (function->control_known) {
        fprintf(file, "%*sdriver %s, %" PRIu64 " ledger records, %" PRIu64 " violations\n",
                depth * INDENT, "", driver_state_name(function->driver_state),
                function->ledger_total, function->violations);
    }
}

static bool has_io(const Function *function)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (function->bars[nr].kind == BAR_IO) {
            return true;
        }
    }
    return false;
}

static void complaint_print(const Topology *topology, const char *bdf, int depth, FILE *file)
{
    const char *complaint = topology_complaint(topology, bdf);

    if (complaint[0] != '\0') {
        fprintf(file, "%*s%s\n", depth * INDENT, "", complaint);
    }
}

static void function_print(const Topology *topology, const Function *function, int depth,
                           FILE *file)
{
    fprintf(file, "%*s%s  %04x:%04x", depth * INDENT, "", function->bdf, function->vendor,
            function->device);
    if (function->tagged) {
        fprintf(file, "  tag %" PRIu32, function->tag);
    }
    fprintf(file, "  memory decode %s", function->memory_decode ? "on" : "off");
    if (has_io(function)) {
        fprintf(file, ", I/O decode %s", function->io_decode ? "on" : "off");
    }
    fprintf(file, "%s\n", function->enabled ? ", enabled" : "");
    complaint_print(topology, function->bdf, depth + 1, file);
    driver_print(function, depth + 1, file);
    for (int nr = 0; nr < TOPOLOGY_BARS; nr++) {
        if (function->bars[nr].kind != BAR_NONE) {
            bar_print(function, &function->bars[nr], depth + 1, file);
        }
    }
}

static void bridge_print(const Topology *topology, const Bridge *bridge, int depth, FILE *file)
{
    fprintf(file, "%*s%s  bridge to bus %02x-%02x", depth * INDENT, "", bridge->bdf,
            (unsigned)bridge->secondary, (unsigned)bridge->subordinate);
    if (bridge->slot[0] != '\0') {
        fprintf(file, ", slot %s", bridge->slot);
    }
    fprintf(file, "\n");
    complaint_print(topology, bridge->bdf, depth + 1, file);
    for (WindowKind kind = WINDOW_IO; kind < WINDOW_KINDS; kind++) {
        const Window *window = &bridge->windows[kind];
        char name[32];

        if (range_is_empty(window->config) && range_is_empty(window->kernel)) {
            continue;
        }
        snprintf(name, sizeof(name), "window %s", window_kind_name(kind));
        line_print(file, depth + 1, name, window->config, "");
        if (!same(window->config, window->kernel)) {
            line_print(file, depth + 2, "kernel:", window->kernel, "");
        }
    }
}

/* Bridges cannot contain themselves: a bus number is found below one bridge, deeper each time */
static void bus_print(const Topology *topology, int parent, int depth, FILE *file)
{
    for (size_t i = 0; i < topology->function_count; i++) {
        if (topology->functions[i].parent == parent && !topology->functions[i].is_bridge) {
            function_print(topology, &topology->functions[i], depth, file);
        }
    }
    for (size_t i = 0; i < topology->bridge_count; i++) {
        if (topology->bridges[i].parent == parent && (int)i > parent) {
            bridge_print(topology, &topology->bridges[i], depth, file);
            bus_print(topology, (int)i, depth + 1, file);
        }
    }
}

void map_print(const Topology *topology, const struct utsname *kernel, FILE *file)
{
    fprintf(file, "kernel %s\n", kernel->release);
    for (size_t i = 0; i < topology->host_window_count; i++) {
        line_print(file, 0, topology->host_windows[i].io ? "host window io" : "host window mem",
                   topology->host_windows[i].range, "");
    }
    bus_print(topology, -1, 0, file);
}
