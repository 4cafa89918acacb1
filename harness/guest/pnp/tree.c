/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "tree.h"

#define CLASS_HOST_BRIDGE 0x0600
#define CLASS_ISA_BRIDGE 0x0601
#define CLASS_VGA 0x0300 /* has legacy ranges, too, and often the console */

/* Room is 1, 3, 7, ... elements. Return: where one more fits, NULL without memory */
static void *array_grow(void *elements, size_t count, size_t size)
{
    return (count & (count + 1)) != 0 ? elements : reallocarray(elements, 2 * count + 1, size);
}

int tree_add_window(Tree *tree, bool io, Range range)
{
    void *room = array_grow(tree->windows, tree->window_count, sizeof(*tree->windows));

    if (!room) {
        return -ENOMEM;
    }
    tree->windows = room;
    tree->windows[tree->window_count] =
        (TreeWindow) { .io = io, .root = TREE_ANY_BUS, .range = range };
    return (int)tree->window_count++;
}

int tree_root_number(int domain, int bus)
{
    return domain << 8 | bus;
}

bool tree_window_serves(const TreeWindow *window, int root)
{
    return window->root == TREE_ANY_BUS || window->root == root;
}

int tree_add_host_window(Tree *tree, const HostWindow *window)
{
    int index = tree_add_window(tree, window->io, window->range);

    if (index >= 0 && window->bus != TOPOLOGY_ANY_BUS) {
        tree->windows[index].root = tree_root_number(window->domain, window->bus);
    }
    return index;
}

int tree_add_bridge(Tree *tree, const char *bdf, int parent)
{
    void *room = array_grow(tree->bridges, tree->bridge_count, sizeof(*tree->bridges));
    TreeBridge *bridge;

    if (!room) {
        return -ENOMEM;
    }
    tree->bridges = room;
    bridge = &tree->bridges[tree->bridge_count];
    *bridge = (TreeBridge) {
        .parent = parent, .root = parent < 0 ? 0 : tree->bridges[parent].root, .buses = 1,
    };
    snprintf(bridge->bdf, BDF_SIZE, "%s", bdf);
    for (int kind = 0; kind < WINDOW_KINDS; kind++) {
        bridge->windows[kind] = range_empty();
    }
    for (int above = parent; above >= 0; above = tree->bridges[above].parent) {
        tree->bridges[above].buses++;
    }
    return (int)tree->bridge_count++;
}

int tree_add_function(Tree *tree, const char *bdf, int parent)
{
    void *room = array_grow(tree->functions, tree->function_count, sizeof(*tree->functions));
    TreeFunction *function;

    if (!room) {
        return -ENOMEM;
    }
    tree->functions = room;
    function = &tree->functions[tree->function_count];
    *function = (TreeFunction) {
        .parent = parent, .root = parent < 0 ? 0 : tree->bridges[parent].root, .bridge = -1,
        .working = true, .stoppable = true, .movable = true,
    };
    snprintf(function->bdf, BDF_SIZE, "%s", bdf);
    return (int)tree->function_count++;
}

WindowKind requirement_window_kind(const Requirement *wanted)
{
    if (wanted->type == RESOURCE_IO) {
        return WINDOW_IO;
    }
    return wanted->prefetchable && wanted->max > UINT32_MAX ? WINDOW_PREF : WINDOW_MEM;
}

/* Prefetchable BARs can lie in the other window: there is none, or it was full */
static WindowKind bar_window_kind(const Tree *tree, int parent, const Requirement *wanted,
                                  Range now)
{
    for (int kind = 0; parent >= 0 && kind < WINDOW_KINDS; kind++) {
        if ((kind == WINDOW_IO) == (wanted->type == RESOURCE_IO) &&
            range_contains(tree->bridges[parent].windows[kind], now)) {
            return (WindowKind)kind;
        }
    }
    return requirement_window_kind(wanted);
}

