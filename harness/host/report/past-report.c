/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "past-report.h"

#include "error.h"
#include "json-member.h"
#include "size.h"

#define OLDEST_VERSION 1
#define NEWEST_VERSION 2

static void past_result_free(gpointer data)
{
    PastResult *result = data;

    g_free(result->name);
    g_free(result->scenario);
    g_free(result->kernel);
    g_free(result->qemu);
    g_free(result->verdict);
    g_free(result->outcome);
    g_hash_table_unref(result->fates);
    g_hash_table_unref(result->addresses);
    g_hash_table_unref(result->checks);
    g_free(result);
}

static void add_fate(JsonObject *fates, const char *name, JsonNode *node, gpointer data)
{
    PastResult *result = data;

    (void)node;
    g_hash_table_insert(result->fates, g_strdup(name),
                        g_strdup(json_member_string(fates, name, "unknown")));
}

/* What the kernel says: it is the witness whom drivers believe. */
static char *address_text(JsonObject *bar)
{
    JsonObject *view = json_member_object(bar, "kernel");
    g_autofree char *size = NULL;

    if (view == NULL) {
        return g_strdup(json_member_string(bar, "kernel", "unknown"));
    }
    size = size_format(json_member_address(view, "size"));
    return g_strdup_printf("%s, %s", json_member_string(view, "base", "unknown"), size);
}

static void add_addresses(PastResult *result, JsonObject *after)
{
    JsonArray *functions = after == NULL ? NULL : json_member_array(after, "functions");

    for (guint i = 0; i < json_array_length(functions); i++) {
        JsonObject *function = json_array_object(functions, i);
        JsonArray *bars = json_member_array(function, "bars");

        for (guint b = 0; b < json_array_length(bars); b++) {
            JsonObject *bar = json_array_object(bars, b);

            g_hash_table_insert(result->addresses,
                                g_strdup_printf("%s bar%" G_GINT64_FORMAT,
                                                json_member_string(function, "name", "?"),
                                                json_member_int(bar, "bar", -1)),
                                address_text(bar));
        }
    }
}

/* Of the same name several may be: they are told apart by their order. */
static void add_checks(PastResult *result, JsonArray *checks)
{
    for (guint i = 0; i < json_array_length(checks); i++) {
        JsonObject *check = json_array_object(checks, i);
        const char *name = json_member_string(check, "name", "?");
        g_autofree char *key = g_strdup(name);

        for (guint nr = 2; g_hash_table_contains(result->checks, key); nr++) {
            g_free(key);
            key = g_strdup_printf("%s (%u)", name, nr);
        }
        g_hash_table_insert(result->checks, g_steal_pointer(&key),
                            g_strdup(json_member_string(check, "result", "unknown")));
    }
}

static double seconds_of(JsonObject *object)
{
    JsonNode *node = json_object_get_member(object, "seconds");
    GType type = node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node)
                                                             : G_TYPE_INVALID;

    return type == G_TYPE_DOUBLE || type == G_TYPE_INT64 ? json_node_get_double(node) : -1;
}

static const char *either(JsonObject *object, const char *name, const char *otherwise)
{
    return json_member_string(object, name, json_member_string(object, otherwise, ""));
}

/* Returns: (nullable): NULL when it has not even a scenario and a verdict */
static PastResult *result_new(JsonObject *object)
{
    const char *scenario = json_member_string(object, "scenario", NULL);
    const char *verdict = json_member_string(object, "verdict", NULL);
    JsonObject *fates;
    PastResult *result;

    if (scenario == NULL || verdict == NULL) {
        return NULL;
    }
    result = g_new0(PastResult, 1);
    result->name = g_strdup(json_member_string(object, "name", scenario));
    result->scenario = g_strdup(scenario);
    result->kernel = g_strdup(either(object, "kernel_name", "kernel"));
    result->qemu = g_strdup(either(object, "qemu_name", "qemu"));
    result->repetition = json_member_int(object, "repetition", 1);
    result->verdict = g_strdup(verdict);
    result->outcome = g_strdup(json_member_string(object, "outcome", NULL));
    result->seconds = seconds_of(object);
    result->fates = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    result->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    result->checks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    fates = json_member_object(object, "fates");
    if (fates != NULL) {
        json_object_foreach_member(fates, add_fate, result);
    }
    add_addresses(result, json_member_object(object, "after"));
    add_checks(result, json_member_array(object, "checks"));
    return result;
}

/* One that is not known, as in an error of version 1, is none of its own. */
static void look_for_many(PastReport *report)
{
    const char *kernel = "", *qemu = "";

    for (guint i = 0; i < report->results->len; i++) {
        const PastResult *result = g_ptr_array_index(report->results, i);

        report->many_kernels |= kernel[0] != '\0' && result->kernel[0] != '\0' &&
                                !g_str_equal(kernel, result->kernel);
        report->many_qemus |= qemu[0] != '\0' && result->qemu[0] != '\0' &&
                              !g_str_equal(qemu, result->qemu);
        kernel = result->kernel[0] != '\0' ? result->kernel : kernel;
        qemu = result->qemu[0] != '\0' ? result->qemu : qemu;
    }
}

static gboolean check_version(const char *path, JsonObject *root, GError **error)
{
    gint64 version = root == NULL ? -1 : json_member_int(root, "version", -1);

    if (version >= OLDEST_VERSION && version <= NEWEST_VERSION &&
        json_member_array(root, "results") != NULL) {
        return TRUE;
    }
    if (version > NEWEST_VERSION) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "'%s' is a report of version %" G_GINT64_FORMAT
                    "; this barshift reads up to version %u", path, version, NEWEST_VERSION);
    } else {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "'%s' is no report of 'barshift run --json'", path);
    }
    return FALSE;
}

PastReport *past_report_parse(const char *path, const char *text, GError **error)
{
    g_autoptr(PastReport) report = g_new0(PastReport, 1);
    g_autoptr(GError) cause = NULL;
    g_autoptr(JsonNode) node = json_from_string(text, &cause);
    JsonObject *root = node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node)
                                                                    : NULL;
    JsonArray *results;

    report->path = g_strdup(path);
    report->results = g_ptr_array_new_with_free_func(past_result_free);
    if (cause != NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "'%s' is no JSON: %s", path,
                    cause->message);
        return NULL;
    }
    if (!check_version(path, root, error)) {
        return NULL;
    }
    results = json_member_array(root, "results");
    for (guint i = 0; i < json_array_length(results); i++) {
        PastResult *result = result_new(json_array_object(results, i));

        if (result == NULL) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                        "'%s': result %u has no scenario or no verdict", path, i + 1);
            return NULL;
        }
        g_ptr_array_add(report->results, result);
    }
    look_for_many(report);
    return g_steal_pointer(&report);
}

PastReport *past_report_load(const char *path, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, &cause)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "cannot read the report: %s",
                    cause->message);
        return NULL;
    }
    return past_report_parse(path, text, error);
}

void past_report_free(PastReport *report)
{
    if (report != NULL) {
        g_ptr_array_unref(report->results);
        g_free(report->path);
        g_free(report);
    }
}
