/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that can be seen of the function, as text, to compare two machines or two times.
 */
#ifndef BARSHIFT_TEST_OBSERVATION_H
#define BARSHIFT_TEST_OBSERVATION_H

#include "below.h"

/**
 * Place - memory to look at, whoever answers there
 * @base: of what may be a BAR: its header is looked at
 * @offset: of 8 bytes behind it
 */
typedef struct Place {
    uint64_t base;
    uint64_t offset;
} Place;

/**
 * observe_function() - look at what the function does not notice
 *
 * QOM properties, the ledger among them, and configuration space.
 *
 * Return: a line for each thing seen, for the caller to free.
 */
char *observe_function(const Function *function);

/**
 * observe() - look at the function and its port
 * @places: the last one has the base 0
 *
 * observe_function(), then configuration space of the port, @places, and the control registers at
 * CONTROL_BASE.
 *
 * Return: as observe_function().
 */
char *observe(const Below *below, const Place *places);

/**
 * assert_observations() - two observations are the same
 *
 * Frees them.
 */
void assert_observations(char *actual, char *expected);

#endif