int tree_add_bar(Tree *tree, int function, Requirement wanted, Range now)
{
    void *room = array_grow(tree->bars, tree->bar_count, sizeof(*tree->bars));

    if (!room) {
        return -ENOMEM;
    }
    tree->bars = room;
    tree->bars[tree->bar_count] = (TreeBar) {
        .function = function,
        .kind = bar_window_kind(tree, tree->functions[function].parent, &wanted, now),
        .wanted = wanted,
        .now = now,
    };
    return (int)tree->bar_count++;
}

void tree_free(Tree *tree)
{
    free(tree->windows);
    free(tree->bridges);
    free(tree->functions);
    free(tree->bars);
    memset(tree, 0, sizeof(*tree));
}

/* In a dump, registers that nobody has written read as a window at 0 */
Range tree_window_range(const Topology *topology, const Window *window)
{
    if (topology_has_kernel_view(topology)) {
        return window->kernel;
    }
    return window->config.start == 0 ? range_empty() : window->config;
}

static int bridges_read(Tree *tree, const Topology *topology)
{
    for (size_t i = 0; i < topology->bridge_count; i++) {
        const Bridge *bridge = &topology->bridges[i];
        int index = tree_add_bridge(tree, bridge->bdf, bridge->parent);

        if (index < 0) {
            return index;
        }
        if (bridge->parent < 0) {
            tree->bridges[index].root = tree_root_number(bridge->domain, bridge->bus);
        }
        tree->bridges[index].hotplug = bridge->hotplug || bridge->slot[0] != '\0';
        for (int kind = 0; kind < WINDOW_KINDS; kind++) {
            tree->bridges[index].windows[kind] =
                tree_window_range(topology, &bridge->windows[kind]);
        }
    }
    for (size_t i = 0; i < topology->bridge_count; i++) {
        const Bridge *bridge = &topology->bridges[i];

        tree->bridges[i].buses = bridge->subordinate < bridge->secondary
                                     ? 0
                                     : (unsigned)(bridge->subordinate - bridge->secondary) + 1;
    }
    return 0;
}

static int bars_read(Tree *tree, int index, const Topology *topology, const Function *function)
{
    RequirementList wanted;

    requirements_read(topology, function, &wanted);
    for (size_t i = 0; i < wanted.count; i++) {
        const Requirement *item = &wanted.items[i];

        if (item->bar_nr >= 0 && (item->option & REQUIREMENT_ALTERNATIVE) == 0) {
            Range now = bar_assigned_range(topology, function, &function->bars[item->bar_nr]);

            if (!range_is_empty(now) && tree_add_bar(tree, index, *item, now) < 0) {
                return -ENOMEM;
            }
        }
    }
    return 0;
}

bool tree_function_works(const Function *function)
{
    return !function->is_bridge && !function->stopped &&
           (function->memory_decode || function->io_decode);
}

static int function_read(Tree *tree, const Topology *topology, const Function *function)
{
    int index = tree_add_function(tree, function->bdf, function->parent);
    bool pinned = function->class_code == CLASS_HOST_BRIDGE ||
                  function->class_code == CLASS_ISA_BRIDGE ||
                  function->class_code == CLASS_VGA;

    if (index < 0) {
        return index;
    }
    if (function->parent < 0) {
        tree->functions[index].root = tree_root_number(function->domain, function->bus);
    }
    if (function->is_bridge) {
        tree->functions[index].bridge = tree_find_bridge(tree, function->bdf);
    }
    tree->functions[index].working = tree_function_works(function);
    tree->functions[index].stoppable = !pinned;
    tree->functions[index].movable = !pinned;
    return bars_read(tree, index, topology, function);
}

int tree_read(Tree *tree, const Topology *topology)
{
    int result;

    memset(tree, 0, sizeof(*tree));
    for (size_t i = 0; i < topology->host_window_count; i++) {
        if (tree_add_host_window(tree, &topology->host_windows[i]) < 0) {
            return -ENOMEM;
        }
    }
    result = bridges_read(tree, topology);
    for (size_t i = 0; result == 0 && i < topology->function_count; i++) {
        result = function_read(tree, topology, &topology->functions[i]);
    }
    return result;
}

int tree_find_bridge(const Tree *tree, const char *bdf)
{
    for (size_t i = 0; i < tree->bridge_count; i++) {
        if (strcmp(tree->bridges[i].bdf, bdf) == 0) {
            return (int)i;
        }
    }
    return -1;
}

