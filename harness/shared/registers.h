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

/*
 * Virtual functions: the n-th, from 1, of a function with a tag below 0x10000 has a tag of its own
 */
#define BARSHIFT_VFS_MAX 16
#define BARSHIFT_VF_TAG(tag, n) ((tag) + ((uint32_t)(n) << 16))

/* BARs of the default layout; others may have their control registers and memory elsewhere */
#define BARSHIFT_CONTROL_BAR 0
#define BARSHIFT_MEMORY_BAR 2

/*
 * Header: the first page of every memory BAR, and the first 64 bytes of an I/O BAR that has them.
 * The device answers it, not what is behind the BAR, so a read proves which function and which
 * BAR the access reached, and where.
 */
#define BARSHIFT_HEADER_PAGE_SIZE 0x1000
#define BARSHIFT_HEADER_IO_SIZE 0x40
#define BARSHIFT_HEADER_MAGIC 0x00   /* RO 32: BARSHIFT_MAGIC */
#define BARSHIFT_HEADER_TAG 0x04     /* RO 32: instance tag, unique for each function in a VM */
#define BARSHIFT_HEADER_BAR 0x08     /* RO 32: number of the BAR reached */
#define BARSHIFT_HEADER_VERSION 0x0c /* RO 32: BARSHIFT_VERSION */
#define BARSHIFT_HEADER_SIZE 0x10    /* RO 64: size of that BAR in bytes */
#define BARSHIFT_HEADER_ADDRESS 0x18 /* RO 64: bus address of this very access */
#define BARSHIFT_HEADER_SCRATCH 0x20 /* RW 64: kept over moves and resizes; 0 after reset */
#define BARSHIFT_HEADER_CONTENTS 0x28 /* RO 32: enum barshift_backing, BARSHIFT_CONTENTS_CONTROL */

#define BARSHIFT_MAGIC 0x46485342u /* "BSHF" */
#define BARSHIFT_VERSION 2u

/* What answers behind the header */
enum barshift_backing {
    BARSHIFT_BACKING_NONE = 0,    /* no register: reads give 0, writes do nothing */
    BARSHIFT_BACKING_RAM = 1,     /* memory */
    BARSHIFT_BACKING_PATTERN = 2, /* read-only, barshift_pattern() of the offset */
};

#define BARSHIFT_CONTENTS_BACKING 0x00ffu /* mask of enum barshift_backing */
#define BARSHIFT_CONTENTS_CONTROL 0x0100u /* the control registers are on this header page */

/* Control registers: behind the header, on the header page of the control BAR */
#define BARSHIFT_LEDGER_TOTAL 0x100   /* RO 64: records ever written */
#define BARSHIFT_LEDGER_DROPPED 0x108 /* RO 64: records overwritten since the start */
#define BARSHIFT_LEDGER_DEPTH 0x110   /* RO 32: records the ring holds */
#define BARSHIFT_MOVES 0x118          /* RO 64: times a BAR was mapped elsewhere than before */
#define BARSHIFT_LEDGER_SELECT 0x120  /* RW 64: sequence number that LEDGER_RECORD shows */
#define BARSHIFT_CONTROL_SCRATCH(n) (0x140 + 8 * (n)) /* RW 64, n below BARSHIFT_SCRATCHES */
#define BARSHIFT_SCRATCHES 4
#define BARSHIFT_DRIVER_STATE 0x160 /* RW 32: enum barshift_driver_state; 0 after reset */
#define BARSHIFT_VIOLATIONS 0x168   /* RO 64: things done that the driver state forbids */

/*
 * Interrupts. A vector is raised by the doorbell, and by the DMA engine. It is counted also when
 * it is masked or cannot be sent, but not when the mode has no such vector. A reset clears status
 * and counters.
 */
#define BARSHIFT_DOORBELL 0x180           /* WO 32: number of the vector to raise */
#define BARSHIFT_INTERRUPT_MODE 0x184     /* RO 32: enum barshift_interrupt_mode */
#define BARSHIFT_INTERRUPT_VECTORS 0x188  /* RO 32: vectors that can be raised in that mode */
#define BARSHIFT_INTX_STATUS 0x18c        /* RW1C 32: vectors raised; while any is, so is INTx */
#define BARSHIFT_INTERRUPTS_UNSENT 0x190  /* RO 64: raised in mode NONE, or no Bus Master */
#define BARSHIFT_INTERRUPTS(n) (0x400 + 8 * (n)) /* RO 64: times vector n was raised */
#define BARSHIFT_VECTORS_MAX 64

