/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where Linux puts what asks for addresses on one bus, __assign_resources_sorted() of 6.1. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-bus.h"
#include "layout.h"

#define HIGH_START (UINT64_C(1) << 32)

/* x86 leaves the first MiB to ISA cards, and what an ISA card would decode of each KiB of ports */
#define LOW_END UINT64_C(0x100000)
#define IO_START UINT64_C(0x1000) /* in a window that begins at 0 */
#define ISA_ALIAS UINT64_C(0x300)
#define ISA_STEP UINT64_C(0x400)

/** struct Want - what one window or BAR asks for on its bus */
typedef struct Want {
    int bar; /* -1: a window */
    int bridge;
    int root; /* number of the root bus above */
    WindowKind kind;
    const char *bdf;
    uint64_t align;
    uint64_t size;
    uint64_t extra; /* welcome, but not needed */
    bool wide;      /* may lie above 4 GiB */
    bool prefetchable;
    bool kept; /* it keeps the place that it got with what is welcome */
    Range place;
} Want;

/** struct Obstacle - somebody who has an address on the bus */
typedef struct Obstacle {
    WindowKind kind;
    Range range;
} Obstacle;

typedef struct Bus {
    const KernelModel *model;
    int bridge; /* TREE_ROOT: the root bus */
    Want *wants;
    size_t want_count;
    Obstacle *obstacles;
    size_t obstacle_count;
    Want **growing;
} Bus;

/** struct Counts - how many of them there are */
typedef struct Counts {
    size_t wants;
    size_t obstacles;
} Counts;

static int want_order(const void *a, const void *b)
{
    const Want *left = a;
    const Want *right = b;
    int order;

    if (left->align != right->align) {
        return left->align > right->align ? -1 : 1;
    }
    order = strcmp(left->bdf, right->bdf);
    if (order != 0) {
        return order;
    }
    return left->bar != right->bar ? left->bar - right->bar : (int)left->kind - (int)right->kind;
}

static bool window_asks(const KernelModel *model, int bridge, WindowKind kind)
{
    const KernelSizes *sizes = kernel_sizes(model, bridge, kind);

    return sizes->size + sizes->extra != 0 && range_is_empty(*kernel_window(model, bridge, kind));
}

static void bar_collect(Bus *bus, size_t index)
{
    const Tree *tree = bus->model->tree;
    const TreeBar *bar = &tree->bars[index];

    if (!kernel_bar_asks(bus->model, index)) {
        bus->obstacles[bus->obstacle_count++] =
            (Obstacle) { bar->kind, bus->model->result->bars[index] };
        return;
    }
    bus->wants[bus->want_count++] = (Want) {
        .bar = (int)index, .bridge = -1, .root = tree->functions[bar->function].root,
        .kind = bar->kind, .bdf = tree->functions[bar->function].bdf,
        .align = bar->wanted.alignment,
        .size = bar->wanted.length, .wide = bar->wanted.max > UINT32_MAX,
        .prefetchable = bar->wanted.prefetchable, .place = range_empty(),
    };
}

static void window_collect(Bus *bus, int bridge, WindowKind kind)
{
    const KernelModel *model = bus->model;
    const KernelSizes *sizes = kernel_sizes(model, bridge, kind);
    Range range = *kernel_window(model, bridge, kind);

    if (!range_is_empty(range)) {
        bus->obstacles[bus->obstacle_count++] = (Obstacle) { kind, range };
    } else if (window_asks(model, bridge, kind)) {
        bus->wants[bus->want_count++] = (Want) {
            .bar = -1, .bridge = bridge, .root = model->tree->bridges[bridge].root, .kind = kind,
            .bdf = model->tree->bridges[bridge].bdf, .align = sizes->align, .size = sizes->size,
            .extra = sizes->extra, .wide = kind == WINDOW_PREF, .prefetchable = kind == WINDOW_PREF,
            .place = range_empty(),
        };
    }
}

