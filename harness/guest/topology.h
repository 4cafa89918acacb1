/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands where: functions with their BARs, bridges with their windows, host bridge windows,
 * each as the witnesses see it.
 *
 * Configuration space (libpci) and the kernel (sysfs, /proc) are read by topology_read(); what
 * the CPU reaches and what the device itself decodes is added by witness_read().
 */
#ifndef BARSHIFT_TOPOLOGY_H
#define BARSHIFT_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bdf.h"
#include "capabilities.h"
#include "config.h"
#include "range.h"
#include "registers.h"
#include "sysfs.h"

#define TOPOLOGY_HOST_WINDOWS_MAX 32
#define TOPOLOGY_ANY_BUS (-1)

typedef enum BarKind {
    BAR_NONE,
    BAR_IO,
    BAR_MEM32,
    BAR_MEM64,
    BAR_ROM,
} BarKind;

/** The expansion ROM in the place of a BAR number; the line of the kernel's resource file, too */
#define TOPOLOGY_ROM BARSHIFT_BARS
#define TOPOLOGY_BARS (BARSHIFT_BARS + 1)

/** struct BarHeader - what the header of a BAR said, read by the CPU through the BAR */
typedef struct BarHeader {
    bool magic; /* it was there */
    uint32_t version;
    bool seen; /* magic and a version that is understood: the others were read, too */
    uint32_t tag;
    uint32_t bar;
    uint64_t base; /* address of the access minus its offset */
    uint64_t size_bytes;
    enum barshift_backing backing;
    bool control; /* the control registers are on this page */
} BarHeader;

/** struct Bar - one base address register, as each witness sees it */
typedef struct Bar {
    int nr;
    BarKind kind; /* BAR_NONE: there is no such BAR */
    bool prefetchable;

    uint64_t config_base;      /* address bits of the register, decoded or not */
    bool resizable;            /* a Resizable BAR entry names this BAR */
    uint64_t rebar_sizes;      /* sizes offered, bit n for 2^n MiB */
    unsigned rebar_field;      /* BAR Size field as read */
    uint64_t rebar_size_bytes; /* size selected; 0 when not resizable or the field is no size */

    bool rom_enabled;           /* the ROM's own decode bit */

    bool by_hand; /* moved past the kernel, which is no witness: @kernel is as in @config_base */
    Range kernel; /* empty: the kernel has not assigned it */
    uint64_t kernel_size_bytes; /* known even for most BARs that are not assigned */

    Range msix_table; /* offsets in this BAR; empty: not here */
    Range msix_pba;

    bool device_known; /* the device's own registers were read */
    bool device_decoded;
    uint64_t device_base; /* only when decoded */
    uint64_t device_size_bytes;

    BarHeader header;
} Bar;

typedef struct Function {
    char bdf[BDF_SIZE];
    int domain;
    int bus;
    int parent; /* index of the bridge above, -1 when no bridge leads to its bus */
    bool on_root_bus;
    bool is_bridge;
    bool is_barshift; /* by its serial number, or by vendor and device ID */
    uint16_t vendor;
    uint16_t device;
    uint16_t class_code; /* base class and subclass */
    bool tagged;         /* its Device Serial Number is barshift's and carries the tag */
    uint32_t tag;
    bool memory_decode;
    bool io_decode;
    bool enabled; /* the kernel's count of users is not 0 */
    bool stopped; /* noted by "stop": nothing may be accessed through its BARs */
    int control_bar;    /* by its header, for a stopped one by the note; -1: not known */
    bool control_known; /* the registers below were read through the control BAR */
    uint64_t ledger_total;
    uint64_t violations;
    uint32_t driver_state; /* enum barshift_driver_state, if it is none of them as read */
    uint64_t scratch[BARSHIFT_SCRATCHES];
    Bar bars[TOPOLOGY_BARS];
    char complaint[CAPABILITIES_COMPLAINT_SIZE]; /* about its lists of capabilities; empty: none */
} Function;

