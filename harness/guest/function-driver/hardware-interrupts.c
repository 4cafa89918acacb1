/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "hardware-part.h"

int hardware_interrupts(Hardware *hardware, unsigned count, char *why)
{
    int result;

    if (count == hardware->vector_count) {
        return 0;
    }
    if (!hardware->setup.ops->vectors) {
        return hardware_complain(hardware, -EOPNOTSUPP, "no interrupts through this back end", why);
    }
    result = hardware->setup.ops->vectors(hardware->back_end, count, hardware->vector_fds, why);
    if (result == 0 || count == 0) {
        hardware->vector_count = count;
    }
    return result;
}

/* First the cause, whatever vectors it has: a pin that is still asserted interrupts for ever */
int hardware_interrupt_served(Hardware *hardware, unsigned vector, char *why)
{
    const BackEndOps *ops = hardware->setup.ops;
    int result;

    if (!ops->acknowledge) {
        return 0;
    }
    result = hardware_control_write(hardware, BARSHIFT_INTX_STATUS, UINT32_MAX);
    if (result < 0) {
        return hardware_complain(hardware, result, "its interrupt cannot be cleared", why);
    }
    return ops->acknowledge(hardware->back_end, vector, why);
}

int hardware_ring(Hardware *hardware, unsigned vector)
{
    return hardware_control_write(hardware, BARSHIFT_DOORBELL, vector);
}
