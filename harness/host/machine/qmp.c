/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qmp.h"

#include "error.h"
#include "json-member.h"

#define QMP_COMMAND_SECONDS 20.0

struct Qmp {
    LineChannel *channel;
    char *version;
    GQueue events; /* (element-type JsonObject): that nobody has asked for yet */
};

static JsonObject *read_message(Qmp *qmp, gint64 deadline_us, GError **error)
{
    g_autofree char *line = line_channel_read(qmp->channel, deadline_us, error);
    g_autoptr(JsonNode) node = NULL;
    g_autoptr(GError) cause = NULL;

    if (line == NULL) {
        return NULL;
    }
    node = json_from_string(line, &cause);
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "QEMU sent '%s' where QMP asks for a JSON object", line);
        return NULL;
    }
    return json_node_dup_object(node);
}

/* Reads up to the next message that is no event; keeps those. */
static JsonObject *read_reply(Qmp *qmp, gint64 deadline_us, GError **error)
{
    for (;;) {
        JsonObject *message = read_message(qmp, deadline_us, error);

        if (message == NULL || !json_object_has_member(message, "event")) {
            return message;
        }
        g_queue_push_tail(&qmp->events, message);
    }
}

/* (transfer full) (nullable): NULL when this is no greeting */
static char *greeting_version(JsonObject *greeting)
{
    JsonObject *version = json_member_object(json_member_object(greeting, "QMP"), "version");
    JsonObject *number = json_member_object(version, "qemu");

    if (number == NULL) {
        return NULL;
    }
    return g_strdup_printf(
        "%d.%d.%d", (int)json_object_get_int_member_with_default(number, "major", 0),
        (int)json_object_get_int_member_with_default(number, "minor", 0),
        (int)json_object_get_int_member_with_default(number, "micro", 0));
}

Qmp *qmp_new(int fd, GCancellable *cancellable, gint64 deadline_us, GError **error)
{
    g_autoptr(Qmp) qmp = g_new0(Qmp, 1);
    g_autoptr(JsonObject) greeting = NULL;
    g_autoptr(JsonNode) nothing = NULL;

    qmp->channel = line_channel_new(fd, "QEMU", cancellable);
    greeting = read_message(qmp, deadline_us, error);
    if (greeting == NULL) {
        return NULL;
    }
    qmp->version = greeting_version(greeting);
    if (qmp->version == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "QEMU did not greet with QMP");
        return NULL;
    }
    nothing = qmp_execute(qmp, "qmp_capabilities", NULL, error);
    return nothing == NULL ? NULL : g_steal_pointer(&qmp);
}

void qmp_free(Qmp *qmp)
{
    if (qmp == NULL) {
        return;
    }
    line_channel_free(qmp->channel);
    g_queue_clear_full(&qmp->events, (GDestroyNotify)json_object_unref);
    g_free(qmp->version);
    g_free(qmp);
}

const char *qmp_version(const Qmp *qmp)
{
    return qmp->version;
}

static char *command_text(const char *command, JsonObject *arguments)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();

    json_object_set_string_member(object, "execute", command);
    if (arguments != NULL) {
        json_object_set_object_member(object, "arguments", arguments);
    }
    json_node_take_object(node, object);
    return json_to_string(node, FALSE);
}

/* qmp_ask(); @fd: -1: none goes with the command */
static JsonNode *ask(Qmp *qmp, const char *command, JsonObject *arguments, int fd, char **refusal,
                     GError **error)
{
    gint64 deadline_us = deadline_in(QMP_COMMAND_SECONDS);
    g_autofree char *text = command_text(command, arguments);
    g_autoptr(JsonObject) reply = NULL;
    JsonObject *reason;

    *refusal = NULL;
    if (!line_channel_write_with_file(qmp->channel, text, fd, deadline_us, error)) {
        return NULL;
    }
    reply = read_reply(qmp, deadline_us, error);
    if (reply == NULL) {
        return NULL;
    }
    if (json_object_has_member(reply, "return")) {
        return json_object_dup_member(reply, "return");
    }
    reason = json_member_object(reply, "error");
    *refusal = g_strdup(reason == NULL
                            ? "it gives no reason"
                            : json_member_string(reason, "desc", "it gives no reason"));
    return NULL;
}

JsonNode *qmp_ask(Qmp *qmp, const char *command, JsonObject *arguments, char **refusal,
                  GError **error)
{
    return ask(qmp, command, arguments, -1, refusal, error);
}

static JsonNode *execute(Qmp *qmp, const char *command, JsonObject *arguments, int fd,
                         GError **error)
{
    g_autofree char *refusal = NULL;
    JsonNode *value = ask(qmp, command, arguments, fd, &refusal, error);

    if (refusal != NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "QEMU refuses '%s': %s",
                    command, refusal);
    }
    return value;
}

JsonNode *qmp_execute(Qmp *qmp, const char *command, JsonObject *arguments, GError **error)
{
    return execute(qmp, command, arguments, -1, error);
}

gboolean qmp_give_file(Qmp *qmp, const char *name, int fd, GError **error)
{
    JsonObject *arguments = json_object_new();
    g_autoptr(JsonNode) given = NULL;

    json_object_set_string_member(arguments, "fdname", name);
    given = execute(qmp, "getfd", arguments, fd, error);
    return given != NULL;
}

static JsonObject *take_event(Qmp *qmp, const char *name)
{
    for (GList *link = qmp->events.head; link != NULL; link = link->next) {
        JsonObject *event = link->data;

        if (g_strcmp0(json_member_string(event, "event", NULL), name) == 0) {
            g_queue_delete_link(&qmp->events, link);
            return event;
        }
    }
    return NULL;
}

JsonObject *qmp_wait_event(Qmp *qmp, const char *name, gint64 deadline_us, GError **error)
{
    JsonObject *event;

    while ((event = take_event(qmp, name)) == NULL) {
        JsonObject *message = read_message(qmp, deadline_us, error);

        if (message == NULL) {
            return NULL;
        }
        g_queue_push_tail(&qmp->events, message); /* or an answer, which is no event of any name */
    }
    return event;
}

char *qmp_human(Qmp *qmp, const char *command_line, GError **error)
{
    JsonObject *arguments = json_object_new();
    g_autoptr(JsonNode) text = NULL;

    json_object_set_string_member(arguments, "command-line", command_line);
    text = qmp_execute(qmp, "human-monitor-command", arguments, error);
    if (text != NULL && json_node_get_value_type(text) != G_TYPE_STRING) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "QEMU's answer to '%s' is no text", command_line);
        return NULL;
    }
    return text == NULL ? NULL : json_node_dup_string(text);
}
