/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines over a socket, with a deadline on every wait. QMP and the guest link run over it. */
#ifndef BARSHIFT_HOST_LINE_CHANNEL_H
#define BARSHIFT_HOST_LINE_CHANNEL_H

#include <gio/gio.h>

typedef struct LineChannel LineChannel;

/**
 * line_channel_new() - take over a connected stream socket
 * @fd: closed by line_channel_free()
 * @peer: what errors call the other side, such as "the guest"
 * @cancellable: ends every wait with RUNNER_ERROR_INTERRUPTED
 */
LineChannel *line_channel_new(int fd, const char *peer, GCancellable *cancellable);

void line_channel_free(LineChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineChannel, line_channel_free)

/**
 * line_channel_read() - next line, without its end
 * @deadline_us: monotonic time
 *
 * Returns: (transfer full): as UTF-8, whatever the other side sent. NULL with
 * RUNNER_ERROR_DEADLINE when no line came in time or the other side hung up,
 * RUNNER_ERROR_INTERRUPTED when cancelled, RUNNER_ERROR_ENVIRONMENT for a line without end
 * or what cannot be inflated.
 */
char *line_channel_read(LineChannel *channel, gint64 deadline_us, GError **error);

/**
 * line_channel_inflate() - what comes from now on is one stream of raw DEFLATE
 *
 * Lines that were not read yet are dropped.
 */
void line_channel_inflate(LineChannel *channel);

/** line_channel_write() - send @line and a line end; errors as line_channel_read() */
gboolean line_channel_write(LineChannel *channel, const char *line, gint64 deadline_us,
                            GError **error);

/**
 * line_channel_write_with_file() - line_channel_write(), and an open file goes with the line
 * @fd: the other side gets a descriptor of its own
 */
gboolean line_channel_write_with_file(LineChannel *channel, const char *line, int fd,
                                      gint64 deadline_us, GError **error);

/** deadline_in() - the monotonic time @seconds from now */
gint64 deadline_in(double seconds);

#endif
