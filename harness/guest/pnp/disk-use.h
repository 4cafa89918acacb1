/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a disk below a function in use, so that its driver must not be taken away? */
#ifndef BARSHIFT_DISK_USE_H
#define BARSHIFT_DISK_USE_H

#define DISK_USE_WHY_SIZE 320

/**
 * disk_use_check() - look for swap and mounted file systems
 * @root: what stands before "/sys" and "/proc"; "" on a live system
 * @why: (out) DISK_USE_WHY_SIZE bytes, the sentence unless the result is 0
 *
 * Looked at are the block devices below the function with their partitions, and what holds them:
 * device mapper, md, with the partitions of those. A file system that is mounted read-only counts
 * as well: without its driver the block device is gone, and it is another one that comes back.
 * Mounts are those that this process sees. Of a btrfs on several disks only the one that the mount
 * names is known.
 *
 * Return: 0: none is in use; 1: one is; or -errno.
 */
int disk_use_check(const char *root, const char *bdf, char *why);

#endif
