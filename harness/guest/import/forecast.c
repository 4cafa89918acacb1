/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "forecast.h"
#include "kernel-model.h"
#include "rebalance-plan.h"

/* QEMU's q35 with its firmware: below 4 GiB from the end of MMCONFIG to the I/O APIC */
#define LOW_START UINT64_C(0xc0000000)
#define LOW_END UINT64_C(0xfebfffff)
#define HIGH_START (UINT64_C(1) << 32)
#define IO_START 0x1000
#define IO_END 0xffff

#define RESERVE_BASE (UINT64_C(1) << 48) /* of windows of which only the size counts */
#define PLUG_CONTROL_BYTES 0x4000
#define PLUG_BAR 2

/** struct Model - the machine that QEMU makes */
typedef struct Model {
    Sketch *sketch;
    Topology topology; /* ports first, with the index that they have in the sketch */
    HostWindow windows[3];
    char *why;
} Model;

static void function_init(Function *function, const char *bdf, int parent)
{
    memset(function, 0, sizeof(*function));
    memcpy(function->bdf, bdf, BDF_SIZE);
    function->parent = parent;
    function->on_root_bus = parent < 0;
    function->control_bar = -1;
    for (int nr = 0; nr < TOPOLOGY_BARS; nr++) {
        function->bars[nr] = (Bar) { .nr = nr, .kernel = range_empty(),
                                     .msix_table = range_empty(), .msix_pba = range_empty() };
    }
}

static Range reserve_range(uint64_t bytes)
{
    return range_sized(RESERVE_BASE, bytes);
}

static void port_model(Model *model, int index)
{
    const SketchPort *port = &model->sketch->ports[index];
    Bridge *bridge = &model->topology.bridges[index];
    Function *function = &model->topology.functions[index];
    char bdf[BDF_SIZE];
    int bus = port->parent < 0 ? 0 : port->parent + 1;

    snprintf(bdf, sizeof(bdf), "0000:%02x:%02x.0", (unsigned)bus & 0xfff, (unsigned)index & 0xfff);
    function_init(function, bdf, port->parent);
    function->is_bridge = true;
    if (port->bar_bytes != 0) {
        function->bars[0].kind = BAR_MEM64;
        function->bars[0].prefetchable = true;
        function->bars[0].kernel_size_bytes = port->bar_bytes;
    }
    *bridge = (Bridge) { .bus = bus, .parent = port->parent, .secondary = index + 1,
                         .subordinate = 255, .hotplug = port->hotplug };
    memcpy(bridge->bdf, bdf, BDF_SIZE);
    for (int kind = 0; kind < WINDOW_KINDS; kind++) {
        bridge->windows[kind] = (Window) { .config = range_empty(), .kernel = range_empty() };
    }
    bridge->windows[WINDOW_PREF].config = reserve_range(port->pref_reserve);
    bridge->windows[WINDOW_MEM].config = reserve_range(port->mem_reserve);
}

static void bar_model(Bar *bar, const Bar *captured, uint64_t bytes)
{
    uint64_t size = BARSHIFT_HEADER_PAGE_SIZE;

    if (captured->kind == BAR_NONE || bytes == 0) {
        return;
    }
    while (size < bytes) {
        size <<= 1;
    }
    bar->kind = captured->kind;
    bar->prefetchable = captured->prefetchable;
    bar->kernel_size_bytes = captured->kind == BAR_IO ? bytes : size;
}

/* A function, and a second one that has the room of its virtual functions */
static void function_model(Model *model, const SketchFunction *place)
{
    const Captured *captured = model->sketch->captured;
    const Facts *facts = &captured->facts[place->function];
    Topology *topology = &model->topology;

    for (int virtual = 0; virtual <= (facts->vfs > 0 && place->port >= 0); virtual++) {
        Function *function = &topology->functions[topology->function_count++];
        char bdf[BDF_SIZE];

        snprintf(bdf, sizeof(bdf), "0000:%02x:%02x.%x", (unsigned)(place->port + 1) & 0xfff,
                 place->port < 0 ? 0x80 + (unsigned)place->slot : (unsigned)virtual,
                 (unsigned)place->number);
        function_init(function, bdf, place->port < 0 ? -1 : place->port);
        function->memory_decode = true;
        for (int nr = 0; nr < TOPOLOGY_BARS; nr++) {
            const Bar *bar = &captured->topology.functions[place->function].bars[nr];

            if (!virtual) {
                bar_model(&function->bars[nr], bar, bar_size_bytes(bar));
            } else if (nr < BARSHIFT_BARS) {
                bar_model(&function->bars[nr], &facts->vf_bars[nr],
                          facts->vfs * bar_size_bytes(&facts->vf_bars[nr]));
            }
        }
    }
}

