/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock of every deadline in the guest. */
#ifndef BARSHIFT_CLOCK_H
#define BARSHIFT_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)

/** clock_now_ns() - CLOCK_MONOTONIC */
static inline uint64_t clock_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

#endif
