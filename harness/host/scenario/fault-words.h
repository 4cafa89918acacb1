/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the key "fault": what the device can be told to do wrong. */
#ifndef BARSHIFT_HOST_FAULT_WORDS_H
#define BARSHIFT_HOST_FAULT_WORDS_H

#include <glib.h>

/* Faults by name, NULL-terminated */
extern const char *const fault_names[];

/** fault_split() - (transfer full): the names in a value such as "old-answers+stuck-bit" */
char **fault_split(const char *text);

/**
 * fault_complaint() - what is wrong with a value of the key
 *
 * Returns: (transfer full) (nullable): NULL when nothing is; else what was expected.
 */
char *fault_complaint(const char *text);

#endif
