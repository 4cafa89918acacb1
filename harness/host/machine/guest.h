/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runner's end of the guest link, harness/shared/link.h. */
#ifndef BARSHIFT_HOST_GUEST_H
#define BARSHIFT_HOST_GUEST_H

#include "line-channel.h"

typedef struct Guest Guest;

#define GUEST_NO_STATUS (-1) /* the agent named none: its line was garbled */

typedef struct GuestReply {
    int status;        /* exit status of the command, 128 + N when signal N ended it */
    GString *out;      /* standard output */
    GString *err;      /* standard error */
    GPtrArray *kernel; /* (element-type utf8): kernel messages that came meanwhile */
} GuestReply;

/**
 * guest_new() - the agent behind a connected socket
 * @fd: taken over
 */
Guest *guest_new(int fd, GCancellable *cancellable);

void guest_free(Guest *guest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Guest, guest_free)

/**
 * guest_wait_hello() - wait until the agent listens
 *
 * Returns: FALSE with RUNNER_ERROR_DEADLINE, RUNNER_ERROR_INTERRUPTED, or
 * RUNNER_ERROR_ENVIRONMENT when the agent speaks another version of the protocol.
 */
gboolean guest_wait_hello(Guest *guest, gint64 deadline_us, GError **error);

/** guest_begin() - send a shell command, and do not wait; errors as guest_run() */
gboolean guest_begin(Guest *guest, const char *command, gint64 deadline_us, GError **error);

/** guest_finish() - wait for the end of the command that guest_begin() sent, as guest_run() */
GuestReply *guest_finish(Guest *guest, const char *command, gint64 deadline_us, GError **error);

/**
 * guest_run() - run a shell command in the guest and wait for its end
 * @command: one line
 *
 * Returns: (transfer full): whatever its exit status was; NULL with RUNNER_ERROR_DEADLINE or
 * RUNNER_ERROR_INTERRUPTED.
 */
GuestReply *guest_run(Guest *guest, const char *command, gint64 deadline_us, GError **error);

void guest_reply_free(GuestReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuestReply, guest_reply_free)

#endif
