/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario: machine, ports, functions, steps and the expected outcome, as docs/scenarios.md
 * describes the file. A Scenario that scenario_load() returned is consistent: every name resolves,
 * no port holds two functions at a time, sizes are legal.
 */
#ifndef BARSHIFT_HOST_SCENARIO_H
#define BARSHIFT_HOST_SCENARIO_H

#include "layout.h"

typedef enum Outcome {
    OUTCOME_SETTLED,    /* the newcomer got its resources, nobody was stopped */
    OUTCOME_REBALANCED, /* it got them after working functions were stopped; these work again */
    OUTCOME_RESIZED,    /* a resizable BAR changed its size and works */
    OUTCOME_REFUSED,    /* the newcomer got nothing, nobody was harmed */
    OUTCOME_SURVIVED,   /* nobody asked for anything, and everybody who is there works */
    OUTCOME_HARMED,     /* somebody who had working resources lost them */
    OUTCOMES
} Outcome;

/* Outcome by name, in the order of the enum, NULL-terminated */
extern const char *const outcome_names[OUTCOMES + 1];

typedef enum PortKind {
    PORT_ROOT,
    PORT_UPSTREAM,
    PORT_DOWNSTREAM,
    PORT_PCI_BRIDGE, /* from PCI Express to a conventional bus */
    PORT_HOST, /* no port: the root bus of a host bridge, with root ports and functions below */
} PortKind;

/* What QEMU's root ports can have the firmware set aside, in the order of port_reserve_names */
typedef enum PortReserve {
    RESERVE_BUS, /* a number of buses, all others in bytes */
    RESERVE_IO,
    RESERVE_MEM,
    RESERVE_PREF32,
    RESERVE_PREF64,
    RESERVES
} PortReserve;

/* The keys, which are QEMU's properties; NULL-terminated */
extern const char *const port_reserve_names[RESERVES + 1];

#define SCENARIO_ROOT_BUS "pcie.0" /* QEMU's name of the root bus that every machine has */

typedef enum Hotplug { HOTPLUG_NATIVE, HOTPLUG_ACPI } Hotplug;

typedef enum Firmware { FIRMWARE_SEABIOS, FIRMWARE_OVMF } Firmware;

typedef struct Machine {
    guint64 memory_bytes;
    guint64 hole64_bytes; /* 64-bit window of the host bridge, q35-pcihost.pci-hole64-size */
    Hotplug hotplug;
    Firmware firmware;
    guint64 aperture_bytes; /* FIRMWARE_OVMF: what it takes for 64-bit BARs; 0: its own choice */
    char *cpu;              /* (nullable): QEMU's -cpu; NULL: one that is known to be steady */
    guint phys_bits;        /* without @cpu: address bits of the processor; 0: enough of them */
    char *append;           /* (nullable): arguments of the guest's kernel */
    gboolean iommu; /* with interrupt remapping; the guest translates for who asks for it */
} Machine;

typedef struct Port {
    char *name; /* also the id in QEMU */
    PortKind kind;
    struct Port *parent;   /* (nullable): NULL for a host bridge, and for a root port of pcie.0 */
    guint number;          /* from 1: chassis and slot number; 0: the root bus pcie.0 itself */
    guint device;          /* root port, host bridge: device number on its root bus */
    guint function;        /* root port: function number there */
    gboolean multifunction; /* root port: others are functions of the same device */
    gboolean no_hotplug;
    gboolean has_reserve[RESERVES];
    guint64 reserves[RESERVES];
    guint64 bar_size_bytes; /* upstream: of its own BAR; 0: none */
    guint bus_nr;           /* host bridge: number of its root bus */
} Port;

/* What drives a function in the guest, as barshift-guest drive takes it. */
typedef struct Driver {
    const char *model; /* out of driver_model_names */
    char *back_end;    /* (nullable): NULL: the guest's own choice */
    char **behave;     /* made-up behaviours, such as "veto" */
    char **options;    /* of the model, such as "packet-streams=on" */
    guint streams;     /* that applications have open */
    guint running;     /* of these */
    guint handles;     /* further ones */
    gboolean paging_path;
    char *place;       /* where the file says so, "FILE:LINE: [function fut] driver" */
} Driver;

