/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a BAR is to be: the grammar of the properties "bar0" to "bar5" and "vf-bar0" to "vf-bar5",
 * and the rules of PCI and PCIe for one BAR and for the BARs of a function.
 */
#ifndef BARSHIFT_BAR_SPEC_H
#define BARSHIFT_BAR_SPEC_H

#include "qapi/error.h"
#include "registers.h"

/* What QEMU spends on book-keeping for memory bounds the size of memory behind a BAR */
#define BAR_RAM_MAX TiB

typedef enum BarKind {
    BAR_ABSENT,
    BAR_IO,
    BAR_MEM32,
    BAR_MEM64,
} BarKind;

/**
 * BarSpec - one BAR
 * @kind: BAR_ABSENT when there is none
 * @prefetchable: memory only
 * @control: carries the control registers
 * @nonconforming: may be what PCIe forbids an endpoint
 * @backing: what answers behind the header
 * @size_bytes: after reset
 * @sizes: sizes it can be given, bit n for 2^n MiB; 0 when it is not resizable
 */
typedef struct BarSpec {
    BarKind kind;
    bool prefetchable;
    bool control;
    bool nonconforming;
    enum barshift_backing backing;
    uint64_t size_bytes;
    uint64_t sizes;
} BarSpec;

/**
 * bar_spec_parse() - read one property
 * @property: its name, for messages
 * @text: "SIZE:KIND[:WORD...]", see docs/device.md
 * @spec: (out) set only on success
 *
 * Return: false with @errp set, property, value and rule in it, when no BAR can be so.
 */
bool bar_spec_parse(const char *property, const char *text, BarSpec *spec, Error **errp);

/**
 * bar_spec_check() - check the rules for one BAR
 * @property: name, for messages
 * @text: value, for messages
 *
 * Return: false with @errp set when no BAR can be so.
 */
bool bar_spec_check(const char *property, const char *text, const BarSpec *spec, Error **errp);

/**
 * bar_specs_parse() - read the properties of all BARs of a function
 * @prefix: of the property names: "bar" or "vf-bar"
 * @texts: BARSHIFT_BARS values, NULL for no BAR
 * @specs: (out) BARSHIFT_BARS elements
 *
 * Return: false with @errp set when one is wrong, or when they do not go together.
 */
bool bar_specs_parse(const char *prefix, char *const *texts, BarSpec *specs, Error **errp);

/** bar_spec_smallest(), bar_spec_largest() - bytes of the sizes that the BAR can have */
uint64_t bar_spec_smallest(const BarSpec *spec);
uint64_t bar_spec_largest(const BarSpec *spec);

/**
 * bar_spec_text() - the property, in the one spelling that bars of the same kind share
 *
 * Return: a string that the caller frees.
 */
char *bar_spec_text(const BarSpec *spec);

/** bar_spec_header_bytes() - length of its header, 0 when it has no room for one */
uint64_t bar_spec_header_bytes(const BarSpec *spec);

/** bar_kind_name(), bar_backing_name() - as the properties spell it */
const char *bar_kind_name(BarKind kind);
const char *bar_backing_name(enum barshift_backing backing);

#endif
