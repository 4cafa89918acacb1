/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines over a socket.
 */

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "channel.h"

void channel_init(Channel *channel, int fd)
{
    channel->fd = fd;
    channel->received = g_string_new(NULL);
    channel->taken = 0;
}

void channel_deinit(Channel *channel)
{
    close(channel->fd);
    g_string_free(channel->received, TRUE);
}

bool channel_send(Channel *channel, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t sent = send(channel->fd, text, left, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return false;
        }
        text += sent;
        left -= (size_t)sent;
    }
    return true;
}

bool channel_send_fd(Channel *channel, const char *text, int fd)
{
    union {
        struct cmsghdr header; /* for its alignment */
        char bytes[CMSG_SPACE(sizeof(fd))];
    } control = {};
    struct iovec first = { .iov_base = (char *)text, .iov_len = 1 };
    struct msghdr message = {
        .msg_iov = &first, .msg_iovlen = 1, .msg_control = &control,
        .msg_controllen = sizeof(control.bytes),
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    ssize_t sent;

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(fd));
    memcpy(CMSG_DATA(header), &fd, sizeof(fd));
    do {
        sent = sendmsg(channel->fd, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent == 1 && channel_send(channel, text + 1);
}

static const char *take_line(Channel *channel)
{
    char *line = channel->received->str + channel->taken;
    char *end = memchr(line, '\n', channel->received->len - channel->taken);

    if (!end) {
        return NULL;
    }
    channel->taken += (gsize)(end + 1 - line);
    *end = '\0';
    if (end > line && end[-1] == '\r') {
        end[-1] = '\0';
    }
    return line;
}

/* False when nothing more will come in time */
static bool receive_some(Channel *channel, int timeout_ms)
{
    struct pollfd poll_fd = { .fd = channel->fd, .events = POLLIN };
    char bytes[16384];
    ssize_t count;

    if (poll(&poll_fd, 1, timeout_ms) <= 0) {
        return false;
    }
    count = recv(channel->fd, bytes, sizeof(bytes), 0);
    if (count <= 0) {
        return false;
    }
    g_string_append_len(channel->received, bytes, count);
    return true;
}

const char *channel_read_line(Channel *channel, int timeout_ms)
{
    gint64 deadline_us = g_get_monotonic_time() + timeout_ms * INT64_C(1000);
    const char *line;

    while ((line = take_line(channel)) == NULL) {
        gint64 left_us = deadline_us - g_get_monotonic_time();

        g_string_erase(channel->received, 0, (gssize)channel->taken);
        channel->taken = 0;
        if (left_us <= 0 || !receive_some(channel, (int)(left_us / 1000) + 1)) {
            return NULL;
        }
    }
    return line;
}