typedef enum WindowKind {
    WINDOW_IO,
    WINDOW_MEM,
    WINDOW_PREF,
    WINDOW_KINDS,
} WindowKind;

typedef struct Window {
    Range config; /* from the bridge's registers; empty: closed */
    Range kernel; /* from sysfs; empty: not assigned */
} Window;

typedef struct Bridge {
    char bdf[BDF_SIZE];
    int domain;
    int bus;
    int parent; /* index of the bridge above, -1 on a root bus */
    int secondary;
    int subordinate;
    bool hotplug; /* its slot register says so */
    char slot[SYSFS_SLOT_NAME_SIZE]; /* empty: no hotplug slot */
    Window windows[WINDOW_KINDS];
} Bridge;

/** struct HostWindow - addresses that a host bridge passes on to its root bus */
typedef struct HostWindow {
    bool io;
    int domain;
    int bus; /* the root bus; TOPOLOGY_ANY_BUS: nobody has told */
    Range range;
} HostWindow;

typedef struct Topology {
    Function *functions; /* by bus, device, function; bridges too */
    size_t function_count;
    Bridge *bridges; /* in the same order */
    size_t bridge_count;
    HostWindow host_windows[TOPOLOGY_HOST_WINDOWS_MAX];
    size_t host_window_count;
} Topology;

/**
 * topology_read() - read configuration space, the kernel's view, and who is noted as stopped
 * @topology: (out) freed by the caller with topology_free(), whatever the result
 * @why: (out) CONFIG_WHY_SIZE bytes, set when the result is negative
 *
 * A dump has no kernel view: every kernel range is empty then, and nobody is stopped.
 *
 * Return: 0 or -errno.
 */
int topology_read(Topology *topology, const ConfigSource *source, char *why);

/**
 * topology_function_read() - one function as topology_read() has it, without a look at the others
 * @function: (out) set only on success; it has no place in a topology, so its parent is -1
 *
 * Return: as topology_read(); -ENODEV when it does not answer.
 */
int topology_function_read(Function *function, const ConfigSource *source, const char *bdf,
                           char *why);

void topology_free(Topology *topology);

/** topology_find() - the function with a name, NULL when there is none */
Function *topology_find(const Topology *topology, const char *bdf);

/** topology_find_tag() - the barshift function with a tag, NULL when there is none */
Function *topology_find_tag(const Topology *topology, uint32_t tag);

/** topology_complaint() - what is wrong with the capabilities of a function or bridge, or "" */
const char *topology_complaint(const Topology *topology, const char *bdf);

/** bar_is_memory() - is there such a BAR, and is it a memory BAR? The ROM is none. */
bool bar_is_memory(const Bar *bar);

/** bar_header_bytes() - what the header takes of such a BAR of a barshift function; 0: has none */
uint64_t bar_header_bytes(BarKind kind, uint64_t size_bytes);

/** bar_has_header() - is this a BAR that has a header if it is a barshift function's? */
bool bar_has_header(const Bar *bar);

/** function_decodes() - is the decoding of BARs of a kind switched on in the Command register? */
bool function_decodes(const Function *function, BarKind kind);

/** bar_is_decoded() - do the registers in configuration space make the function answer? */
bool bar_is_decoded(const Function *function, const Bar *bar);

/** bar_size_bytes() - the size by the nearest source: capability, kernel, device; 0: unknown */
uint64_t bar_size_bytes(const Bar *bar);

/** bar_config_range() - address in the register and size; empty when either is 0 */
Range bar_config_range(const Bar *bar);

/** bar_kind_name(), backing_name(), driver_state_name(), window_kind_name() - as in every output */
const char *bar_kind_name(BarKind kind);
const char *backing_name(enum barshift_backing backing);
const char *driver_state_name(uint32_t state);
const char *window_kind_name(WindowKind kind);

#endif
