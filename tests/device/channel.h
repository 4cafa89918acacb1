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
 * @received: bytes that have come
 * @taken: how many of them have been handed out as lines
 */
typedef struct Channel {
    int fd;
    GString *received;
    gsize taken;
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
 * channel_send_fd() - write all of @text, with a file descriptor on its first byte
 * @fd: stays the caller's
 *
 * Return: false when the other end is gone.
 */
bool channel_send_fd(Channel *channel, const char *text, int fd);

/**
 * channel_read_line() - wait for one line
 * @timeout_ms: in all
 *
 * Return: the line without its end, valid until the next call; NULL when the deadline has passed
 * or the other end is gone.
 */
const char *channel_read_line(Channel *channel, int timeout_ms);

#endif
