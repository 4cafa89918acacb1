/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The invariants that the guest can judge, as functions over what the witnesses said.
 *
 * Each compares witnesses for one BAR (or one function) and writes a sentence: object, expected,
 * observed. They know neither files nor test framework.
 */
#ifndef BARSHIFT_INVARIANTS_H
#define BARSHIFT_INVARIANTS_H

#include <stdbool.h>

#include "access.h"
#include "baseline.h"

#define INVARIANT_WHY_SIZE 400
#define INVARIANT_NO_BAR (-1) /* in the place of a BAR number: it is about the whole function */

/** struct InvariantCase - what one judgement is about */
typedef struct InvariantCase {
    const Topology *topology; /* with its witnesses read */
    const Access *access;
    const Function *function;       /* NULL: it is gone from the bus */
    int bar_nr;                     /* TOPOLOGY_ROM too, or INVARIANT_NO_BAR */
    bool was_reset; /* since the baseline: memory keeps its content, scratch registers do not */
    const BaselineFunction *before; /* NULL: there is no baseline or the function is new in it */
} InvariantCase;

/**
 * An invariant: does it hold?
 * @why: (out) INVARIANT_WHY_SIZE bytes: when it does not hold the sentence, else empty or a note
 */
typedef bool Invariant(const InvariantCase *about, char *why);

/** invariant_agreed() - I1: configuration space, kernel, device and CPU name one base and size */
Invariant invariant_agreed;

/**
 * invariant_capabilities() - I1: the lists of capabilities come to an end
 *
 * About the whole function. Where they do not, each reader of configuration space stops somewhere
 * else, and what one has found another has not.
 */
Invariant invariant_capabilities;

/** invariant_contained() - I2: inside a window of each bridge above and of the host bridge */
Invariant invariant_contained;

/** invariant_disjoint() - I3: no other decoding BAR of any function shares an address */
Invariant invariant_disjoint;

/** invariant_aligned() - I4: naturally aligned, and the size is the one that is advertised */
Invariant invariant_aligned;

/**
 * invariant_reachable() - I5: accesses reach this BAR of this function
 *
 * Writes test words to scratch registers and to the first, middle and last word of RAM behind the
 * header page, and restores what was there. A pattern must be right at these offsets.
 */
Invariant invariant_reachable;

/** invariant_preserved() - I6: content and scratch registers are those of the baseline */
Invariant invariant_preserved;

/**
 * invariant_quiet() - I7: the device has counted no violation since the baseline
 *
 * About the whole function, whose control registers must be known. One that is new since the
 * baseline (@before is NULL) must have counted none at all.
 */
Invariant invariant_quiet;

/**
 * invariant_old_silent() - I8: the function answers no more where its BAR was at the baseline
 *
 * Holds at addresses that its BARs have now. Others who have the address now are not read where
 * that could have an effect: foreign functions, stopped ones, barshift's offsets without register.
 */
Invariant invariant_old_silent;

/** invariant_unharmed() - I11: same places, same sizes, no ledger record since the baseline; about
 *  the whole function */
Invariant invariant_unharmed;

/**
 * invariant_fails() - write the sentence "BDF BAR N: ..." or "BDF: ..." of a failure
 *
 * Return: false, so that a judgement can end with it.
 */
bool invariant_fails(const InvariantCase *about, char *why, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
