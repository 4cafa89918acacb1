/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "config-registers.h"
#include "iomem.h"
#include "move-note.h"
#include "stop-note.h"
#include "topology.h"

#define FUNCTIONS_MAX 4096 /* far above any machine; a device that invents functions ends here */

#define HEADER_SIZE 64 /* PCI 3.0 sec 6.1; what is behind may be read where capabilities lead */

/* The last four lines of a bridge's resource file: I/O, memory, prefetchable, and CardBus only */
#define BRIDGE_WINDOW_LINES 4

/* The header is read once, in one piece; @bridge: (out) when it is one; NULL: not asked for */
static void device_decode(struct pci_dev *device, Function *function, Bridge *bridge)
{
    Capabilities capabilities;
    u8 header[HEADER_SIZE];

    if (pci_read_block(device, 0, header, sizeof(header))) {
        pci_setup_cache(device, header, sizeof(header));
    }
    capabilities_read(device, &capabilities);
    function_decode(device, &capabilities, function);
    if (bridge && function->is_bridge) {
        bridge_decode(device, &capabilities, bridge);
    }
    pci_setup_cache(device, NULL, 0);
}

static int topology_visit(struct pci_dev *device, void *data)
{
    Topology *topology = data;
    size_t count = topology->function_count;

    if (count == FUNCTIONS_MAX) {
        return -E2BIG;
    }
    if ((count & (count + 1)) == 0) { /* room is 1, 3, 7, ... elements: both arrays grow alike */
        Function *functions =
            reallocarray(topology->functions, 2 * count + 1, sizeof(*functions));
        Bridge *bridges = NULL;

        if (!functions) {
            return -ENOMEM;
        }
        topology->functions = functions;
        bridges = reallocarray(topology->bridges, 2 * count + 1, sizeof(*bridges));
        if (!bridges) {
            return -ENOMEM;
        }
        topology->bridges = bridges;
    }
    device_decode(device, &topology->functions[count],
                  &topology->bridges[topology->bridge_count]);
    topology->function_count++;
    topology->bridge_count += topology->functions[count].is_bridge;
    return 0;
}

static int bridge_above(const Topology *topology, int domain, int bus)
{
    for (size_t i = 0; i < topology->bridge_count; i++) {
        const Bridge *bridge = &topology->bridges[i];

        /* A bridge leads down; one that nobody has numbered has 0 there and leads nowhere */
        if (bridge->domain == domain && bridge->secondary == bus && bridge->bus < bus) {
            return (int)i;
        }
    }
    return -1;
}

static void parents_find(Topology *topology)
{
    for (size_t i = 0; i < topology->function_count; i++) {
        Function *function = &topology->functions[i];

        function->parent = bridge_above(topology, function->domain, function->bus);
    }
    for (size_t i = 0; i < topology->bridge_count; i++) {
        Bridge *bridge = &topology->bridges[i];

        bridge->parent = bridge_above(topology, bridge->domain, bridge->bus);
    }
}

/* Fixed-width names sort in the order of bus, device and function within a domain */
static int function_order(const void *a, const void *b)
{
    return strcmp(((const Function *)a)->bdf, ((const Function *)b)->bdf);
}

static int bridge_order(const void *a, const void *b)
{
    return strcmp(((const Bridge *)a)->bdf, ((const Bridge *)b)->bdf);
}

/* What was moved past the kernel is where configuration space has it, until the kernel knows. */
static void moved_bar_find(const char *root, const Function *function, Bar *bar)
{
    uint64_t kernel_base;

    if (range_is_empty(bar->kernel) || bar->kernel.start == bar->config_base ||
        !move_note_read(root, function->tag, bar->nr, &kernel_base) ||
        bar->kernel.start != kernel_base) {
        return;
    }
    bar->by_hand = true;
    bar->kernel = bar_config_range(bar);
}

static void bar_add_kernel_view(Bar *bar, const SysfsResource *resource)
{
    if (bar->nr == TOPOLOGY_ROM && sysfs_resource_is_rom_copy(resource)) {
        return;
    }
    bar->kernel = sysfs_resource_range(resource);
    bar->kernel_size_bytes = sysfs_resource_size(resource);
    if (bar->kind != BAR_NONE || bar->kernel_size_bytes == 0) {
        return;
    }
    if (bar->nr == TOPOLOGY_ROM) {
        bar->kind = BAR_ROM;
    } else if ((resource->flags & SYSFS_RESOURCE_IO) != 0) {
        bar->kind = BAR_IO;
    } else if ((resource->flags & SYSFS_RESOURCE_MEM) != 0) {
        bar->kind = (resource->flags & SYSFS_RESOURCE_MEM64) != 0 ? BAR_MEM64 : BAR_MEM32;
        bar->prefetchable = (resource->flags & SYSFS_RESOURCE_PREFETCH) != 0;
    }
}

