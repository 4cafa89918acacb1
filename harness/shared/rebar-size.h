/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BAR Size field of the Resizable BAR capability, PCIe r6.0, sec 7.8.6.
 *
 * The only place that knows how sizes are encoded. Supported sizes are two bit fields in the
 * registers (bits 31:4 of Capability for 1 MB to 128 TB, bits 31:16 of Control for 256 TB to
 * 8 EB); here they are one mask, bit n for the size of 2^n MiB.
 */
#ifndef BARSHIFT_REBAR_SIZE_H
#define BARSHIFT_REBAR_SIZE_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#define REBAR_SIZE_FIELD_MAX 43u /* 8 EiB */

/*
 * Registers of the n-th resizable BAR, offsets from the start of the capability. The Control
 * fields are masks. BAR Size has six bits since PCIe r4.0; linux/pci_regs.h knows five of them.
 */
#define REBAR_CAPABILITY(n) (4 + 8 * (n))
#define REBAR_CONTROL(n) (8 + 8 * (n))
#define REBAR_CONTROL_BAR_INDEX 0x00000007u
#define REBAR_CONTROL_COUNT 0x000000e0u /* number of resizable BARs, in the first Control only */
#define REBAR_CONTROL_SIZE 0x00003f00u
#define REBAR_CAPABILITY_SIZES_SHIFT 4 /* Capability 31:4 is bits 27:0 of the mask */
#define REBAR_CONTROL_SIZES_SHIFT 16   /* Control 31:16 is bits 43:28 of the mask */
#define REBAR_CONTROL_SIZES_FIRST 28

/**
 * rebar_size_decode() - turn a BAR Size field into bytes
 * @size_log2_mib: field value; 0 is 1 MiB, each step doubles
 * @size_bytes: (out) set only on success
 *
 * Return: 0, or -ERANGE above 8 EiB; callers treat that as a device fault.
 */
static inline int rebar_size_decode(unsigned size_log2_mib, uint64_t *size_bytes)
{
    if (size_log2_mib > REBAR_SIZE_FIELD_MAX) {
        return -ERANGE;
    }
    *size_bytes = UINT64_C(1) << (size_log2_mib + 20);
    return 0;
}

/**
 * rebar_size_encode() - turn a size into the BAR Size field
 * @size_bytes: a power of two of at least 1 MiB
 * @size_log2_mib: (out) set only on success
 *
 * Return: 0, -EINVAL when @size_bytes is no power of two, -ERANGE when it is below 1 MiB.
 */
static inline int rebar_size_encode(uint64_t size_bytes, unsigned *size_log2_mib)
{
    if (size_bytes == 0 || (size_bytes & (size_bytes - 1)) != 0) {
        return -EINVAL;
    }
    if (size_bytes < (UINT64_C(1) << 20)) {
        return -ERANGE;
    }
    *size_log2_mib = (unsigned)__builtin_ctzll(size_bytes) - 20;
    return 0;
}

/**
 * rebar_size_offered() - is a size in the mask of supported sizes?
 * @sizes: mask of supported sizes, bit n for 2^n MiB
 * @size_log2_mib: field value
 */
static inline bool rebar_size_offered(uint64_t sizes, unsigned size_log2_mib)
{
    return size_log2_mib <= REBAR_SIZE_FIELD_MAX && ((sizes >> size_log2_mib) & 1) != 0;
}

#endif
