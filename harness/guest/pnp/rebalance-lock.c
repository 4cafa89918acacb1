/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rebalance-lock.h"
#include "stop-note.h"

static int locked_by_other(int fd, char *why)
{
    struct flock holder = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    if (fcntl(fd, F_GETLK, &holder) == 0 && holder.l_type != F_UNLCK) {
        snprintf(why, REBALANCE_LOCK_WHY_SIZE, "another rebalance is under way: process %d",
                 (int)holder.l_pid);
    } else {
        snprintf(why, REBALANCE_LOCK_WHY_SIZE, "another rebalance is under way");
    }
    return -EBUSY;
}

static int failed(int result, char *why)
{
    snprintf(why, REBALANCE_LOCK_WHY_SIZE, "/run/barshift/rebalance.lock: %s", strerror(-result));
    return result;
}

int rebalance_lock(const char *root, char *why)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    char path[PATH_MAX];
    int result = stop_note_folder(root);
    int fd;

    if (result < 0) {
        return failed(result, why);
    }
    snprintf(path, sizeof(path), "%s/run/barshift/rebalance.lock", root);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return failed(-errno, why);
    }
    if (fcntl(fd, F_SETLK, &lock) == 0) {
        return fd;
    }
    result = errno == EACCES || errno == EAGAIN ? locked_by_other(fd, why) : failed(-errno, why);
    close(fd);
    return result;
}
