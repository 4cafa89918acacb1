/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridges that become ports, and root buses that become host bridges. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pci/pci.h>

#include "sketch.h"
#include "tree.h"

#define CLASS_BRIDGES 0x06

#define ROOT_PORT_BAR_BYTES 0x1000

/* What an empty hotplug port has in any case: the default of Linux, and more than of firmware */
#define RESERVE_LEAST UINT64_C(0x200000)

static const Facts *bridge_facts(const Captured *captured, int bridge, const Function **function)
{
    *function = topology_find(&captured->topology, captured->topology.bridges[bridge].bdf);
    return &captured->facts[*function - captured->topology.functions];
}

static int first_domain(const Captured *captured)
{
    return captured->topology.functions[0].domain;
}

static bool is_of_root_bus(const Function *function, const Facts *facts)
{
    return function->is_bridge ? facts->port_type != PCI_EXP_TYPE_UPSTREAM &&
                                     facts->port_type != PCI_EXP_TYPE_DOWNSTREAM
                               : function->class_code >> 8 == CLASS_BRIDGES ||
                                     facts->port_type == PCI_EXP_TYPE_ROOT_INT_EP ||
                                     facts->port_type == PCI_EXP_TYPE_ROOT_EC;
}

bool sketch_root_bus(const Captured *captured, int domain, int bus)
{
    const Topology *topology = &captured->topology;

    for (size_t i = 0; i < topology->function_count; i++) {
        const Function *function = &topology->functions[i];

        if (function->domain == domain && function->bus == bus &&
            (bus == 0 || is_of_root_bus(function, &captured->facts[i]))) {
            return true;
        }
    }
    return false;
}

const SketchHost *sketch_host(const Sketch *sketch, int bus)
{
    for (size_t i = 0; i < sketch->host_count; i++) {
        if (sketch->hosts[i].bus == bus) {
            return &sketch->hosts[i];
        }
    }
    return NULL;
}

/* Root ports come by bus number */
static void host_add(Sketch *sketch, int bus)
{
    SketchHost *host;

    if (bus == sketch->first_bus || sketch_host(sketch, bus)) {
        return;
    }
    host = &sketch->hosts[sketch->host_count++];
    host->bus = bus;
    snprintf(host->name, sizeof(host->name), "hb%zu", sketch->host_count);
}

static void first_bus_find(Sketch *sketch)
{
    const Topology *topology = &sketch->captured->topology;

    for (size_t i = topology->function_count; i-- > 0;) {
        const Function *function = &topology->functions[i];

        if (function->parent < 0 && function->domain == first_domain(sketch->captured) &&
            sketch_root_bus(sketch->captured, function->domain, function->bus)) {
            sketch->first_bus = function->bus;
        }
    }
}

static SketchPort *port_add(Sketch *sketch, SketchPort port)
{
    SketchPort *added = &sketch->ports[sketch->port_count++];

    *added = port;
    snprintf(added->name, sizeof(added->name), "p%zu", sketch->port_count);
    return added;
}

/* Return: what a bridge below a port, or on a root bus, can be; -1: nothing that QEMU has here */
static int kind_of(const Sketch *sketch, const Facts *facts, int parent)
{
    int type = facts->port_type;
    bool guess = type == PORT_TYPE_UNREAD;

    if (parent == SKETCH_ROOT_BUS) {
        return type == PCI_EXP_TYPE_ROOT_PORT || guess ? SKETCH_ROOT : -1;
    }
    if (sketch->ports[parent].kind == SKETCH_UPSTREAM) {
        return type == PCI_EXP_TYPE_DOWNSTREAM || guess ? SKETCH_DOWNSTREAM : -1;
    }
    /* A port leads to one switch */
    return (type == PCI_EXP_TYPE_UPSTREAM || guess) && sketch->ports[parent].functions == 0
               ? SKETCH_UPSTREAM
               : -1;
}

static uint64_t spare_reserve(uint64_t window, uint64_t below)
{
    return window > RESERVE_LEAST && window > below ? window : 0;
}

/* Of all BARs below a bridge that go to a window of a kind, what firmware finds by itself */
static uint64_t bytes_below(const Topology *topology, int bridge, WindowKind kind)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < topology->function_count; i++) {
        int above = topology->functions[i].parent;

        while (above > bridge) {
            above = topology->bridges[above].parent;
        }
        for (int nr = 0; above == bridge && nr < BARSHIFT_BARS; nr++) {
            const Bar *bar = &topology->functions[i].bars[nr];
            bool pref = bar->kind == BAR_MEM64 && bar->prefetchable;

            if (bar_is_memory(bar) && pref == (kind == WINDOW_PREF)) {
                sum += bar_size_bytes(bar);
            }
        }
    }
    return sum;
}

static uint64_t window_reserve(const Topology *topology, int bridge, WindowKind kind)
{
    Range window = tree_window_range(topology, &topology->bridges[bridge].windows[kind]);

    return spare_reserve(range_size(window), 2 * bytes_below(topology, bridge, kind));
}

static void reserves_set(const Topology *topology, SketchPort *port)
{
    const Bridge *bridge = &topology->bridges[port->bridge];

    port->pref_reserve = window_reserve(topology, port->bridge, WINDOW_PREF);
    port->mem_reserve = window_reserve(topology, port->bridge, WINDOW_MEM);
    if (port->hotplug && bridge->subordinate > bridge->secondary) {
        port->bus_reserve = (unsigned)(bridge->subordinate - bridge->secondary);
    }
}

