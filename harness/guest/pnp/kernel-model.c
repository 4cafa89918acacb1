/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-model.h"
#include "layout.h"

#define ORDERS 43 /* alignments of windows, 1 MiB and up */
#define HOTPLUG_BYTES UINT64_C(0x200000) /* the default of hpmmiosize and hpmmioprefsize */
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
    WindowKind kind;
    const char *bdf;
    uint64_t align;
    uint64_t size;
    uint64_t extra; /* welcome, but not needed */
    bool wide;      /* may lie above 4 GiB */
    Range place;
} Want;

/** struct Sizes - what a window needs for what is in it */
typedef struct Sizes {
    uint64_t size;
    uint64_t extra;
    uint64_t align;
} Sizes;

typedef struct Model {
    const Tree *tree;
    bool *removed; /* bridges */
    bool *function_removed;
    Prediction *result;
    Sizes *sizes; /* of each bridge and kind */
    Want *wants;  /* of one bus */
    size_t want_count;
} Model;

static Range *window_of(const Model *model, int bridge, WindowKind kind)
{
    return &model->result->windows[(size_t)bridge * WINDOW_KINDS + kind];
}

static Sizes *sizes_of(const Model *model, int bridge, WindowKind kind)
{
    return &model->sizes[(size_t)bridge * WINDOW_KINDS + kind];
}

void prediction_free(Prediction *prediction)
{
    free(prediction->bars);
    free(prediction->windows);
    memset(prediction, 0, sizeof(*prediction));
}

static bool bar_asks(const Model *model, size_t bar)
{
    return range_is_empty(model->result->bars[bar]);
}

static void remove_all(Model *model, const RemovalSet *set)
{
    const Tree *tree = model->tree;

    for (size_t i = 0; i < set->bridge_count; i++) {
        model->removed[set->bridges[i]] = true;
    }
    for (size_t i = 0; i < set->function_count; i++) {
        model->function_removed[set->functions[i]] = true;
    }
    for (size_t i = 0; i < tree->bridge_count; i++) {
        int parent = tree->bridges[i].parent;

        model->removed[i] = model->removed[i] || (parent >= 0 && model->removed[parent]);
        for (int kind = 0; kind < WINDOW_KINDS; kind++) {
            *window_of(model, (int)i, (WindowKind)kind) =
                model->removed[i] ? range_empty() : tree->bridges[i].windows[kind];
        }
    }
    for (size_t i = 0; i < tree->bar_count; i++) {
        const TreeFunction *function = &tree->functions[tree->bars[i].function];
        bool gone = model->function_removed[tree->bars[i].function] ||
                    (function->parent >= 0 && model->removed[function->parent]) ||
                    (function->bridge >= 0 && model->removed[function->bridge]);

        model->result->bars[i] = gone ? range_empty() : tree->bars[i].now;
    }
}

/** struct Contents - what asks for a place in one window */
typedef struct Contents {
    uint64_t bytes[ORDERS]; /* by alignment, what is no larger than it */
    int order;              /* the largest alignment of all */
    uint64_t size;
    uint64_t extra;
} Contents;

/*
 * An alignment with which everything has a place: a larger one makes half of itself necessary
 * when all that is smaller does not fill it. What is larger than its alignment is not looked at,
 * but for the largest alignment that there is.
 */
static uint64_t window_alignment(const Contents *contents)
{
    uint64_t below = 0;
    uint64_t result = TREE_MEMORY_STEP;

    for (int order = 0; order <= contents->order; order++) {
        uint64_t align = TREE_MEMORY_STEP << order;

        if (below == 0) {
            result = align;
        } else if (layout_round_up(below + result, result) < align) {
            result = align >> 1;
        }
        below += contents->bytes[order];
    }
    return result;
}

static void contents_add(Contents *contents, uint64_t size, uint64_t align, uint64_t extra)
{
    int order = align > TREE_MEMORY_STEP ? __builtin_ctzll(align / TREE_MEMORY_STEP) : 0;

    contents->size += size > align ? size : align;
    contents->extra += extra;
    contents->order = order > contents->order ? order : contents->order;
    if (size <= align) {
        contents->bytes[order] += align;
    }
}

