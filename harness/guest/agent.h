/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent: runs what the other end of a serial line asks for, see harness/shared/link.h. */
#ifndef BARSHIFT_AGENT_H
#define BARSHIFT_AGENT_H

/** AgentProgram - this program's main(), for requests that name it */
typedef int AgentProgram(int argc, char **argv);

/**
 * agent_run() - serve a terminal until it is closed at the other end
 * @tty: path of the terminal; it is put into raw mode
 * @program: runs, in a child, a request of plain words that begins with a name of this program,
 *     be it "barshift-guest" or that of a tool; every other request goes to the shell
 *
 * Waits for requests without a deadline, and for a command as long as it runs: the other end owns
 * both, and ends the whole machine when its own deadline passes.
 *
 * Return: 0 at the end of input, -errno when the terminal cannot be used.
 */
int agent_run(const char *tty, AgentProgram *program);

#endif
