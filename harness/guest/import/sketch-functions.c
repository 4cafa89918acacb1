/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that become functions of a port or of a root bus, and those that are left out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pci/pci.h>

#include "sketch.h"

#define CLASS_BRIDGES 0x06
#define IO_PORTS_MOST 8 /* root ports with an I/O window, 4 KiB each of 64 KiB that there are */
#define MULTIFUNCTION 8 /* where there are more root ports than slots, so many share one */
#define SLOTS_LAST 30 /* of a root bus; the next one has QEMU's own chipset */

static unsigned function_number(const Function *function)
{
    return (unsigned)function->bdf[strlen(function->bdf) - 1] - '0';
}

static bool has_memory(const Function *function)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (bar_is_memory(&function->bars[nr]) && bar_size_bytes(&function->bars[nr]) != 0) {
            return true;
        }
    }
    return false;
}

/* Return: the port that a function is plugged into, SKETCH_ROOT_BUS or SKETCH_LEFT_OUT */
static int home(const Sketch *sketch, const Function *function)
{
    const Captured *captured = sketch->captured;

    if (function->domain != captured->topology.functions[0].domain) {
        return SKETCH_LEFT_OUT;
    }
    if (function->parent >= 0) {
        return sketch->bridge_ports[function->parent];
    }
    if (sketch_root_bus(captured, function->domain, function->bus)) {
        return SKETCH_ROOT_BUS;
    }
    for (size_t i = 0; i < sketch->port_count; i++) {
        if (sketch->ports[i].bridge < 0 && sketch->ports[i].bus == function->bus) {
            return (int)i;
        }
    }
    return SKETCH_LEFT_OUT;
}

static bool is_device_0(const Function *function)
{
    const char *number = strrchr(function->bdf, ':') + 1;

    return strncmp(number, "00.", 3) == 0;
}

/* Return: why a function of a port cannot be there in QEMU; NULL: it can */
static const char *port_objection(const SketchPort *port, const Function *function)
{
    if (port->kind == SKETCH_UPSTREAM) {
        return "left out, as functions inside a switch are";
    }
    if (!is_device_0(function)) {
        return "left out, not being device 0 below a port";
    }
    return port->functions > 0 ? "left out, as functions beside a switch are" : NULL;
}

static const char *root_bus_objection(const Sketch *sketch, const Function *function)
{
    if (function->class_code >> 8 == CLASS_BRIDGES) {
        return "left out, as QEMU has a chipset of its own";
    }
    if (!has_memory(function)) {
        return "left out, integrated and without memory BARs of known size";
    }
    return function->bus == sketch->first_bus
               ? NULL
               : "left out, as QEMU takes only root ports on further root buses";
}

/* Return: why a function is left out, empty where the bridge above says so; NULL: it stays */
static const char *objection(const Sketch *sketch, const Function *function, int port)
{
    if (port == SKETCH_LEFT_OUT) {
        return function->parent >= 0 ? "" : "left out, in another domain";
    }
    return port >= 0 ? port_objection(&sketch->ports[port], function)
                     : root_bus_objection(sketch, function);
}

static void function_add(Sketch *sketch, int index)
{
    const Function *function = &sketch->captured->topology.functions[index];
    const Facts *facts = &sketch->captured->facts[index];
    int port = home(sketch, function);
    const char *reason = objection(sketch, function, port);
    SketchFunction *added;

    if (reason) {
        if (reason[0] != '\0') {
            notes_gather(&sketch->notes, reason, function->bdf);
        }
        return;
    }
    if (port == SKETCH_ROOT_BUS && facts->vfs > 0) {
        notes_gather(&sketch->notes, "without virtual functions, as on a root bus there are none",
                     function->bdf);
    }
    added = &sketch->functions[sketch->function_count++];
    *added = (SketchFunction) {
        .function = index, .port = port, .number = (int)function_number(function),
        .layout = -1,
    };
}

static bool same_device(const Sketch *sketch, size_t a, size_t b)
{
    const Function *functions = sketch->captured->topology.functions;
    const char *left = functions[sketch->functions[a].function].bdf;
    const char *right = functions[sketch->functions[b].function].bdf;

    return strncmp(left, right, strlen(left) - 1) == 0;
}

