/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "request-log.h"

bool participant_is_below(const Participant *participants, int index, int above)
{
    while (index >= 0 && index != above) {
        index = participants[index].parent;
    }
    return index >= 0;
}

void cut_mark(char *text, size_t size, int length)
{
    static const char mark[] = "...";

    if (length >= 0 && (size_t)length >= size && size >= sizeof(mark)) {
        memcpy(text + size - sizeof(mark), mark, sizeof(mark));
    }
}

void breaches_add(Breaches *breaches, const char *format, ...)
{
    va_list arguments;

    if (breaches->count < BREACHES_MAX) {
        va_start(arguments, format);
        cut_mark(breaches->sentences[breaches->count], BREACH_SIZE,
                 vsnprintf(breaches->sentences[breaches->count], BREACH_SIZE, format, arguments));
        va_end(arguments);
    }
    breaches->count++;
}

size_t breaches_listed(const Breaches *breaches)
{
    return breaches->count < BREACHES_MAX ? breaches->count : BREACHES_MAX;
}
