/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A made-up machine: one root port with a function of tag 1, one with a function of tag 2, whose
 * witnesses agree, and accesses that reach header pages and a sparse memory as the device has
 * them. A test changes one thing and looks which invariant notices.
 */
#ifndef BARSHIFT_FAKE_SYSTEM_H
#define BARSHIFT_FAKE_SYSTEM_H

#include "access.h"
#include "baseline.h"
#include "invariants.h"

#define FAKE_WORDS 512

/** struct FakeWord - one word ever written, in a BAR of a function */
typedef struct FakeWord {
    uint32_t tag;
    int bar_nr;
    uint64_t offset;
    uint64_t value;
} FakeWord;

typedef struct FakeSystem {
    Topology topology; /* what the witnesses say; functions[0] and [1] are the two */
    Function functions[3];
    Bridge bridges[2];
    Access access;

    uint32_t answering_tag[2];   /* tag in the header pages of each function; 0: no header */
    int64_t header_shift;        /* added to the address that a header reports */
    uint64_t alias_mask;         /* offsets are cut to this before memory is looked up */
    bool stuck;                  /* memory takes no writes */
    bool old_answers;            /* tag 1 still answers at fake_old_base too */
    int physical_error;          /* what reads of addresses return */
    FakeWord words[FAKE_WORDS];
    size_t word_count;
} FakeSystem;

#define FAKE_OLD_BASE UINT64_C(0x300000000)
#define FAKE_BASE(n) (UINT64_C(0x100000000) + (n) * UINT64_C(0x80000000))
#define FAKE_SIZE UINT64_C(0x80000000)

/** fake_system_init() - everything as it should be; @fake must stay where it is */
void fake_system_init(FakeSystem *fake);

/** fake_system_witness() - read the witnesses again, after a change of what answers */
void fake_system_witness(FakeSystem *fake);

#endif
