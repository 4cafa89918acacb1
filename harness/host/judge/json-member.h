/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members of JSON objects that came from elsewhere. Unlike json-glib's own, these take a member of
 * another type for a missing one.
 */
#ifndef BARSHIFT_HOST_JSON_MEMBER_H
#define BARSHIFT_HOST_JSON_MEMBER_H

#include <json-glib/json-glib.h>

/** json_member_string() - (transfer none) (nullable): @otherwise when there is no such member */
const char *json_member_string(JsonObject *object, const char *name, const char *otherwise);

gint64 json_member_int(JsonObject *object, const char *name, gint64 otherwise);

/** json_member_has_int() - is there such a member, and is it a number without a fraction? */
gboolean json_member_has_int(JsonObject *object, const char *name);

gboolean json_member_is_true(JsonObject *object, const char *name);

/** json_member_address() - an address written as text, in hexadecimal; 0 when there is none */
guint64 json_member_address(JsonObject *object, const char *name);

/** json_member_object() - (nullable): also for an @object of NULL, so that calls nest */
JsonObject *json_member_object(JsonObject *object, const char *name);

/** json_member_array() - (nullable): an array of objects; one with anything else in it is none */
JsonArray *json_member_array(JsonObject *object, const char *name);

/** json_member_strings() - (transfer full) (nullable): an array of strings, and nothing else */
char **json_member_strings(JsonObject *object, const char *name);

/** json_array_length() - 0 for an @array of NULL */
guint json_array_length(JsonArray *array);

/** json_array_object() - object @index of what json_member_array() returned */
JsonObject *json_array_object(JsonArray *array, guint index);

#endif
