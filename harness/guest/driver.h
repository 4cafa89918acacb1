/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Function driver: what a driver does to its function around a rebalance, through sysfs, and what
 * it tells the function of itself.
 */
#ifndef BARSHIFT_DRIVER_H
#define BARSHIFT_DRIVER_H

#include <stdbool.h>

#include "access.h"
#include "topology.h"

#define DRIVER_WHY_SIZE 320

/**
 * driver_enable() - make a function decode its BARs, and tell it nothing
 * @why: (out) DRIVER_WHY_SIZE bytes, as everywhere here
 *
 * Return: as driver_start().
 */
int driver_enable(const ConfigSource *source, const char *bdf, char *why);

/** driver_disable() - undo that; Return: 0, also when it was not enabled, or -errno */
int driver_disable(const ConfigSource *source, const char *bdf, char *why);

/**
 * driver_start() - make a function decode its BARs
 * @why: (out) DRIVER_WHY_SIZE bytes, the sentence when the result is negative
 *
 * A barshift function is told that its driver has started, before anything is read through its
 * BARs if it is a stopped one; from then on it is none. A function that cannot be told is given
 * back as it was.
 *
 * Return: 0; -ENXIO when a BAR has no address, -EIO when a BAR does not decode afterwards or none
 * shows control registers, or the negative errno of the kernel.
 */
int driver_start(const ConfigSource *source, const Access *access, const char *bdf, char *why);

/**
 * driver_fill() - write content and scratch registers of all BARs of a started function
 *
 * Return: 0; -ENODEV when it is no barshift function; -EIO when a BAR does not decode or does not
 * show its own header, so nothing is written to whoever answers there; or the access's -errno.
 */
int driver_fill(const ConfigSource *source, const Access *access, const char *bdf, char *why);

/**
 * driver_stop() - give the function back: the kernel may move it afterwards
 *
 * A barshift function is told so, and noted as stopped: nothing is accessed through its BARs until
 * it is started. Nothing is mapped any more, since no mapping outlives an access. Memory decode
 * stays as it is: so the kernel leaves it when a driver disables its function, and switches it off
 * itself when it moves the function.
 *
 * Return: 0, also when it was not enabled; or the negative errno of the kernel, and then the
 * function is as before.
 */
int driver_stop(const ConfigSource *source, const Access *access, const char *bdf, char *why);

#endif
