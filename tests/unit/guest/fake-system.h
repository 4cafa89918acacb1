/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A made-up machine: one root port with a function of tag 1, one with a function of tag 2, whose
 * witnesses agree, and accesses that reach headers and what is behind them as the device has them.
 * A test changes one thing and looks which invariant notices.
 */
#ifndef BARSHIFT_FAKE_SYSTEM_H
#define BARSHIFT_FAKE_SYSTEM_H

#include "access.h"
#include "baseline.h"
#include "invariants.h"

#define FAKE_WORDS 512

/* The layout that both functions have unless a test gives them more */
#define FAKE_CONTROL 0
#define FAKE_CONTROL_SIZE 0x4000
#define FAKE_MEMORY 2

/** struct FakeWord - one word ever written, in a BAR of a function */
typedef struct FakeWord {
    uint32_t tag;
    int bar_nr;
    uint64_t offset;
    uint64_t value;
} FakeWord;

/** struct FakeDevice - what answers where a function is; the BARs are those that it has */
typedef struct FakeDevice {
    uint32_t tag; /* 0: nobody answers */
    uint32_t version;
    int control_bar;
    enum barshift_backing backing[BARSHIFT_BARS];
    uint64_t driver_state;
    uint64_t declared[8]; /* the states written, in their order */
    size_t declared_count;
    uint64_t violations;
    uint64_t bad_accesses; /* to no register; the real one writes them into its ledger */
} FakeDevice;

typedef struct FakeSystem {
    Topology topology; /* what the witnesses say; functions[0] and [1] are the two */
    Function functions[3];
    Bridge bridges[2];
    Access access;

    FakeDevice devices[2];
    int64_t header_shift; /* added to the address that a header reports */
    uint64_t alias_mask;  /* offsets behind the header are cut to this first */
    bool stuck;           /* memory and scratch take no writes */
    bool old_answers;     /* BAR 2 of tag 1 still answers at FAKE_OLD_BASE too */
    int physical_error;   /* what reads of addresses return */
    int access_error;     /* what accesses to BARs return */
    FakeWord words[FAKE_WORDS];
    size_t word_count;
} FakeSystem;

#define FAKE_OLD_BASE UINT64_C(0x300000000)
#define FAKE_BASE(n) (UINT64_C(0x100000000) + (n) * UINT64_C(0x80000000))
#define FAKE_SIZE UINT64_C(0x80000000)
#define FAKE_LOW_BASE(n) (UINT64_C(0xfe800000) + (n) * UINT64_C(0x100000))
#define FAKE_PORTS(n) (UINT64_C(0x1000) * ((n) + 1))

/** fake_system_init() - everything as it should be; @fake must stay where it is */
void fake_system_init(FakeSystem *fake);

/** fake_system_witness() - read the witnesses again, after a change of what answers */
void fake_system_witness(FakeSystem *fake);

/** fake_system_add_bar() - give function @index one more BAR, decoded, and read the witnesses */
void fake_system_add_bar(FakeSystem *fake, int index, int bar_nr, BarKind kind, uint64_t base,
                         uint64_t size_bytes, enum barshift_backing backing);

#endif
