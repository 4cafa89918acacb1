/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Saved state of the function.
 */
#ifndef BARSHIFT_VMSTATE_H
#define BARSHIFT_VMSTATE_H

#include "migration/vmstate.h"

/** VMSTATE_WHOLE() - field that is described from @_state as a whole, not from one of its fields */
#define VMSTATE_WHOLE(_name, _state, _vmsd) {   \
    .name = (_name),                            \
    .vmsd = &(_vmsd),                           \
    .size = sizeof(_state),                     \
    .flags = VMS_STRUCT,                        \
}

/** vmstate_barshift - everything */
extern const VMStateDescription vmstate_barshift;

#endif