/* Function 0 comes first; where it is left out, the others are counted anew */
static size_t device_end(Sketch *sketch, size_t first)
{
    size_t end = first + 1;

    while (end < sketch->function_count && same_device(sketch, first, end)) {
        end++;
    }
    sketch->functions[first].alone = end == first + 1;
    if (sketch->functions[first].number != 0) {
        for (size_t i = first; i < end; i++) {
            sketch->functions[i].number = (int)(i - first);
        }
    }
    return end;
}

static int devices_on_root_bus(const Sketch *sketch)
{
    int count = 0;

    for (size_t i = 0; i < sketch->function_count; i++) {
        const SketchFunction *function = &sketch->functions[i];

        count += function->port == SKETCH_ROOT_BUS && (i == 0 || !same_device(sketch, i - 1, i));
    }
    return count;
}

static int root_port_slots(const Sketch *sketch)
{
    int count = 0;

    for (size_t i = 0; i < sketch->port_count; i++) {
        count += sketch->ports[i].kind == SKETCH_ROOT &&
                 !sketch_host(sketch, sketch->ports[i].root_bus);
    }
    return count > SLOTS_LAST ? (count + MULTIFUNCTION - 1) / MULTIFUNCTION : count;
}

/* Integrated devices for which no slot is left, the last ones, go */
static void root_bus_trim(Sketch *sketch)
{
    for (size_t i = sketch->function_count; i-- > 0;) {
        const SketchFunction *function = &sketch->functions[i];

        if (function->port != SKETCH_ROOT_BUS ||
            devices_on_root_bus(sketch) + root_port_slots(sketch) <= SLOTS_LAST) {
            continue;
        }
        notes_gather(&sketch->notes, "left out, as no slot of the root bus is left",
                     sketch->captured->topology.functions[function->function].bdf);
        memmove(&sketch->functions[i], &sketch->functions[i + 1],
                (sketch->function_count - i - 1) * sizeof(*sketch->functions));
        sketch->function_count--;
    }
}

static bool has_io(const Function *function)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (function->bars[nr].kind == BAR_IO && bar_size_bytes(&function->bars[nr]) != 0) {
            return true;
        }
    }
    return false;
}

static void io_ports_choose(Sketch *sketch)
{
    int count = 0;

    for (size_t i = 0; i < sketch->function_count; i++) {
        const SketchFunction *place = &sketch->functions[i];
        SketchPort *port;

        if (place->port < 0 || !has_io(&sketch->captured->topology.functions[place->function])) {
            continue;
        }
        for (port = &sketch->ports[place->port]; port->parent >= 0;) {
            port = &sketch->ports[port->parent];
        }
        if (!port->io && count < IO_PORTS_MOST) {
            port->io = true;
            count++;
        }
    }
}

/* The last slots of the root bus, so that root ports have the first ones */
static void slots_set(Sketch *sketch)
{
    int slot = SLOTS_LAST - devices_on_root_bus(sketch);

    for (size_t i = 0; i < sketch->function_count; i++) {
        SketchFunction *function = &sketch->functions[i];

        if (function->port == SKETCH_ROOT_BUS) {
            slot += i == 0 || !same_device(sketch, i - 1, i);
            function->slot = slot;
        }
    }
}

static void ports_count(Sketch *sketch)
{
    for (size_t i = 0; i < sketch->function_count; i++) {
        if (sketch->functions[i].port >= 0) {
            sketch->ports[sketch->functions[i].port].functions++;
        }
    }
}

int sketch_functions(Sketch *sketch)
{
    const Topology *topology = &sketch->captured->topology;

    sketch->functions = calloc(topology->function_count + 1, sizeof(*sketch->functions));
    if (!sketch->functions) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < topology->function_count; i++) {
        if (!topology->functions[i].is_bridge) {
            function_add(sketch, (int)i);
        }
    }
    root_bus_trim(sketch);
    for (size_t i = 0; i < sketch->function_count;) {
        i = device_end(sketch, i);
    }
    io_ports_choose(sketch);
    slots_set(sketch);
    ports_count(sketch);
    for (size_t i = 0; i < sketch->function_count; i++) {
        snprintf(sketch->functions[i].name, SKETCH_NAME_SIZE, "f%zu", i + 1);
    }
    return 0;
}
