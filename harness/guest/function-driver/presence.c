/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "presence.h"

/* An attribute that the kernel has at hand: nothing is asked of the function */
int presence_open(const char *root, const char *bdf)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/vendor", root, bdf);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* What is open of a folder that was removed cannot be read, whatever has its name now */
bool presence_lost(int fd)
{
    char byte;

    return fd >= 0 && pread(fd, &byte, sizeof(byte), 0) < 0 && errno == ENODEV;
}
