/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where two JSON values differ first. */
#ifndef BARSHIFT_HOST_JSON_DIFFERENCE_H
#define BARSHIFT_HOST_JSON_DIFFERENCE_H

#include <json-glib/json-glib.h>

/**
 * json_difference() - compare member by member, in the order of @before
 * @ignored: names of members that may differ, at any depth; NULL-terminated
 *
 * Returns: (transfer full) (nullable): such as "bars[1].kernel.base: expected "0x1", observed
 * null"; NULL when they are equal.
 */
char *json_difference(JsonNode *before, JsonNode *after, const char *const *ignored);

#endif
