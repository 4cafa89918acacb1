/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a reset takes from a barshift function that its driver has to give back: the scratch
 * registers, and the state that the driver has declared. Contents of the BARs stay.
 *
 * A driver whose back end resets (BackEndOps.resets) saves before it says that it has stopped,
 * restores behind release and tells the function once more that it is stopped, and restores behind
 * acquire. Before its first acquire it saves, too: somebody else may have written.
 */
#ifndef BARSHIFT_RESET_STATE_H
#define BARSHIFT_RESET_STATE_H

#include "access.h"

/** struct ResetState - zeroed: nothing is saved */
typedef struct ResetState {
    bool saved;
    uint64_t control[BARSHIFT_SCRATCHES];
    bool has_header[BARSHIFT_BARS];
    uint64_t headers[BARSHIFT_BARS];
} ResetState;

/**
 * reset_state_save() - read all scratch registers
 * @function: started, its headers and control registers read
 *
 * Return: 0, or the -errno of the access, and then what was saved before stays.
 */
int reset_state_save(ResetState *state, const Access *access, const Function *function);

/** reset_state_restore() - write them, if any are saved; Return: 0 or the -errno of the access */
int reset_state_restore(const ResetState *state, const Access *access, const Function *function);

/**
 * reset_state_tell_stopped() - tell a function that was reset that its driver has stopped
 * @function: with the BAR of the control registers; it may be noted as stopped
 *
 * Until then it counts no access: about 0.2 s from the reset in release on, with vfio.
 *
 * Return: 0, or the -errno of the access; -ENXIO when its control registers are not known.
 */
int reset_state_tell_stopped(const Access *access, const Function *function);

#endif
