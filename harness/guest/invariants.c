/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Invariants that compare what was read already: I1 to I4, I7. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "invariants.h"
#include "rebar-size.h"

#define VIEW_SIZE 64
#define MEM64_START UINT64_C(0x100000000)

static const Bar *case_bar(const InvariantCase *about)
{
    return &about->function->bars[about->bar_nr];
}

static int subject_text(const InvariantCase *about, char *text)
{
    const char *bdf = about->function ? about->function->bdf : about->before->bdf;

    if (about->bar_nr == INVARIANT_NO_BAR) {
        return snprintf(text, INVARIANT_WHY_SIZE, "%s: ", bdf);
    }
    if (about->bar_nr == TOPOLOGY_ROM) {
        return snprintf(text, INVARIANT_WHY_SIZE, "%s ROM: ", bdf);
    }
    return snprintf(text, INVARIANT_WHY_SIZE, "%s BAR %d: ", bdf, about->bar_nr);
}

bool invariant_fails(const InvariantCase *about, char *why, const char *format, ...)
{
    int length = subject_text(about, why);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why + length, INVARIANT_WHY_SIZE - (size_t)length, format, arguments);
    va_end(arguments);
    return false;
}

/* One witness in words: "0xBASE+0xSIZE", "none", or "unknown" */
static void view_text(char *text, bool known, bool assigned, uint64_t base, uint64_t size_bytes)
{
    if (!known) {
        snprintf(text, VIEW_SIZE, "unknown");
    } else if (!assigned) {
        snprintf(text, VIEW_SIZE, "none");
    } else if (size_bytes == 0) {
        snprintf(text, VIEW_SIZE, "0x%" PRIx64, base);
    } else {
        snprintf(text, VIEW_SIZE, "0x%" PRIx64 "+0x%" PRIx64, base, size_bytes);
    }
}

static bool disagree(const InvariantCase *about, char *why)
{
    const Bar *bar = case_bar(about);
    bool decoded = bar_is_decoded(about->function, bar);
    char config[VIEW_SIZE];
    char kernel[VIEW_SIZE];
    char device[VIEW_SIZE];
    char cpu[VIEW_SIZE];

    view_text(config, true, decoded || !range_is_empty(bar->kernel), bar->config_base,
              bar->rebar_size_bytes);
    view_text(kernel, !bar->by_hand, !range_is_empty(bar->kernel), bar->kernel.start,
              range_size(bar->kernel));
    view_text(device, bar->device_known, bar->device_decoded, bar->device_base,
              bar->device_size_bytes);
    view_text(cpu, bar->header.seen, true, bar->header.base, bar->header.size_bytes);
    return invariant_fails(
        about, why,
        "expected one base and size, observed config space %s, kernel %s, device %s, "
        "CPU %s (%s decode %s)",
        config, kernel, device, cpu, bar->kind == BAR_IO ? "I/O" : "memory",
        function_decodes(about->function, bar->kind) ? "on" : "off");
}

static bool device_agrees(const InvariantCase *about, const Bar *bar)
{
    if (!bar->device_known) {
        return true;
    }
    if (!bar_is_decoded(about->function, bar) || range_is_empty(bar->kernel)) {
        return !bar->device_decoded;
    }
    return bar->device_decoded && bar->device_base == bar->kernel.start &&
           bar->device_size_bytes == range_size(bar->kernel);
}

bool invariant_agreed(const InvariantCase *about, char *why)
{
    const Bar *bar = case_bar(about);
    uint64_t size = range_size(bar->kernel);
    bool agreed = device_agrees(about, bar);

    why[0] = '\0';
    if (range_is_empty(bar->kernel)) {
        /* A stale address does no harm while nothing decodes it */
        agreed = agreed && !bar_is_decoded(about->function, bar);
    } else if (bar->kind == BAR_ROM && !bar->rom_enabled) {
        agreed = true; /* the kernel writes the address when it enables the ROM, not before */
    } else {
        agreed = agreed && bar->config_base == bar->kernel.start;
        agreed = agreed && (!bar->resizable || bar->rebar_size_bytes == size);
        agreed = agreed && (!bar->header.seen || (bar->header.base == bar->kernel.start &&
                                                  bar->header.size_bytes == size));
    }
    return agreed || disagree(about, why);
}

