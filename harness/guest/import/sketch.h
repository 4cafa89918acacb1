/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine that QEMU is to be, between a capture and a scenario file: what of the captured one
 * is kept, under which name, and what it becomes.
 */
#ifndef BARSHIFT_IMPORT_SKETCH_H
#define BARSHIFT_IMPORT_SKETCH_H

#include "captured.h"
#include "notes.h"

#define SKETCH_NAME_SIZE 24
#define SKETCH_PLUGS_MAX 16
#define SKETCH_ROOT_BUS (-1)
#define SKETCH_LEFT_OUT (-2)

typedef enum SketchKind {
    SKETCH_ROOT,
    SKETCH_UPSTREAM,
    SKETCH_DOWNSTREAM,
} SketchKind;

/** struct SketchHost - a host bridge beside the one of bus 0 */
typedef struct SketchHost {
    char name[SKETCH_NAME_SIZE];
    int bus;
} SketchHost;

typedef struct SketchPort {
    char name[SKETCH_NAME_SIZE];
    SketchKind kind;
    int parent; /* index of the port above, or SKETCH_ROOT_BUS */
    int root_bus; /* of a root port: number of the bus that it is on */
    int bridge; /* index in the topology; -1: made up, for functions that no bridge leads to */
    int bus;    /* captured number of the bus below */
    bool hotplug;
    int functions; /* that it holds, a switch counts */
    bool io;       /* root: I/O BARs below it are kept */
    uint64_t pref_reserve;
    uint64_t mem_reserve;
    unsigned bus_reserve;
    uint64_t bar_bytes; /* upstream: of its own BAR; 0: none */
} SketchPort;

typedef struct SketchFunction {
    char name[SKETCH_NAME_SIZE];
    int function; /* index in the topology */
    int port;     /* index, or SKETCH_ROOT_BUS */
    int slot;     /* on the root bus */
    int number;
    bool alone; /* in its device */
    int layout; /* index */
} SketchFunction;

/** struct SketchLayout - a layout file: the lines of [device] */
typedef struct SketchLayout {
    char *text;
    int function; /* index in the topology: the first one that has it */
    unsigned uses;
} SketchLayout;

/** What a stock kernel is expected to make of an arrival */
typedef enum Forecast {
    FORECAST_UNKNOWN,
    FORECAST_SETTLED,
    FORECAST_REFUSED,
} Forecast;

/** struct SketchPlug - what is to arrive */
typedef struct SketchPlug {
    uint64_t size_bytes;
    int port;
    Forecast here;     /* on the machine that QEMU makes */
    Forecast original; /* on the captured one */
} SketchPlug;

typedef struct Sketch {
    const Captured *captured;
    bool identity; /* IDs and class are taken over */
    int first_bus;     /* root bus that becomes bus 0 */
    SketchHost *hosts; /* of the others, by bus number */
    size_t host_count;
    SketchPort *ports; /* parents first */
    size_t port_count;
    SketchFunction *functions;
    size_t function_count;
    SketchLayout *layouts;
    size_t layout_count;
    SketchPlug plugs[SKETCH_PLUGS_MAX];
    size_t plug_count;
    uint64_t hole64_bytes;
    int *bridge_ports; /* by bridge of the topology: index of its port, or SKETCH_LEFT_OUT */
    Notes notes;
} Sketch;

/**
 * sketch_make() - decide what becomes of everything
 * @captured: stays as long as the sketch
 * @sketch: (out) freed with sketch_free(), whatever the result
 * @why: (out) CAPTURE_WHY_SIZE bytes, set when the result is negative
 *
 * Return: 0; -EINVAL for a machine that QEMU cannot start; -ENOMEM.
 */
int sketch_make(const Captured *captured, bool identity, Sketch *sketch, char *why);
void sketch_free(Sketch *sketch);

/**
 * sketch_plug() - something is to arrive at a port
 * @text: "SIZE@PORT", a power of two from 1M on, and the bus address of a captured bridge or the
 *        name of a port in the scenario
 * @why: (out) CAPTURE_WHY_SIZE bytes, set when the result is negative
 *
 * Return: 0; -EINVAL for another text or size, a port that is none, holds something, or where
 * nothing can be plugged; -E2BIG.
 */
int sketch_plug(Sketch *sketch, const char *text, char *why);

/** The parts of sketch_make(), each in a file of its own; Return: 0 or -ENOMEM */
int sketch_ports(Sketch *sketch);
int sketch_functions(Sketch *sketch);
int sketch_layouts(Sketch *sketch);

/** sketch_root_bus() - does a function whose bus no bridge leads to stand on a root bus? */
bool sketch_root_bus(const Captured *captured, int domain, int bus);

/** sketch_host() - host bridge of a root bus; NULL: it becomes bus 0 */
const SketchHost *sketch_host(const Sketch *sketch, int bus);

#define SKETCH_SIZE_TEXT 24

/** sketch_size_text() - "4K", "2G": as scenario and layout files have sizes */
void sketch_size_text(uint64_t size_bytes, char *text);

#endif
