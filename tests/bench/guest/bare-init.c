/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The least that can be the first process of a guest: says what its clock shows, and waits to be
 * ended. What a boot takes until then, no harness can make shorter.
 */

#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    printf("bare-init: up %ld.%06ld\n", (long)now.tv_sec, now.tv_nsec / 1000);
    fflush(stdout);
    for (;;) {
        pause();
    }
}