bool invariant_capabilities(const InvariantCase *about, char *why)
{
    const char *complaint = about->function->complaint;

    why[0] = '\0';
    return complaint[0] == '\0' ||
           invariant_fails(about, why, "expected lists of capabilities that end, observed %s",
                           complaint);
}

/*
 * May a BAR use a window of this kind, PCIe r6.0 sec 7.5.1.2.1 and PCI-to-PCI Bridge 1.2 sec 4.
 * An expansion ROM has no side effects, and kernels take it for prefetchable.
 */
static bool window_suits(const Bar *bar, Range range, WindowKind kind)
{
    if (bar->kind == BAR_IO) {
        return kind == WINDOW_IO;
    }
    if (!bar->prefetchable && bar->kind != BAR_ROM) {
        return kind == WINDOW_MEM;
    }
    return kind == WINDOW_PREF || (kind == WINDOW_MEM && range.start < MEM64_START);
}

static bool bridge_contains(const Bridge *bridge, const Bar *bar, Range range)
{
    for (WindowKind kind = WINDOW_IO; kind < WINDOW_KINDS; kind++) {
        if (window_suits(bar, range, kind) && range_contains(bridge->windows[kind].config, range)) {
            return true;
        }
    }
    return false;
}

static bool host_contains(const Topology *topology, const Bar *bar, Range range)
{
    for (size_t i = 0; i < topology->host_window_count; i++) {
        const HostWindow *window = &topology->host_windows[i];

        if (window->io == (bar->kind == BAR_IO) && range_contains(window->range, range)) {
            return true;
        }
    }
    return false;
}

static void window_text(char *text, Range range)
{
    if (range_is_empty(range)) {
        snprintf(text, VIEW_SIZE, "none");
    } else {
        snprintf(text, VIEW_SIZE, "0x%" PRIx64 "-0x%" PRIx64, range.start, range.end);
    }
}

static bool outside(const InvariantCase *about, const Bridge *bridge, Range range, char *why)
{
    char bar[VIEW_SIZE];
    char io[VIEW_SIZE];
    char mem[VIEW_SIZE];
    char pref[VIEW_SIZE];

    window_text(bar, range);
    if (case_bar(about)->kind == BAR_IO) {
        window_text(io, bridge->windows[WINDOW_IO].config);
        return invariant_fails(about, why,
                               "expected %s inside a window of bridge %s, observed io %s", bar,
                               bridge->bdf, io);
    }
    window_text(mem, bridge->windows[WINDOW_MEM].config);
    window_text(pref, bridge->windows[WINDOW_PREF].config);
    return invariant_fails(about, why,
                           "expected %s inside a window of bridge %s, observed mem %s, pref %s",
                           bar, bridge->bdf, mem, pref);
}

/* Where it is; a ROM that is switched off will be where the kernel has set an address aside */
static Range place_of(const Bar *bar)
{
    return bar->kind == BAR_ROM && !bar->rom_enabled ? bar->kernel : bar_config_range(bar);
}

bool invariant_contained(const InvariantCase *about, char *why)
{
    const Topology *topology = about->topology;
    const Bar *bar = case_bar(about);
    Range range = place_of(bar);

    why[0] = '\0';
    if (about->function->parent < 0 && !about->function->on_root_bus) {
        return invariant_fails(about, why,
                               "expected a bridge that leads to bus %02x, observed none",
                               (unsigned)about->function->bus);
    }
    for (int i = about->function->parent; i >= 0; i = topology->bridges[i].parent) {
        const Bridge *bridge = &topology->bridges[i];

        if (!bridge_contains(bridge, bar, range)) {
            return outside(about, bridge, range, why);
        }
    }
    if (!host_contains(topology, bar, range)) {
        return invariant_fails(about, why,
                               "expected 0x%" PRIx64 "-0x%" PRIx64
                               " inside a host bridge window, observed no window that contains it",
                               range.start, range.end);
    }
    return true;
}

