/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"
#include "fake-peer.h"
#include "line-channel.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONG_SECONDS 20.0 /* a wait that is expected to end by something else */
#define SOON_SECONDS 2.0  /* what "at once" may take on a busy machine */

typedef struct Line {
    FakePeer *peer;
    GCancellable *cancellable;
    LineChannel *channel;
} Line;

static Line *line_with(FakePeer *(*peer)(const PeerAct *acts, int *fd), const PeerAct *acts)
{
    Line *line = g_new0(Line, 1);
    int fd;

    line->peer = peer(acts, &fd);
    line->cancellable = g_cancellable_new();
    line->channel = line_channel_new(fd, "the peer", line->cancellable);
    return line;
}

static Line *line_new(const PeerAct *acts)
{
    return line_with(fake_peer_new, acts);
}

static void line_free(Line *line)
{
    line_channel_free(line->channel);
    fake_peer_free(line->peer);
    g_object_unref(line->cancellable);
    g_free(line);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Line, line_free)

static void assert_next(Line *line, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = line_channel_read(line->channel, deadline_in(LONG_SECONDS), &error);

    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, expected);
}

static void assert_fails(Line *line, double seconds, RunnerError code, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(line_channel_read(line->channel, deadline_in(seconds), &error));
    g_assert_error(error, RUNNER_ERROR, (int)code);
    g_assert_cmpstr(error->message, ==, message);
}

static void test_joins_parts(void)
{
    static const PeerAct acts[] = {
        { .send = "on" },
        { .wait_ms = 30, .send = "e li" },
        { .wait_ms = 30, .send = "ne\n" },
        { 0 },
    };
    g_autoptr(Line) line = line_new(acts);

    assert_next(line, "one line");
}

static void test_splits_packets(void)
{
    static const PeerAct acts[] = {
        { .send = "first\r\n\nthird\nfou" }, { .wait_ms = 30, .send = "rth\n" }, { 0 },
    };
    g_autoptr(Line) line = line_new(acts);

    assert_next(line, "first");
    assert_next(line, "");
    assert_next(line, "third");
    assert_next(line, "fourth");
}

/* Longer than any buffer on the way. */
static void test_reads_long_lines(void)
{
    g_autofree char *text = g_strnfill(3 * 1024 * 1024, 'x');
    const PeerAct acts[] = { { .send = text }, { .send = "\nnext\n" }, { 0 } };
    g_autoptr(Line) line = line_new(acts);

    assert_next(line, text);
    assert_next(line, "next");
}

static void test_refuses_lines_without_end(void)
{
    g_autofree char *text = g_strnfill(17 * 1024 * 1024, 'x');
    const PeerAct acts[] = { { .send = text }, { 0 } };
    g_autoptr(Line) line = line_new(acts);

    assert_fails(line, LONG_SECONDS, RUNNER_ERROR_ENVIRONMENT,
                 "the peer sent 16 MiB without a line end");
}

static void test_makes_lines_utf8(void)
{
    static const PeerAct acts[] = { { .send = "a\xff" "b\n" }, { 0 } };
    g_autoptr(Line) line = line_new(acts);

    assert_next(line, "a\xef\xbf\xbd" "b");
}

static void test_deadline_passes(void)
{
    static const PeerAct acts[] = { { .send = "half a line" }, { 0 } };
    g_autoptr(Line) line = line_new(acts);
    gint64 start_us = g_get_monotonic_time();

    assert_fails(line, 0.1, RUNNER_ERROR_DEADLINE, "the peer did not answer in time");
    g_assert_cmpint(g_get_monotonic_time() - start_us, >=, 100 * 1000);
    g_assert_cmpint(g_get_monotonic_time() - start_us, <, (gint64)(SOON_SECONDS * G_USEC_PER_SEC));
}

