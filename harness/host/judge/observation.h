/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every witness says about every function at one moment.
 *
 * A witness is an independent source of the truth about where a BAR is. An observation files what
 * each of them said, side by side; verdict.h compares. The parsers here are pure.
 */
#ifndef BARSHIFT_HOST_OBSERVATION_H
#define BARSHIFT_HOST_OBSERVATION_H

#include "range.h"
#include "registers.h"
#include "scenario.h"

#include <json-glib/json-glib.h>

typedef enum Witness {
    WITNESS_CONFIG, /* configuration space, read by the guest */
    WITNESS_KERNEL, /* the guest kernel's resources, sysfs */
    WITNESS_CPU,    /* the header page that a CPU access to the kernel's address reaches */
    WITNESS_DEVICE, /* the function's own decode registers, read by the guest */
    WITNESS_LEDGER, /* the device model over QMP, past the guest */
    WITNESS_VMM,    /* QEMU's memory map, past guest and device model */
    WITNESSES
} Witness;

/* Witness by name, in the order of the enum, NULL-terminated */
extern const char *const witness_names[WITNESSES + 1];

typedef enum ViewState {
    VIEW_SILENT,     /* the witness could not be asked */
    VIEW_UNASSIGNED, /* it says that nothing decodes this BAR */
    VIEW_ASSIGNED,
    VIEW_FOREIGN, /* another BAR or function answers there: agrees with nobody */
} ViewState;

typedef struct View {
    ViewState state;
    guint64 base;
    guint64 size_bytes; /* 0 when the witness knows the base only */
} View;

typedef struct BarState {
    guint nr;
    gboolean io;
    gboolean prefetchable;
    View by_hand; /* moved past the kernel, which is no witness: where to; unassigned: it was not.
                     So, too, where nobody could ask the kernel: observation-outside.h */
    guint64 config_base; /* address bits of the BAR even when decode is off */
    View views[WITNESSES];
    Range stray; /* a range outside the BAR where QEMU's memory map still has the function */
} BarState;

typedef struct FunctionState {
    const Function *function; /* (nullable): NULL for a function the scenario does not name */
    char *bdf;
    gboolean decode;    /* of memory */
    gboolean io_decode;
    gboolean has_ledger;
    guint64 ledger_total;
    guint64 ledger_dropped;   /* records that newer ones were written over */
    gint64 interrupts;        /* times that the device model has raised a vector */
    GArray *ledger_sequences; /* (element-type guint64): numbers of the records, as told */
    guint main_bar_nr; /* the BAR it is there for, by the device model; BARSHIFT_NO_BAR: unknown */
    GPtrArray *bars;   /* (element-type BarState) */
} FunctionState;

enum { WINDOW_IO, WINDOW_MEM, WINDOW_PREF, WINDOWS };

typedef struct BridgeState {
    char *bdf;
    guint secondary;     /* number of the bus below it; 0: the guest did not tell */
    const Port *port;    /* (nullable) */
    Range windows[WINDOWS]; /* by the bridge's registers; empty when closed */
} BridgeState;

typedef struct Observation {
    char *kernel;            /* (nullable): release of the guest's kernel */
    char *kernel_version;    /* (nullable): of its source, "6.1.192" */
    GPtrArray *functions;    /* (element-type FunctionState) */
    GPtrArray *bridges;      /* (element-type BridgeState), parents first */
    GArray *host_windows;    /* (element-type Range): memory windows of the host bridge */
    JsonNode *guest;         /* (nullable): what the guest said, for the JSON report */
    JsonObject *ledgers;     /* by function name */
} Observation;

/**
 * observation_new() - start with what the guest said
 * @guest_map: output of "barshift-guest map --json"
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_ENVIRONMENT when the text has another form.
 */
Observation *observation_new(const Scenario *scenario, const char *guest_map, GError **error);

/** observation_new_empty() - (transfer full): for those who fill it by themselves */
Observation *observation_new_empty(void);

void observation_free(Observation *observation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Observation, observation_free)

/**
 * observation_add_ledger() - add what the device model said
 * @ledger: (transfer none): its QOM property "ledger"
 *
 * It also says which BAR has the control registers, through which the guest read the function's
 * own; without a CPU access that reaches it that witness is silent. A BAR that the guest's map
 * lacks, because the kernel has given up on it and it reads 0, is added as one without an address.
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT when it has another form.
 */
gboolean observation_add_ledger(Observation *observation, const Function *function,
                                JsonNode *ledger, GError **error);

/**
 * observation_add_memory_map() - add QEMU's memory map
 * @text: output of the monitor's "info mtree -f"
 */
void observation_add_memory_map(Observation *observation, const char *text);

/**
 * observation_add_pci() - name the bridges, and functions that have no tag
 * @pci: (transfer none): QMP query-pci
 *
 * The latter have been asked by no witness but configuration space and kernel; @pci tells what QEMU
 * has mapped of them.
 */
void observation_add_pci(Observation *observation, const Scenario *scenario, JsonNode *pci);

/** observation_find() - (nullable): state of a function of the scenario */
FunctionState *observation_find(const Observation *observation, const Function *function);

/** observation_find_bdf() - (nullable): state of the function at an address such as 0000:01:00.0 */
FunctionState *observation_find_bdf(const Observation *observation, const char *bdf);

/** function_state_new() - (transfer full): without BARs; @bdf: (transfer full) */
FunctionState *function_state_new(char *bdf);

/** function_state_bar() - (nullable): state of a BAR by number */
BarState *function_state_bar(const FunctionState *state, guint nr);

/**
 * function_state_add_bar() - add a BAR that the guest's map lacks: it is 32-bit and unassigned
 *
 * Returns: (transfer none): without an address for config and kernel; the others are silent.
 */
BarState *function_state_add_bar(FunctionState *state, guint nr, gboolean io,
                                 gboolean prefetchable);

/**
 * function_state_counts() - does a function that works need this BAR?
 *
 * Nobody needs the I/O BARs of a function that is none of barshift's.
 */
gboolean function_state_counts(const FunctionState *state, const BarState *bar);

/** function_state_main_bar() - (nullable): state of the BAR that the function is there for */
BarState *function_state_main_bar(const FunctionState *state);

/** bar_state_place() - where it counts as being: by the kernel, unless it was moved by hand */
const View *bar_state_place(const BarState *bar);

/** function_state_decodes() - is the decoding of such BARs switched on? */
gboolean function_state_decodes(const FunctionState *state, const BarState *bar);

/** pci_find_bdf() - (transfer full) (nullable): address of the device with a QEMU id */
char *pci_find_bdf(JsonNode *pci, const char *id);

/** pci_is_mapped() - has QEMU mapped each memory BAR of the device with a QEMU id? */
gboolean pci_is_mapped(JsonNode *pci, const char *id);

/**
 * pci_find_path() - (transfer full) (nullable): the way to the device with a QEMU id, device and
 * function numbers from bus 0 down, "01.0/00.0", which stay when bus numbers change
 */
char *pci_find_path(JsonNode *pci, const char *id);

#endif
