/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json-member.h"

static JsonNode *member_of_type(JsonObject *object, const char *name, GType type)
{
    JsonNode *node = json_object_get_member(object, name);

    return node != NULL && json_node_get_value_type(node) == type ? node : NULL;
}

const char *json_member_string(JsonObject *object, const char *name, const char *otherwise)
{
    JsonNode *node = member_of_type(object, name, G_TYPE_STRING);

    return node == NULL ? otherwise : json_node_get_string(node);
}

gint64 json_member_int(JsonObject *object, const char *name, gint64 otherwise)
{
    JsonNode *node = member_of_type(object, name, G_TYPE_INT64);

    return node == NULL ? otherwise : json_node_get_int(node);
}

gboolean json_member_has_int(JsonObject *object, const char *name)
{
    return member_of_type(object, name, G_TYPE_INT64) != NULL;
}

gboolean json_member_is_true(JsonObject *object, const char *name)
{
    JsonNode *node = member_of_type(object, name, G_TYPE_BOOLEAN);

    return node != NULL && json_node_get_boolean(node);
}

/* Addresses travel as strings: JSON numbers lose bits above 2^53 in many readers. */
guint64 json_member_address(JsonObject *object, const char *name)
{
    const char *text = json_member_string(object, name, NULL);

    return text == NULL ? 0 : g_ascii_strtoull(text, NULL, 16);
}

JsonObject *json_member_object(JsonObject *object, const char *name)
{
    JsonNode *node = object == NULL ? NULL : json_object_get_member(object, name);

    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static gboolean holds_objects(JsonArray *array)
{
    for (guint i = 0; i < json_array_get_length(array); i++) {
        if (!JSON_NODE_HOLDS_OBJECT(json_array_get_element(array, i))) {
            return FALSE;
        }
    }
    return TRUE;
}

JsonArray *json_member_array(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    JsonArray *array =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    return array != NULL && holds_objects(array) ? array : NULL;
}

char **json_member_strings(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    JsonArray *array =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    g_autoptr(GStrvBuilder) strings = g_strv_builder_new();

    for (guint i = 0; i < json_array_length(array); i++) {
        JsonNode *element = json_array_get_element(array, i);

        if (json_node_get_value_type(element) != G_TYPE_STRING) {
            return NULL;
        }
        g_strv_builder_add(strings, json_node_get_string(element));
    }
    return array == NULL ? NULL : g_strv_builder_end(strings);
}

guint json_array_length(JsonArray *array)
{
    return array == NULL ? 0 : json_array_get_length(array);
}

JsonObject *json_array_object(JsonArray *array, guint index)
{
    return json_node_get_object(json_array_get_element(array, index));
}
