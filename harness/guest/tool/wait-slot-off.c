/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tool "wait-slot-off": waits until the kernel has switched a slot off. */
#include "slot.h"

#define TIMEOUT_S 10

int tool_wait_slot_off(const Tool *tool, int argc, char **argv)
{
    unsigned timeout_s = TIMEOUT_S;
    int taken = tool_timeout(argc, argv, &timeout_s);
    SlotControl control;
    char port[BDF_SIZE];
    uint64_t deadline_ns;
    int status;

    if (taken < 0 || argc - taken != 1) {
        return TOOL_MISUSED;
    }
    status = tool_function(tool, argv[taken], port);
    if (status != EXIT_OK) {
        return status;
    }
    if (slot_control_find(tool, port, &control) < 0) {
        return tool_stop(tool, EXIT_ENVIRONMENT, "%s: no slot", port);
    }
    deadline_ns = tool_deadline_ns(timeout_s);
    while (!slot_is_off(tool, &control)) {
        if (!tool_pause(deadline_ns)) {
            return tool_stop(tool, EXIT_DEADLINE, "%s: not off after %u s", port, timeout_s);
        }
    }
    return EXIT_OK;
}
