/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What properties have made of the function for good. A saved state fits a function that was made
 * the same, and no other.
 *
 * In a saved state: a length of 32 bits, then a line of text for each property, "NAME=VALUE". The
 * values are what came of the properties, however they were written.
 */
#ifndef BARSHIFT_SAVED_LAYOUT_H
#define BARSHIFT_SAVED_LAYOUT_H

#include "migration/vmstate.h"

/** vmstate_saved_layout - of a BarshiftState; another is refused, with the property that differs */
extern const VMStateDescription vmstate_saved_layout;

#endif
