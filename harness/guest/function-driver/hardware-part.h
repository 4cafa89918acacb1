/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of hardware.h share: its pages, its interrupts, its DMA. */
#ifndef BARSHIFT_HARDWARE_PART_H
#define BARSHIFT_HARDWARE_PART_H

#include "hardware.h"

/** hardware_complain() - @why names the function and @what, and has the text of @result, which is
 *  returned */
int hardware_complain(const Hardware *hardware, int result, const char *what, char *why);

/** hardware_word() - a word of a page that is mapped; NULL: none */
volatile uint8_t *hardware_word(const Hardware *hardware, int bar_nr, uint64_t offset);

/** hardware_control_write() - 32 bits of the control registers; Return: 0 or -ENXIO */
int hardware_control_write(const Hardware *hardware, uint64_t offset, uint32_t value);

/** hardware_page_map() - map the page that has @offset, unless it is mapped */
int hardware_page_map(Hardware *hardware, int bar_nr, uint64_t offset, char *why);

#endif
