/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON on one line, written as it goes: commas are placed here, nesting is the caller's.
 *
 * @key everywhere: the name inside an object, NULL inside an array and at the top.
 */
#ifndef BARSHIFT_JSON_H
#define BARSHIFT_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct Json {
    FILE *file;
    bool comma; /* the next item needs one in front */
} Json;

#define JSON_INIT(stream) { .file = (stream) }

/** json_open(), json_close() - begin and end an object or an array; @bracket is one of {[]} */
void json_open(Json *json, const char *key, char bracket);
void json_close(Json *json, char bracket);

/** json_text() - a string; control characters and quotes are escaped; NULL or "" becomes null */
void json_text(Json *json, const char *key, const char *text);

/** json_hex() - an address, a size or an ID, as the string "0x..." since 64 bits exceed a double */
void json_hex(Json *json, const char *key, uint64_t value);

void json_number(Json *json, const char *key, uint64_t value);
void json_bool(Json *json, const char *key, bool value);
void json_null(Json *json, const char *key);

#endif