typedef enum DeviceKind {
    DEVICE_BARSHIFT,
    DEVICE_NVME, /* QEMU's own: without tag, ledger and headers; a driver of the kernel has it */
    DEVICE_FOREIGN, /* any other one of QEMU's: likewise, and merely enabled */
} DeviceKind;

typedef struct Function {
    char *name; /* also the id in QEMU */
    DeviceKind device;
    char *type;       /* what QEMU calls the device */
    char *properties; /* (nullable): further ones of a DEVICE_FOREIGN, "KEY=VALUE,KEY=VALUE" */
    Port *port;
    guint slot;             /* device number on a bus that has several; 0 elsewhere */
    guint seat;             /* from 1: the same for all that have the same port and slot */
    guint number;           /* function number of its device, 0 to 7 */
    struct Function *first; /* function 0 of its device, maybe itself */
    gboolean multifunction; /* function 0: there are others */
    Driver *driver;         /* (nullable): NULL: none, it is merely started */
    Layout *layout;     /* (nullable): its BARs; NULL: the device's own, as the next two say */
    guint64 size_bytes; /* of BAR 2; of a DEVICE_NVME: of its disk */
    char *rebar;        /* (nullable): the device's own property, passed as it is */
    char *fault;        /* (nullable): likewise */
    gboolean at_boot;
    guint32 tag; /* from 1, unique in the scenario; only a DEVICE_BARSHIFT knows its own */
} Function;

typedef struct StepType StepType; /* step-type.h */

typedef enum Scope {
    SCOPE_PORTS,
    SCOPE_NEAREST,
    SCOPE_ROOT_PORT,
    SCOPE_PNP, /* the guest's PnP manager finds it */
} Scope;

typedef enum Unplug {
    UNPLUG_BUTTON,   /* device_del: the guest is asked, and takes its 5 s */
    UNPLUG_POWER,    /* the guest switches the slot off */
    UNPLUG_SURPRISE, /* it vanishes, and nobody was asked */
} Unplug;

typedef struct Step {
    const StepType *type;
    Function *function;  /* power-off, hot-add, resize; rebalance with SCOPE_PNP: (nullable): for
                            whom, NULL: who was hot-added last */
    GPtrArray *others;   /* power-off: (element-type Function), not owned: at the same time */
    Scope scope;         /* rebalance: which ports are removed */
    GPtrArray *ports;    /* rebalance with SCOPE_PORTS: (element-type Port), not owned */
    Function *other;     /* swap: with whom; move: (nullable): whose place it takes */
    gint64 distance;     /* move: how far up (or down), without @other and @address */
    guint64 address;     /* move: where to, without @other; 0: see @distance */
    char *word;          /* (nullable): reset: the method; snapshot: its name */
    int bar_nr;          /* -1: the function's main BAR */
    guint64 size_bytes;  /* resize; rebalance with SCOPE_PNP: 0 when it is for a newcomer */
    char *policy;        /* (nullable): of the PnP manager */
    guint deadline_seconds; /* of the PnP manager for each request; 0: its own */
    Unplug how;               /* unplug */
    gboolean without_waiting; /* hot-add, unplug: the next step begins while it is under way */
    struct Step *meanwhile;   /* (nullable): hot-add or unplug, begun while this goes on */
    gboolean by_config;       /* resize: BAR Size is written, and the kernel does not know */
    gboolean decoding;        /* resize: memory decode is left on */
    gboolean bound;           /* resize: a driver of the kernel is left on the function */
    char *wanted;   /* (nullable): press: words of QEMU; resize: the kernel's errno; wait-for:
                       words of its log */
    char **words;   /* (nullable): rescan: where; bind: the driver; run: script and arguments */
    char *file;     /* (nullable): run: the script, when it is no script of the guest's own */
    gboolean binds; /* bind: the driver may be a module */
    guint status;   /* run: exit status that the script must have */
    GPtrArray *stops; /* run: (element-type Function): stopped before it, and started after it */
    gboolean has_expect; /* judge after this step, too */
    Outcome expect;
    char *text;  /* the step as the file has it, "hot-add incoming" */
    char *place; /* where the file has it, "FILE:LINE: [step arrival] hot-add" */
} Step;

