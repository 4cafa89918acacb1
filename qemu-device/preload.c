/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LD_PRELOAD without this library.
 */

#include <dlfcn.h>
#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "preload.h"

static bool same_file(const char *a, const char *b)
{
    struct stat first, second;

    if (g_str_equal(a, b)) {
        return true;
    }
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

char *preload_without(const char *list, const char *library)
{
    g_auto(GStrv) entries = g_strsplit_set(list, ": ", -1);
    GString *rest = g_string_new(NULL);

    for (char **entry = entries; *entry; entry++) {
        if (**entry == '\0' || same_file(*entry, library)) {
            continue;
        }
        if (rest->len > 0) {
            g_string_append_c(rest, ':');
        }
        g_string_append(rest, *entry);
    }
    return g_string_free(rest, rest->len == 0);
}

void preload_forget(void)
{
    const char *list = getenv("LD_PRELOAD");
    g_autofree char *rest = NULL;
    Dl_info self;

    if (!list || dladdr(preload_forget, &self) == 0) {
        return;
    }
    rest = preload_without(list, self.dli_fname);
    if (rest) {
        setenv("LD_PRELOAD", rest, 1);
    } else {
        unsetenv("LD_PRELOAD");
    }
}
