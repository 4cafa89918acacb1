/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The runner's end of the guest link against agents that keep to harness/shared/link.h, or not. */
#include "error.h"
#include "fake-peer.h"
#include "guest.h"

typedef struct Link {
    FakePeer *peer;
    GCancellable *cancellable;
    Guest *guest;
} Link;

static Link *link_with(FakePeer *(*peer)(const PeerAct *acts, int *fd), const PeerAct *acts)
{
    Link *link = g_new0(Link, 1);
    int fd;

    link->peer = peer(acts, &fd);
    link->cancellable = g_cancellable_new();
    link->guest = guest_new(fd, link->cancellable);
    return link;
}

static Link *link_that_greets(const PeerAct *acts)
{
    return link_with(fake_peer_new, acts);
}

static Link *link_that_answers(const PeerAct *acts)
{
    return link_with(fake_peer_new_deflating, acts);
}

static void link_free(Link *link)
{
    guest_free(link->guest);
    fake_peer_free(link->peer);
    g_object_unref(link->cancellable);
    g_free(link);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Link, link_free)

static GuestReply *answer(Link *link, const char *command)
{
    g_autoptr(GError) error = NULL;
    GuestReply *reply = guest_run(link->guest, command, deadline_in(20), &error);

    g_assert_no_error(error);
    return reply;
}

static void test_hello_after_noise(void)
{
    static const char *const noises[] = {
        "SeaBIOS (version 1.16)\r\n\n[    0.1] Linux\nbarshift-agent",
        "\033[2J\033[01;01H\033[=3hbarshift-agent", /* OVMF, whose serial lines all are */
    };

    for (guint i = 0; i < G_N_ELEMENTS(noises); i++) {
        const PeerAct acts[] = { { .send = noises[i] }, { .wait_ms = 30, .send = " 2\n" }, { 0 } };
        g_autoptr(Link) link = link_that_greets(acts);
        g_autoptr(GError) error = NULL;

        g_assert_true(guest_wait_hello(link->guest, deadline_in(20), &error));
        g_assert_no_error(error);
    }
}

