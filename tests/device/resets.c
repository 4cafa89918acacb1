/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power states of a function, and the ways to reset it.
 */

#include <linux/pci_regs.h>

#include "resets.h"

unsigned express_offset(const Function *function, unsigned offset)
{
    return legacy_capability_find(function, PCI_CAP_ID_EXP) + offset;
}

static unsigned power_offset(const Function *function)
{
    return legacy_capability_find(function, PCI_CAP_ID_PM) + PCI_PM_CTRL;
}

void power_write(const Function *function, uint32_t state)
{
    config_write(function, power_offset(function), 2, state);
}

uint32_t power_read(const Function *function)
{
    return config_read(function, power_offset(function), 2) & PCI_PM_CTRL_STATE_MASK;
}

void function_level_reset(const Function *function)
{
    config_write(function, express_offset(function, PCI_EXP_DEVCTL), 2, PCI_EXP_DEVCTL_BCR_FLR);
}

void reset_of_machine(const Below *below)
{
    qtest_system_reset(below->port.qtest);
    below_enable(below);
}

void reset_of_bus(const Below *below)
{
    config_write(&below->port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_BUS_RESET);
    config_write(&below->port, PCI_BRIDGE_CONTROL, 2, 0);
}

void reset_by_flr(const Below *below)
{
    function_level_reset(&below->function);
}

void reset_by_power_state(const Below *below)
{
    power_write(&below->function, D3HOT);
    power_write(&below->function, D0);
}

void reset_by_slot_power(const Below *below)
{
    /* With the power indicator off as well, QEMU would take the function out */
    below_slot_control(below, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_ON);
}

void slot_power_on(const Below *below)
{
    below_slot_control(below, PCI_EXP_SLTCTL_PWR_ON | PCI_EXP_SLTCTL_PWR_IND_ON);
}
