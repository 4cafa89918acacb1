/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "bdf.h"

int bdf_normalise(const char *text, char *bdf)
{
    unsigned domain = 0;
    unsigned bus;
    unsigned device;
    unsigned function;
    char rest;

    if (sscanf(text, "%8x:%2x:%2x.%1x%c", &domain, &bus, &device, &function, &rest) != 4) {
        domain = 0;
        if (sscanf(text, "%2x:%2x.%1x%c", &bus, &device, &function, &rest) != 3) {
            return -EINVAL;
        }
    }
    if (device > 31 || function > 7) {
        return -EINVAL;
    }
    snprintf(bdf, BDF_SIZE, "%04x:%02x:%02x.%x", domain, bus & 0xff, device, function);
    return 0;
}
