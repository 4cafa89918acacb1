/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two halves of the kernel model share: sizes first, bottom up, then places, top down. */
#ifndef BARSHIFT_KERNEL_BUS_H
#define BARSHIFT_KERNEL_BUS_H

#include "kernel-model.h"

/** struct KernelSizes - what a window needs for what is in it */
typedef struct KernelSizes {
    uint64_t size;
    uint64_t extra;
    uint64_t align;
} KernelSizes;

typedef struct KernelModel {
    const Tree *tree;
    int *storage; /* of the lists; each ends with -1, the root bus comes first in "first" */
    int *first_bar;
    int *next_bar;
    int *first_bridge;
    int *next_bridge;
    bool *removed; /* bridges */
    bool *function_removed;
    Prediction *result;
    KernelSizes *sizes; /* of each bridge and kind */
} KernelModel;

static inline Range *kernel_window(const KernelModel *model, int bridge, WindowKind kind)
{
    return &model->result->windows[(size_t)bridge * WINDOW_KINDS + kind];
}

static inline KernelSizes *kernel_sizes(const KernelModel *model, int bridge, WindowKind kind)
{
    return &model->sizes[(size_t)bridge * WINDOW_KINDS + kind];
}

static inline bool kernel_bar_asks(const KernelModel *model, size_t bar)
{
    return range_is_empty(model->result->bars[bar]);
}

/**
 * kernel_bus_assign() - place all that asks below a bridge, whose windows are settled
 * @bridge: TREE_ROOT for the root bus
 *
 * Return: 0 or -ENOMEM.
 */
int kernel_bus_assign(KernelModel *model, int bridge);

#endif
