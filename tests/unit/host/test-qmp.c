/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"
#include "fake-peer.h"
#include "qmp.h"

#include <string.h>

#define GREETING \
    "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, " \
    "\"package\": \"Debian\"}, \"capabilities\": [\"oob\"]}}\r\n"
#define CAPABILITIES "{\"execute\":\"qmp_capabilities\"}"
#define DONE "{\"return\": {}}\r\n"

typedef struct Connection {
    FakePeer *peer;
    GCancellable *cancellable;
    Qmp *qmp;
} Connection;

static Connection *connection_new(const PeerAct *acts, GError **error)
{
    Connection *connection = g_new0(Connection, 1);
    int fd;

    connection->peer = fake_peer_new(acts, &fd);
    connection->cancellable = g_cancellable_new();
    connection->qmp = qmp_new(fd, connection->cancellable, deadline_in(20), error);
    return connection;
}

static void connection_free(Connection *connection)
{
    qmp_free(connection->qmp);
    fake_peer_free(connection->peer);
    g_object_unref(connection->cancellable);
    g_free(connection);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Connection, connection_free)

static Connection *connected(const PeerAct *acts)
{
    g_autoptr(GError) error = NULL;
    Connection *connection = connection_new(acts, &error);

    g_assert_no_error(error);
    return connection;
}

static void test_greets(void)
{
    static const PeerAct acts[] = {
        { .send = GREETING }, { .expect = CAPABILITIES, .send = DONE }, { 0 },
    };
    g_autoptr(Connection) connection = connected(acts);

    g_assert_cmpstr(qmp_version(connection->qmp), ==, "7.2.22");
}

static void test_refuses_greetings(void)
{
    static const struct {
        const char *name, *greeting, *message;
    } rows[] = {
        { "text", "hello\n", "QEMU sent 'hello' where QMP asks for a JSON object" },
        { "empty-line", "\n", "QEMU sent '' where QMP asks for a JSON object" },
        { "array", "[1]\n", "QEMU sent '[1]' where QMP asks for a JSON object" },
        { "half-an-object", "{\"QMP\":\n",
          "QEMU sent '{\"QMP\":' where QMP asks for a JSON object" },
        { "other-object", "{\"hello\": 1}\n", "QEMU did not greet with QMP" },
        { "qmp-is-a-number", "{\"QMP\": 1}\n", "QEMU did not greet with QMP" },
        { "qmp-without-version", "{\"QMP\": {}}\n", "QEMU did not greet with QMP" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const PeerAct acts[] = { { .send = rows[i].greeting }, { 0 } };
        g_autoptr(GError) error = NULL;
        g_autoptr(Connection) connection = connection_new(acts, &error);

        g_test_message("%s", rows[i].name);
        g_assert_null(connection->qmp);
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
        g_assert_cmpstr(error->message, ==, rows[i].message);
    }
}

static void test_greeting_that_ends(void)
{
    static const PeerAct acts[] = { { .hang_up = TRUE }, { 0 } };
    g_autoptr(GError) error = NULL;
    g_autoptr(Connection) connection = connection_new(acts, &error);

    g_assert_null(connection->qmp);
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_DEADLINE);
    g_assert_cmpstr(error->message, ==, "QEMU hung up");
}

static void test_skips_events(void)
{
    static const PeerAct acts[] = {
        { .send = GREETING },
        { .expect = CAPABILITIES, .send = "{\"event\": \"RESUME\", \"timestamp\": {}}\r\n" DONE },
        { .expect = "{\"execute\":\"query-x\"}",
          .send = "{\"event\": \"A\"}\r\n{\"event\": \"B\"}\r\n{\"return\": [4]}\r\n" },
        { 0 },
    };
    g_autoptr(Connection) connection = connected(acts);
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) reply = qmp_execute(connection->qmp, "query-x", NULL, &error);

    g_assert_no_error(error);
    g_assert_cmpint(json_array_get_int_element(json_node_get_array(reply), 0), ==, 4);
}

