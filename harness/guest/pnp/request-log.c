/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>

#include "request-log.h"

bool participant_is_below(const Participant *participants, int index, int above)
{
    while (index >= 0 && index != above) {
        index = participants[index].parent;
    }
    return index >= 0;
}

void breaches_add(Breaches *breaches, const char *format, ...)
{
    va_list arguments;

    if (breaches->count < BREACHES_MAX) {
        va_start(arguments, format);
        vsnprintf(breaches->sentences[breaches->count], BREACH_SIZE, format, arguments);
        va_end(arguments);
    }
    breaches->count++;
}

size_t breaches_listed(const Breaches *breaches)
{
    return breaches->count < BREACHES_MAX ? breaches->count : BREACHES_MAX;
}