/* Bytes that trickle in do not put the deadline off. */
static void test_deadline_passes_while_bytes_come(void)
{
    static const PeerAct acts[] = {
        { .wait_ms = 60, .send = "a" }, { .wait_ms = 60, .send = "b" },
        { .wait_ms = 60, .send = "c" }, { .wait_ms = 60, .send = "d\n" }, { 0 },
    };
    g_autoptr(Line) line = line_new(acts);

    assert_fails(line, 0.1, RUNNER_ERROR_DEADLINE, "the peer did not answer in time");
    assert_next(line, "abcd");
}

static void test_line_that_came_is_read_after_the_deadline(void)
{
    static const PeerAct acts[] = { { .send = "one\ntwo\n" }, { 0 } };
    g_autoptr(Line) line = line_new(acts);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    assert_next(line, "one");
    text = line_channel_read(line->channel, deadline_in(-1), &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, "two");
}

static void test_hang_up(void)
{
    static const PeerAct acts[] = { { .send = "whole\nhalf", .hang_up = TRUE }, { 0 } };
    g_autoptr(Line) line = line_new(acts);

    assert_next(line, "whole");
    assert_fails(line, LONG_SECONDS, RUNNER_ERROR_DEADLINE, "the peer hung up");
}

static void test_cancelled_before(void)
{
    static const PeerAct acts[] = { { 0 } };
    g_autoptr(Line) line = line_new(acts);

    g_cancellable_cancel(line->cancellable);
    assert_fails(line, LONG_SECONDS, RUNNER_ERROR_INTERRUPTED, "interrupted");
}

static void test_cancelled_in_a_wait(void)
{
    static const PeerAct acts[] = { { 0 } };
    g_autoptr(Line) line = line_new(acts);
    GThread *canceller = fake_peer_cancel_later(line->cancellable, 50);
    gint64 start_us = g_get_monotonic_time();

    assert_fails(line, LONG_SECONDS, RUNNER_ERROR_INTERRUPTED, "interrupted");
    g_assert_cmpint(g_get_monotonic_time() - start_us, <, (gint64)(SOON_SECONDS * G_USEC_PER_SEC));
    g_thread_join(canceller);
}

static void test_writes_lines(void)
{
    static const PeerAct acts[] = { { .expect = "hello", .send = "welcome\n" }, { 0 } };
    g_autoptr(Line) line = line_new(acts);
    g_autoptr(GError) error = NULL;

    g_assert_true(line_channel_write(line->channel, "hello", deadline_in(LONG_SECONDS), &error));
    assert_next(line, "welcome");
}

/* What comes with the line, at the other end of a socket */
static int receive_file(int fd, char *line, gsize size)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr alignment;
    } control;
    struct iovec piece = { .iov_base = line, .iov_len = size };
    struct msghdr message = {
        .msg_iov = &piece,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof(control.bytes),
    };
    struct cmsghdr *header;
    int file;

    g_assert_cmpint(recvmsg(fd, &message, MSG_CMSG_CLOEXEC), >, 0);
    header = CMSG_FIRSTHDR(&message);
    g_assert_nonnull(header);
    g_assert_cmpint(header->cmsg_type, ==, SCM_RIGHTS);
    memcpy(&file, CMSG_DATA(header), sizeof(file));
    return file;
}

static void test_file_goes_with_a_line(void)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    char line[16] = "";
    int ends[2];
    int pipes[2];
    int file;

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
    g_assert_cmpint(pipe(pipes), ==, 0);
    {
        g_autoptr(LineChannel) channel = line_channel_new(ends[0], "the peer", cancellable);

        g_assert_true(line_channel_write_with_file(channel, "take", pipes[1],
                                                   deadline_in(LONG_SECONDS), NULL));
    }
    file = receive_file(ends[1], line, sizeof(line) - 1);
    g_assert_cmpstr(line, ==, "take\n");
    g_assert_cmpint(file, !=, pipes[1]);
    g_assert_cmpint(write(file, "x", 1), ==, 1);
    g_assert_cmpint(read(pipes[0], line, 1), ==, 1);
    g_assert_cmpint(line[0], ==, 'x');
    close(ends[1]);
    close(file);
    close(pipes[0]);
    close(pipes[1]);
}

