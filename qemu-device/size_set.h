/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes of BARs as properties give them: one size, or the set that a resizable BAR supports.
 */
#ifndef BARSHIFT_SIZE_SET_H
#define BARSHIFT_SIZE_SET_H

#include "qapi/error.h"

/**
 * size_parse() - read a size, a power of two
 * @property: name of the property, for messages
 * @text: such as 256M
 * @size_bytes: (out) set only on success
 *
 * Return: false with @errp set when it is unreadable or no power of two.
 */
bool size_parse(const char *property, const char *text, uint64_t *size_bytes, Error **errp);

/**
 * size_set_parse() - read a set of sizes
 * @property: name of the property, for messages
 * @text: parts joined by '+', each a size (4G) or a range of sizes (256M-16G)
 * @sizes: (out) mask of supported sizes, bit n for 2^n MiB; set only on success
 *
 * Return: false with @errp set when a size is unreadable, no power of two or below 1 MiB, and
 * when none is at most 512 GiB, which PCIe r6.0, sec 7.8.6, asks for.
 */
bool size_set_parse(const char *property, const char *text, uint64_t *sizes, Error **errp);

/** size_text(), size_set_text() - as the properties spell it; the caller frees it */
char *size_text(uint64_t size_bytes);
char *size_set_text(uint64_t sizes);

/** size_set_smallest(), size_set_largest() - bytes of a size of a set that is not empty */
uint64_t size_set_smallest(uint64_t sizes);
uint64_t size_set_largest(uint64_t sizes);

#endif
