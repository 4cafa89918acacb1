/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Made-up scenarios and observations. What each witness says is written down in the form in which
 * that witness says it, so that the parsers are in every test, too.
 */
#ifndef BARSHIFT_TEST_MADE_UP_H
#define BARSHIFT_TEST_MADE_UP_H

#include "observation.h"
#include "result-origin.h"

/* Two functions at boot, a and b (2 GiB), and c (4 GiB) that is hot-added. */
extern const char made_up_scenario_text[];

/* Of the scenario "made-up" under one of several kernels */
extern const ResultOrigin made_up_origin;

/** made_up_scenario() - load a scenario from text; the test fails when that fails */
Scenario *made_up_scenario(const char *text);

/** made_up_failure() - load a broken scenario; returns the message, without folders */
char *made_up_failure(const char *text);

/** made_up_layout() - load a layout "made-up" from text; NULL with the error when that fails */
Layout *made_up_layout(const char *text, GError **error);

/* One function as every witness sees its BAR 2; BAR 0 is left out. */
typedef struct MadeUp {
    guint32 tag; /* 0 ends an array */
    const char *bdf;
    guint64 base[WITNESSES]; /* by witness; 0: unassigned */
    guint64 size_bytes;
    guint64 kernel_size_bytes; /* 0: as size_bytes */
    guint ledger_total;
    guint32 cpu_tag; /* whose header answers the CPU; 0: its own */
    guint64 stray; /* QEMU's memory map has the function here, too; 0: nowhere */
    gboolean given_up; /* it has a BAR 1, too, that the kernel has given up on */
    guint missing_record; /* the ledger lacks this one; 0: none */
    const char *events; /* (nullable): further records, "driver-state=2 map=0x1000" */
    guint64 by_hand; /* moved past the kernel, to here; 0: it was not */
    gint64 interrupts;  /* that the device has raised */
    const char *bridge; /* (nullable): address of the port above it, with a window of 2 GiB */
} MadeUp;

/** made_up_at() - a function that all witnesses see at @base (0: unassigned) */
MadeUp made_up_at(guint32 tag, const char *bdf, guint64 base, guint64 size_bytes,
                  guint ledger_total);

/** made_up_observation() - @functions: ends with a tag of 0 */
Observation *made_up_observation(const Scenario *scenario, const MadeUp *functions);

#endif
