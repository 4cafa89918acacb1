/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu-choice.h"

#include "error.h"
#include "interrupt.h"
#include "line-channel.h"

#include <gio/gunixinputstream.h>
#include <string.h>
#include <unistd.h>

/* Takes well under a second; a program that is no QEMU may take for ever. */
#define ANSWER_SECONDS 10.0
#define ANSWER_BYTES_MAX (1 << 20)

static const char built_in_line[] = "\nname \"barshift\",";
static const char first_line[] = "name \"";
/* of a preloaded device that finds itself in a QEMU which it was not built for */
static const char refusal_line[] = "barshift: built for ";

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

/* What "-device help" says; @preload: (nullable) */
static char *ask_devices(const char *qemu, const char *preload, GCancellable *cancellable,
                         GError **error)
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
    process = g_subprocess_launcher_spawn(launcher, &cause, qemu, "-device", "help", NULL);
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

gboolean qemu_choice_check(const char *qemu, const char *device, gboolean *built_in,
                           GCancellable *cancellable, GError **error)
{
    g_autofree char *bare = ask_devices(qemu, NULL, cancellable, error);
    g_autofree char *preloaded = NULL;
    const char *refusal;

    if (bare == NULL) {
        return FALSE;
    }
    *built_in = strstr(bare, built_in_line) != NULL;
    if (*built_in || strstr(bare, first_line) == NULL) {
        return TRUE;
    }
    preloaded = ask_devices(qemu, device, cancellable, error);
    if (preloaded == NULL) {
        return FALSE;
    }
    refusal = strstr(preloaded, refusal_line);
    if (refusal != NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "QEMU '%s' has no device barshift, and does not take it: %.*s", qemu,
                    (int)strcspn(refusal, "\n"), refusal);
    }
    return refusal == NULL;
}
