/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's migration, without the memory that is in a file of its own anyway (x-ignore-shared), which
 * is the larger part by far.
 */
#include "saved-vm.h"

#include "error.h"
#include "json-member.h"

#define STATE_SECONDS 20.0
#define AGAIN_US 1000

static const char state_name[] = "state";

static void add_capability(JsonArray *capabilities, const char *name)
{
    JsonObject *capability = json_object_new();

    json_object_set_string_member(capability, "capability", name);
    json_object_set_boolean_member(capability, "state", TRUE);
    json_array_add_object_element(capabilities, capability);
}

/* Both sides must have the same ones, as far as they bear on the stream; events do not. */
static gboolean set_capabilities(Qmp *qmp, GError **error)
{
    JsonArray *capabilities = json_array_new();
    JsonObject *arguments = json_object_new();
    g_autoptr(JsonNode) set = NULL;

    add_capability(capabilities, "x-ignore-shared");
    add_capability(capabilities, "events");
    json_object_set_array_member(arguments, "capabilities", capabilities);
    set = qmp_execute(qmp, "migrate-set-capabilities", arguments, error);
    return set != NULL;
}

static JsonObject *uri(const char *value)
{
    JsonObject *arguments = json_object_new();

    json_object_set_string_member(arguments, "uri", value);
    return arguments;
}

/* (transfer full): "completed" or "failed" */
static char *wait_end(Qmp *qmp, GError **error)
{
    gint64 deadline_us = deadline_in(STATE_SECONDS);

    for (;;) {
        g_autoptr(JsonObject) event = qmp_wait_event(qmp, "MIGRATION", deadline_us, error);
        const char *status;

        if (event == NULL) {
            return NULL;
        }
        status = json_member_string(json_member_object(event, "data"), "status", "");
        if (g_str_equal(status, "completed") || g_str_equal(status, "failed")) {
            return g_strdup(status);
        }
    }
}

/* (transfer full): why QEMU has given up */
static char *ask_reason(Qmp *qmp, GError **error)
{
    g_autoptr(JsonNode) node = qmp_execute(qmp, "query-migrate", NULL, error);

    if (node == NULL) {
        return NULL;
    }
    return g_strdup(!JSON_NODE_HOLDS_OBJECT(node)
                        ? "no reason given"
                        : json_member_string(json_node_get_object(node), "error-desc",
                                             "no reason given"));
}

static gboolean migrate(Qmp *qmp, char **refusal, GError **error)
{
    g_autoptr(JsonNode) begun = qmp_ask(qmp, "migrate", uri("fd:state"), refusal, error);
    g_autofree char *end = begun == NULL ? NULL : wait_end(qmp, error);

    if (end != NULL && !g_str_equal(end, "completed")) {
        *refusal = ask_reason(qmp, error);
    }
    return end != NULL && g_str_equal(end, "completed");
}

/* QEMU tells that it has failed a moment before it lets the machine go on, and of that no event */
static gboolean go_on(Qmp *qmp, GError **error)
{
    gint64 deadline_us = deadline_in(STATE_SECONDS);

    for (;;) {
        g_autofree char *refusal = NULL;
        g_autoptr(JsonNode) running = qmp_ask(qmp, "cont", NULL, &refusal, error);

        if (running != NULL || refusal == NULL) {
            return running != NULL;
        }
        if (g_get_monotonic_time() >= deadline_us) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "QEMU refuses 'cont': %s",
                        refusal);
            return FALSE;
        }
        g_usleep(AGAIN_US);
    }
}

gboolean saved_vm_save(Vm *vm, Snapshot *snapshot, char **refusal, GError **error)
{
    Qmp *qmp = vm_qmp(vm);
    g_autoptr(JsonNode) stopped = NULL;

    *refusal = NULL;
    if (!set_capabilities(qmp, error) ||
        !qmp_give_file(qmp, state_name, snapshot->state_fd, error) ||
        (stopped = qmp_execute(qmp, "stop", NULL, error)) == NULL) {
        return FALSE;
    }
    if (migrate(qmp, refusal, error)) {
        return TRUE;
    }
    if (*refusal != NULL && !go_on(qmp, error)) {
        g_clear_pointer(refusal, g_free);
    }
    return FALSE;
}

/* A state that does not suit ends QEMU, if it does not fail. */
gboolean saved_vm_load(Vm *vm, GError **error)
{
    Qmp *qmp = vm_qmp(vm);
    g_autoptr(JsonNode) begun = NULL;
    g_autoptr(JsonNode) running = NULL;
    g_autofree char *end = NULL;

    if (!set_capabilities(qmp, error)) {
        return FALSE;
    }
    begun = qmp_execute(qmp, "migrate-incoming", uri("fd:" G_STRINGIFY(VM_FD_STATE)), error);
    end = begun == NULL ? NULL : wait_end(qmp, error);
    if (end == NULL) {
        return FALSE;
    }
    if (!g_str_equal(end, "completed")) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "QEMU could not load a saved state");
        return FALSE;
    }
    running = qmp_execute(qmp, "cont", NULL, error);
    return running != NULL;
}
