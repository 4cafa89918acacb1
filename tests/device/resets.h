/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power states of a function, and the ways to reset it.
 */
#ifndef BARSHIFT_TEST_RESETS_H
#define BARSHIFT_TEST_RESETS_H

#include "below.h"

#define D0 0
#define D3HOT 3

/** express_offset() - of a register of the PCI Express capability, in configuration space */
unsigned express_offset(const Function *function, unsigned offset);

/** power_write() - write PowerState; any number of 2 bits */
void power_write(const Function *function, uint32_t state);

/** power_read() - read PowerState */
uint32_t power_read(const Function *function);

/** function_level_reset() - initiate it; Device Control is 0 otherwise */
void function_level_reset(const Function *function);

/* The function below a port; all but slot power leave it ready for configuration */
void reset_of_machine(const Below *below);
void reset_of_bus(const Below *below);
void reset_by_flr(const Below *below);
void reset_by_power_state(const Below *below); /* when there is no No_Soft_Reset */
void reset_by_slot_power(const Below *below);  /* leaves it without power */

/** slot_power_on() - back from reset_by_slot_power(); newer versions of QEMU reset once more */
void slot_power_on(const Below *below);

#endif