/* What the device decodes, BAR by BAR: the address or BARSHIFT_NOT_DECODED, and the size */
#define BARSHIFT_DECODED_BASE(bar) (0x200 + 16 * (bar)) /* RO 64 */
#define BARSHIFT_DECODED_SIZE(bar) (0x208 + 16 * (bar)) /* RO 64: bytes, 0 when there is no BAR */
#define BARSHIFT_NOT_DECODED UINT64_MAX

/* The record that LEDGER_SELECT names; all 0 when it is not there, or not there any more */
#define BARSHIFT_LEDGER_RECORD 0x280 /* RO 4 x 64: struct barshift_ledger_record */
#define BARSHIFT_LEDGER_RECORD_WORDS 4

/* DMA engine; addresses are bus addresses. The source may be BARSHIFT_DMA_COUNTER. */
#define BARSHIFT_DMA_SOURCE 0x300      /* RW 64 */
#define BARSHIFT_DMA_DESTINATION 0x308 /* RW 64 */
#define BARSHIFT_DMA_LENGTH 0x310      /* RW 32: bytes of a step, at most BARSHIFT_DMA_LENGTH_MAX */
#define BARSHIFT_DMA_PERIOD 0x314      /* RW 32: ns from step to step of a stream, virtual time */
#define BARSHIFT_DMA_VECTOR 0x318      /* RW 32: raised after a copy; or BARSHIFT_DMA_NO_VECTOR */
#define BARSHIFT_DMA_COMMAND 0x31c     /* WO 32: enum barshift_dma_command */
#define BARSHIFT_DMA_STATE 0x320       /* RO 32: enum barshift_dma_state */
#define BARSHIFT_DMA_STEPS 0x328       /* RO 64: steps done; 0 after reset */
#define BARSHIFT_DMA_FAILED 0x330      /* RO 64: steps that the bus refused */
#define BARSHIFT_DMA_COUNTER UINT64_MAX /* as source: the number of the step, 64 bits, is written */
#define BARSHIFT_DMA_NO_VECTOR UINT32_MAX
#define BARSHIFT_DMA_LENGTH_MAX 0x10000u
#define BARSHIFT_DMA_PERIOD_MIN 10000u

/* Error reporting */
#define BARSHIFT_AER_INJECT 0x380 /* WO 32: bit of the status register, BARSHIFT_AER_CORRECTABLE */
#define BARSHIFT_AER_CORRECTABLE 0x80000000u

/* What the driver says of itself */
enum barshift_driver_state {
    BARSHIFT_DRIVER_UNDECLARED = 0,   /* everything is allowed */
    BARSHIFT_DRIVER_STARTED = 1,
    BARSHIFT_DRIVER_STOP_PENDING = 2, /* no DMA may be started */
    BARSHIFT_DRIVER_STOPPED = 3,      /* no access but a write of DRIVER_STATE, and no DMA */
    BARSHIFT_DRIVER_STATES
};

enum barshift_violation {
    BARSHIFT_VIOLATION_READ = 1,        /* while stopped; value: offset in the BAR */
    BARSHIFT_VIOLATION_WRITE = 2,       /* while stopped; value: offset in the BAR */
    BARSHIFT_VIOLATION_DMA_START = 3,   /* while stop-pending or stopped; value: DMA command */
    BARSHIFT_VIOLATION_DMA_STEP = 4,    /* while stopped; value: destination */
    BARSHIFT_VIOLATION_MOVE = 5,        /* while a stream runs; value: new address */
    BARSHIFT_VIOLATION_RESIZE = 6,      /* while a stream runs; value: new size */
    BARSHIFT_VIOLATION_DECODE_OFF = 7,  /* while a stream runs; value: Command register */
};

enum barshift_interrupt_mode {
    BARSHIFT_INTERRUPT_NONE = 0, /* nothing is enabled: a raised vector is only counted */
    BARSHIFT_INTERRUPT_INTX = 1, /* also while Interrupt Disable masks it */
    BARSHIFT_INTERRUPT_MSI = 2,
    BARSHIFT_INTERRUPT_MSIX = 3,
};

