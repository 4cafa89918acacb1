/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a function still the one that was there? Removed and found again it has the same name, and
 * what was mapped of it before is no longer its own: the kernel leaves such mappings as they are.
 */
#ifndef BARSHIFT_PRESENCE_H
#define BARSHIFT_PRESENCE_H

#include <stdbool.h>

/**
 * presence_open() - begin to watch
 * @root: what stands before "/sys"
 *
 * Return: a descriptor, or -1: it will not be missed.
 */
int presence_open(const char *root, const char *bdf);

/** presence_lost() - has the kernel removed it since? @fd: of presence_open() */
bool presence_lost(int fd);

#endif