static Contents contents_of(const Model *model, int bridge, WindowKind kind)
{
    const Tree *tree = model->tree;
    Contents contents = { .size = 0 };

    for (size_t i = 0; i < tree->bar_count; i++) {
        if (tree->functions[tree->bars[i].function].parent == bridge &&
            tree->bars[i].kind == kind && bar_asks(model, i)) {
            contents_add(&contents, tree->bars[i].wanted.length, tree->bars[i].wanted.alignment,
                         0);
        }
    }
    for (size_t i = (size_t)bridge + 1; i < tree->bridge_count; i++) {
        const Sizes *below = sizes_of(model, (int)i, kind);

        if (tree->bridges[i].parent == bridge && below->size != 0) {
            contents_add(&contents, below->size, below->align, below->extra);
        } else if (tree->bridges[i].parent == bridge) {
            contents.extra += below->extra;
        }
    }
    return contents;
}

/* A window that has an address is not sized again */
static void window_size(Model *model, int bridge, WindowKind kind)
{
    const TreeBridge *item = &model->tree->bridges[bridge];
    uint64_t before = range_size(item->windows[kind]);
    Sizes *sizes = sizes_of(model, bridge, kind);
    uint64_t step = tree_window_step(kind);
    uint64_t wished;
    Contents contents;

    *sizes = (Sizes) { .align = step };
    if (!range_is_empty(*window_of(model, bridge, kind))) {
        return;
    }
    contents = contents_of(model, bridge, kind);
    sizes->align = kind == WINDOW_IO ? step : window_alignment(&contents);
    wished = item->hotplug && kind != WINDOW_IO && contents.size < HOTPLUG_BYTES ? HOTPLUG_BYTES
                                                                                 : contents.size;
    wished += contents.extra;
    sizes->size = contents.size > before ? contents.size : before;
    sizes->size = layout_round_up(sizes->size, sizes->align);
    wished = layout_round_up(wished > before ? wished : before, sizes->align);
    sizes->extra = wished > sizes->size ? wished - sizes->size : 0;
}

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

