/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first process of the guest: mounts what is needed, serves the runner, powers off.
 *
 * A shell would take a tenth of a second for it in an emulated guest.
 */
#ifndef BARSHIFT_INIT_H
#define BARSHIFT_INIT_H

#include <stddef.h>

#include "agent.h"

/**
 * init_link_terminal() - the terminal that the kernel command line names
 * @arguments: as /proc/cmdline has them; of several barshift.link= the last one counts
 * @path: (out) @size bytes, "/dev/ttyS1" for barshift.link=ttyS1; empty when there is none
 */
void init_link_terminal(const char *arguments, char *path, size_t size);

/**
 * init_run() - be the first process, up to the end of the machine
 * @program: for agent_run()
 *
 * Without a terminal it starts a shell on the console.
 */
_Noreturn void init_run(AgentProgram *program);

#endif
