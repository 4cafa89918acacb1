/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu-choice.h"

#include "error.h"
#include "qemu-answer.h"

#include <string.h>

static const char built_in_line[] = "\nname \"barshift\",";
static const char first_line[] = "name \"";
/* of a preloaded device that finds itself in a QEMU which it was not built for */
static const char refusal_line[] = "barshift: built for ";

static char *ask_devices(const char *qemu, const char *preload, GCancellable *cancellable,
                         GError **error)
{
    return qemu_answer(qemu, preload, "-device", cancellable, error);
}

gboolean qemu_choice_check(const char *qemu, const char *device, gboolean *built_in,
                           GCancellable *cancellable, GError **error)
{
    g_autofree char *bare = ask_devices(qemu, NULL, cancellable, error);
    g_autofree char *preloaded = NULL;
    const char *refusal;

    if (bare == NULL) {
        return FALSE;
    }
    *built_in = strstr(bare, built_in_line) != NULL;
    if (*built_in || strstr(bare, first_line) == NULL) {
        return TRUE;
    }
    preloaded = ask_devices(qemu, device, cancellable, error);
    if (preloaded == NULL) {
        return FALSE;
    }
    refusal = strstr(preloaded, refusal_line);
    if (refusal != NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "QEMU '%s' has no device barshift, and does not take it: %.*s", qemu,
                    (int)strcspn(refusal, "\n"), refusal);
    }
    return refusal == NULL;
}
