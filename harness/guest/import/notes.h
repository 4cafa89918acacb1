/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an import could not take over as it was, a line each. */
#ifndef BARSHIFT_IMPORT_NOTES_H
#define BARSHIFT_IMPORT_NOTES_H

#include <stddef.h>

typedef struct Notes {
    char **lines;
    size_t count;
} Notes;

/** notes_add() - what stands there already is not added again; without memory it is lost */
void notes_add(Notes *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** notes_gather() - one line for all with the same to be said of: "WHAT: WHO, WHO, WHO" */
void notes_gather(Notes *notes, const char *what, const char *who);

void notes_free(Notes *notes);

#endif