/* QEMU's root ports have 4 KiB of registers, downstream ports none, upstream ones what is asked */
static void own_bar_set(Sketch *sketch, const Function *function, SketchPort *port)
{
    for (int nr = 0; nr < 2; nr++) {
        const Bar *bar = &function->bars[nr];
        uint64_t bytes = bar_size_bytes(bar);
        char size[SKETCH_SIZE_TEXT];

        if (!bar_is_memory(bar) || bytes == 0 ||
            (nr == 0 && port->kind == SKETCH_ROOT && bytes == ROOT_PORT_BAR_BYTES)) {
            continue;
        }
        sketch_size_text(bytes, size);
        if (nr > 0 || port->kind != SKETCH_UPSTREAM) {
            notes_add(&sketch->notes, "%s: BAR %d of the port itself, %s, is left out",
                      function->bdf, nr, size);
            continue;
        }
        port->bar_bytes = bytes;
        if (bar->kind != BAR_MEM64 || !bar->prefetchable) {
            notes_add(&sketch->notes, "%s: BAR 0 of the port, %s, becomes 64-bit prefetchable",
                      function->bdf, size);
        }
    }
}

static void left_out(Sketch *sketch, const Function *function, const Facts *facts, int parent)
{
    bool conventional =
        facts->port_type == PORT_TYPE_NONE || facts->port_type == PCI_EXP_TYPE_PCI_BRIDGE;

    if (parent != SKETCH_LEFT_OUT) {
        notes_gather(&sketch->notes,
                     conventional ? "left out, conventional PCI with all that is below it"
                                  : "left out with all below, a bridge QEMU cannot have there",
                     function->bdf);
    }
}

/* A card whose bridge is not in the capture gets a port of its own. Return: its index */
static int orphan_port(Sketch *sketch, const Function *function)
{
    for (size_t i = 0; i < sketch->port_count; i++) {
        if (sketch->ports[i].bridge < 0 && sketch->ports[i].bus == function->bus) {
            return (int)i;
        }
    }
    notes_add(&sketch->notes, "%s: no bridge leads to its bus; it gets a root port", function->bdf);
    port_add(sketch, (SketchPort) { .kind = SKETCH_ROOT, .parent = SKETCH_ROOT_BUS, .bridge = -1,
                                    .bus = function->bus, .hotplug = true });
    return (int)sketch->port_count - 1;
}

/* Return: the port above a bridge, SKETCH_ROOT_BUS or SKETCH_LEFT_OUT */
static int port_above(Sketch *sketch, const Bridge *bridge, const Function *function)
{
    if (bridge->domain != first_domain(sketch->captured)) {
        return SKETCH_LEFT_OUT;
    }
    if (bridge->parent >= 0) {
        return sketch->bridge_ports[bridge->parent];
    }
    return sketch_root_bus(sketch->captured, bridge->domain, bridge->bus)
               ? SKETCH_ROOT_BUS
               : orphan_port(sketch, function);
}

static void bridge_add(Sketch *sketch, int index)
{
    const Topology *topology = &sketch->captured->topology;
    const Bridge *bridge = &topology->bridges[index];
    const Function *function;
    const Facts *facts = bridge_facts(sketch->captured, index, &function);
    int parent = port_above(sketch, bridge, function);
    int kind = parent == SKETCH_LEFT_OUT ? -1 : kind_of(sketch, facts, parent);
    SketchPort *port;

    sketch->bridge_ports[index] = SKETCH_LEFT_OUT;
    if (kind < 0) {
        left_out(sketch, function, facts, parent);
        return;
    }
    if (facts->port_type == PORT_TYPE_UNREAD) {
        notes_gather(&sketch->notes, "ports by their place, as the capture has no capabilities",
                     function->bdf);
    }
    if (kind == SKETCH_ROOT) {
        host_add(sketch, bridge->bus);
    } else {
        sketch->ports[parent].functions += kind == SKETCH_UPSTREAM;
    }
    sketch->bridge_ports[index] = (int)sketch->port_count;
    port = port_add(sketch, (SketchPort) {
        .kind = (SketchKind)kind, .parent = parent, .bridge = index, .bus = bridge->secondary,
        .root_bus = bridge->bus, .hotplug = bridge->hotplug || bridge->slot[0] != '\0',
    });
    own_bar_set(sketch, function, port);
    if (kind == SKETCH_ROOT) {
        reserves_set(topology, port);
    }
}

int sketch_ports(Sketch *sketch)
{
    const Topology *topology = &sketch->captured->topology;

    /* A port, and at most one more for who has no bridge above */
    sketch->ports = calloc(2 * topology->function_count + 1, sizeof(*sketch->ports));
    sketch->hosts = calloc(topology->function_count + 1, sizeof(*sketch->hosts));
    sketch->bridge_ports = calloc(topology->bridge_count + 1, sizeof(*sketch->bridge_ports));
    if (!sketch->ports || !sketch->hosts || !sketch->bridge_ports) {
        return -ENOMEM;
    }
    first_bus_find(sketch);
    for (size_t i = 0; i < topology->bridge_count; i++) {
        bridge_add(sketch, (int)i);
    }
    for (size_t i = 0; i < topology->function_count; i++) {
        const Function *function = &topology->functions[i];

        if (!function->is_bridge && function->parent < 0 &&
            function->domain == first_domain(sketch->captured) &&
            !sketch_root_bus(sketch->captured, function->domain, function->bus)) {
            orphan_port(sketch, function);
        }
    }
    return 0;
}