static void test_write_to_a_peer_that_left(void)
{
    static const PeerAct acts[] = { { .send = "bye\n", .hang_up = TRUE }, { 0 } };
    g_autoptr(Line) line = line_new(acts);
    g_autoptr(GError) error = NULL;

    assert_next(line, "bye");
    assert_fails(line, LONG_SECONDS, RUNNER_ERROR_DEADLINE, "the peer hung up");
    g_assert_false(line_channel_write(line->channel, "x", deadline_in(LONG_SECONDS), &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_DEADLINE);
    g_assert_cmpstr(error->message, ==, "the peer hung up");
}

/* Nobody reads at the other end, so the socket's buffer runs full. */
static void test_write_has_a_deadline(void)
{
    static const PeerAct acts[] = { { .wait_ms = 400 }, { 0 } };
    g_autofree char *text = g_strnfill(16 * 1024 * 1024, 'x');
    g_autoptr(Line) line = line_new(acts);
    g_autoptr(GError) error = NULL;

    g_assert_false(line_channel_write(line->channel, text, deadline_in(0.1), &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_DEADLINE);
}

/* Cut anywhere, and much longer than what comes over the line */
static void test_inflates(void)
{
    g_autofree char *text = g_strnfill(300000, 'x');
    g_autofree char *long_line = g_strconcat(text, "\n", NULL);
    const PeerAct acts[] = {
        { .send = "one\ntw" }, { .wait_ms = 30, .send = "o\n" }, { .send = long_line }, { 0 },
    };
    g_autoptr(Line) line = line_with(fake_peer_new_deflating, acts);

    line_channel_inflate(line->channel);
    assert_next(line, "one");
    assert_next(line, "two");
    assert_next(line, text);
}

static void test_tells_what_cannot_be_inflated(void)
{
    static const PeerAct acts[] = { { .send = "plain text\n" }, { 0 } };
    g_autoptr(Line) line = line_new(acts);
    g_autoptr(GError) error = NULL;

    line_channel_inflate(line->channel);
    g_assert_null(line_channel_read(line->channel, deadline_in(LONG_SECONDS), &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    g_assert_true(g_str_has_prefix(error->message, "the peer sent what is no DEFLATE"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/line/joins-parts", test_joins_parts);
    g_test_add_func("/line/splits-packets", test_splits_packets);
    g_test_add_func("/line/reads-long-lines", test_reads_long_lines);
    g_test_add_func("/line/refuses-lines-without-end", test_refuses_lines_without_end);
    g_test_add_func("/line/makes-lines-utf8", test_makes_lines_utf8);
    g_test_add_func("/line/deadline/passes", test_deadline_passes);
    g_test_add_func("/line/deadline/passes-while-bytes-come",
                    test_deadline_passes_while_bytes_come);
    g_test_add_func("/line/deadline/line-that-came-is-read-after-it",
                    test_line_that_came_is_read_after_the_deadline);
    g_test_add_func("/line/hang-up-is-told", test_hang_up);
    g_test_add_func("/line/cancelled/before", test_cancelled_before);
    g_test_add_func("/line/cancelled/in-a-wait-ends-it-at-once", test_cancelled_in_a_wait);
    g_test_add_func("/line/inflate/joins-parts", test_inflates);
    g_test_add_func("/line/inflate/what-is-no-deflate-is-told",
                    test_tells_what_cannot_be_inflated);
    g_test_add_func("/line/write/reaches-the-peer", test_writes_lines);
    g_test_add_func("/line/write/takes-a-file-along", test_file_goes_with_a_line);
    g_test_add_func("/line/write/to-a-peer-that-left-fails", test_write_to_a_peer_that_left);
    g_test_add_func("/line/write/has-a-deadline", test_write_has_a_deadline);
    return g_test_run();
}
