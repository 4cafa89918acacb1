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

int hardware_ring(Hardware *hardware, unsigned vector)
{
    return hardware_control_write(hardware, BARSHIFT_DOORBELL, vector);
}
