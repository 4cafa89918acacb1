/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps that reset a function, and that change its power state. */
#include "error.h"
#include "run.h"

#include <string.h>

/* One function, which is in scope from now on */
static GHashTable *handle(Run *run, Function *function)
{
    GHashTable *functions = g_hash_table_new(NULL, NULL);

    g_hash_table_add(functions, function);
    g_hash_table_add(run->story.handled, function);
    return functions;
}

/* A reset that did not come about would be survived by anybody. */
gboolean run_step_reset(Run *run, const Step *step, GError **error)
{
    g_autofree char *bdf = run_find_bdf(run, step->function->name, error);
    g_autoptr(GHashTable) functions = handle(run, step->function);
    g_autoptr(GuestReply) reply = NULL;

    if (bdf == NULL || !run_stop_functions(run, functions, error)) {
        return FALSE;
    }
    reply = run_guest_ok(run, error, "function-reset %s %s", bdf,
                         step->word == NULL ? "" : step->word);
    if (reply == NULL) {
        return FALSE;
    }
    g_hash_table_add(run->story.reset, step->function);
    return run_start_functions(run, functions, error);
}

gboolean run_step_suspend(Run *run, const Step *step, GError **error)
{
    g_autofree char *bdf = run_find_bdf(run, step->function->name, error);
    g_autoptr(GHashTable) functions = handle(run, step->function);
    g_autoptr(GuestReply) reply = NULL;

    if (bdf == NULL || !run_stop_functions(run, functions, error)) {
        return FALSE;
    }
    reply = run_guest_ok(run, error, "barshift-guest suspend %s", bdf);
    if (reply != NULL) {
        g_hash_table_add(run->story.asleep, step->function);
    }
    return reply != NULL;
}

gboolean run_step_resume(Run *run, const Step *step, GError **error)
{
    g_autofree char *bdf = run_find_bdf(run, step->function->name, error);
    g_autoptr(GHashTable) functions = handle(run, step->function);
    g_autoptr(GuestReply) reply =
        bdf == NULL ? NULL : run_guest(run, error, "barshift-guest resume %s", bdf);

    if (!run_check_reply(reply, "barshift-guest resume", error)) {
        return FALSE;
    }
    g_hash_table_remove(run->story.asleep, step->function);
    if (reply->status != 0) { /* for the witnesses to show what it lacks */
        run_detail(run, "%s", g_strstrip(reply->err->str));
        return TRUE;
    }
    if (strstr(reply->out->str, "reset") != NULL) {
        run_detail(run, "the function was reset on its way back");
        g_hash_table_add(run->story.reset, step->function);
    }
    return run_start_functions(run, functions, error);
}
