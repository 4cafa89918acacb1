/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json-difference.h"

static char *compare(const char *path, JsonNode *before, JsonNode *after,
                     const char *const *ignored);

/* @node: (nullable) */
static char *value_text(JsonNode *node)
{
    return node == NULL ? g_strdup("nothing") : json_to_string(node, FALSE);
}

static char *difference_text(const char *path, JsonNode *before, JsonNode *after)
{
    g_autofree char *expected = value_text(before);
    g_autofree char *observed = value_text(after);

    return g_strdup_printf("%s: expected %s, observed %s", path, expected, observed);
}

static char *compare_member(const char *path, const char *name, JsonNode *before, JsonNode *after,
                            const char *const *ignored)
{
    g_autofree char *below = g_strdup_printf("%s%s%s", path, path[0] == '\0' ? "" : ".", name);

    return g_strv_contains(ignored, name) ? NULL : compare(below, before, after, ignored);
}

static char *compare_objects(const char *path, JsonObject *before, JsonObject *after,
                             const char *const *ignored)
{
    g_autoptr(GList) names = json_object_get_members(before);
    g_autoptr(GList) more = json_object_get_members(after);
    char *difference = NULL;

    for (GList *name = names; name != NULL && difference == NULL; name = name->next) {
        difference = compare_member(path, name->data, json_object_get_member(before, name->data),
                                    json_object_get_member(after, name->data), ignored);
    }
    for (GList *name = more; name != NULL && difference == NULL; name = name->next) {
        if (!json_object_has_member(before, name->data)) {
            difference = compare_member(path, name->data, NULL,
                                        json_object_get_member(after, name->data), ignored);
        }
    }
    return difference;
}

static char *compare_arrays(const char *path, JsonArray *before, JsonArray *after,
                            const char *const *ignored)
{
    guint length = json_array_get_length(before);
    guint other = json_array_get_length(after);
    char *difference = NULL;

    for (guint i = 0; i < MAX(length, other) && difference == NULL; i++) {
        g_autofree char *below = g_strdup_printf("%s[%u]", path, i);

        difference = compare(below, i < length ? json_array_get_element(before, i) : NULL,
                             i < other ? json_array_get_element(after, i) : NULL, ignored);
    }
    return difference;
}

static char *compare(const char *path, JsonNode *before, JsonNode *after,
                     const char *const *ignored)
{
    if (before == NULL || after == NULL ||
        json_node_get_node_type(before) != json_node_get_node_type(after)) {
        return difference_text(path, before, after);
    }
    switch (json_node_get_node_type(before)) {
    case JSON_NODE_OBJECT:
        return compare_objects(path, json_node_get_object(before), json_node_get_object(after),
                               ignored);
    case JSON_NODE_ARRAY:
        return compare_arrays(path, json_node_get_array(before), json_node_get_array(after),
                              ignored);
    default:
        return json_node_equal(before, after) ? NULL : difference_text(path, before, after);
    }
}

char *json_difference(JsonNode *before, JsonNode *after, const char *const *ignored)
{
    return compare("", before, after, ignored);
}