typedef struct Scenario {
    char *name; /* file name without folder and .ini, and the variant: "grow[size=1G]" */
    char *variant;    /* "[size=1G]", what [matrix] has made of the file; "" without */
    char **variables; /* "size=1G" of each variable of [matrix] */
    char *path;
    char *title;
    char *shows;    /* (nullable): what one learns from it */
    char *concerns; /* (nullable): whom it concerns */
    char **source;  /* where the demand or the fact comes from: addresses */
    char **tags;    /* its own, and of the folders that it has in the catalogue */
    Outcome outcome; /* this and the claims, unless scenario_expect() says otherwise */
    /* claims beyond the outcome: names of functions, NULL-terminated */
    char **moved;     /* BAR 2 must have another address in the end */
    char **kept;      /* were stopped or resized, and BAR 2 must have the same address */
    char **untouched; /* must have seen no event at all */
    char **quiet;     /* the guest's kernel must not complain about them */
    char **breaks;    /* invariants that must fail, by a fault or a finding, such as "I8" */
    Machine machine;
    GPtrArray *ports;     /* (element-type Port) */
    Port *root_bus;       /* pcie.0, which is none of them */
    GPtrArray *functions; /* (element-type Function) */
    GPtrArray *steps;     /* (element-type Step) */
    GPtrArray *expects;   /* (element-type ExpectGroup): scenario_expect() decides among them */
} Scenario;

/**
 * scenario_load_all() - read and check a scenario file, in all its variants
 * @filter: (nullable): only those with these values, "size=1G,reserve=0"
 *
 * Returns: (transfer full) (element-type Scenario): at least one; NULL with RUNNER_ERROR_USAGE and
 * a message that has a line for each mistake, beginning with file and line.
 */
GPtrArray *scenario_load_all(const char *path, const char *filter, GError **error);

/** scenario_load() - the same for a file with one variant; of several it is RUNNER_ERROR_USAGE */
Scenario *scenario_load(const char *path, GError **error);

/**
 * scenario_find_all() - the scenarios that an argument of the command line stands for
 * @argument: a name of the catalogue or a path, and maybe a filter: "rebar-grow[size=1G]"
 */
GPtrArray *scenario_find_all(const char *argument, GError **error);

/**
 * scenario_argument() - what to say on the command line for exactly this scenario
 * @argument: by which scenario_find_all() has found it
 *
 * Returns: (transfer full)
 */
char *scenario_argument(const Scenario *scenario, const char *argument);

void scenario_free(Scenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scenario, scenario_free)

/** scenario_find_port() - (nullable): by name */
Port *scenario_find_port(const Scenario *scenario, const char *name);

/** scenario_find_function() - (nullable): by name */
Function *scenario_find_function(const Scenario *scenario, const char *name);

/** scenario_function_by_tag() - (nullable): the function with this instance tag */
Function *scenario_function_by_tag(const Scenario *scenario, guint32 tag);

/** scenario_has_driver() - does any function have a driver in the guest? */
gboolean scenario_has_driver(const Scenario *scenario);

/** scenario_has_tags() - has it all of these tags? */
gboolean scenario_has_tags(const Scenario *scenario, const char *const *tags);

/** scenario_set_driver_model() - let every function that has a driver have one of this model */
void scenario_set_driver_model(Scenario *scenario, const char *model);

/** function_pref64_bytes() - what its 64-bit prefetchable BARs need together */
guint64 function_pref64_bytes(const Function *function);

/** port_is_below() - is @port the port @above, or somewhere below it? */
gboolean port_is_below(const Port *port, const Port *above);

/** port_root_bus() - name of the root bus that a root port sits on, or that @port is */
const char *port_root_bus(const Port *port);

/** port_has_slots() - do functions there name a slot? Elsewhere there is room for one device. */
gboolean port_has_slots(const Port *port);

/** port_root() - the root port above @port, or @port itself */
Port *port_root(Port *port);

#endif