static Range decoded_range(const Function *function, const Bar *bar)
{
    Range range;

    if (!bar_is_decoded(function, bar)) {
        return range_empty();
    }
    range = bar_config_range(bar);
    return range_is_empty(range) ? range_sized(bar->config_base, 1) : range; /* size unknown */
}

static bool bars_overlap(const InvariantCase *about, const Function *other, int nr, char *why)
{
    const Bar *bar = case_bar(about);
    const Bar *other_bar = &other->bars[nr];
    Range range = decoded_range(about->function, bar);
    Range other_range = decoded_range(other, other_bar);
    char name[16];

    if ((other == about->function && nr == about->bar_nr) ||
        (bar->kind == BAR_IO) != (other_bar->kind == BAR_IO) ||
        !range_overlaps(range, other_range)) {
        return false;
    }
    snprintf(name, sizeof(name), nr == TOPOLOGY_ROM ? "ROM" : "BAR %d", nr);
    invariant_fails(about, why,
                    "expected 0x%" PRIx64 "-0x%" PRIx64
                    " for itself alone, observed %s %s decoding 0x%" PRIx64 "-0x%" PRIx64,
                    range.start, range.end, other->bdf, name, other_range.start, other_range.end);
    return true;
}

bool invariant_disjoint(const InvariantCase *about, char *why)
{
    why[0] = '\0';
    for (size_t i = 0; i < about->topology->function_count; i++) {
        const Function *other = &about->topology->functions[i];

        for (int nr = 0; nr < TOPOLOGY_BARS; nr++) {
            if (bars_overlap(about, other, nr, why)) {
                return false;
            }
        }
    }
    return true;
}

bool invariant_aligned(const InvariantCase *about, char *why)
{
    const Bar *bar = case_bar(about);
    uint64_t kernel_size = range_size(bar->kernel);

    why[0] = '\0';
    if (bar->resizable &&
        (bar->rebar_size_bytes == 0 || !rebar_size_offered(bar->rebar_sizes, bar->rebar_field))) {
        return invariant_fails(about, why,
                               "expected a BAR Size that is offered (2^n MiB, mask 0x%" PRIx64
                               "), observed n = %u",
                               bar->rebar_sizes, bar->rebar_field);
    }
    if (bar->resizable && bar->rebar_size_bytes != kernel_size) {
        return invariant_fails(about, why,
                               "expected the kernel to know size 0x%" PRIx64
                               " of the Resizable BAR control, observed 0x%" PRIx64,
                               bar->rebar_size_bytes, kernel_size);
    }
    if (bar->device_known && bar->device_size_bytes != kernel_size) {
        return invariant_fails(
            about, why, "expected the device to decode size 0x%" PRIx64 ", observed 0x%" PRIx64,
            kernel_size, bar->device_size_bytes);
    }
    if (range_is_empty(place_of(bar))) {
        return invariant_fails(about, why, "expected an address, observed none");
    }
    if (!range_aligned(place_of(bar))) {
        return invariant_fails(about, why,
                               "expected a base that is a multiple of the size 0x%" PRIx64
                               ", observed base 0x%" PRIx64,
                               bar_size_bytes(bar), place_of(bar).start);
    }
    return true;
}

bool invariant_quiet(const InvariantCase *about, char *why)
{
    uint64_t before = about->before ? about->before->violations : 0;
    uint64_t now = about->function->violations;

    why[0] = '\0';
    if (now < before) {
        before = 0; /* another device with the same tag: all that it has counted is new */
    }
    return now == before ||
           invariant_fails(about, why,
                           "expected no violation since the baseline, observed %" PRIu64
                           " (driver state: %s)",
                           now - before, driver_state_name(about->function->driver_state));
}