static Counts bus_count(const KernelModel *model, int bus)
{
    Counts counts = { 0, 0 };

    for (int i = model->first_bar[bus]; i >= 0; i = model->next_bar[i]) {
        *(kernel_bar_asks(model, (size_t)i) ? &counts.wants : &counts.obstacles) += 1;
    }
    for (int i = model->first_bridge[bus]; i >= 0; i = model->next_bridge[i]) {
        for (int kind = 0; kind < WINDOW_KINDS; kind++) {
            counts.wants += window_asks(model, i, (WindowKind)kind);
        }
        counts.obstacles += WINDOW_KINDS;
    }
    return counts;
}

static void bus_collect(Bus *bus)
{
    const KernelModel *model = bus->model;

    for (int i = model->first_bar[bus->bridge]; i >= 0; i = model->next_bar[i]) {
        bar_collect(bus, (size_t)i);
    }
    for (int i = model->first_bridge[bus->bridge]; i >= 0; i = model->next_bridge[i]) {
        for (int kind = 0; kind < WINDOW_KINDS; kind++) {
            window_collect(bus, i, (WindowKind)kind);
        }
    }
    qsort(bus->wants, bus->want_count, sizeof(*bus->wants), want_order);
}

static bool same_space(int bus, WindowKind a, WindowKind b)
{
    return bus == TREE_ROOT ? (a == WINDOW_IO) == (b == WINDOW_IO) : a == b;
}

static void avoid(Range obstacle, Range range, uint64_t *next)
{
    if (range_overlaps(obstacle, range) && obstacle.end + 1 > *next) {
        *next = obstacle.end + 1;
    }
}

/* Return: where to look next, 0 when @range is free */
static uint64_t next_free(const Bus *bus, WindowKind kind, Range range)
{
    uint64_t next = 0;

    for (size_t i = 0; i < bus->obstacle_count; i++) {
        if (same_space(bus->bridge, bus->obstacles[i].kind, kind)) {
            avoid(bus->obstacles[i].range, range, &next);
        }
    }
    for (size_t i = 0; i < bus->want_count; i++) {
        if (same_space(bus->bridge, bus->wants[i].kind, kind)) {
            avoid(bus->wants[i].place, range, &next);
        }
    }
    return next;
}

/* Return: the first address from @start on that may be used for a want */
static uint64_t usable_from(const Want *want, uint64_t start)
{
    start = layout_round_up(start, want->align);
    if (want->kind != WINDOW_IO) {
        return start < LOW_END ? layout_round_up(LOW_END, want->align) : start;
    }
    start = start == 0 ? IO_START : start;
    return (start & ISA_ALIAS) != 0 ? layout_round_up(start, ISA_STEP) : start;
}

static Range first_fit(const Bus *bus, const Want *want, uint64_t size, Range room)
{
    uint64_t start = usable_from(want, room.start);

    while (range_contains(room, range_sized(start, size))) {
        uint64_t next = next_free(bus, want->kind, range_sized(start, size));

        if (next == 0) {
            return range_sized(start, size);
        }
        start = usable_from(want, next);
    }
    return range_empty();
}

static Range clip(Range range, uint64_t start, uint64_t end)
{
    return (Range) { range.start > start ? range.start : start, range.end < end ? range.end : end };
}

static Range want_place(const Bus *bus, const Want *want, uint64_t size)
{
    const Tree *tree = bus->model->tree;
    Range place = range_empty();

    if (bus->bridge != TREE_ROOT) {
        return first_fit(bus, want, size, *kernel_window(bus->model, bus->bridge, want->kind));
    }
    for (int high = want->wide; high >= 0 && range_is_empty(place); high--) {
        for (size_t i = 0; i < tree->window_count && range_is_empty(place); i++) {
            Range room = clip(tree->windows[i].range, high ? HIGH_START : 0,
                              high ? UINT64_MAX : UINT32_MAX);

            if (tree->windows[i].io == (want->kind == WINDOW_IO) &&
                tree_window_serves(&tree->windows[i], want->root)) {
                place = first_fit(bus, want, size, room);
            }
        }
    }
    return place;
}

/** struct Failure - what kinds of resources somebody went without */
typedef struct Failure {
    bool io;
    bool memory; /* also where it is prefetchable */
    bool prefetchable;
} Failure;

