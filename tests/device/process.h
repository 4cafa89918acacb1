/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QEMU as a child process.
 */
#ifndef BARSHIFT_TEST_PROCESS_H
#define BARSHIFT_TEST_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include <glib.h>

/**
 * Process - a child
 * @pid: of the child
 * @stderr_fd: anonymous file that holds all that it wrote to standard error and standard output
 */
typedef struct Process {
    pid_t pid;
    int stderr_fd;
} Process;

/**
 * process_start() - start a program, which dies with the test program
 * @argv: its path and arguments; a NULL is added at the end
 * @preload: its LD_PRELOAD
 */
void process_start(Process *process, GPtrArray *argv, const char *preload);

/**
 * process_wait() - wait until it has ended
 * @timeout_ms: in all
 * @status: (out) its exit status, or 128 and the number of the signal that killed it
 *
 * Return: false when it has not ended in time.
 */
bool process_wait(Process *process, int timeout_ms, int *status);

/** process_kill() - end it now */
void process_kill(Process *process);

/** process_stderr() - what it wrote up to now; the caller frees it */
char *process_stderr(const Process *process);

/** process_deinit() - forget a process that has been waited for */
void process_deinit(Process *process);

#endif
