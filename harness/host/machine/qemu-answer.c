/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu-answer.h"

#include "error.h"
#include "interrupt.h"
#include "line-channel.h"

#include <gio/gunixinputstream.h>
#include <unistd.h>

/* Takes well under a second; a program that is no QEMU may take for ever. */
#define ANSWER_SECONDS 10.0
#define ANSWER_BYTES_MAX (1 << 20)

static void child_setup(gpointer data)
{
    (void)data;
    interrupt_unblock();
}

/* FALSE when the deadline has passed or it was cancelled */
static gboolean wait_readable(int fd, gint64 deadline_us, GCancellable *cancellable)
{
    GPollFD fds[] = { { .fd = fd, .events = G_IO_IN }, { .fd = -1 } };
    gint64 left_us = deadline_us - g_get_monotonic_time();
    gboolean watched = g_cancellable_make_pollfd(cancellable, &fds[1]);
    int ready = left_us <= 0 ? 0 : g_poll(fds, watched ? 2 : 1, (gint)(left_us / 1000) + 1);

    if (watched) {
        g_cancellable_release_fd(cancellable);
    }
    return ready > 0 && fds[0].revents != 0;
}

/* What it says until it ends, or until it has taken too long */
static char *read_answer(GSubprocess *process, GCancellable *cancellable)
{
    GString *answer = g_string_new("\n");
    int fd = g_unix_input_stream_get_fd(
        G_UNIX_INPUT_STREAM(g_subprocess_get_stdout_pipe(process)));
    gint64 deadline_us = deadline_in(ANSWER_SECONDS);
    char piece[4096];
    gssize length;

    while (answer->len < ANSWER_BYTES_MAX && wait_readable(fd, deadline_us, cancellable) &&
           (length = read(fd, piece, sizeof(piece))) > 0) {
        g_string_append_len(answer, piece, length);
    }
    return g_string_free(answer, FALSE);
}

char *qemu_answer(const char *qemu, const char *preload, const char *option,
                  GCancellable *cancellable, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GError) cause = NULL;
    char *answer;

    if (preload != NULL) {
        g_subprocess_launcher_setenv(launcher, "LD_PRELOAD", preload, TRUE);
    }
    g_subprocess_launcher_set_child_setup(launcher, child_setup, NULL, NULL);
    process = g_subprocess_launcher_spawn(launcher, &cause, qemu, option, "help", NULL);
    if (process == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "cannot start QEMU: %s",
                    cause->message);
        return NULL;
    }
    answer = read_answer(process, cancellable);
    g_subprocess_force_exit(process);
    g_subprocess_wait(process, NULL, NULL);
    if (g_cancellable_is_cancelled(cancellable)) {
        g_set_error_literal(error, RUNNER_ERROR, RUNNER_ERROR_INTERRUPTED, "interrupted");
        g_clear_pointer(&answer, g_free);
    }
    return answer;
}