enum barshift_dma_command {
    BARSHIFT_DMA_COPY = 1,   /* one step, done when the write returns */
    BARSHIFT_DMA_STREAM = 2, /* a step each DMA_PERIOD until it is stopped */
    BARSHIFT_DMA_PAUSE = 3,
    BARSHIFT_DMA_RESUME = 4,
    BARSHIFT_DMA_STOP = 5,
};

enum barshift_dma_state {
    BARSHIFT_DMA_IDLE = 0,
    BARSHIFT_DMA_STREAMING = 1,
    BARSHIFT_DMA_PAUSED = 2,
};

/* Ledger: a ring of the last records */
struct barshift_ledger_record {
    uint64_t sequence; /* from 1 */
    uint64_t time_ns;  /* virtual time of the VM */
    uint16_t event;    /* enum barshift_event */
    uint16_t bar;      /* BAR number, BARSHIFT_NO_BAR where none is meant */
    uint32_t detail;   /* see the event, else 0 */
    uint64_t value;    /* see the event */
};

#define BARSHIFT_NO_BAR 0xffff
#define BARSHIFT_DETAIL_VF_BAR 1 /* of resizes, done and refused: the BAR is a VF BAR */

enum barshift_event {
    BARSHIFT_EVENT_DECODE_ON = 1,       /* value: Command register, now with the enable bit */
    BARSHIFT_EVENT_DECODE_OFF = 2,      /* value: Command register, now without it */
    BARSHIFT_EVENT_BAR_WRITE = 3,       /* value: the whole BAR after the write, flag bits too */
    BARSHIFT_EVENT_MAP = 4,             /* value: address at which the BAR is now decoded */
    BARSHIFT_EVENT_UNMAP = 5,           /* value: address at which the BAR was decoded */
    BARSHIFT_EVENT_RESIZE = 6,          /* value: new size in bytes */
    BARSHIFT_EVENT_REFUSED_DECODE = 7,  /* resize while decode is on; value: size asked for */
    BARSHIFT_EVENT_REFUSED_SIZE = 8,    /* resize to a size not offered; value: field written */
    BARSHIFT_EVENT_RESET = 9,           /* value: enum barshift_reset */
    BARSHIFT_EVENT_BAD_ACCESS = 10,     /* no register, or not taken by it; value: offset */
    BARSHIFT_EVENT_VIOLATION = 11,      /* detail: enum barshift_violation, which tells the value */
    BARSHIFT_EVENT_DRIVER_STATE = 12,   /* value: enum barshift_driver_state */
    BARSHIFT_EVENT_POWER_STATE = 13,    /* value: 0 for D0, 3 for D3hot */
    BARSHIFT_EVENT_IO_DECODE_ON = 14,   /* value: Command register */
    BARSHIFT_EVENT_IO_DECODE_OFF = 15,  /* value: Command register */
    BARSHIFT_EVENT_DMA_STATE = 16,      /* value: enum barshift_dma_state */
    BARSHIFT_EVENT_DMA_FAILED = 17,     /* the bus refused a step; value: the address refused */
    BARSHIFT_EVENT_AER = 18,            /* error injected; value: what AER_INJECT was given */
    BARSHIFT_EVENT_BAD_VECTOR = 19,     /* raised, but the mode has not got it; value: its number */
    BARSHIFT_EVENT_NEXT_SIZE = 20,      /* property set; value: size in bytes from a reset on */
    BARSHIFT_EVENT_REMOVED = 21,        /* pulled out of its slot; value: 0 */
    BARSHIFT_EVENTS
};

enum barshift_reset {
    BARSHIFT_RESET_CONVENTIONAL = 0, /* of the machine, of the bus, by slot power */
    BARSHIFT_RESET_FUNCTION = 1,     /* Function Level Reset */
    BARSHIFT_RESET_POWER = 2,        /* from D3hot to D0 without No_Soft_Reset */
};

_Static_assert(sizeof(struct barshift_ledger_record) == 32, "ledger records are guest ABI");
_Static_assert(BARSHIFT_DECODED_BASE(BARSHIFT_BARS) <= BARSHIFT_LEDGER_RECORD,
               "registers do not overlap");
_Static_assert(BARSHIFT_INTERRUPTS(BARSHIFT_VECTORS_MAX) <= BARSHIFT_HEADER_PAGE_SIZE,
               "the control registers lie on the header page");

#endif
