/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-text.h"

#include <string.h>

#define TITLE_SIZE 96
#define COLUMNS 100

static const char *const forecast_names[] = {
    [FORECAST_UNKNOWN] = "not known",
    [FORECAST_SETTLED] = "settled",
    [FORECAST_REFUSED] = "refused",
};

static void size_key_write(FILE *file, const char *key, uint64_t bytes)
{
    char text[SKETCH_SIZE_TEXT];

    sketch_size_text(bytes, text);
    if (bytes != 0) {
        fprintf(file, "%s = %s\n", key, text);
    }
}

/* A note as a comment, in lines of at most COLUMNS */
static void note_write(const char *text, FILE *file)
{
    size_t column = (size_t)fprintf(file, "#  ");

    while (*text != '\0') {
        size_t length = strcspn(text, " ");

        if (column + 1 + length > COLUMNS) {
            column = (size_t)fprintf(file, "\n#    ") - 1;
        }
        column += (size_t)fprintf(file, " %.*s", (int)length, text);
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', file);
}

static void header_write(const Sketch *sketch, const char *origin, FILE *file)
{
    fprintf(file, "# Imported from %s by barshift import: bus addresses above the groups are those "
            "of the\n# capture. Beside device and bus numbers, addresses and interrupts, what is "
            "not as it was there:\n#\n", origin);
    for (size_t i = 0; i < sketch->notes.count; i++) {
        note_write(sketch->notes.lines[i], file);
    }
    if (sketch->notes.count == 0) {
        fputs("#   nothing\n", file);
    }
    for (size_t i = 0; i < sketch->plug_count; i++) {
        const SketchPlug *plug = &sketch->plugs[i];
        char text[SKETCH_SIZE_TEXT];

        sketch_size_text(plug->size_bytes, text);
        fprintf(file, "%s#   %s at %s: %s here; on the captured machine: %s\n",
                i == 0 ? "#\n# What the kernel by itself is expected to make of what arrives:\n#\n"
                       : "", text, sketch->ports[plug->port].name, forecast_names[plug->here],
                forecast_names[plug->original]);
    }
}

static void scenario_group_write(const Sketch *sketch, const char *name, FILE *file)
{
    const char *outcome = sketch->plug_count == 0 ? "survived" : "settled";
    char title[TITLE_SIZE] = "and the bus is scanned again";
    char size[SKETCH_SIZE_TEXT];

    for (size_t i = 0; i < sketch->plug_count; i++) {
        outcome = sketch->plugs[i].here == FORECAST_SETTLED ? outcome : "refused";
    }
    if (sketch->plug_count > 0) {
        sketch_size_text(sketch->plugs[0].size_bytes, size);
        snprintf(title, sizeof(title), "and %s arrive at %s%s", size,
                 sketch->ports[sketch->plugs[0].port].name,
                 sketch->plug_count > 1 ? ", and more" : "");
    }
    fprintf(file, "[scenario]\ntitle = The machine %s, %s\noutcome = %s\n\n[machine]\n", name,
            title, outcome);
    size_key_write(file, "hole64", sketch->hole64_bytes);
}

static void function_comment_write(const Sketch *sketch, int index, FILE *file)
{
    const Function *function = &sketch->captured->topology.functions[index];

    fprintf(file, "\n# %s %04x:%04x class %06x\n", function->bdf, function->vendor,
            function->device, sketch->captured->facts[index].class_id);
}

static void port_write(const Sketch *sketch, const SketchPort *port, FILE *file)
{
    static const char *const kinds[] = { "root", "upstream", "downstream" };
    const Topology *topology = &sketch->captured->topology;
    const SketchHost *host = port->bridge < 0 ? NULL : sketch_host(sketch, port->root_bus);

    if (port->bridge >= 0) {
        const Function *function = topology_find(topology, topology->bridges[port->bridge].bdf);

        function_comment_write(sketch, (int)(function - topology->functions), file);
    } else {
        fprintf(file, "\n# instead of the bridge that leads to bus %02x\n", (unsigned)port->bus);
    }
    fprintf(file, "[port %s]\n", port->name);
    if (port->kind != SKETCH_ROOT) {
        fprintf(file, "kind = %s\nparent = %s\n", kinds[port->kind],
                sketch->ports[port->parent].name);
    } else if (host) {
        fprintf(file, "parent = %s\n", host->name);
    }
    size_key_write(file, "bar", port->bar_bytes);
    size_key_write(file, "pref64-reserve", port->pref_reserve);
    size_key_write(file, "mem-reserve", port->mem_reserve);
    if (port->bus_reserve > 1) {
        fprintf(file, "bus-reserve = %u\n", port->bus_reserve);
    }
    if (!port->hotplug && port->kind != SKETCH_UPSTREAM) {
        fputs("hotplug = off\n", file);
    }
}

static void function_write(const Sketch *sketch, const SketchFunction *function, const char *name,
                           FILE *file)
{
    function_comment_write(sketch, function->function, file);
    fprintf(file, "[function %s]\nport = %s\n", function->name,
            function->port >= 0 ? sketch->ports[function->port].name : "pcie.0");
    if (function->port < 0) {
        fprintf(file, "slot = %d\n", function->slot);
    }
    if (function->number != 0) {
        fprintf(file, "number = %d\n", function->number);
    }
    fprintf(file, "layout = %s-%d.ini\n", name, function->layout + 1);
}

static void plugs_write(const Sketch *sketch, FILE *file)
{
    for (size_t i = 0; i < sketch->plug_count; i++) {
        const SketchPlug *plug = &sketch->plugs[i];

        fprintf(file, "\n[function plug%zu]\nport = %s\n", i + 1, sketch->ports[plug->port].name);
        size_key_write(file, "size", plug->size_bytes);
        fputs("rebar = off\nplugged = later\n", file);
    }
    for (size_t i = 0; i < sketch->plug_count; i++) {
        fprintf(file, "\n[step plug%zu]\nhot-add = plug%zu\n", i + 1, i + 1);
    }
    if (sketch->plug_count == 0) {
        fputs("\n[step look-again]\nrescan = all\n", file);
    }
}

void scenario_text_write(const Sketch *sketch, const char *origin, const char *name, FILE *file)
{
    header_write(sketch, origin, file);
    scenario_group_write(sketch, name, file);
    for (size_t i = 0; i < sketch->host_count; i++) {
        fprintf(file, "\n[host-bridge %s]\nbus = %d\n", sketch->hosts[i].name,
                sketch->hosts[i].bus);
    }
    for (size_t i = 0; i < sketch->port_count; i++) {
        port_write(sketch, &sketch->ports[i], file);
    }
    for (size_t i = 0; i < sketch->function_count; i++) {
        function_write(sketch, &sketch->functions[i], name, file);
    }
    plugs_write(sketch, file);
}

void layout_text_write(const Sketch *sketch, size_t index, FILE *file)
{
    const SketchLayout *layout = &sketch->layouts[index];
    const Function *function = &sketch->captured->topology.functions[layout->function];

    fprintf(file, "# BARs as in a capture\n[layout]\ntitle = %s %04x:%04x", function->bdf,
            function->vendor, function->device);
    if (layout->uses > 1) {
        fprintf(file, " and %u more", layout->uses - 1);
    }
    fprintf(file, "\n\n[device]\n%s", layout->text);
}