static void test_passes_arguments(void)
{
    static const PeerAct acts[] = {
        { .send = GREETING },
        { .expect = CAPABILITIES, .send = DONE },
        { .expect = "{\"execute\":\"device_add\",\"arguments\":{\"id\":\"a\\\"b\",\"size\":8}}",
          .send = DONE },
        { 0 },
    };
    g_autoptr(Connection) connection = connected(acts);
    JsonObject *arguments = json_object_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) reply = NULL;

    json_object_set_string_member(arguments, "id", "a\"b");
    json_object_set_int_member(arguments, "size", 8);
    reply = qmp_execute(connection->qmp, "device_add", arguments, &error);
    g_assert_no_error(error);
    g_assert_true(JSON_NODE_HOLDS_OBJECT(reply));
}

static void test_tells_refusals(void)
{
    static const struct {
        const char *name, *reply, *message;
    } rows[] = {
        { "own-text",
          "{\"error\": {\"class\": \"GenericError\", \"desc\": \"Bus 'p9' not found\"}}\n",
          "QEMU refuses 'device_add': Bus 'p9' not found" },
        { "no-text", "{\"error\": {}}\n", "QEMU refuses 'device_add': it gives no reason" },
        { "error-is-text", "{\"error\": \"no\"}\n",
          "QEMU refuses 'device_add': it gives no reason" },
        { "neither-return-nor-error", "{\"id\": 1}\n",
          "QEMU refuses 'device_add': it gives no reason" },
        { "no-json", "error\n", "QEMU sent 'error' where QMP asks for a JSON object" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const PeerAct acts[] = {
            { .send = GREETING },
            { .expect = CAPABILITIES, .send = DONE },
            { .expect = "{\"execute\":\"device_add\"}", .send = rows[i].reply },
            { 0 },
        };
        g_autoptr(Connection) connection = connected(acts);
        g_autoptr(GError) error = NULL;

        g_test_message("%s", rows[i].name);
        g_assert_null(qmp_execute(connection->qmp, "device_add", NULL, &error));
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
        g_assert_cmpstr(error->message, ==, rows[i].message);
    }
}

/* A refusal that was reckoned with is an answer, no error. */
static void test_asking_tells_the_refusal_apart(void)
{
    static const PeerAct acts[] = {
        { .send = GREETING },
        { .expect = CAPABILITIES, .send = DONE },
        { .expect = "{\"execute\":\"a\"}", .send = "{\"error\": {\"desc\": \"bar2: no\"}}\n" },
        { .expect = "{\"execute\":\"b\"}", .send = DONE },
        { .expect = "{\"execute\":\"c\"}", .send = "oops\n" },
        { 0 },
    };
    g_autoptr(Connection) connection = connected(acts);
    g_autoptr(GError) error = NULL;
    g_autofree char *refusal = NULL;
    g_autoptr(JsonNode) reply = qmp_ask(connection->qmp, "a", NULL, &refusal, &error);

    g_assert_null(reply);
    g_assert_no_error(error);
    g_assert_cmpstr(refusal, ==, "bar2: no");
    g_free(refusal);
    reply = qmp_ask(connection->qmp, "b", NULL, &refusal, &error);
    g_assert_nonnull(reply);
    g_assert_null(refusal);
    g_assert_null(qmp_ask(connection->qmp, "c", NULL, &refusal, &error));
    g_assert_null(refusal);
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
}

static void test_human_gives_text(void)
{
    static const char command[] = "{\"execute\":\"human-monitor-command\",\"arguments\":"
                                  "{\"command-line\":\"info mtree -f\"}}";
    static const PeerAct acts[] = {
        { .send = GREETING },
        { .expect = CAPABILITIES, .send = DONE },
        { .expect = command, .send = "{\"return\": \"FlatView #0\\r\\n\"}\r\n" },
        { .expect = command, .send = DONE },
        { 0 },
    };
    g_autoptr(Connection) connection = connected(acts);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = qmp_human(connection->qmp, "info mtree -f", &error);

    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, "FlatView #0\r\n");
    g_assert_null(qmp_human(connection->qmp, "info mtree -f", &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
}

static void test_keeps_events(void)
{
    static const PeerAct acts[] = {
        { .send = GREETING }, { .expect = CAPABILITIES, .send = DONE },
        { .expect = "{\"execute\":\"stop\"}",
          .send = "{\"event\": \"STOP\"}\r\n"
                  "{\"event\": \"MIGRATION\", \"data\": {\"status\": \"setup\"}}\r\n" DONE
                  "{\"event\": \"MIGRATION\", \"data\": {\"status\": \"failed\"}}\r\n",
          .hang_up = TRUE },
        { 0 },
    };
    static const char *const statuses[] = { "setup", "failed" };
    g_autoptr(Connection) connection = connected(acts);
    g_autoptr(JsonNode) stopped = qmp_execute(connection->qmp, "stop", NULL, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_nonnull(stopped);
    for (guint i = 0; i < G_N_ELEMENTS(statuses); i++) {
        g_autoptr(JsonObject) event =
            qmp_wait_event(connection->qmp, "MIGRATION", deadline_in(20), &error);

        g_assert_no_error(error);
        g_assert_cmpstr(
            json_object_get_string_member(json_object_get_object_member(event, "data"), "status"),
            ==, statuses[i]);
    }
    g_assert_null(qmp_wait_event(connection->qmp, "MIGRATION", deadline_in(20), &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_DEADLINE);
}

static void test_command_ends_by(const PeerAct *last, gboolean cancelled, RunnerError code)
{
    const PeerAct acts[] = {
        { .send = GREETING }, { .expect = CAPABILITIES, .send = DONE }, *last, { 0 },
    };
    g_autoptr(Connection) connection = connected(acts);
    GThread *canceller =
        cancelled ? fake_peer_cancel_later(connection->cancellable, 50) : NULL;
    gint64 start_us = g_get_monotonic_time();
    g_autoptr(GError) error = NULL;

    g_assert_null(qmp_execute(connection->qmp, "quit", NULL, &error));
    g_assert_error(error, RUNNER_ERROR, (int)code);
    g_assert_cmpint(g_get_monotonic_time() - start_us, <, 2 * G_USEC_PER_SEC);
    g_clear_pointer(&canceller, g_thread_join);
}

static void test_hang_up_in_a_command(void)
{
    static const PeerAct last = { .expect = "{\"execute\":\"quit\"}", .hang_up = TRUE };

    test_command_ends_by(&last, FALSE, RUNNER_ERROR_DEADLINE);
}

static void test_cancelled_in_a_command(void)
{
    static const PeerAct last = { .expect = "{\"execute\":\"quit\"}" };

    test_command_ends_by(&last, TRUE, RUNNER_ERROR_INTERRUPTED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/qmp/greeting/tells-the-version", test_greets);
    g_test_add_func("/qmp/greeting/refuses", test_refuses_greetings);
    g_test_add_func("/qmp/greeting/hang-up-is-told", test_greeting_that_ends);
    g_test_add_func("/qmp/command/skips-events", test_skips_events);
    g_test_add_func("/qmp/command/passes-arguments", test_passes_arguments);
    g_test_add_func("/qmp/command/tells-refusals", test_tells_refusals);
    g_test_add_func("/qmp/command/asking-tells-the-refusal-apart",
                    test_asking_tells_the_refusal_apart);
    g_test_add_func("/qmp/command/human-gives-text", test_human_gives_text);
    g_test_add_func("/qmp/event/is-kept-until-it-is-asked-for", test_keeps_events);
    g_test_add_func("/qmp/command/hang-up-is-told", test_hang_up_in_a_command);
    g_test_add_func("/qmp/command/cancelled-ends-at-once", test_cancelled_in_a_command);
    return g_test_run();
}