static int model_init(Model *model)
{
    const Sketch *sketch = model->sketch;
    Topology *topology = &model->topology;
    size_t count = sketch->port_count + 2 * sketch->function_count + SKETCH_PLUGS_MAX;

    topology->functions = calloc(count + 1, sizeof(*topology->functions));
    topology->bridges = calloc(sketch->port_count + 1, sizeof(*topology->bridges));
    if (!topology->functions || !topology->bridges) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < sketch->port_count; i++) {
        port_model(model, (int)i);
    }
    topology->function_count = sketch->port_count;
    topology->bridge_count = sketch->port_count;
    for (size_t i = 0; i < sketch->function_count; i++) {
        function_model(model, &sketch->functions[i]);
    }
    model->windows[0] = (HostWindow) { .io = true, .range = { IO_START, IO_END } };
    model->windows[1] = (HostWindow) { .range = { LOW_START, LOW_END } };
    model->windows[2] =
        (HostWindow) { .range = range_sized(HIGH_START, sketch->hole64_bytes) };
    for (size_t i = 0; i < 3; i++) {
        model->windows[i].bus = TOPOLOGY_ANY_BUS;
    }
    return 0;
}

static int tree_fill(const Model *model, Tree *tree)
{
    const Topology *topology = &model->topology;
    int result = tree_read(tree, topology);

    for (size_t i = 0; result == 0 && i < 3; i++) {
        result = tree_add_window(tree, model->windows[i].io, model->windows[i].range) < 0 ? -ENOMEM
                                                                                           : 0;
    }
    for (size_t i = 0; result == 0 && i < topology->function_count; i++) {
        RequirementList wanted;

        requirements_read(topology, &topology->functions[i], &wanted);
        for (size_t k = 0; result == 0 && k < wanted.count; k++) {
            if (wanted.items[k].bar_nr >= 0 &&
                (wanted.items[k].option & REQUIREMENT_ALTERNATIVE) == 0 &&
                tree_add_bar(tree, (int)i, wanted.items[k], range_empty()) < 0) {
                result = -ENOMEM;
            }
        }
    }
    return result;
}

/* Return: 0, -EINVAL when somebody who needs it has no place below 4 GiB */
static int places_take(Model *model, const Tree *tree, const Prediction *prediction)
{
    Topology *topology = &model->topology;

    for (size_t i = 0; i < tree->bar_count; i++) {
        Range place = prediction->bars[i];

        if (range_is_empty(place) && tree->bars[i].wanted.max <= UINT32_MAX &&
            tree->bars[i].wanted.type == RESOURCE_MEMORY) {
            snprintf(model->why, CAPTURE_WHY_SIZE,
                     "its BARs need more below 4G than QEMU's machine has, which is %u MiB",
                     (unsigned)((LOW_END - LOW_START + 1) >> 20));
            return -EINVAL;
        }
        topology->functions[tree->bars[i].function].bars[tree->bars[i].wanted.bar_nr].kernel =
            place;
    }
    for (size_t i = 0; i < topology->bridge_count * WINDOW_KINDS; i++) {
        topology->bridges[i / WINDOW_KINDS].windows[i % WINDOW_KINDS].config =
            prediction->windows[i];
    }
    return 0;
}

/* Firmware and kernel place everything from nothing, which a removal of all root ports is, too */
static int machine_place(Model *model)
{
    CLEANUP(tree_free) Tree tree = { .windows = NULL };
    CLEANUP(prediction_free) Prediction prediction = { .bars = NULL };
    RemovalSet set = { .bridges = calloc(model->sketch->port_count + 1, sizeof(int)) };
    int result = set.bridges ? tree_fill(model, &tree) : -ENOMEM;

    for (size_t i = 0; result == 0 && i < model->sketch->port_count; i++) {
        if (model->sketch->ports[i].parent < 0) {
            set.bridges[set.bridge_count++] = (int)i;
        }
    }
    if (result == 0) {
        result = kernel_predict(&tree, &set, &prediction);
    }
    if (result == 0) {
        result = places_take(model, &tree, &prediction);
    }
    free(set.bridges);
    return result;
}

static void wanted_set(RequirementList *wanted, uint64_t size_bytes)
{
    wanted->count = 0;
    requirement_add(wanted, requirement_memory(0, PLUG_CONTROL_BYTES, false, false));
    requirement_add(wanted, requirement_memory(PLUG_BAR, size_bytes, true, true));
}

static bool removes_only(const RebalancePlan *plan, const char *port)
{
    for (size_t i = 0; i < plan->removed_count; i++) {
        if (strcmp(plan->removed[i].bdf, port) != 0) {
            return false;
        }
    }
    return plan->scope_count == 0;
}

