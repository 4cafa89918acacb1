/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines over a socket, with a deadline on every read.
 */
#ifndef BARSHIFT_TEST_CHANNEL_H
#define BARSHIFT_TEST_CHANNEL_H

#include <stdbool.h>

#include <glib.h>

/**
 * Channel - one end of a stream socket
 * @fd: the socket
 * @received: bytes behind the last line that was read
 */
typedef struct Channel {
    int fd;
    GString *received;
} Channel;

/**
 * channel_init() - take over a socket
 * @fd: closed by channel_deinit()
 */
void channel_init(Channel *channel, int fd);

void channel_deinit(Channel *channel);

/**
 * channel_send() - write all of @text
 *
 * Return: false when the other end is gone.
 */
bool channel_send(Channel *channel, const char *text);

/**
 * channel_read_line() - wait for one line
 * @timeout_ms: in all
 *
 * Return: the line without its end, for the caller to free; NULL when the deadline has passed or
 * the other end is gone.
 */
char *channel_read_line(Channel *channel, int timeout_ms);

#endif
