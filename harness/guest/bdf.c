/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "bdf.h"

int bdf_parse(const char *text, Bdf *bdf)
{
    Bdf parsed = { 0 };
    char rest;

    if (sscanf(text, "%8x:%2x:%2x.%1x%c", &parsed.domain, &parsed.bus, &parsed.device,
               &parsed.function, &rest) != 4) {
        parsed.domain = 0;
        if (sscanf(text, "%2x:%2x.%1x%c", &parsed.bus, &parsed.device, &parsed.function,
                   &rest) != 3) {
            return -EINVAL;
        }
    }
    if (parsed.device > 31 || parsed.function > 7) {
        return -EINVAL;
    }
    *bdf = parsed;
    return 0;
}

int bdf_normalise(const char *text, char *bdf)
{
    Bdf parsed;

    if (bdf_parse(text, &parsed) < 0) {
        return -EINVAL;
    }
    snprintf(bdf, BDF_SIZE, "%04x:%02x:%02x.%x", parsed.domain, parsed.bus & 0xff, parsed.device,
             parsed.function);
    return 0;
}
