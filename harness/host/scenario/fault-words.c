/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault-words.h"

#include "fault-names.h"

#define NAME(id, name, breaks) name,

const char *const fault_names[] = { BARSHIFT_FAULTS(NAME) NULL };

char **fault_split(const char *text)
{
    return g_strsplit_set(text, "+,", -1);
}

char *fault_complaint(const char *text)
{
    g_auto(GStrv) words = fault_split(text);

    if (words[0] == NULL) {
        return g_strdup("the value is missing; remove the key, or name a fault");
    }
    for (guint i = 0; words[i] != NULL; i++) {
        if (!g_strv_contains(fault_names, words[i])) {
            g_autofree char *list = g_strjoinv(", ", (char **)fault_names);

            return g_strdup_printf("'%s' is no fault; expected names joined by + out of: %s",
                                   words[i], list);
        }
    }
    return NULL;
}
