/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layout: which BARs the function has, by the properties "bar0" to "bar5", or by "size" and "rebar"
 * of the default layout. A virtual function has those that its physical one says.
 */
#ifndef BARSHIFT_LAYOUT_H
#define BARSHIFT_LAYOUT_H

#include "bar_spec.h"

struct BarshiftState;

/**
 * layout_plan() - read the properties
 * @specs: (out) BARSHIFT_BARS elements, zeroed before
 *
 * Return: false with @errp set, property, value and rule in it, when no function can be so.
 */
bool layout_plan(struct BarshiftState *s, BarSpec *specs, Error **errp);

#endif
