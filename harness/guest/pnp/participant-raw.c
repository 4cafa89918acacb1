/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "participant-raw.h"

_Static_assert(DRIVER_WHY_SIZE <= PARTICIPANT_WHY_SIZE, "driver.h writes into the manager's text");

static int raw_request(void *context, PnpRequest request, const char *bdf, uint64_t deadline_ns,
                       char *why)
{
    const ParticipantRaw *raw = context;

    (void)deadline_ns; /* nothing here waits for anybody */
    switch (request) {
    case PNP_STOP: return driver_stop(raw->source, raw->access, bdf, why);
    case PNP_START: return driver_start(raw->source, raw->access, bdf, why);
    case PNP_SURPRISE_REMOVAL:
        if (bdf[0] != '\0') {
            driver_stop(raw->source, raw->access, bdf, why);
        }
        return 0;
    default: return 0;
    }
}

const ParticipantOps participant_raw_ops = { .request = raw_request };
