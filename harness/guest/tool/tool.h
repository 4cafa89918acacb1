/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small tools that go by names of their own, such as slot-power: what somebody would do by hand
 * with sysfs. barshift-guest is all of them: what it is called by, or its first argument, tells.
 *
 * Exit statuses are those of command.h, and EXIT_DEADLINE.
 */
#ifndef BARSHIFT_TOOL_H
#define BARSHIFT_TOOL_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "bdf.h"
#include "command.h"

enum {
    EXIT_DEADLINE = 4,
    TOOL_MISUSED = -1, /* of a ToolRun only: the usage is to be shown */
};

/** struct Tool - where a tool works */
typedef struct Tool {
    const char *name; /* what its complaints begin with */
    const char *root; /* what stands before "/sys"; "" on a live system */
    FILE *out;
    FILE *err;
} Tool;

/** Called with the arguments, the name not among them; returns an exit status or TOOL_MISUSED */
typedef int ToolRun(const Tool *tool, int argc, char **argv);

/** tool_is() - is there a tool of this name? */
bool tool_is(const char *name);

/** tool_list() - print the name of each, one a line */
void tool_list(FILE *file);

/**
 * tool_run() - parse the arguments of a tool and run it
 * @tool: @name must be that of a tool
 *
 * Return: an exit status.
 */
int tool_run(const Tool *tool, int argc, char **argv);

/*
 * What the tools share.
 */

/** tool_stop() - complain; Return: @status */
int tool_stop(const Tool *tool, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * tool_path() - the path of a file of PCI in sysfs
 * @path: (out) PATH_MAX bytes
 * @format: what stands behind "/sys/bus/pci/"
 */
void tool_path(const Tool *tool, char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** tool_bdf() - bdf_normalise(), and EXIT_USAGE after a complaint */
int tool_bdf(const Tool *tool, const char *text, char *bdf);

/** tool_function() - tool_bdf(), and EXIT_ENVIRONMENT after a complaint when there is none */
int tool_function(const Tool *tool, const char *text, char *bdf);

/** tool_is_present() - does the kernel have this function? */
bool tool_is_present(const Tool *tool, const char *bdf);

/** tool_write() - write a text to a file in one piece; Return: 0, or the negative errno */
int tool_write(const char *path, const char *text);

/**
 * tool_read() - the first line of a file
 * @text: (out) @size bytes, without the line end; empty on failure
 *
 * Return: 0, or the negative errno.
 */
int tool_read(const char *path, char *text, size_t size);

/** tool_config() - @length bytes of configuration space; Return: 0, -EIO, or the negative errno */
int tool_config(const Tool *tool, const char *bdf, unsigned offset, void *bytes, size_t length);

/** tool_remove() - have the kernel forget a function; EXIT_FAILED after a complaint */
int tool_remove(const Tool *tool, const char *bdf);

/** tool_rescan() - write to one file "rescan"; EXIT_FAILED after a complaint */
int tool_rescan(const Tool *tool, const char *path);

/** tool_rescan_below() - tool_rescan() for the buses right below a folder of sysfs; how many */
int tool_rescan_below(const Tool *tool, const char *folder, size_t *count);

/**
 * tool_timeout() - take "--timeout S" from the front of the arguments
 * @timeout_s: (in, out)
 *
 * Return: how many arguments it takes, TOOL_MISUSED.
 */
int tool_timeout(int argc, char **argv, unsigned *timeout_s);

/** tool_deadline_ns() - of CLOCK_MONOTONIC */
uint64_t tool_deadline_ns(unsigned timeout_s);

/**
 * tool_pause() - let some time pass between two looks at what no event tells of
 *
 * Return: false when the deadline has passed before.
 */
bool tool_pause(uint64_t deadline_ns);

/** tool_load_module() - as load-modules does it, for one */
int tool_load_module(const Tool *tool, const char *name);

/* The tools, in alphabetical order */
ToolRun tool_bar_resize;
ToolRun tool_enable_functions;
ToolRun tool_function_reset;
ToolRun tool_kernel_driver;
ToolRun tool_load_modules;
ToolRun tool_pci_remove;
ToolRun tool_pci_rescan;
ToolRun tool_remove_rescan;
ToolRun tool_slot_power;
ToolRun tool_wait_disk;
ToolRun tool_wait_settled;
ToolRun tool_wait_slot_off;

#endif