/*
 * A 32-bit BAR that neither is prefetchable nor has an address reads 0, as if it were not there,
 * and the kernel forgets it once it has given up. Others may still know of it.
 */
static void forgotten_bars_find(Function *function)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        Bar *bar = &function->bars[nr];
        bool upper_half = nr > 0 && function->bars[nr - 1].kind == BAR_MEM64;

        if (bar->kind == BAR_NONE && !upper_half &&
            (bar->resizable || function->control_bar == nr)) {
            bar->kind = BAR_MEM32;
        }
    }
}

/* Return: number of @resources, which are SYSFS_RESOURCES_MAX; negative when there are none */
static int function_add_kernel_view(const char *root, Function *function, SysfsResource *resources)
{
    int count = sysfs_resources_read(root, function->bdf, resources);

    for (int nr = 0; nr < TOPOLOGY_BARS && nr < count; nr++) {
        bar_add_kernel_view(&function->bars[nr], &resources[nr]);
    }
    function->enabled = sysfs_number_read(root, function->bdf, "enable") > 0;
    function->on_root_bus =
        sysfs_is_root_bus(root, (unsigned)function->domain, (unsigned)function->bus);
    for (int nr = 0; function->tagged && nr < BARSHIFT_BARS; nr++) {
        moved_bar_find(root, function, &function->bars[nr]);
    }
    function->stopped =
        function->tagged && stop_note_read(root, function->tag, &function->control_bar);
    forgotten_bars_find(function);
    if (function->control_bar >= 0 && !bar_is_memory(&function->bars[function->control_bar])) {
        function->control_bar = -1; /* the note is about another layout with this tag */
    }
    return count;
}

static void bridge_add_kernel_view(Bridge *bridge, const SysfsResource *resources, int count)
{
    if (count < TOPOLOGY_BARS + BRIDGE_WINDOW_LINES) {
        return;
    }
    for (int kind = 0; kind < WINDOW_KINDS; kind++) {
        bridge->windows[kind].kernel =
            sysfs_resource_range(&resources[count - BRIDGE_WINDOW_LINES + kind]);
    }
}

static void slot_note(unsigned domain, unsigned bus, const char *name, void *data)
{
    Topology *topology = data;

    for (size_t i = 0; i < topology->bridge_count; i++) {
        Bridge *bridge = &topology->bridges[i];

        if (bridge->slot[0] == '\0' && bridge->domain == (int)domain &&
            bridge->secondary == (int)bus) {
            strcpy(bridge->slot, name);
        }
    }
}

static int host_windows_read(Topology *topology, const char *root, const char *name, bool io)
{
    CLEANUP(file_close) FILE *file = NULL;
    IomemWindow windows[TOPOLOGY_HOST_WINDOWS_MAX];
    char path[PATH_MAX];
    int count;

    snprintf(path, sizeof(path), "%s/proc/%s", root, name);
    file = fopen(path, "re");
    if (!file) {
        return -errno;
    }
    count = iomem_windows_read(file, windows, TOPOLOGY_HOST_WINDOWS_MAX);
    if (count < 0) {
        return count;
    }
    for (int i = 0; i < count; i++) {
        if (topology->host_window_count == TOPOLOGY_HOST_WINDOWS_MAX) {
            return -E2BIG;
        }
        topology->host_windows[topology->host_window_count++] =
            (HostWindow) { .io = io, .domain = windows[i].domain, .bus = windows[i].bus,
                           .range = windows[i].range };
    }
    return 0;
}

static int kernel_view_read(Topology *topology, const char *root, char *why)
{
    Bridge *bridge = topology->bridges; /* in the order of the functions that they are */
    int result;

    for (size_t i = 0; i < topology->function_count; i++) {
        Function *function = &topology->functions[i];
        SysfsResource resources[SYSFS_RESOURCES_MAX];
        int count = function_add_kernel_view(root, function, resources);

        if (function->is_bridge) {
            bridge_add_kernel_view(bridge++, resources, count);
        }
    }
    sysfs_slots_visit(root, slot_note, topology);
    result = host_windows_read(topology, root, "iomem", false);
    if (result == 0) {
        result = host_windows_read(topology, root, "ioports", true);
    }
    if (result < 0) {
        snprintf(why, CONFIG_WHY_SIZE, "host bridge windows in /proc: %s", strerror(-result));
    }
    return result;
}

