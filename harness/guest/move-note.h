/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notes of BARs that were moved by hand: /run/barshift/moved-TAG-barN, one file for each BAR.
 *
 * Nobody tells the kernel when configuration space is written past it, so its resources still have
 * the BAR where it was. The note keeps where that is: as long as the kernel says so, it is no
 * witness. Once it has assigned the BAR anew, or has read it again, it is one.
 *
 * @root everywhere: what stands before "/run"; "" on a live system.
 */
#ifndef BARSHIFT_MOVE_NOTE_H
#define BARSHIFT_MOVE_NOTE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * move_note_write() - note that a BAR leaves its address by hand
 * @kernel_base: where the kernel has it
 *
 * Return: 0 or -errno; then there is no note.
 */
int move_note_write(const char *root, uint32_t tag, int bar_nr, uint64_t kernel_base);

/**
 * move_note_read() - was a BAR moved by hand?
 * @kernel_base: (out) set when it was; where the kernel had it
 */
bool move_note_read(const char *root, uint32_t tag, int bar_nr, uint64_t *kernel_base);

#endif
