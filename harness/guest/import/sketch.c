/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "forecast.h"
#include "sketch.h"

#define HIGH_START (UINT64_C(1) << 32)
#define GIB (UINT64_C(1) << 30)
#define HOLE64_MOST (UINT64_C(1) << 45) /* what a scenario can have */
#define HOLE64_UNKNOWN (UINT64_C(1) << 35)
#define PLUG_LEAST (UINT64_C(1) << 20)

static uint64_t windows_high(const Captured *captured)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < captured->window_count; i++) {
        Range range = captured->windows[i].range;

        if (!captured->windows[i].io && range.end >= HIGH_START) {
            range.start = range.start < HIGH_START ? HIGH_START : range.start;
            sum += range_size(range);
        }
    }
    return sum;
}

/* Everything that may lie above 4 GiB, with room to align it */
static uint64_t needed_high(const Sketch *sketch)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < sketch->function_count; i++) {
        int index = sketch->functions[i].function;
        const Facts *facts = &sketch->captured->facts[index];

        for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
            const Bar *bar = &sketch->captured->topology.functions[index].bars[nr];
            const Bar *vf = &facts->vf_bars[nr];

            sum += bar->kind == BAR_MEM64 && bar->prefetchable ? bar_size_bytes(bar) : 0;
            sum += vf->kind == BAR_MEM64 ? 2 * facts->vfs * bar_size_bytes(vf) : 0;
        }
    }
    return sum;
}

static void hole64_choose(Sketch *sketch)
{
    const Captured *captured = sketch->captured;
    uint64_t had = windows_high(captured);
    uint64_t needed = (needed_high(sketch) + GIB - 1) & ~(GIB - 1);
    char text[SKETCH_SIZE_TEXT];

    if (captured->window_count == 0) {
        had = needed > HOLE64_UNKNOWN / 2 ? 2 * needed : HOLE64_UNKNOWN;
        sketch_size_text(had, text);
        notes_add(&sketch->notes, "host bridges: the capture does not tell their windows%s; the "
                  "64-bit one has %s", captured->windows_hidden ? " (taken without root)" : "",
                  text);
    } else if (had == 0) {
        notes_add(&sketch->notes, "host bridges: none has a window above 4G; QEMU's has at "
                  "least 1G there");
    } else {
        notes_add(&sketch->notes, "host bridges: windows have other addresses; above 4G there is "
                  "one window for all");
    }
    had = (had + GIB - 1) & ~(GIB - 1);
    sketch->hole64_bytes = had > needed ? had : needed;
    if (sketch->hole64_bytes < GIB) {
        sketch->hole64_bytes = GIB;
    }
    if (sketch->hole64_bytes > HOLE64_MOST) {
        sketch_size_text(sketch->hole64_bytes, text);
        notes_add(&sketch->notes, "host bridges: %s above 4G become 32T", text);
        sketch->hole64_bytes = HOLE64_MOST;
    }
}

static void notes_on_ports(Sketch *sketch)
{
    const Topology *topology = &sketch->captured->topology;

    for (size_t i = 0; i < sketch->port_count; i++) {
        const SketchPort *port = &sketch->ports[i];
        const Bridge *bridge = port->bridge < 0 ? NULL : &topology->bridges[port->bridge];
        Range window = bridge && port->kind != SKETCH_ROOT ? bridge->windows[WINDOW_PREF].config
                                                           : range_empty();

        if (port->hotplug && port->functions == 0 && window.start != 0 &&
            range_size(window) > UINT64_C(0x200000)) {
            char text[SKETCH_SIZE_TEXT];

            sketch_size_text(range_size(window), text);
            notes_add(&sketch->notes, "%s: had a window of %s for what arrives; switch ports of "
                      "QEMU have none", bridge->bdf, text);
        }
    }
}

int sketch_make(const Captured *captured, bool identity, Sketch *sketch, char *why)
{
    int result;

    *sketch = (Sketch) { .captured = captured, .identity = identity };
    result = sketch_ports(sketch);
    if (result == 0) {
        result = sketch_functions(sketch);
    }
    if (result == 0) {
        result = sketch_layouts(sketch);
    }
    if (result < 0) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s", strerror(-result));
        return result;
    }
    notes_on_ports(sketch);
    hole64_choose(sketch);
    return 0;
}

void sketch_free(Sketch *sketch)
{
    for (size_t i = 0; i < sketch->layout_count; i++) {
        free(sketch->layouts[i].text);
    }
    free(sketch->hosts);
    free(sketch->ports);
    free(sketch->functions);
    free(sketch->layouts);
    free(sketch->bridge_ports);
    notes_free(&sketch->notes);
    memset(sketch, 0, sizeof(*sketch));
}

/* Return: the index of a port by its name, or by the bus address of its bridge; -1: none */
static int port_find(const Sketch *sketch, const char *text)
{
    char bdf[BDF_SIZE] = "";

    bdf_normalise(text, bdf);
    for (size_t i = 0; i < sketch->port_count; i++) {
        const SketchPort *port = &sketch->ports[i];

        if (strcmp(port->name, text) == 0 ||
            (port->bridge >= 0 &&
             strcmp(sketch->captured->topology.bridges[port->bridge].bdf, bdf) == 0)) {
            return (int)i;
        }
    }
    return -1;
}

/* Return: why nothing can arrive at a port; NULL: it can */
static const char *plug_objection(const Sketch *sketch, int index)
{
    const SketchPort *port = index < 0 ? NULL : &sketch->ports[index];

    if (!port) {
        return "no port of the capture";
    }
    if (port->kind == SKETCH_UPSTREAM) {
        return "the upstream port of a switch, which nothing is plugged into";
    }
    if (!port->hotplug) {
        return "a port without hotplug";
    }
    for (size_t i = 0; i < sketch->plug_count; i++) {
        if (sketch->plugs[i].port == index) {
            return "named twice";
        }
    }
    return port->functions > 0 ? "not empty" : NULL;
}

int sketch_plug(Sketch *sketch, const char *text, char *why)
{
    const char *at = strchr(text, '@');
    char size[SKETCH_SIZE_TEXT] = "";
    SketchPlug plug = { .port = at ? port_find(sketch, at + 1) : -1 };
    const char *objection;

    if (at && (size_t)(at - text) < sizeof(size)) {
        memcpy(size, text, (size_t)(at - text));
    }
    if (!at || capture_size_parse(size, &plug.size_bytes) < 0 || plug.size_bytes < PLUG_LEAST ||
        (plug.size_bytes & (plug.size_bytes - 1)) != 0) {
        snprintf(why, CAPTURE_WHY_SIZE,
                 "--plug %s: expected SIZE@PORT, such as 16G@00:1c.0, with a power of two from 1M",
                 text);
        return -EINVAL;
    }
    objection = plug_objection(sketch, plug.port);
    if (objection) {
        snprintf(why, CAPTURE_WHY_SIZE, "--plug %s: %s is %s", text, at + 1, objection);
        return -EINVAL;
    }
    if (sketch->plug_count == SKETCH_PLUGS_MAX) {
        snprintf(why, CAPTURE_WHY_SIZE, "--plug %s: at most %d can arrive", text,
                 SKETCH_PLUGS_MAX);
        return -E2BIG;
    }
    sketch->plugs[sketch->plug_count++] = plug;
    return 0;
}
