/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold for a function at any time, whatever its guest has done: witness against witness.
 */
#ifndef BARSHIFT_TEST_OBSERVER_H
#define BARSHIFT_TEST_OBSERVER_H

#include "ledger-check.h"
#include "view.h"

/** Observed - a statement; as a set, those that do not hold */
typedef enum Observed {
    OBSERVED_REACH = 1 << 0,     /* where configuration space has a BAR, its header answers */
    OBSERVED_ADDRESS = 1 << 1,   /* HEADER_ADDRESS is the address of the access */
    OBSERVED_SIZE = 1 << 2,      /* HEADER_SIZE is the size in configuration space */
    OBSERVED_SILENCE = 1 << 3,   /* where it has none, and where one was before, nobody answers */
    OBSERVED_REGISTERS = 1 << 4, /* so do the control registers say, and the ledger's total */
    OBSERVED_PROPERTY = 1 << 5,  /* so does the property "ledger" */
    OBSERVED_RECORDS = 1 << 6,   /* no record is missing, and time goes forward */
    OBSERVED_HISTORY = 1 << 7,   /* what the records tell last still holds */
    OBSERVED_IDENTITY = 1 << 8,  /* what is read-only in configuration space is as it was */
} Observed;

#define OBSERVER_MEMORY 8

/**
 * Observer - one for each function and QEMU
 * @function: observed
 * @below_port: the windows of placement.h are between the CPU and the function
 * @shape: of it
 * @contents: HEADER_CONTENTS of each BAR
 * @control_nr: BAR with the control registers
 * @seen: of the ledger
 * @old_bases: where BARs were reached the last times
 * @old_kinds: of these, BAR_ABSENT for none
 * @old_next: the next to be overwritten
 * @headers: how many headers were compared
 * @silences: at how many addresses silence was checked
 * @wrong: values of the first statement that did not hold in the last look that found one
 */
typedef struct Observer {
    const Function *function;
    bool below_port;
    Shape shape;
    uint32_t contents[BARSHIFT_BARS];
    unsigned control_nr;
    LedgerSeen seen;
    uint64_t old_bases[OBSERVER_MEMORY];
    BarKind old_kinds[OBSERVER_MEMORY];
    unsigned old_next;
    uint64_t headers;
    uint64_t silences;
    char *wrong;
} Observer;

/**
 * observer_init() - learn what a function looks like
 * @function: its BARs are placed, and it has no faults
 */
void observer_init(Observer *observer, const Function *function, bool below_port);

void observer_deinit(Observer *observer);

/**
 * observer_look() - compare all witnesses
 *
 * Return: a set of Observed, 0 when all is well; @observer->wrong tells the values of one.
 */
unsigned observer_look(Observer *observer);

#endif
