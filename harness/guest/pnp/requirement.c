/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "requirement.h"

#define SMALLER_SIZES_MAX 4 /* alternatives offered for a resizable BAR */
#define MSIX_ENTRY_BYTES 16 /* PCIe r6.0 sec 7.7.2 */

static bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

Requirement requirement_memory(int bar_nr, uint64_t length, bool wide, bool prefetchable)
{
    return (Requirement) {
        .type = RESOURCE_MEMORY,
        .prefetchable = prefetchable,
        .bar_nr = bar_nr,
        .length = length,
        .alignment = length,
        .max = wide ? UINT64_MAX : UINT32_MAX,
    };
}

Requirement requirement_io(int bar_nr, uint64_t length)
{
    return (Requirement) {
        .type = RESOURCE_IO,
        .bar_nr = bar_nr,
        .length = length,
        .alignment = length,
        .max = UINT32_MAX,
    };
}

static Requirement requirement_counted(ResourceType type, uint64_t count)
{
    return (Requirement) {
        .type = type, .bar_nr = -1, .length = count, .alignment = 1, .max = UINT64_MAX,
    };
}

static bool requirement_is_sound(const Requirement *item)
{
    bool address = item->type == RESOURCE_MEMORY || item->type == RESOURCE_IO;

    return is_power_of_two(item->alignment) && (!address || is_power_of_two(item->length)) &&
           item->length != 0 && item->max >= item->min && item->max - item->min >= item->length - 1;
}

int requirement_add(RequirementList *list, Requirement item)
{
    if (list->count == REQUIREMENTS_MAX) {
        return -E2BIG;
    }
    if (!requirement_is_sound(&item) ||
        (list->count == 0 && (item.option & REQUIREMENT_ALTERNATIVE) != 0)) {
        return -EINVAL;
    }
    list->items[list->count++] = item;
    return 0;
}

bool topology_has_kernel_view(const Topology *topology)
{
    return topology->host_window_count != 0;
}

Range bar_assigned_range(const Topology *topology, const Function *function, const Bar *bar)
{
    if (!range_is_empty(bar->kernel) || topology_has_kernel_view(topology)) {
        return bar->kernel;
    }
    return bar_is_decoded(function, bar) ? bar_config_range(bar) : range_empty();
}

static Requirement bar_requirement(const Bar *bar, uint64_t size_bytes)
{
    return bar->kind == BAR_IO
               ? requirement_io(bar->nr, size_bytes)
               : requirement_memory(bar->nr, size_bytes, bar->kind == BAR_MEM64, bar->prefetchable);
}

/* The present size is what is wanted; it would live with less */
static void bar_requirements_add(const Bar *bar, RequirementList *list)
{
    uint64_t size_bytes = bar_size_bytes(bar);
    Requirement item = bar_requirement(bar, size_bytes);
    int offered = 0;

    if (!bar->resizable) {
        requirement_add(list, item);
        return;
    }
    item.option = REQUIREMENT_PREFERRED;
    requirement_add(list, item);
    for (int bit = (int)bar->rebar_field - 1; bit >= 0 && offered < SMALLER_SIZES_MAX; bit--) {
        if ((bar->rebar_sizes >> bit & 1) != 0) {
            item = bar_requirement(bar, UINT64_C(1) << (bit + 20));
            item.option = REQUIREMENT_ALTERNATIVE;
            requirement_add(list, item);
            offered++;
        }
    }
}

static uint64_t interrupt_messages(const Function *function)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (!range_is_empty(function->bars[nr].msix_table)) {
            return range_size(function->bars[nr].msix_table) / MSIX_ENTRY_BYTES;
        }
    }
    return 0;
}

static uint64_t bus_numbers(const Topology *topology, const Function *function)
{
    for (size_t i = 0; function->is_bridge && i < topology->bridge_count; i++) {
        const Bridge *bridge = &topology->bridges[i];

        if (strcmp(bridge->bdf, function->bdf) == 0 && bridge->subordinate >= bridge->secondary) {
            return (uint64_t)(bridge->subordinate - bridge->secondary) + 1;
        }
    }
    return 0;
}

void requirements_read(const Topology *topology, const Function *function, RequirementList *list)
{
    uint64_t messages = interrupt_messages(function);
    uint64_t buses = bus_numbers(topology, function);

    list->count = 0;
    for (int nr = 0; nr < TOPOLOGY_BARS; nr++) {
        const Bar *bar = &function->bars[nr];

        if (bar->kind != BAR_NONE && bar_size_bytes(bar) != 0) {
            bar_requirements_add(bar, list);
        }
    }
    if (messages != 0) {
        Requirement item = requirement_counted(RESOURCE_INTERRUPT, messages);

        item.option = messages > 1 ? REQUIREMENT_PREFERRED : REQUIREMENT_REQUIRED;
        requirement_add(list, item);
        item.length = 1;
        item.option = REQUIREMENT_ALTERNATIVE;
        if (messages > 1) {
            requirement_add(list, item);
        }
    }
    if (buses != 0) {
        requirement_add(list, requirement_counted(RESOURCE_BUS, buses));
    }
}

