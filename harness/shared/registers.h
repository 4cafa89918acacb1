/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Register map of the barshift PCIe function.
 *
 * The device, the guest harness, the tests and docs/device.md share this one header. Every offset
 * is relative to the start of a BAR, every register is little-endian, and a register of 64 bits
 * may be read as two of 32 bits. Only fixed-width C types appear here.
 */
#ifndef BARSHIFT_REGISTERS_H
#define BARSHIFT_REGISTERS_H

#include <stdint.h>

/* Identity in configuration space: QEMU's range for experiments, see QEMU's docs/specs/pci-ids */
#define BARSHIFT_VENDOR_ID 0x1af4
#define BARSHIFT_DEVICE_ID 0x10f5
#define BARSHIFT_REVISION 1

#define BARSHIFT_BARS 6
#define BARSHIFT_CONTROL_BAR 0
#define BARSHIFT_MEMORY_BAR 2
#define BARSHIFT_CONTROL_BAR_SIZE 0x4000

/*
 * Header page: the first page of every memory BAR. The device answers it, not the memory behind
 * the BAR, so a read proves which function and which BAR the access reached, and where.
 */
#define BARSHIFT_HEADER_PAGE_SIZE 0x1000
#define BARSHIFT_HEADER_MAGIC 0x00   /* RO 32: BARSHIFT_MAGIC */
#define BARSHIFT_HEADER_TAG 0x04     /* RO 32: instance tag, unique for each function in a VM */
#define BARSHIFT_HEADER_BAR 0x08     /* RO 32: number of the BAR reached */
#define BARSHIFT_HEADER_VERSION 0x0c /* RO 32: BARSHIFT_VERSION */
#define BARSHIFT_HEADER_SIZE 0x10    /* RO 64: size of that BAR in bytes */
#define BARSHIFT_HEADER_ADDRESS 0x18 /* RO 64: bus address of this very access */
#define BARSHIFT_HEADER_SCRATCH 0x20 /* RW 64: kept over moves and resizes; 0 after reset */

#define BARSHIFT_MAGIC 0x46485342u /* "BSHF" */
#define BARSHIFT_VERSION 1u

/* Control registers: in the control BAR, on its header page, behind the header */
#define BARSHIFT_LEDGER_TOTAL 0x100   /* RO 64: records ever written */
#define BARSHIFT_LEDGER_DROPPED 0x108 /* RO 64: records overwritten since the start */
#define BARSHIFT_LEDGER_DEPTH 0x110   /* RO 32: records the ring holds */
#define BARSHIFT_MOVES 0x118          /* RO 64: times a BAR was mapped elsewhere than before */
#define BARSHIFT_CONTROL_SCRATCH(n) (0x140 + 8 * (n)) /* RW 64, n below BARSHIFT_SCRATCHES */
#define BARSHIFT_SCRATCHES 4

/* What the device decodes, BAR by BAR: the address or BARSHIFT_NOT_DECODED, and the size */
#define BARSHIFT_DECODED_BASE(bar) (0x200 + 16 * (bar)) /* RO 64 */
#define BARSHIFT_DECODED_SIZE(bar) (0x208 + 16 * (bar)) /* RO 64: bytes, 0 when there is no BAR */
#define BARSHIFT_NOT_DECODED UINT64_MAX

/* Ledger: a ring of records; record s of all ever written stands in slot (s - 1) % depth */
#define BARSHIFT_LEDGER 0x2000
#define BARSHIFT_LEDGER_RECORDS 256

struct barshift_ledger_record {
    uint64_t sequence; /* from 1; 0 marks a slot never written */
    uint64_t time_ns;  /* virtual time of the VM */
    uint16_t event;    /* enum barshift_event */
    uint16_t bar;      /* BAR number, BARSHIFT_NO_BAR where none is meant */
    uint32_t reserved;
    uint64_t value;    /* see the event */
};

#define BARSHIFT_NO_BAR 0xffff

enum barshift_event {
    BARSHIFT_EVENT_DECODE_ON = 1,       /* value: Command register, now with the enable bit */
    BARSHIFT_EVENT_DECODE_OFF = 2,      /* value: Command register, now without it */
    BARSHIFT_EVENT_BAR_WRITE = 3,       /* value: the whole BAR after the write, flag bits too */
    BARSHIFT_EVENT_MAP = 4,             /* value: address at which the BAR is now decoded */
    BARSHIFT_EVENT_UNMAP = 5,           /* value: address at which the BAR was decoded */
    BARSHIFT_EVENT_RESIZE = 6,          /* value: new size in bytes */
    BARSHIFT_EVENT_REFUSED_DECODE = 7,  /* resize while decode is on; value: size asked for */
    BARSHIFT_EVENT_REFUSED_SIZE = 8,    /* resize to a size not offered; value: field written */
    BARSHIFT_EVENT_RESET = 9,           /* value: 0 */
    BARSHIFT_EVENT_BAD_ACCESS = 10,     /* access to no register; value: offset */
    BARSHIFT_EVENTS
};

_Static_assert(sizeof(struct barshift_ledger_record) == 32, "ledger records are guest ABI");
_Static_assert(BARSHIFT_LEDGER + BARSHIFT_LEDGER_RECORDS * 32 <= BARSHIFT_CONTROL_BAR_SIZE,
               "the ledger lies in the control BAR");
_Static_assert(BARSHIFT_DECODED_BASE(BARSHIFT_BARS) <= BARSHIFT_HEADER_PAGE_SIZE,
               "the control registers lie on the header page");

#endif
