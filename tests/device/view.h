/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What configuration space says of a function's BARs: the truth that the other witnesses are
 * compared with.
 */
#ifndef BARSHIFT_TEST_VIEW_H
#define BARSHIFT_TEST_VIEW_H

#include "function.h"

#define VIEW_CAPABILITIES_MAX 32

/**
 * ViewCapability - header of a capability, which is read-only
 * @offset: in configuration space
 * @header: its first 32 bits as the list was walked
 * @header_mask: those that are read-only
 */
typedef struct ViewCapability {
    unsigned offset;
    uint32_t header;
    uint32_t header_mask;
} ViewCapability;

/**
 * Shape - what does not change while a function lives
 * @bars: kinds, and the sizes of those that are not resizable
 * @rebar: offset of the Resizable BAR capability, 0: none
 * @rebar_count: resizable BARs
 * @power: offset of the Power Management capability, 0: none
 * @express: offset of the PCI Express capability, 0: none
 * @msi: offset of the MSI capability, 0: none
 * @msix: offset of the MSI-X capability, 0: none
 * @identity_count: of @capabilities, the first ones: read-only parts of the header
 * @capabilities: behind those all capabilities, of both lists
 */
typedef struct Shape {
    FunctionBar bars[FUNCTION_REGIONS];
    unsigned rebar;
    unsigned rebar_count;
    unsigned power;
    unsigned express;
    unsigned msi;
    unsigned msix;
    unsigned identity_count;
    ViewCapability capabilities[VIEW_CAPABILITIES_MAX];
    unsigned capability_count;
} Shape;

/**
 * ViewBar - a BAR, or the expansion ROM
 * @address: in its register
 * @size: fixed, or by the BAR Size field
 * @decoding: it is to be found at @address
 */
typedef struct ViewBar {
    uint64_t address;
    uint64_t size;
    bool decoding;
} ViewBar;

/**
 * View - configuration space at one moment
 * @command: Command register
 */
typedef struct View {
    uint16_t command;
    ViewBar bars[FUNCTION_REGIONS];
} View;

/** shape_read() - learn the shape of a function whose BARs have been sized */
void shape_read(Shape *shape, const Function *function);

/**
 * shape_intact() - compare what is read-only with what it was
 *
 * Return: offset of the first difference, or -1.
 */
int shape_intact(const Shape *shape, const Function *function);

/**
 * view_read() - read what matters
 *
 * A BAR decodes when Command enables its space and the function is in D0, but for what QEMU's PCI
 * core leaves out: address 0, and what reaches the end of the address space. So does the ROM with
 * its own enable bit.
 */
void view_read(View *view, const Shape *shape, const Function *function);

#endif
