/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Content of a memory BAR: a word at each of a few dozen offsets, a function of tag, BAR number
 * and offset, so that another function's memory, another BAR or an alias at half the size never
 * looks right.
 *
 * Offsets are the powers of two behind the header page, the word before each of them, and the
 * last word of the BAR. Few pages are touched, because the memory behind the BAR is sparse.
 */
#ifndef BARSHIFT_CONTENT_H
#define BARSHIFT_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "access.h"

#define CONTENT_OFFSETS_MAX 128 /* two for each power of two below 2^64, and some */
#define CONTENT_WORD_BYTES 8u

/** content_word() - what is filled in at an offset of a BAR */
uint64_t content_word(uint32_t tag, int bar_nr, uint64_t offset);

/** content_scratch() - what is filled into a scratch register; @n is BARSHIFT_SCRATCHES + BAR
 *  number for the one in the header page of a BAR */
uint64_t content_scratch(uint32_t tag, unsigned n);

/**
 * content_offsets() - the offsets sampled in a BAR
 * @size_bytes: of the BAR, a power of two
 * @offsets: (out) CONTENT_OFFSETS_MAX elements, ascending
 *
 * Return: number of offsets; 0 when there is nothing behind the header page.
 */
size_t content_offsets(uint64_t size_bytes, uint64_t *offsets);

/**
 * content_fill() - write the content of one BAR and its scratch registers
 * @bar: assigned and decoding; the control BAR has scratch registers in the place of content
 *
 * Return: 0 or the -errno of the access.
 */
int content_fill(const Access *access, const Function *function, const Bar *bar);

#endif
