/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line between the PnP manager and a function driver, which is a process of its own, so that
 * nobody has to believe it: what it has mapped is in /proc/PID/maps, and it can hang or die.
 *
 * A SOCK_SEQPACKET socket DRIVER_LINK_FOLDER/PATH, where PATH is the participant's path with '/'
 * written as '-'. One request and one reply a packet, text:
 *
 *     request:  identify | report | close-handles | quit
 *               query-stop | cancel-stop | query-requirements | filter-requirements | stop |
 *               start BDF | surprise-removal | remove
 *     reply:    STATUS REASON...\n      0, or a positive errno and the sentence
 *               LINE\n ...              what the request asks for; after a PnP request the
 *                                       events it brought, see trace.h
 *
 * identify:  "pid N", "bdf BDF", "tag N" (only barshift's), "model NAME", "back-end NAME"
 * report:    the lines of identify, then "state NAME", "handles N", one "counter NAME N" for each
 *            counter, one "stream N STATE" for each stream, one "breach SENTENCE" for each breach
 *            of the contract, and every event since the driver began. When these are too many,
 *            the oldest are left out and "omitted N" stands in their place
 *
 * STATUS of a PnP request: EBUSY: refused; EPROTO: not allowed in this state, nothing was done;
 * others: it failed. Requests of the PnP manager are carried out one after the other, even if who
 * sent one has gone meanwhile; the others are answered at once. A connection has one request at a
 * time; it may carry any number of them.
 */
#ifndef BARSHIFT_DRIVER_LINK_H
#define BARSHIFT_DRIVER_LINK_H

#include <stddef.h>
#include <stdint.h>

#define DRIVER_LINK_FOLDER "/run/barshift/drivers"
#define DRIVER_LINK_PACKET_SIZE (128 * 1024)
#define DRIVER_LINK_REQUEST_SIZE 128
#define DRIVER_LINK_PATH_SIZE 108 /* of a socket's name */
#define DRIVER_LINK_WHY_SIZE 320

/**
 * driver_link_socket() - the name of a driver's socket
 * @root: what stands before "/run"; "" on a live system
 * @path: of the participant, "02.0/00.0"
 * @name: (out) DRIVER_LINK_PATH_SIZE bytes
 *
 * Return: 0, or -ENAMETOOLONG.
 */
int driver_link_socket(const char *root, const char *path, char *name);

/**
 * driver_link_path() - where a function stands: device and function numbers from the root
 * @root: what stands before "/sys"
 * @path: (out) @size bytes, "02.0/00.0"; the same under other bus numbers
 *
 * Return: 0; -ENODEV when there is no such function, -ENAMETOOLONG.
 */
int driver_link_path(const char *root, const char *bdf, char *path, size_t size);

/**
 * driver_link_each() - call with the path of each driver that has a socket, in order of the names
 *
 * Return: the sum of what @visit returned, or -errno; no folder is no driver.
 */
int driver_link_each(const char *root, int (*visit)(const char *path, void *data), void *data);

/**
 * driver_link_connect() - connect to a driver
 * @deadline_ns: of CLOCK_MONOTONIC; one that hangs has room for a few connections, no more
 *
 * Return: a descriptor, or -errno: -ENOENT, -ECONNREFUSED: no driver is there; -ETIMEDOUT.
 */
int driver_link_connect(const char *socket_name, uint64_t deadline_ns);

/**
 * driver_link_call() - send a request and wait for the reply
 * @fd: of driver_link_connect(); of no more use after a negative result
 * @deadline_ns: of CLOCK_MONOTONIC
 * @reply: (out) DRIVER_LINK_PACKET_SIZE bytes: the lines behind the first one
 * @why: (out) DRIVER_LINK_WHY_SIZE bytes, the driver's sentence, or what went wrong; empty for 0
 *
 * Return: STATUS of the reply: 0, or the driver's positive errno; -ETIMEDOUT when the deadline
 * passed first; -EPIPE when the driver has gone; -EBADMSG for what is no reply.
 */
int driver_link_call(int fd, const char *request, uint64_t deadline_ns, char *reply, char *why);

#endif
