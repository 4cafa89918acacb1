/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Linux assigns when ports are removed and the root bus is rescanned.
 *
 * From the behaviour of drivers/pci/setup-bus.c and setup-res.c of 6.1: a window is as large as
 * what is in it, but not smaller than it was, as its registers still say; empty hotplug ports want
 * 2 MiB more when there is room for all of that kind. On each bus the largest alignment is served
 * first, at the lowest address that is free, from 4 GiB up where a resource may lie there. What
 * was not removed stays. What does not fit is left without; nothing is tried again.
 */
#ifndef BARSHIFT_KERNEL_MODEL_H
#define BARSHIFT_KERNEL_MODEL_H

#include "arbiter.h"

/** struct RemovalSet - what to remove before the rescan; none is below another one */
typedef struct RemovalSet {
    int *bridges;
    size_t bridge_count;
    int *functions;
    size_t function_count;
} RemovalSet;

/** struct Prediction - where everything is afterwards; empty: it has no address */
typedef struct Prediction {
    Range *bars;    /* of each BAR of the tree */
    Range *windows; /* of each bridge and kind */
    size_t lost;    /* BARs that have none */
} Prediction;

/**
 * kernel_predict() - remove, rescan
 * @prediction: (out) freed with prediction_free(), whatever the result
 *
 * Return: 0 or -ENOMEM.
 */
int kernel_predict(const Tree *tree, const RemovalSet *set, Prediction *prediction);

/**
 * kernel_predict_arrival() - who asks on one bus looks for room in its windows as they are
 * @bus: the bridge above; who asks elsewhere goes without
 * @prediction: (out) freed with prediction_free(), whatever the result
 *
 * Return: 0 or -ENOMEM.
 */
int kernel_predict_arrival(const Tree *tree, int bus, Prediction *prediction);
void prediction_free(Prediction *prediction);

/**
 * plan_executable() - which ports to remove so that the kernel gives everybody a place
 * @set: (out) freed with removal_set_free(), whatever the result
 *
 * Ports whose windows change by the plan, the port of who asks, and functions that move inside a
 * window that stays. Where the kernel would leave somebody without, more are added: first those
 * that stop nobody, such as stale ports; then one is taken in place of those whom the plan stops,
 * if that stops no more; then kept neighbours, the cheapest first. What turns out not to be needed
 * is left out again. So others, and more, may be stopped than the plan says: removal_takes() tells
 * who. The addresses may differ from the plan's. The number of tries is bounded.
 *
 * Return: 0; -ENOSPC when the kernel would leave somebody without all the same, then @set is what
 * the plan alone asks for; -EINVAL for a plan without assignment; -ENOMEM.
 */
int plan_executable(const Tree *tree, const Plan *plan, RemovalSet *set);
void removal_set_free(RemovalSet *set);

/** removal_takes() - is a function removed, by itself or with a bridge? */
bool removal_takes(const Tree *tree, const RemovalSet *set, int function);

#endif
