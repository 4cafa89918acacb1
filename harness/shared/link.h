/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protocol between the runner and the agent in the guest, over a serial line of its own.
 *
 * The agent says LINK_HELLO and the protocol version once, when it listens. Then the runner sends
 * one request a line,
 *
 *     SEQUENCE COMMAND\n        COMMAND goes to /bin/sh -c; plain words that begin with
 *                              barshift-guest, or another name that is a link to it, are run by
 *                              the agent itself, to the same effect
 *
 * and the agent answers with lines that begin with the same sequence number and a mark:
 *
 *     SEQUENCE>TEXT\n           a line of standard output
 *     SEQUENCE!TEXT\n           a line of standard error
 *     SEQUENCE~TEXT\n           a kernel message that came meanwhile, "SECONDS.MICROSECONDS TEXT"
 *     SEQUENCE=STATUS\n         the end: exit status, 128 + N for a command ended by signal N
 *
 * From the first request on, all that the agent says is one stream of raw DEFLATE (RFC 1951), which
 * it flushes whenever it has nothing more to say at that moment. A request with LINK_SEQUENCE_FIRST
 * begins another stream: so a runner can go on with an agent that somebody else has greeted.
 *
 * One request at a time. A line is at most LINK_LINE_MAX bytes; the agent cuts longer output
 * lines into several with the mark LINK_MARK_PART, closed by one with the usual mark.
 */
#ifndef BARSHIFT_LINK_H
#define BARSHIFT_LINK_H

#define LINK_HELLO "barshift-agent"
#define LINK_VERSION 2
#define LINK_SEQUENCE_FIRST 1
#define LINK_LINE_MAX 4096

#define LINK_MARK_OUT '>'
#define LINK_MARK_ERR '!'
#define LINK_MARK_KERNEL '~'
#define LINK_MARK_END '='
#define LINK_MARK_PART '+' /* standard output, line not yet complete */

/*
 * With --map, "record" and "verify" end with a line that begins so; behind it stands the map, as
 * "map --json" writes it. It saves the runner a command.
 */
#define LINK_MAP_MARK "# map "

#endif
