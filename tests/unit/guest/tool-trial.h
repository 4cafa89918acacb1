/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tools in a folder that looks like a machine with two ports on its root bus: 0000:00:01.0 leads to
 * 0000:01:00.0, and slot 2 below 0000:00:02.0 is empty. Nobody acts on what they write.
 */
#ifndef BARSHIFT_TOOL_TRIAL_H
#define BARSHIFT_TOOL_TRIAL_H

#include "fake-tree.h"

#define TRIAL_FUNCTION "0000:01:00.0"
#define TRIAL_PORT "0000:00:01.0"
#define TRIAL_EMPTY_PORT "0000:00:02.0"
#define TRIAL_TEXT_SIZE 2048

typedef struct ToolTrial {
    FakeTree tree;
    char out[TRIAL_TEXT_SIZE];
    char err[TRIAL_TEXT_SIZE];
} ToolTrial;

/** tool_trial_setup(), tool_trial_teardown() - of a test; *@state is the ToolTrial */
int tool_trial_setup(void **state);
int tool_trial_teardown(void **state);

/** tool_trial_function() - one more that the kernel has found; @path is below "sys/devices/" */
void tool_trial_function(const ToolTrial *trial, const char *path);

/** tool_trial_config() - four bytes of configuration space of any function, little-endian */
void tool_trial_config(const ToolTrial *trial, const char *bdf, unsigned offset, unsigned value);

/**
 * tool_trial_run() - run a tool
 * @words: its name and its arguments, with a blank in between each
 *
 * Return: its exit status; what it wrote is in @trial.
 */
int tool_trial_run(ToolTrial *trial, const char *words);

/** tool_trial_expect() - assert what a file below the root holds */
void tool_trial_expect(const ToolTrial *trial, const char *path, const char *expected);

#endif