static void test_refuses_other_versions(void)
{
    static const struct {
        const char *hello, *message;
    } rows[] = {
        { "barshift-agent 1\n", "the guest's agent speaks version 1 of the link, this runner 2; "
                                "build both from one tree" },
        { "barshift-agent one\n", "the guest's agent speaks version 0 of the link, this runner 2; "
                                  "build both from one tree" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const PeerAct acts[] = { { .send = rows[i].hello }, { 0 } };
        g_autoptr(Link) link = link_that_greets(acts);
        g_autoptr(GError) error = NULL;

        g_assert_false(guest_wait_hello(link->guest, deadline_in(20), &error));
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
        g_assert_cmpstr(error->message, ==, rows[i].message);
    }
}

static void test_hello_has_a_deadline(void)
{
    static const PeerAct acts[] = { { .send = "noise\nbarshift-agents 2\n" }, { 0 } };
    g_autoptr(Link) link = link_that_greets(acts);
    g_autoptr(GError) error = NULL;

    g_assert_false(guest_wait_hello(link->guest, deadline_in(0.1), &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_DEADLINE);
    g_assert_cmpstr(error->message, ==, "the guest did not answer in time");
}

static void test_files_streams(void)
{
    static const PeerAct acts[] = {
        { .expect = "1 do it",
          .send = "1>out one\n1~0.123456 pci: hello\n1!err one\n1>out two\n1!err two\n"
                  "1~0.2 pci: again\n1=0\n" },
        { 0 },
    };
    g_autoptr(Link) link = link_that_answers(acts);
    g_autoptr(GuestReply) reply = answer(link, "do it");

    g_assert_cmpint(reply->status, ==, 0);
    g_assert_cmpstr(reply->out->str, ==, "out one\nout two\n");
    g_assert_cmpstr(reply->err->str, ==, "err one\nerr two\n");
    g_assert_cmpuint(reply->kernel->len, ==, 2);
    g_assert_cmpstr(g_ptr_array_index(reply->kernel, 0), ==, "0.123456 pci: hello");
    g_assert_cmpstr(g_ptr_array_index(reply->kernel, 1), ==, "0.2 pci: again");
}

static void test_joins_parts(void)
{
    static const PeerAct acts[] = {
        { .expect = "1 map", .send = "1+{\"a\":\n1~0.1 meanwhile\n1+ 1\n1>}\n1>\n1=0\n" }, { 0 },
    };
    g_autoptr(Link) link = link_that_answers(acts);
    g_autoptr(GuestReply) reply = answer(link, "map");

    g_assert_cmpstr(reply->out->str, ==, "{\"a\": 1}\n\n");
}

static void test_reads_statuses(void)
{
    static const struct {
        const char *end;
        int status;
    } rows[] = {
        { "1=0\n", 0 },     { "1=3\n", 3 },
        { "1=137\n", 137 }, { "1=255\n", 255 },
        { "1=\n", GUEST_NO_STATUS },   { "1=x\n", GUEST_NO_STATUS },
        { "1=-1\n", GUEST_NO_STATUS }, { "1=0 \n", GUEST_NO_STATUS },
        { "1=256\n", GUEST_NO_STATUS },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const PeerAct acts[] = { { .expect = "1 x", .send = rows[i].end }, { 0 } };
        g_autoptr(Link) link = link_that_answers(acts);
        g_autoptr(GuestReply) reply = answer(link, "x");

        g_assert_cmpint(reply->status, ==, rows[i].status);
    }
}

/* What is left of an answer that nobody waited for, and noise, belong to no later answer. */
static void test_ignores_what_is_not_the_answer(void)
{
    static const PeerAct acts[] = {
        { .expect = "1 first", .send = "1=0\n" },
        { .expect = "2 second",
          .send = "1>late\n1=9\n3>early\n3=8\n22>other\nnoise\n>noise\n\n2\n2?mark\n2>out\n2=1\n" },
        { 0 },
    };
    g_autoptr(Link) link = link_that_answers(acts);
    g_autoptr(GuestReply) first = answer(link, "first");
    g_autoptr(GuestReply) second = answer(link, "second");

    g_assert_cmpint(first->status, ==, 0);
    g_assert_cmpstr(second->out->str, ==, "out\n");
    g_assert_cmpint(second->status, ==, 1);
}

static void test_command_ends_by(const PeerAct *act, double seconds, gboolean cancelled,
                                 RunnerError code, const char *message)
{
    const PeerAct acts[] = { *act, { 0 } };
    g_autoptr(Link) link = link_that_answers(acts);
    GThread *canceller = cancelled ? fake_peer_cancel_later(link->cancellable, 50) : NULL;
    gint64 start_us = g_get_monotonic_time();
    g_autoptr(GError) error = NULL;

    g_assert_null(guest_run(link->guest, "sleep 9", deadline_in(seconds), &error));
    g_assert_error(error, RUNNER_ERROR, (int)code);
    g_assert_cmpstr(error->message, ==, message);
    g_assert_cmpint(g_get_monotonic_time() - start_us, <, 2 * G_USEC_PER_SEC);
    g_clear_pointer(&canceller, g_thread_join);
}

/* The agent of somebody who has built only one of the two anew */
static void test_answer_that_is_not_compressed(void)
{
    static const PeerAct acts[] = { { .expect = "1 x", .send = "1>out\n1=0\n" }, { 0 } };
    g_autoptr(Link) link = link_that_greets(acts);
    g_autoptr(GError) error = NULL;

    g_assert_null(guest_run(link->guest, "x", deadline_in(20), &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    g_assert_true(g_str_has_prefix(error->message, "'x': the guest sent what is no DEFLATE"));
}

static void test_command_without_an_end(void)
{
    static const PeerAct act = { .expect = "1 sleep 9", .send = "1>out\n1~0.1 kernel\n" };

    test_command_ends_by(&act, 0.1, FALSE, RUNNER_ERROR_DEADLINE,
                         "'sleep 9': the guest did not answer in time");
}

static void test_hang_up_in_a_command(void)
{
    static const PeerAct act = { .expect = "1 sleep 9", .send = "1>out\n", .hang_up = TRUE };

    test_command_ends_by(&act, 20, FALSE, RUNNER_ERROR_DEADLINE, "'sleep 9': the guest hung up");
}

static void test_cancelled_in_a_command(void)
{
    static const PeerAct act = { .expect = "1 sleep 9" };

    test_command_ends_by(&act, 20, TRUE, RUNNER_ERROR_INTERRUPTED, "'sleep 9': interrupted");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guest/hello/comes-after-noise", test_hello_after_noise);
    g_test_add_func("/guest/hello/refuses-other-versions", test_refuses_other_versions);
    g_test_add_func("/guest/hello/has-a-deadline", test_hello_has_a_deadline);
    g_test_add_func("/guest/answer/files-streams", test_files_streams);
    g_test_add_func("/guest/answer/joins-parts", test_joins_parts);
    g_test_add_func("/guest/answer/reads-statuses", test_reads_statuses);
    g_test_add_func("/guest/answer/ignores-what-is-not-it", test_ignores_what_is_not_the_answer);
    g_test_add_func("/guest/answer/not-compressed-is-told", test_answer_that_is_not_compressed);
    g_test_add_func("/guest/command/deadline-names-it", test_command_without_an_end);
    g_test_add_func("/guest/command/hang-up-names-it", test_hang_up_in_a_command);
    g_test_add_func("/guest/command/cancelled-ends-at-once", test_cancelled_in_a_command);
    return g_test_run();
}
