/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rebalance.h"

#include "error.h"
#include "json-member.h"

const char *const rebalance_result_names[REBALANCE_RESULTS + 1] = {
    [REBALANCE_SETTLED] = "settled", [REBALANCE_REBALANCED] = "rebalanced",
    [REBALANCE_RESIZED] = "resized", [REBALANCE_REFUSED] = "refused",
    [REBALANCE_FAILED] = "failed",
};

const char *const rebalance_time_names[REBALANCE_TIMES + 1] = {
    [REBALANCE_TIME_PLAN] = "plan",     [REBALANCE_TIME_QUERY] = "query",
    [REBALANCE_TIME_STOP] = "stop",     [REBALANCE_TIME_REMOVE] = "remove",
    [REBALANCE_TIME_RESCAN] = "rescan", [REBALANCE_TIME_START] = "start",
};

static void parse_functions(Rebalance *rebalance, JsonArray *array)
{
    rebalance->functions = g_array_new(FALSE, FALSE, sizeof(RebalanceFunction));
    for (guint i = 0; i < json_array_length(array); i++) {
        JsonObject *object = json_array_object(array, i);
        RebalanceFunction function = {
            .path = json_member_string(object, "path", ""),
            .before = json_member_string(object, "before", ""),
            .tag = (guint32)json_member_int(object, "tag", 0),
            .state = json_member_string(object, "state", ""),
            .reason = json_member_string(object, "reason", NULL),
            .stopped = json_member_is_true(object, "stopped"),
            .refused = json_member_is_true(object, "refused"),
        };

        g_array_append_val(rebalance->functions, function);
    }
}

static void parse_requests(Rebalance *rebalance, JsonArray *array)
{
    rebalance->requests = g_array_new(FALSE, FALSE, sizeof(RebalanceRequest));
    for (guint i = 0; i < json_array_length(array); i++) {
        JsonObject *object = json_array_object(array, i);
        RebalanceRequest request = {
            .time_ns = json_member_int(object, "time_ns", 0),
            .path = json_member_string(object, "path", ""),
            .bdf = json_member_string(object, "bdf", ""),
            .request = json_member_string(object, "request", ""),
            .status = json_member_string(object, "status", ""),
            .reason = json_member_string(object, "reason", NULL),
        };

        g_array_append_val(rebalance->requests, request);
    }
}

static void parse_differences(Rebalance *rebalance, JsonArray *array)
{
    rebalance->differences = g_array_new(FALSE, FALSE, sizeof(RebalanceDifference));
    for (guint i = 0; i < json_array_length(array); i++) {
        JsonObject *object = json_array_object(array, i);
        RebalanceDifference difference = {
            .what = json_member_string(object, "what", ""),
            .predicted = json_member_string(object, "predicted", NULL),
            .observed = json_member_string(object, "observed", NULL),
        };

        g_array_append_val(rebalance->differences, difference);
    }
}

static void parse_times(Rebalance *rebalance, JsonObject *times)
{
    for (guint i = 0; times != NULL && i < REBALANCE_TIMES; i++) {
        rebalance->times_ns[i] = json_member_int(times, rebalance_time_names[i], 0);
    }
    rebalance->total_ns = times == NULL ? 0 : json_member_int(times, "total", 0);
}

static gboolean parse_result(Rebalance *rebalance, JsonObject *root)
{
    const char *result = json_member_string(root, "result", NULL);

    for (guint i = 0; i < REBALANCE_RESULTS; i++) {
        if (g_strcmp0(result, rebalance_result_names[i]) == 0) {
            rebalance->result = i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean parse_root(Rebalance *rebalance, JsonObject *root)
{
    JsonArray *functions = json_member_array(root, "functions");
    JsonArray *requests = json_member_array(root, "requests");
    JsonArray *differences = json_member_array(root, "differences");

    rebalance->reason = json_member_string(root, "reason", NULL);
    rebalance->policy = json_member_string(root, "policy", "");
    rebalance->attempts = (guint)json_member_int(root, "attempts", 0);
    rebalance->smallest_stops = (int)json_member_int(root, "smallest_stops", -1);
    rebalance->breaches = json_member_strings(root, "breaches");
    parse_functions(rebalance, functions);
    parse_requests(rebalance, requests);
    parse_differences(rebalance, differences);
    parse_times(rebalance, json_member_object(root, "times_ns"));
    return parse_result(rebalance, root) && functions != NULL && requests != NULL &&
           differences != NULL && rebalance->breaches != NULL;
}

Rebalance *rebalance_parse(const char *text, GError **error)
{
    g_autoptr(Rebalance) rebalance = g_new0(Rebalance, 1);
    g_autoptr(GError) cause = NULL;

    rebalance->json = json_from_string(text, &cause);
    if (rebalance->json == NULL || !JSON_NODE_HOLDS_OBJECT(rebalance->json) ||
        !parse_root(rebalance, json_node_get_object(rebalance->json))) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "the guest's account of the rebalance is no JSON object with result, "
                    "functions, requests, differences and breaches: %s",
                    cause != NULL ? cause->message : text);
        return NULL;
    }
    return g_steal_pointer(&rebalance);
}

void rebalance_free(Rebalance *rebalance)
{
    if (rebalance == NULL) {
        return;
    }
    g_clear_pointer(&rebalance->functions, g_array_unref);
    g_clear_pointer(&rebalance->requests, g_array_unref);
    g_clear_pointer(&rebalance->differences, g_array_unref);
    g_clear_pointer(&rebalance->json, json_node_unref);
    g_strfreev(rebalance->breaches);
    g_free(rebalance);
}

int rebalance_plan_stops(const char *text)
{
    g_autoptr(JsonNode) plan = json_from_string(text, NULL);
    g_auto(GStrv) stops = plan == NULL || !JSON_NODE_HOLDS_OBJECT(plan)
                              ? NULL
                              : json_member_strings(json_node_get_object(plan), "stops");

    return stops == NULL ? -1 : (int)g_strv_length(stops);
}

const RebalanceFunction *rebalance_function_at(const Rebalance *rebalance, const char *path)
{
    for (guint i = 0; i < rebalance->functions->len; i++) {
        const RebalanceFunction *function =
            &g_array_index(rebalance->functions, RebalanceFunction, i);

        if (g_str_equal(function->path, path)) {
            return function;
        }
    }
    return NULL;
}

guint rebalance_stops(const Rebalance *rebalance)
{
    guint stops = 0;

    for (guint i = 0; i < rebalance->functions->len; i++) {
        stops += g_array_index(rebalance->functions, RebalanceFunction, i).stopped ? 1 : 0;
    }
    return stops;
}

gboolean rebalance_was_asked(const Rebalance *rebalance, const char *path)
{
    for (guint i = 0; i < rebalance->requests->len; i++) {
        const RebalanceRequest *one = &g_array_index(rebalance->requests, RebalanceRequest, i);

        if (g_str_equal(one->path, path) && g_str_equal(one->request, "query-stop")) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean rebalance_function_lost(const RebalanceFunction *function)
{
    static const char *const states[] = { "failed", "surprise-removed", "removed", NULL };

    return g_strv_contains(states, function->state);
}
