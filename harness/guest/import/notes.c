/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void notes_add(Notes *notes, const char *format, ...)
{
    va_list arguments;
    char *line = NULL;
    char **lines;

    va_start(arguments, format);
    if (vasprintf(&line, format, arguments) < 0) {
        line = NULL;
    }
    va_end(arguments);
    for (size_t i = 0; line && i < notes->count; i++) {
        if (strcmp(notes->lines[i], line) == 0) {
            free(line);
            return;
        }
    }
    lines = line ? reallocarray(notes->lines, notes->count + 1, sizeof(*lines)) : NULL;
    if (!lines) {
        free(line);
        return;
    }
    notes->lines = lines;
    notes->lines[notes->count++] = line;
}

void notes_gather(Notes *notes, const char *what, const char *who)
{
    size_t length = strlen(what);

    for (size_t i = 0; i < notes->count; i++) {
        char *line = notes->lines[i];
        char *longer;

        if (strncmp(line, what, length) == 0 && line[length] == ':') {
            if (asprintf(&longer, "%s, %s", line, who) >= 0) {
                free(line);
                notes->lines[i] = longer;
            }
            return;
        }
    }
    notes_add(notes, "%s: %s", what, who);
}

void notes_free(Notes *notes)
{
    for (size_t i = 0; i < notes->count; i++) {
        free(notes->lines[i]);
    }
    free(notes->lines);
    *notes = (Notes) { .lines = NULL };
}
