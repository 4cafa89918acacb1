/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Content of a BAR: a word at each of a few dozen offsets, a function of tag, BAR number and
 * offset, so that another function's memory, another BAR or an alias at half the size never looks
 * right. RAM is filled with it, a pattern has its own.
 *
 * Offsets are the powers of two behind the header, the word before each of them, and the last word
 * of the BAR, without those in an MSI-X table or PBA. Few pages are touched, because the memory
 * behind the BAR is sparse.
 */
#ifndef BARSHIFT_CONTENT_H
#define BARSHIFT_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "access.h"

#define CONTENT_OFFSETS_MAX 128 /* two for each power of two below 2^64, and some */
#define CONTENT_TEST_OFFSETS 5
#define CONTENT_WORD_BYTES 8u

/**
 * content_word() - what is to be found at an offset of a BAR
 * @backing: RAM: what is filled in; pattern: what the device answers, which is never the same
 */
uint64_t content_word(enum barshift_backing backing, uint32_t tag, int bar_nr, uint64_t offset);

/** content_scratch() - what is filled into a scratch register; @n is BARSHIFT_SCRATCHES + BAR
 *  number for the one in the header of a BAR */
uint64_t content_scratch(uint32_t tag, unsigned n);

/**
 * content_offsets() - the offsets sampled in a BAR
 * @bar: tells kind, and where MSI-X is
 * @size_bytes: of the BAR, a power of two
 * @offsets: (out) CONTENT_OFFSETS_MAX elements, ascending
 *
 * Return: number of offsets; 0 when there is nothing behind the header.
 */
size_t content_offsets(const Bar *bar, uint64_t size_bytes, uint64_t *offsets);

/**
 * content_test_offsets() - the first, the middle and the last word, and those that first and last
 * would fall together with if only half the size were decoded
 * @offsets: (out) CONTENT_TEST_OFFSETS elements, ascending
 *
 * Return: number of offsets; 0 when there is nothing behind the header.
 */
size_t content_test_offsets(const Bar *bar, uint64_t size_bytes, uint64_t *offsets);

/**
 * content_fill() - write the content of one BAR and its scratch registers
 * @bar: with its header read; only RAM has content to write
 *
 * Return: 0 or the -errno of the access.
 */
int content_fill(const Access *access, const Function *function, const Bar *bar);

#endif