/* Below a host bridge of its own QEMU gives the kernel what firmware has used, and no more */
static bool grows(const Topology *topology, const RebalancePlan *plan, int root)
{
    for (size_t i = 0; i < plan->address_count; i++) {
        const RebalanceAddress *address = &plan->addresses[i];

        if (address->bar_nr < 0 && !range_contains(address->before, address->after) &&
            !range_is_empty(address->after) &&
            strcmp(address->owner.bdf, topology->bridges[root].bdf) == 0) {
            return true;
        }
    }
    return false;
}

static Forecast ask(const Topology *topology, const char *port, const HostWindow *windows,
                    size_t window_count, uint64_t size_bytes, RebalancePlan *plan)
{
    RequirementList wanted;
    RebalanceAsk question = { .kind = REBALANCE_ARRIVAL, .wanted = &wanted, .windows = windows,
                              .window_count = window_count };
    char why[REBALANCE_WHY_SIZE];

    memcpy(question.bdf, port, BDF_SIZE);
    wanted_set(&wanted, size_bytes);
    if (rebalance_plan(topology, &question, plan, why) < 0) {
        return FORECAST_UNKNOWN;
    }
    return plan->verdict == PLAN_FITS && removes_only(plan, port) ? FORECAST_SETTLED
                                                                  : FORECAST_REFUSED;
}

/* Who has arrived is there for the next one */
static void arrival_take(Model *model, const SketchPlug *plug, const Range *places)
{
    Topology *topology = &model->topology;
    Function *newcomer = &topology->functions[topology->function_count++];
    char bdf[BDF_SIZE];

    snprintf(bdf, sizeof(bdf), "0000:%02x:00.0", (unsigned)(plug->port + 1) & 0xfff);
    function_init(newcomer, bdf, plug->port);
    newcomer->memory_decode = true;
    newcomer->bars[0].kind = BAR_MEM32;
    newcomer->bars[0].kernel_size_bytes = PLUG_CONTROL_BYTES;
    newcomer->bars[0].kernel = places[0];
    newcomer->bars[PLUG_BAR].kind = BAR_MEM64;
    newcomer->bars[PLUG_BAR].prefetchable = true;
    newcomer->bars[PLUG_BAR].kernel_size_bytes = plug->size_bytes;
    newcomer->bars[PLUG_BAR].kernel = places[PLUG_BAR];
}

static void plan_take(Topology *topology, const RebalancePlan *plan, Range *places)
{
    for (size_t i = 0; i < plan->address_count; i++) {
        const RebalanceAddress *address = &plan->addresses[i];

        if (address->owner.bdf[0] == '\0' && address->bar_nr >= 0) {
            places[address->bar_nr] = address->after;
        }
        for (size_t k = 0; address->bar_nr < 0 && k < topology->bridge_count; k++) {
            if (strcmp(topology->bridges[k].bdf, address->owner.bdf) == 0) {
                topology->bridges[k].windows[address->kind].config = address->after;
            }
        }
    }
}

static void plug_forecast(Model *model, SketchPlug *plug)
{
    const Sketch *sketch = model->sketch;
    const char *port = model->topology.bridges[plug->port].bdf;
    CLEANUP(rebalance_plan_free) RebalancePlan plan = { .scope = NULL };
    Range places[BARSHIFT_BARS];
    int root = plug->port;

    while (sketch->ports[root].parent >= 0) {
        root = sketch->ports[root].parent;
    }
    plug->here = ask(&model->topology, port, model->windows, 3, plug->size_bytes, &plan);
    if (sketch_host(sketch, sketch->ports[root].root_bus) &&
        grows(&model->topology, &plan, root)) {
        plug->here = FORECAST_REFUSED;
    }
    if (plug->here == FORECAST_SETTLED) {
        plan_take(&model->topology, &plan, places);
        arrival_take(model, plug, places);
    }
}

/* Each alone, as the captured machine was */
static void original_forecast(const Sketch *sketch, SketchPlug *plug)
{
    const Captured *captured = sketch->captured;
    const Topology *topology = &captured->topology;
    int bridge = sketch->ports[plug->port].bridge;
    CLEANUP(rebalance_plan_free) RebalancePlan plan = { .scope = NULL };

    if (bridge < 0 || captured->window_count == 0) {
        return;
    }
    plug->original = ask(topology, topology->bridges[bridge].bdf, captured->windows,
                         captured->window_count, plug->size_bytes, &plan);
}

int forecast(Sketch *sketch, char *why)
{
    Model model = { .sketch = sketch, .why = why };
    int result = model_init(&model);

    if (result == 0) {
        result = machine_place(&model);
    }
    if (result == -ENOMEM) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s", strerror(ENOMEM));
    }
    for (size_t i = 0; result == 0 && i < sketch->plug_count; i++) {
        plug_forecast(&model, &sketch->plugs[i]);
        original_forecast(sketch, &sketch->plugs[i]);
    }
    topology_free(&model.topology);
    return result;
}
