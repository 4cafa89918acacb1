/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A capture of a machine, read: its topology, and what only an import wants to know. */
#ifndef BARSHIFT_IMPORT_CAPTURED_H
#define BARSHIFT_IMPORT_CAPTURED_H

#include "capture-text.h"
#include "topology.h"

/** Device/Port Type of a function, PCIe r6.0 sec 7.5.3.2, and what stands in its place */
enum {
    PORT_TYPE_UNREAD = -2, /* the capture ends before the capability */
    PORT_TYPE_NONE = -1,   /* conventional PCI */
};

/** struct Facts - of the function with the same index in the topology */
typedef struct Facts {
    int port_type;     /* PCI_EXP_TYPE_..., or one of the above */
    uint32_t class_id; /* with programming interface */
    uint8_t revision;
    uint16_t subsystem_vendor;
    uint16_t subsystem;
    unsigned lifted;  /* a bit for each BAR that is taken for a 64-bit prefetchable one */
    unsigned vfs;     /* TotalVFs; 0: no SR-IOV */
    unsigned vfs_now; /* NumVFs while VF Enable is set */
    Bar vf_bars[BARSHIFT_BARS]; /* kernel_size_bytes is that of one virtual function */
} Facts;

typedef struct Captured {
    Topology topology;
    Facts *facts;
    HostWindow windows[TOPOLOGY_HOST_WINDOWS_MAX]; /* none: the capture does not tell */
    size_t window_count;
    bool windows_hidden; /* they stand there, but at 0, as users other than root see them */
} Captured;

/**
 * captured_read() - read a capture
 * @name: a file with text of lspci or of guest-scripts/capture; or a folder with copies of
 *        sys/bus/pci/devices and /proc/iomem below it
 * @captured: (out) freed by the caller with captured_free(), whatever the result; its topology
 *            has no host bridge windows, so that it counts as one without the kernel's view
 * @why: (out) CAPTURE_WHY_SIZE bytes, one line, set when the result is negative
 *
 * Return: 0 or -errno.
 */
int captured_read(Captured *captured, const char *name, char *why);
void captured_free(Captured *captured);

#endif
