/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * I10: did a driver get requests that it may get, when it may get them, and did each bring the
 * callbacks that its framework promises?
 *
 * Judged over a whole trace, from the first START to its end. Knows neither the tables of the
 * models nor the driver: docs/driver-models.md tells what it holds a trace against.
 */
#ifndef BARSHIFT_CONTRACT_H
#define BARSHIFT_CONTRACT_H

#include "driver-model.h"

#define CONTRACT_SENTENCE_SIZE 512

/** A breach, as a sentence: in which request, what was expected, what was seen, by which source */
typedef void ContractBreach(void *context, const char *sentence);

/**
 * contract_check() - judge a trace
 * @model: of which only the name counts
 * @trace: of one driver, when no request is under way any more; one that ends where nobody can use
 *         the device, and nobody has to, is a breach. Empty: nothing happened
 * @now: in which it is after the trace; NULL: nobody knows
 * @breach: gets each; NULL: they are counted only
 *
 * What follows the first breach may follow from it.
 *
 * Return: how many there are.
 */
unsigned contract_check(const DriverModel *model, const Trace *trace, const Situation *now,
                        ContractBreach *breach, void *context);

#endif
