/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "json.h"

static void string_write(Json *json, const char *text)
{
    fputc('"', json->file);
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte == '"' || byte == '\\') {
            fprintf(json->file, "\\%c", byte);
        } else if (byte < 0x20) {
            fprintf(json->file, "\\u%04x", byte);
        } else {
            fputc(byte, json->file);
        }
    }
    fputc('"', json->file);
}

static void item_begin(Json *json, const char *key)
{
    if (json->comma) {
        fputc(',', json->file);
    }
    json->comma = true;
    if (key) {
        string_write(json, key);
        fputc(':', json->file);
    }
}

void json_open(Json *json, const char *key, char bracket)
{
    item_begin(json, key);
    fputc(bracket, json->file);
    json->comma = false;
}

void json_close(Json *json, char bracket)
{
    fputc(bracket, json->file);
    json->comma = true;
}

void json_text(Json *json, const char *key, const char *text)
{
    item_begin(json, key);
    if (text && text[0] != '\0') {
        string_write(json, text);
    } else {
        fputs("null", json->file);
    }
}

void json_hex(Json *json, const char *key, uint64_t value)
{
    item_begin(json, key);
    fprintf(json->file, "\"0x%" PRIx64 "\"", value);
}

void json_number(Json *json, const char *key, uint64_t value)
{
    item_begin(json, key);
    fprintf(json->file, "%" PRIu64, value);
}

void json_bool(Json *json, const char *key, bool value)
{
    item_begin(json, key);
    fputs(value ? "true" : "false", json->file);
}

void json_null(Json *json, const char *key)
{
    item_begin(json, key);
    fputs("null", json->file);
}
