/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-bus.h"
#include "layout.h"

#define ORDERS 43 /* alignments of windows, 1 MiB and up */

/* The defaults of hpmmiosize and hpmmioprefsize, and of hpiosize, for one hotplug port */
#define HOTPLUG_BYTES UINT64_C(0x200000)
#define HOTPLUG_PORTS UINT64_C(0x100)

void prediction_free(Prediction *prediction)
{
    free(prediction->bars);
    free(prediction->windows);
    memset(prediction, 0, sizeof(*prediction));
}

/* Who is on each bus, in the order of the tree */
static int lists_init(KernelModel *model)
{
    const Tree *tree = model->tree;
    size_t buses = tree->bridge_count + 1;
    size_t total = 3 * buses + tree->bar_count;

    model->storage = malloc(total * sizeof(*model->storage));
    if (!model->storage) {
        return -ENOMEM;
    }
    memset(model->storage, 0xff, total * sizeof(*model->storage)); /* -1 */
    model->first_bar = model->storage + 1; /* so that TREE_ROOT is an index */
    model->first_bridge = model->first_bar + buses;
    model->next_bridge = model->storage + 2 * buses;
    model->next_bar = model->storage + 3 * buses;
    for (int i = (int)tree->bar_count - 1; i >= 0; i--) {
        int bus = tree->functions[tree->bars[i].function].parent;

        model->next_bar[i] = model->first_bar[bus];
        model->first_bar[bus] = i;
    }
    for (int i = (int)tree->bridge_count - 1; i >= 0; i--) {
        int bus = tree->bridges[i].parent;

        model->next_bridge[i] = model->first_bridge[bus];
        model->first_bridge[bus] = i;
    }
    return 0;
}

static void remove_all(KernelModel *model, const RemovalSet *set)
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
            *kernel_window(model, (int)i, (WindowKind)kind) =
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

static Contents contents_of(const KernelModel *model, int bridge, WindowKind kind)
{
    const Tree *tree = model->tree;
    Contents contents = { .size = 0 };

    for (int i = model->first_bar[bridge]; i >= 0; i = model->next_bar[i]) {
        if (tree->bars[i].kind == kind && kernel_bar_asks(model, (size_t)i)) {
            contents_add(&contents, tree->bars[i].wanted.length, tree->bars[i].wanted.alignment,
                         0);
        }
    }
    for (int i = model->first_bridge[bridge]; i >= 0; i = model->next_bridge[i]) {
        const KernelSizes *below = kernel_sizes(model, i, kind);

        if (below->size != 0) {
            contents_add(&contents, below->size, below->align, below->extra);
        } else {
            contents.extra += below->extra;
        }
    }
    return contents;
}

/* A window that has an address is not sized again */
static void window_size(KernelModel *model, int bridge, WindowKind kind)
{
    const TreeBridge *item = &model->tree->bridges[bridge];
    uint64_t before = range_size(item->windows[kind]);
    KernelSizes *sizes = kernel_sizes(model, bridge, kind);
    uint64_t step = tree_window_step(kind);
    uint64_t spare = kind == WINDOW_IO ? HOTPLUG_PORTS : HOTPLUG_BYTES;
    uint64_t wished;
    Contents contents;

    *sizes = (KernelSizes) { .align = step };
    if (!range_is_empty(*kernel_window(model, bridge, kind))) {
        return;
    }
    contents = contents_of(model, bridge, kind);
    sizes->align = kind == WINDOW_IO ? step : window_alignment(&contents);
    wished = item->hotplug && contents.size < spare ? spare : contents.size;
    wished += contents.extra;
    sizes->size = contents.size > before ? contents.size : before;
    sizes->size = layout_round_up(sizes->size, sizes->align);
    wished = layout_round_up(wished > before ? wished : before, sizes->align);
    sizes->extra = wished > sizes->size ? wished - sizes->size : 0;
}

static void lost_count(KernelModel *model)
{
    for (size_t i = 0; i < model->tree->bar_count; i++) {
        model->result->lost += kernel_bar_asks(model, i);
    }
}

static int rescan(KernelModel *model)
{
    int result = 0;

    for (int bridge = (int)model->tree->bridge_count - 1; bridge >= 0; bridge--) {
        for (int kind = 0; kind < WINDOW_KINDS; kind++) {
            window_size(model, bridge, (WindowKind)kind);
        }
    }
    for (int bus = TREE_ROOT; result == 0 && bus < (int)model->tree->bridge_count; bus++) {
        result = kernel_bus_assign(model, bus);
    }
    lost_count(model);
    return result;
}

/* Return: 0 or -ENOMEM; model_deinit() in both cases */
static int model_init(KernelModel *model, const Tree *tree, const RemovalSet *set,
                      Prediction *prediction)
{
    size_t windows = tree->bridge_count * WINDOW_KINDS;

    *model = (KernelModel) {
        .tree = tree,
        .removed = calloc(tree->bridge_count + 1, sizeof(*model->removed)),
        .function_removed = calloc(tree->function_count + 1, sizeof(*model->function_removed)),
        .sizes = calloc(windows + 1, sizeof(*model->sizes)),
        .result = prediction,
    };
    *prediction = (Prediction) {
        .bars = calloc(tree->bar_count + 1, sizeof(*prediction->bars)),
        .windows = calloc(windows + 1, sizeof(*prediction->windows)),
    };
    if (!model->removed || !model->function_removed || !model->sizes || !prediction->bars ||
        !prediction->windows || lists_init(model) < 0) {
        return -ENOMEM;
    }
    remove_all(model, set);
    return 0;
}

static void model_deinit(KernelModel *model)
{
    free(model->storage);
    free(model->removed);
    free(model->function_removed);
    free(model->sizes);
}

int kernel_predict(const Tree *tree, const RemovalSet *set, Prediction *prediction)
{
    KernelModel model;
    int result = model_init(&model, tree, set, prediction);

    if (result == 0) {
        result = rescan(&model);
    }
    model_deinit(&model);
    return result;
}

int kernel_predict_arrival(const Tree *tree, int bus, Prediction *prediction)
{
    static const RemovalSet nobody;
    KernelModel model;
    int result = model_init(&model, tree, &nobody, prediction);

    if (result == 0) {
        result = kernel_bus_assign(&model, bus); /* no window has a size, so none asks */
        lost_count(&model);
    }
    model_deinit(&model);
    return result;
}