int topology_read(Topology *topology, const ConfigSource *source, char *why)
{
    int result;

    memset(topology, 0, sizeof(*topology));
    result = config_scan(source, topology_visit, topology, why);
    if (result < 0) {
        if (result != -EIO) {
            snprintf(why, CONFIG_WHY_SIZE, "functions in configuration space: %s",
                     strerror(-result));
        }
        return result;
    }
    if (topology->function_count > 0) {
        qsort(topology->functions, topology->function_count, sizeof(Function), function_order);
        qsort(topology->bridges, topology->bridge_count, sizeof(Bridge), bridge_order);
    }
    parents_find(topology);
    return source->dump ? 0 : kernel_view_read(topology, source->root, why);
}

static int function_visit(struct pci_dev *device, void *data)
{
    device_decode(device, data, NULL);
    return 0;
}

int topology_function_read(Function *function, const ConfigSource *source, const char *bdf,
                           char *why)
{
    SysfsResource resources[SYSFS_RESOURCES_MAX];
    Function seen;
    int result = config_visit(source, bdf, function_visit, &seen, why);

    if (result < 0) {
        if (result != -EIO) {
            snprintf(why, CONFIG_WHY_SIZE, "%s: %s", bdf,
                     result == -ENODEV ? "no such function" : strerror(-result));
        }
        return result;
    }
    if (!source->dump) {
        function_add_kernel_view(source->root, &seen, resources);
    }
    *function = seen;
    return 0;
}

void topology_free(Topology *topology)
{
    free(topology->functions);
    free(topology->bridges);
    memset(topology, 0, sizeof(*topology));
}

Function *topology_find(const Topology *topology, const char *bdf)
{
    for (size_t i = 0; i < topology->function_count; i++) {
        if (strcmp(topology->functions[i].bdf, bdf) == 0) {
            return &topology->functions[i];
        }
    }
    return NULL;
}

Function *topology_find_tag(const Topology *topology, uint32_t tag)
{
    for (size_t i = 0; i < topology->function_count; i++) {
        if (topology->functions[i].tagged && topology->functions[i].tag == tag) {
            return &topology->functions[i];
        }
    }
    return NULL;
}

const char *topology_complaint(const Topology *topology, const char *bdf)
{
    const Function *function = topology_find(topology, bdf);

    return function ? function->complaint : "";
}

bool bar_is_memory(const Bar *bar)
{
    return bar->kind == BAR_MEM32 || bar->kind == BAR_MEM64;
}

uint64_t bar_header_bytes(BarKind kind, uint64_t size_bytes)
{
    if (kind == BAR_IO) {
        return size_bytes < BARSHIFT_HEADER_IO_SIZE ? 0 : BARSHIFT_HEADER_IO_SIZE;
    }
    return kind == BAR_MEM32 || kind == BAR_MEM64 ? BARSHIFT_HEADER_PAGE_SIZE : 0;
}

bool bar_has_header(const Bar *bar)
{
    return bar_header_bytes(bar->kind, bar_size_bytes(bar)) != 0;
}

bool function_decodes(const Function *function, BarKind kind)
{
    return kind == BAR_IO ? function->io_decode : function->memory_decode;
}

bool bar_is_decoded(const Function *function, const Bar *bar)
{
    if (bar->kind == BAR_NONE || bar->config_base == 0 ||
        (bar->kind == BAR_ROM && !bar->rom_enabled)) {
        return false;
    }
    return function_decodes(function, bar->kind);
}

uint64_t bar_size_bytes(const Bar *bar)
{
    if (bar->rebar_size_bytes != 0) {
        return bar->rebar_size_bytes;
    }
    return bar->kernel_size_bytes != 0 ? bar->kernel_size_bytes : bar->device_size_bytes;
}

Range bar_config_range(const Bar *bar)
{
    return bar->config_base == 0 ? range_empty()
                                 : range_sized(bar->config_base, bar_size_bytes(bar));
}

const char *bar_kind_name(BarKind kind)
{
    static const char *const names[] = { "none", "io", "mem32", "mem64", "rom" };

    return names[kind];
}

const char *backing_name(enum barshift_backing backing)
{
    static const char *const names[] = { "none", "ram", "pattern" };

    return (size_t)backing < sizeof(names) / sizeof(names[0]) ? names[backing] : "invalid";
}

const char *driver_state_name(uint32_t state)
{
    static const char *const names[BARSHIFT_DRIVER_STATES] = { "undeclared", "started",
                                                               "stop-pending", "stopped" };

    return state < BARSHIFT_DRIVER_STATES ? names[state] : "invalid";
}

const char *window_kind_name(WindowKind kind)
{
    static const char *const names[] = { "io", "mem", "pref" };

    return names[kind];
}