static void bus_collect(Model *model, int bus)
{
    const Tree *tree = model->tree;

    model->want_count = 0;
    for (size_t i = 0; i < tree->bar_count; i++) {
        const TreeBar *bar = &tree->bars[i];

        if (tree->functions[bar->function].parent == bus && bar_asks(model, i)) {
            model->wants[model->want_count++] = (Want) {
                .bar = (int)i, .bridge = -1, .kind = bar->kind,
                .bdf = tree->functions[bar->function].bdf, .align = bar->wanted.alignment,
                .size = bar->wanted.length, .wide = bar->wanted.max > UINT32_MAX,
            };
        }
    }
    for (size_t i = 0; i < tree->bridge_count * WINDOW_KINDS; i++) {
        int bridge = (int)(i / WINDOW_KINDS);
        WindowKind kind = (WindowKind)(i % WINDOW_KINDS);
        const Sizes *sizes = sizes_of(model, bridge, kind);

        if (tree->bridges[bridge].parent == bus && sizes->size + sizes->extra != 0 &&
            range_is_empty(*window_of(model, bridge, kind))) {
            model->wants[model->want_count++] = (Want) {
                .bar = -1, .bridge = bridge, .kind = kind, .bdf = tree->bridges[bridge].bdf,
                .align = sizes->align, .size = sizes->size, .extra = sizes->extra,
                .wide = kind == WINDOW_PREF,
            };
        }
    }
    if (model->want_count > 0) {
        qsort(model->wants, model->want_count, sizeof(*model->wants), want_order);
    }
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
static uint64_t next_free(const Model *model, int bus, WindowKind kind, Range range)
{
    const Tree *tree = model->tree;
    uint64_t next = 0;

    for (size_t i = 0; i < tree->bar_count; i++) {
        if (tree->functions[tree->bars[i].function].parent == bus &&
            same_space(bus, tree->bars[i].kind, kind)) {
            avoid(model->result->bars[i], range, &next);
        }
    }
    for (size_t i = 0; i < tree->bridge_count * WINDOW_KINDS; i++) {
        if (tree->bridges[i / WINDOW_KINDS].parent == bus &&
            same_space(bus, (WindowKind)(i % WINDOW_KINDS), kind)) {
            avoid(model->result->windows[i], range, &next);
        }
    }
    for (size_t i = 0; i < model->want_count; i++) {
        if (same_space(bus, model->wants[i].kind, kind)) {
            avoid(model->wants[i].place, range, &next);
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

static Range first_fit(const Model *model, int bus, const Want *want, uint64_t size, Range room)
{
    uint64_t start = usable_from(want, room.start);

    while (range_contains(room, range_sized(start, size))) {
        uint64_t next = next_free(model, bus, want->kind, range_sized(start, size));

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

static Range want_place(const Model *model, int bus, const Want *want, uint64_t size)
{
    const Tree *tree = model->tree;
    Range place = range_empty();

    if (bus != TREE_ROOT) {
        return first_fit(model, bus, want, size, *window_of(model, bus, want->kind));
    }
    for (int high = want->wide; high >= 0 && range_is_empty(place); high--) {
        for (size_t i = 0; i < tree->window_count && range_is_empty(place); i++) {
            Range room = clip(tree->windows[i].range, high ? HIGH_START : 0,
                              high ? UINT64_MAX : UINT32_MAX);

            if (tree->windows[i].io == (want->kind == WINDOW_IO)) {
                place = first_fit(model, bus, want, size, room);
            }
        }
    }
    return place;
}

/* With what is welcome for some kinds; those that come short lose it */
static void bus_try(Model *model, int bus, bool *extra)
{
    bool short_of[WINDOW_KINDS] = { false };

    for (size_t i = 0; i < model->want_count; i++) {
        model->wants[i].place = range_empty();
    }
    for (size_t i = 0; i < model->want_count; i++) {
        Want *want = &model->wants[i];
        uint64_t size = want->size + (extra[want->kind] ? want->extra : 0);

        if (size != 0) {
            want->place = want_place(model, bus, want, size);
            short_of[want->kind] = short_of[want->kind] || range_is_empty(want->place);
        }
    }
    for (int kind = 0; kind < WINDOW_KINDS; kind++) {
        extra[kind] = !short_of[kind];
    }
}

static void bus_assign(Model *model, int bus)
{
    bool extra[WINDOW_KINDS] = { true, true, true };

    bus_collect(model, bus);
    bus_try(model, bus, extra);
    if (!extra[WINDOW_IO] || !extra[WINDOW_MEM] || !extra[WINDOW_PREF]) {
        bus_try(model, bus, extra);
    }
    for (size_t i = 0; i < model->want_count; i++) {
        const Want *want = &model->wants[i];

        if (want->bar >= 0) {
            model->result->bars[want->bar] = want->place;
        } else {
            *window_of(model, want->bridge, want->kind) = want->place;
        }
    }
}

static void rescan(Model *model)
{
    for (int bridge = (int)model->tree->bridge_count - 1; bridge >= 0; bridge--) {
        for (int kind = 0; kind < WINDOW_KINDS; kind++) {
            window_size(model, bridge, (WindowKind)kind);
        }
    }
    for (int bus = TREE_ROOT; bus < (int)model->tree->bridge_count; bus++) {
        bus_assign(model, bus);
    }
    for (size_t i = 0; i < model->tree->bar_count; i++) {
        model->result->lost += bar_asks(model, i);
    }
}

int kernel_predict(const Tree *tree, const RemovalSet *set, Prediction *prediction)
{
    size_t windows = tree->bridge_count * WINDOW_KINDS;
    Model model = {
        .tree = tree,
        .removed = calloc(tree->bridge_count + 1, sizeof(*model.removed)),
        .function_removed = calloc(tree->function_count + 1, sizeof(*model.function_removed)),
        .sizes = calloc(windows + 1, sizeof(*model.sizes)),
        .wants = calloc(windows + tree->bar_count + 1, sizeof(*model.wants)),
        .result = prediction,
    };
    int result = 0;

    *prediction = (Prediction) {
        .bars = calloc(tree->bar_count + 1, sizeof(*prediction->bars)),
        .windows = calloc(windows + 1, sizeof(*prediction->windows)),
    };
    if (model.removed && model.function_removed && model.sizes && model.wants &&
        prediction->bars && prediction->windows) {
        remove_all(&model, set);
        rescan(&model);
    } else {
        result = -ENOMEM;
    }
    free(model.removed);
    free(model.function_removed);
    free(model.sizes);
    free(model.wants);
    return result;
}
