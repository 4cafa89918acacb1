/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Another size of a BAR from the next reset on, as after an update of a card's firmware, or of an
 * attribute that says how much of its memory is to be seen.
 */
#ifndef BARSHIFT_NEXT_SIZE_H
#define BARSHIFT_NEXT_SIZE_H

#include "migration/vmstate.h"
#include "qom/object.h"

struct BarshiftState;

/** next_size_class_init() - add the property "next-size" */
void next_size_class_init(ObjectClass *klass);

/** next_size_reset() - the sizes that were announced are those after reset; BARs are not mapped */
void next_size_reset(struct BarshiftState *s);

/** vmstate_bar_sizes - of a BarshiftBar, in front of its present size and of configuration space */
extern const VMStateDescription vmstate_bar_sizes;

#endif
