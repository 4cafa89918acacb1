/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is broken on purpose in which scenario, and what fails there: the rows of docs/faults.md. */
#ifndef BARSHIFT_TESTS_FAULT_ROWS_H
#define BARSHIFT_TESTS_FAULT_ROWS_H

#include <glib.h>

typedef enum RowKind {
    ROW_DEVICE, /* a fault that is injected into a device */
    ROW_DRIVER, /* a behaviour of a driver */
    ROW_OTHER,  /* anything else that breaks an invariant */
    ROW_KINDS
} RowKind;

typedef struct FaultRow {
    RowKind kind;
    guint order;       /* among those of its kind: as the device, or the drivers, list them */
    char *what;        /* "old-answers", "skip=EvtDeviceD0Exit", or the title of the scenario */
    char *word;        /* (nullable): the one fault or behaviour, "skip"; NULL: several */
    char *scenario;
    char *path;
    const char *outcome;
    char *without;     /* (nullable): its outcome with nothing broken; NULL: not known */
    char **breaks;     /* invariants that fail, and no others do */
    char *repairs;     /* groups that take out what is broken, for a file that includes it */
} FaultRow;

/**
 * fault_rows_load() - the rows of all scenarios in folders, sorted
 * @folders: of the first one every scenario, of the others those with a fault or a behaviour
 *
 * Also of those in which nothing fails; see fault_row_tells().
 *
 * Returns: (transfer full) (element-type FaultRow): NULL with an error.
 */
GPtrArray *fault_rows_load(char *const *folders, GError **error);

/** fault_row_tells() - is something known to be otherwise than with nothing broken? */
gboolean fault_row_tells(const FaultRow *row);

/** fault_row_control() - (transfer full): a scenario file like it, with nothing broken */
char *fault_row_control(const FaultRow *row);

/** behaviour_word() - (transfer full): "slow" of "slow=stop:300" */
char *behaviour_word(const char *behaviour);

#endif
