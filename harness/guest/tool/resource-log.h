/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What became of each resource, as the kernel's log tells it.
 *
 * "no space" is not the end, for the kernel tries twice: the last line about a resource counts. Two
 * spellings: "BAR 2: assigned [mem ...]" until 6.8, "BAR 2 [mem ...]: assigned" since then.
 */
#ifndef BARSHIFT_RESOURCE_LOG_H
#define BARSHIFT_RESOURCE_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "bdf.h"

#define RESOURCE_LOG_NAME_SIZE 32
#define RESOURCE_LOG_STATE_SIZE 128

/** struct ResourceLogLine - one resource */
typedef struct ResourceLogLine {
    char bdf[BDF_SIZE];
    char name[RESOURCE_LOG_NAME_SIZE];   /* "BAR 2", "bridge window pref" */
    char state[RESOURCE_LOG_STATE_SIZE]; /* "assigned [mem 0x...]" */
} ResourceLogLine;

/** struct ResourceLog - in the order of their first lines */
typedef struct ResourceLog {
    ResourceLogLine *lines;
    size_t count;
} ResourceLog;

/**
 * resource_log_parse() - read a log
 * @text: lines "<6>[    5.140900] pci 0000:01:00.0: BAR 2: ..."; taken apart on the way
 * @since_s: what was said before counts for nothing
 *
 * Return: 0, or -ENOMEM.
 */
int resource_log_parse(ResourceLog *log, char *text, double since_s);
void resource_log_free(ResourceLog *log);

/** resource_log_is_pci() - is a line of the log about PCI? */
bool resource_log_is_pci(const char *line);

#endif