int tree_find_function(const Tree *tree, const char *bdf)
{
    for (size_t i = 0; i < tree->function_count; i++) {
        if (strcmp(tree->functions[i].bdf, bdf) == 0) {
            return (int)i;
        }
    }
    return -1;
}

bool tree_is_below(const Tree *tree, int bridge, int ancestor)
{
    while (bridge > ancestor) {
        bridge = tree->bridges[bridge].parent;
    }
    return bridge == ancestor;
}

uint64_t tree_window_step(WindowKind kind)
{
    return kind == WINDOW_IO ? TREE_IO_STEP : TREE_MEMORY_STEP;
}

/** struct Tenant - who takes addresses on one bus: a BAR or a bridge's window */
typedef struct Tenant {
    int bus; /* index of the bridge above */
    bool io;
    Range range;
    const char *bdf;
} Tenant;

static int tenant_order(const void *a, const void *b)
{
    const Tenant *left = a;
    const Tenant *right = b;

    if (left->bus != right->bus) {
        return left->bus < right->bus ? -1 : 1;
    }
    if (left->io != right->io) {
        return left->io ? -1 : 1;
    }
    return left->range.start < right->range.start ? -1 : left->range.start > right->range.start;
}

static bool is_inside(const Tree *tree, int bus, WindowKind kind, Range range)
{
    return bus < 0 || range_contains(tree->bridges[bus].windows[kind], range);
}

/* Return: the number of tenants, -EINVAL for one that is outside of the window above it */
static int tenants_list(const Tree *tree, Tenant *tenants, char *why)
{
    int count = 0;

    for (size_t i = 0; i < tree->bridge_count * WINDOW_KINDS; i++) {
        const TreeBridge *bridge = &tree->bridges[i / WINDOW_KINDS];
        WindowKind kind = (WindowKind)(i % WINDOW_KINDS);

        if (range_is_empty(bridge->windows[kind])) {
            continue;
        }
        if (!is_inside(tree, bridge->parent, kind, bridge->windows[kind])) {
            snprintf(why, TREE_WHY_SIZE, "%s: window %s is not inside the window above it",
                     bridge->bdf, window_kind_name(kind));
            return -EINVAL;
        }
        tenants[count++] = (Tenant) { bridge->parent, kind == WINDOW_IO, bridge->windows[kind],
                                      bridge->bdf };
    }
    for (size_t i = 0; i < tree->bar_count; i++) {
        const TreeBar *bar = &tree->bars[i];
        const TreeFunction *function = &tree->functions[bar->function];

        if (range_is_empty(bar->now)) {
            continue;
        }
        if (!is_inside(tree, function->parent, bar->kind, bar->now)) {
            snprintf(why, TREE_WHY_SIZE, "%s: BAR %d is not inside the window above it",
                     function->bdf, bar->wanted.bar_nr);
            return -EINVAL;
        }
        tenants[count++] = (Tenant) { function->parent, bar->kind == WINDOW_IO, bar->now,
                                      function->bdf };
    }
    return count;
}

int tree_check(const Tree *tree, char *why)
{
    CLEANUP(memory_free) Tenant *tenants =
        calloc(tree->bridge_count * WINDOW_KINDS + tree->bar_count + 1, sizeof(*tenants));
    int count;

    if (!tenants) {
        snprintf(why, TREE_WHY_SIZE, "no memory");
        return -ENOMEM;
    }
    count = tenants_list(tree, tenants, why);
    if (count < 0) {
        return count;
    }
    qsort(tenants, (size_t)count, sizeof(*tenants), tenant_order);
    for (int i = 1; i < count; i++) {
        const Tenant *before = &tenants[i - 1];

        if (before->bus == tenants[i].bus && before->io == tenants[i].io &&
            range_overlaps(before->range, tenants[i].range)) {
            snprintf(why, TREE_WHY_SIZE, "%s overlaps %s", before->bdf, tenants[i].bdf);
            return -EINVAL;
        }
    }
    return 0;
}
