/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "line-channel.h"

#include "error.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Far above the longest answer, QEMU's memory map of some 100 KiB */
#define LINE_BYTES_MAX (16 * 1024 * 1024)
#define CHUNK_SIZE 16384

struct LineChannel {
    int fd;
    char *peer;
    GCancellable *cancellable;
    GString *buffer; /* received, not yet handed out */
    gsize searched;  /* bytes of it in which there is no line end */
    GConverter *inflater; /* (nullable): what is received goes through it */
};

LineChannel *line_channel_new(int fd, const char *peer, GCancellable *cancellable)
{
    LineChannel *channel = g_new0(LineChannel, 1);

    channel->fd = fd;
    channel->peer = g_strdup(peer);
    channel->cancellable = g_object_ref(cancellable);
    channel->buffer = g_string_new(NULL);
    return channel;
}

void line_channel_free(LineChannel *channel)
{
    if (channel == NULL) {
        return;
    }
    close(channel->fd);
    g_string_free(channel->buffer, TRUE);
    g_clear_object(&channel->inflater);
    g_object_unref(channel->cancellable);
    g_free(channel->peer);
    g_free(channel);
}

static gboolean wait_for(LineChannel *channel, gushort events, gint64 deadline_us, GError **error)
{
    GPollFD fds[2] = { { .fd = channel->fd, .events = events } };
    gint64 left_ms;
    gint ready;

    g_cancellable_make_pollfd(channel->cancellable, &fds[1]);
    do {
        left_ms = MAX(0, (deadline_us - g_get_monotonic_time() + 999) / 1000);
        ready = g_poll(fds, G_N_ELEMENTS(fds), (gint)MIN(left_ms, G_MAXINT));
    } while (ready < 0 && errno == EINTR);
    g_cancellable_release_fd(channel->cancellable);
    if (g_cancellable_is_cancelled(channel->cancellable)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_INTERRUPTED, "interrupted");
        return FALSE;
    }
    if (fds[0].revents == 0) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_DEADLINE, "%s did not answer in time",
                    channel->peer);
        return FALSE;
    }
    return TRUE;
}

static gboolean hung_up(LineChannel *channel, GError **error)
{
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_DEADLINE, "%s hung up", channel->peer);
    return FALSE;
}

static char *take_line(LineChannel *channel)
{
    const GString *buffer = channel->buffer;
    char *end = memchr(buffer->str + channel->searched, '\n', buffer->len - channel->searched);
    gsize length;
    gsize text;
    char *line;

    if (end == NULL) {
        channel->searched = buffer->len;
        return NULL;
    }
    length = end - buffer->str;
    text = length > 0 && end[-1] == '\r' ? length - 1 : length; /* QMP ends lines with CR LF */
    line = g_utf8_make_valid(buffer->str, text);
    g_string_erase(channel->buffer, 0, length + 1);
    channel->searched = 0;
    return line;
}

void line_channel_inflate(LineChannel *channel)
{
    g_clear_object(&channel->inflater);
    channel->inflater =
        G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_RAW));
    g_string_truncate(channel->buffer, 0);
    channel->searched = 0;
}

static gboolean take_inflated(LineChannel *channel, const char *bytes, gsize length,
                              GError **error)
{
    char plain[4 * CHUNK_SIZE];
    gsize used;
    gsize written;

    do {
        g_autoptr(GError) cause = NULL;
        GConverterResult result =
            g_converter_convert(channel->inflater, bytes, length, plain, sizeof(plain),
                                G_CONVERTER_NO_FLAGS, &used, &written, &cause);

        if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT)) {
            return TRUE;
        }
        if (result != G_CONVERTER_CONVERTED) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                        "%s sent what is no DEFLATE%s%s", channel->peer, cause ? ": " : "",
                        cause ? cause->message : "");
            return FALSE;
        }
        g_string_append_len(channel->buffer, plain, (gssize)written);
        bytes += used;
        length -= used;
    } while (length > 0 || written == sizeof(plain));
    return TRUE;
}

static gboolean take_bytes(LineChannel *channel, const char *bytes, gsize length, GError **error)
{
    if (channel->inflater != NULL) {
        return take_inflated(channel, bytes, length, error);
    }
    g_string_append_len(channel->buffer, bytes, (gssize)length);
    return TRUE;
}

char *line_channel_read(LineChannel *channel, gint64 deadline_us, GError **error)
{
    char chunk[CHUNK_SIZE];
    char *line;

    while ((line = take_line(channel)) == NULL) {
        ssize_t count;

        if (!wait_for(channel, G_IO_IN, deadline_us, error)) {
            return NULL;
        }
        count = recv(channel->fd, chunk, sizeof(chunk), 0);
        if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) {
            hung_up(channel, error);
            return NULL;
        }
        if (count > 0 && !take_bytes(channel, chunk, (gsize)count, error)) {
            return NULL;
        }
        if (channel->searched > LINE_BYTES_MAX) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                        "%s sent %d MiB without a line end", channel->peer, LINE_BYTES_MAX >> 20);
            return NULL;
        }
    }
    return line;
}

/* @fd: -1: none goes with it */
static ssize_t send_some(const LineChannel *channel, const char *text, gsize length, int fd)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr alignment;
    } control = { { 0 } };
    struct iovec piece = { .iov_base = (char *)text, .iov_len = length };
    struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };

    if (fd >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof(control.bytes);
        *CMSG_FIRSTHDR(&message) = (struct cmsghdr) {
            .cmsg_len = CMSG_LEN(sizeof(int)),
            .cmsg_level = SOL_SOCKET,
            .cmsg_type = SCM_RIGHTS,
        };
        memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &fd, sizeof(fd));
    }
    return sendmsg(channel->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

gboolean line_channel_write_with_file(LineChannel *channel, const char *line, int fd,
                                      gint64 deadline_us, GError **error)
{
    g_autofree char *text = g_strconcat(line, "\n", NULL);
    gsize length = strlen(text);

    for (gsize sent = 0; sent < length;) {
        ssize_t count;

        if (!wait_for(channel, G_IO_OUT, deadline_us, error)) {
            return FALSE;
        }
        count = send_some(channel, text + sent, length - sent, sent == 0 ? fd : -1);
        if (count < 0 && errno != EINTR && errno != EAGAIN) {
            return hung_up(channel, error);
        }
        sent += MAX(count, 0);
    }
    return TRUE;
}

gboolean line_channel_write(LineChannel *channel, const char *line, gint64 deadline_us,
                            GError **error)
{
    return line_channel_write_with_file(channel, line, -1, deadline_us, error);
}

gint64 deadline_in(double seconds)
{
    return g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
}
