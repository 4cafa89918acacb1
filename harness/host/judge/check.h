/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One checked statement, whoever checked it. The name is a path: invariant, verb, function, and
 * what of it, such as "I5/reachable/0000:01:00.0/bar2".
 */
#ifndef BARSHIFT_HOST_CHECK_H
#define BARSHIFT_HOST_CHECK_H

#include <glib.h>

typedef struct Check {
    char *name;
    gboolean ok;
    gboolean called_for; /* FALSE: the outcome does not ask for it, so it counts for nothing */
    gboolean warning;    /* a failure is told, and decides nothing */
    char *text;          /* (nullable): why it failed, or why it was skipped */
} Check;

/** check_new() - @text: (transfer full) (nullable) */
Check *check_new(const char *name, gboolean ok, char *text);

/** check_add() - append a new one, named by @format; @text: (transfer full) (nullable) */
Check *check_add(GPtrArray *checks, gboolean ok, char *text, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

void check_free(Check *check);

/** check_part() - (transfer full): part @index of the name, "" when there are fewer */
char *check_part(const Check *check, guint index);

/**
 * check_list_from_tap() - the tests of a TAP stream, as the guest's CMocka writes it
 *
 * A skipped test is not called for, whether the producer writes "ok" or "not ok" before # SKIP.
 *
 * Returns: (transfer full) (element-type Check): NULL with RUNNER_ERROR_ENVIRONMENT when the
 * stream bails out, has no plan, or another number of tests than planned.
 */
GPtrArray *check_list_from_tap(const char *text, GError **error);

#endif
