/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words that barshift-guest drive takes as --behave and --option, so that a scenario with a
 * wrong one is refused before anything is started. The guest decides in the end: what a callback
 * of --behave skip= and repeat= may be called, only its driver models know.
 */
#ifndef BARSHIFT_HOST_DRIVER_WORDS_H
#define BARSHIFT_HOST_DRIVER_WORDS_H

#include <glib.h>

/* Driver models by name, NULL-terminated */
extern const char *const driver_model_names[];

/* Behaviours, "veto" or "slow=[REQUEST:]MS" with what is expected behind; NULL-terminated */
extern const char *const driver_behaviours[];

/**
 * driver_behaviour_complaint() - what is wrong with a behaviour, such as "slow=query-stop:3000"
 * @model: out of driver_model_names
 *
 * Returns: (transfer full) (nullable): NULL when nothing is; else what was expected.
 */
char *driver_behaviour_complaint(const char *model, const char *word);

/** driver_option_complaint() - the same for an option, such as "interrupts=2" */
char *driver_option_complaint(const char *model, const char *word);

#endif