static void assigned_add(AssignedList *list, const Requirement *item, Range range)
{
    list->items[list->count++] = (Assigned) {
        .type = item->type,
        .prefetchable = item->prefetchable,
        .bar_nr = item->bar_nr,
        .raw = range,
        .translated = range,
    };
}

void assigned_read(const Topology *topology, const Function *function, AssignedList *list)
{
    RequirementList wanted;

    requirements_read(topology, function, &wanted);
    list->count = 0;
    for (size_t i = 0; i < wanted.count && list->count < ASSIGNED_MAX; i++) {
        const Requirement *item = &wanted.items[i];
        Range range = item->bar_nr < 0 ? range_sized(0, item->length)
                                       : bar_assigned_range(topology, function,
                                                            &function->bars[item->bar_nr]);

        if ((item->option & REQUIREMENT_ALTERNATIVE) == 0 && !range_is_empty(range)) {
            assigned_add(list, item, range);
        }
    }
}

static bool is_alternative(const Requirement *item)
{
    return (item->option & REQUIREMENT_ALTERNATIVE) != 0;
}

static size_t group_size(const RequirementList *list, size_t first)
{
    size_t end = first + 1;

    while (end < list->count && is_alternative(&list->items[end])) {
        end++;
    }
    return end - first;
}

/* Preferred items stand before the others; otherwise the order of the list counts */
static const Requirement *group_choose(const Requirement *group, size_t size, size_t number)
{
    for (unsigned wanted = REQUIREMENT_PREFERRED;; wanted = 0) {
        for (size_t i = 0; i < size; i++) {
            if ((group[i].option & REQUIREMENT_PREFERRED) == wanted && number-- == 0) {
                return &group[i];
            }
        }
    }
}

int requirements_choose(const RequirementList *list, size_t number, Requirement *chosen)
{
    size_t firsts[REQUIREMENTS_MAX];
    int groups = 0;

    for (size_t i = 0; i < list->count; i += group_size(list, i)) {
        firsts[groups++] = i;
    }
    for (int group = groups - 1; group >= 0; group--) {
        size_t size = group_size(list, firsts[group]);

        chosen[group] = *group_choose(&list->items[firsts[group]], size, number % size);
        number /= size;
    }
    return number == 0 ? groups : -ENOENT;
}

const char *resource_type_name(ResourceType type)
{
    static const char *const names[] = { "io", "memory", "interrupt", "bus" };

    return names[type];
}

static void requirement_print(const Requirement *item, FILE *file)
{
    static const char *const options[] = { "required", "preferred", "alternative",
                                           "preferred alternative" };
    unsigned option = (item->option & REQUIREMENT_PREFERRED ? 1u : 0u) |
                      (item->option & REQUIREMENT_ALTERNATIVE ? 2u : 0u);

    fprintf(file, "  wants %-11s %s", options[option], resource_type_name(item->type));
    if (item->bar_nr < 0) {
        fprintf(file, " count %" PRIu64 "\n", item->length);
        return;
    }
    fprintf(file, "%s BAR %d length 0x%" PRIx64 " alignment 0x%" PRIx64 " in 0x%" PRIx64
            "-0x%" PRIx64 "\n", item->prefetchable ? " pref" : "", item->bar_nr, item->length,
            item->alignment, item->min, item->max);
}

static void assigned_print(const Assigned *item, FILE *file)
{
    fprintf(file, "  has   %s%s", resource_type_name(item->type),
            item->prefetchable ? " pref" : "");
    if (item->bar_nr < 0) {
        fprintf(file, " count %" PRIu64 "\n", range_size(item->raw));
        return;
    }
    fprintf(file, " BAR %d raw 0x%" PRIx64 "-0x%" PRIx64 " translated 0x%" PRIx64 "-0x%" PRIx64
            "\n", item->bar_nr, item->raw.start, item->raw.end, item->translated.start,
            item->translated.end);
}

void resources_print(const Topology *topology, FILE *file)
{
    for (size_t i = 0; i < topology->function_count; i++) {
        const Function *function = &topology->functions[i];
        RequirementList wanted;
        AssignedList assigned;

        requirements_read(topology, function, &wanted);
        assigned_read(topology, function, &assigned);
        fprintf(file, "%s  %04x:%04x%s\n", function->bdf, function->vendor, function->device,
                function->is_bridge ? "  bridge" : "");
        for (size_t n = 0; n < wanted.count; n++) {
            requirement_print(&wanted.items[n], file);
        }
        for (size_t n = 0; n < assigned.count; n++) {
            assigned_print(&assigned.items[n], file);
        }
    }
}
