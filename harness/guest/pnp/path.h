/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of functions and bridges that do not change when bus numbers do: device and function
 * numbers from the root bus down, "02.0/00.0". Where the root bus is not 0000:00, it stands in
 * front: "0000:80/02.0/00.0".
 */
#ifndef BARSHIFT_PATH_H
#define BARSHIFT_PATH_H

#include "topology.h"

#define PATH_NAME_SIZE 128 /* 24 bridges deep; the longest chain of Thunderbolt has 14 */

/**
 * path_name() - the path of a function or bridge of a topology
 * @path: (out) PATH_NAME_SIZE bytes, set only on success
 *
 * Return: 0, -ENODEV when there is no such function, -E2BIG when it lies too deep.
 */
int path_name(const Topology *topology, const char *bdf, char *path);

/** path_find() - the function with a path, NULL when there is none */
const Function *path_find(const Topology *topology, const char *path);

#endif
