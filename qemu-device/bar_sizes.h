/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes of the memory BAR as its properties give them.
 */
#ifndef BARSHIFT_BAR_SIZES_H
#define BARSHIFT_BAR_SIZES_H

#include "qapi/error.h"

/* Bounds of one size; the upper one bounds what QEMU spends on book-keeping for the memory */
#define BAR_SIZE_MIN MiB
#define BAR_SIZE_MAX TiB

/**
 * bar_sizes_parse() - read the property "rebar"
 * @text: "off", or parts joined by '+', each a size (4G) or a range of sizes (256M-16G)
 * @sizes: (out) mask of supported sizes, bit n for 2^n MiB; 0 for "off"; set only on success
 *
 * Return: false with @errp set when a size is unreadable, no power of two or out of bounds, and
 * when none is at most 512 GiB, which PCIe r6.0, sec 7.8.6, asks for.
 */
bool bar_sizes_parse(const char *text, uint64_t *sizes, Error **errp);

/**
 * bar_size_check() - check the property "size" against "rebar"
 * @size_bytes: property "size"
 * @sizes: mask from bar_sizes_parse()
 * @text: property "rebar", for the message
 *
 * Return: false with @errp set when no BAR can have that size.
 */
bool bar_size_check(uint64_t size_bytes, uint64_t sizes, const char *text, Error **errp);

#endif
