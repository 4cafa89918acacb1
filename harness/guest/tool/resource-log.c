/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resource-log.h"

#define HEXADECIMAL "0123456789abcdef"
#define DIGITS "0123456789"
#define BUS_LENGTH 6 /* "01:00." in front of the number of a function */

bool resource_log_is_pci(const char *line)
{
    return strstr(line, "pci") != NULL || strstr(line, "acpiphp") != NULL ||
           strstr(line, "shpchp") != NULL;
}

static bool is_hexadecimal(char c)
{
    return c != '\0' && strchr(HEXADECIMAL, c) != NULL;
}

/* Does "01:00.0: " stand here? */
static bool is_bus_address(const char *text)
{
    return is_hexadecimal(text[0]) && is_hexadecimal(text[1]) && text[2] == ':' &&
           is_hexadecimal(text[3]) && is_hexadecimal(text[4]) && text[5] == '.' &&
           text[BUS_LENGTH] >= '0' && text[BUS_LENGTH] <= '7' &&
           strncmp(text + BUS_LENGTH + 1, ": ", 2) == 0;
}

/* Return: what is said of a function, NULL when nothing is; @bdf: (out) */
static const char *function_find(const char *line, char *bdf)
{
    for (const char *colon = strchr(line, ':'); colon; colon = strchr(colon + 1, ':')) {
        const char *begin = colon;

        while (begin > line && is_hexadecimal(begin[-1])) {
            begin--;
        }
        if (begin < colon && is_bus_address(colon + 1)) {
            snprintf(bdf, BDF_SIZE, "%.*s", (int)(colon + 1 + BUS_LENGTH + 1 - begin), begin);
            return colon + 1 + BUS_LENGTH + strlen("0: ");
        }
    }
    return NULL;
}

/* Length of "BAR 2", "VF BAR 0", "ROM" or "bridge window" at the beginning; 0: it is none */
static size_t name_length(const char *text)
{
    static const char *const numbered[] = { "BAR ", "VF BAR " };
    static const char *const names[] = { "ROM", "bridge window" };

    for (size_t i = 0; i < sizeof(numbered) / sizeof(numbered[0]); i++) {
        size_t length = strlen(numbered[i]);

        if (strncmp(text, numbered[i], length) == 0) {
            size_t digits = strspn(text + length, DIGITS);

            return digits == 0 ? 0 : length + digits;
        }
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strncmp(text, names[i], strlen(names[i])) == 0) {
            return strlen(names[i]);
        }
    }
    return 0;
}

static const char *state_name(const char *text)
{
    if (strstr(text, "failed to assign") || strstr(text, "no space")) {
        return "failed";
    }
    return strstr(text, "releasing") ? "released" : strstr(text, "assigned") ? "assigned" : NULL;
}

/* A bridge has several windows, which only their place tells apart */
static const char *window_kind(const char *place)
{
    return strstr(place, "io") ? " io" : strstr(place, "pref") ? " pref" : " mem";
}

/* Return: false when @text, which was said of @line->bdf, tells of no resource's state */
static bool line_parse(const char *text, ResourceLogLine *line)
{
    size_t length = name_length(text);
    const char *state = length == 0 ? NULL : state_name(text);
    const char *open = strchr(text, '[');
    const char *close = open ? strchr(open, ']') : NULL;
    char place[RESOURCE_LOG_STATE_SIZE] = "";

    if (!state) {
        return false;
    }
    if (close) {
        snprintf(place, sizeof(place), "%.*s", (int)(close + 1 - open), open);
    }
    snprintf(line->name, sizeof(line->name), "%.*s%s", (int)length, text,
             text[0] == 'b' ? window_kind(place) : "");
    snprintf(line->state, sizeof(line->state), "%s%s%.*s", state, place[0] == '\0' ? "" : " ",
             RESOURCE_LOG_STATE_SIZE / 2, place);
    return true;
}

static int log_note(ResourceLog *log, const ResourceLogLine *line)
{
    ResourceLogLine *lines;

    for (size_t i = 0; i < log->count; i++) {
        if (strcmp(log->lines[i].bdf, line->bdf) == 0 &&
            strcmp(log->lines[i].name, line->name) == 0) {
            log->lines[i] = *line;
            return 0;
        }
    }
    lines = realloc(log->lines, (log->count + 1) * sizeof(*lines));
    if (!lines) {
        return -ENOMEM;
    }
    lines[log->count++] = *line;
    log->lines = lines;
    return 0;
}

/* Seconds in "<6>[    5.140900] TEXT"; 0 for a line without */
static double line_time(const char *line)
{
    const char *open = strchr(line, '[');

    return open ? strtod(open + 1, NULL) : 0;
}

int resource_log_parse(ResourceLog *log, char *text, double since_s)
{
    char *rest;
    int result = 0;

    *log = (ResourceLog) { 0 };
    for (char *line = strtok_r(text, "\n", &rest); line && result == 0;
         line = strtok_r(NULL, "\n", &rest)) {
        ResourceLogLine parsed = { 0 };
        const char *said;

        if (!resource_log_is_pci(line) || line_time(line) < since_s) {
            continue;
        }
        said = function_find(line, parsed.bdf);
        if (said && line_parse(said, &parsed)) {
            result = log_note(log, &parsed);
        }
    }
    if (result < 0) {
        resource_log_free(log);
    }
    return result;
}

void resource_log_free(ResourceLog *log)
{
    free(log->lines);
    *log = (ResourceLog) { 0 };
}