static bool is_failed(const Failure *failure)
{
    return failure->io || failure->memory;
}

/* Once with all that is welcome */
static Failure wants_place_all(Bus *bus)
{
    Failure failure = { .io = false };

    for (size_t i = 0; i < bus->want_count; i++) {
        Want *want = &bus->wants[i];

        want->place = want_place(bus, want, want->size + want->extra);
        if (range_is_empty(want->place)) {
            failure.io = failure.io || want->kind == WINDOW_IO;
            failure.memory = failure.memory || want->kind != WINDOW_IO;
            failure.prefetchable = failure.prefetchable || want->prefetchable;
        }
    }
    return failure;
}

/* On the root bus prefetchable memory comes out of windows that are not */
static bool is_kept(const Failure *failure, const Bus *bus, const Want *want)
{
    if (range_is_empty(want->place)) {
        return false;
    }
    if (want->kind == WINDOW_IO) {
        return !failure->io;
    }
    if (want->prefetchable && bus->bridge != TREE_ROOT) {
        return !failure->prefetchable;
    }
    return !failure->memory; /* which is set for what is prefetchable, too */
}

/* What is needed first; then what is welcome, the last one first */
static void wants_place_needed(Bus *bus, const Failure *failure)
{
    for (size_t i = 0; i < bus->want_count; i++) {
        Want *want = &bus->wants[i];

        want->kept = is_kept(failure, bus, want);
        want->place = want->kept ? want->place : range_empty();
    }
    for (size_t i = 0; i < bus->want_count; i++) {
        Want *want = &bus->wants[i];

        if (!want->kept && want->size != 0) {
            want->place = want_place(bus, want, want->size);
        }
    }
}

static int extra_order(const void *a, const void *b)
{
    const Want *left = *(Want *const *)a;
    const Want *right = *(Want *const *)b;
    static const int ranks[] = { [WINDOW_MEM] = 0, [WINDOW_PREF] = 1, [WINDOW_IO] = 2 };
    int order = strcmp(right->bdf, left->bdf);

    return order != 0 ? order : ranks[left->kind] - ranks[right->kind];
}

static void wants_grow(Bus *bus)
{
    size_t count = 0;

    for (size_t i = 0; i < bus->want_count; i++) {
        Want *want = &bus->wants[i];

        if (!want->kept && want->extra != 0 && (want->size == 0 || !range_is_empty(want->place))) {
            bus->growing[count++] = want;
        }
    }
    if (count > 0) {
        qsort(bus->growing, count, sizeof(*bus->growing), extra_order);
    }
    for (size_t i = 0; i < count; i++) {
        Want *want = bus->growing[i];
        Range before = want->place;

        want->place = range_empty();
        want->place = want_place(bus, want, want->size + want->extra);
        want->place = range_is_empty(want->place) ? before : want->place;
    }
}

static void bus_place(Bus *bus)
{
    Failure failure = wants_place_all(bus);

    if (is_failed(&failure)) {
        wants_place_needed(bus, &failure);
        wants_grow(bus);
    }
    for (size_t i = 0; i < bus->want_count; i++) {
        const Want *want = &bus->wants[i];

        if (want->bar >= 0) {
            bus->model->result->bars[want->bar] = want->place;
        } else {
            *kernel_window(bus->model, want->bridge, want->kind) = want->place;
        }
    }
}

int kernel_bus_assign(KernelModel *model, int bridge)
{
    Counts counts = bus_count(model, bridge);
    Bus bus = { .model = model, .bridge = bridge };
    int result = -ENOMEM;

    if (counts.wants == 0) {
        return 0;
    }
    bus.wants = calloc(counts.wants, sizeof(*bus.wants));
    bus.growing = calloc(counts.wants, sizeof(*bus.growing));
    bus.obstacles = calloc(counts.obstacles + 1, sizeof(*bus.obstacles));
    if (bus.wants && bus.growing && bus.obstacles) {
        bus_collect(&bus);
        bus_place(&bus);
        result = 0;
    }
    free(bus.wants);
    free(bus.growing);
    free(bus.obstacles);
    return result;
}
