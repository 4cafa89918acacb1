/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step in which the guest's PnP manager makes room. */
#include "error.h"
#include "run.h"

static GString *rebalance_command(Run *run, const Step *step, GError **error)
{
    const Function *function = step->function == NULL ? run->newcomer : step->function;
    int bar_nr = step->size_bytes == 0 ? 0 : run_resized_bar(run, step, error);
    g_autofree char *bdf = bar_nr < 0 ? NULL : run_find_bdf(run, function->name, error);
    GString *command = bdf == NULL ? NULL : g_string_new("barshift-guest rebalance");

    if (command == NULL) {
        return NULL;
    }
    if (step->size_bytes == 0) {
        g_string_append_printf(command, " --incoming %s", bdf);
    } else {
        story_ask_size(&run->story, step->function, (guint)bar_nr, step->size_bytes);
        g_string_append_printf(command, " --resize %s bar%d %" G_GUINT64_FORMAT, bdf, bar_nr,
                               step->size_bytes);
    }
    if (step->policy != NULL) {
        g_string_append_printf(command, " --policy %s", step->policy);
    }
    if (step->deadline_seconds != 0) {
        g_string_append_printf(command, " --deadline %u", step->deadline_seconds);
    }
    return command;
}

/* The manager says by its status whether it made room; its account is there either way. */
static Rebalance *rebalance(Run *run, const Step *step, GError **error)
{
    g_autoptr(GString) command = rebalance_command(run, step, error);
    g_autoptr(GuestReply) reply = NULL;

    run->action_follows = TRUE;
    reply = command == NULL ? NULL : run_guest(run, error, "%s --json", command->str);
    return run_check_reply(reply, "barshift-guest rebalance", error)
               ? rebalance_parse(reply->out->str, error)
               : NULL;
}

static void tell(Run *run, const RebalanceRecord *record)
{
    const Rebalance *account = record->account;

    if (account->reason != NULL) {
        run_detail(run, "%s: %s", rebalance_result_names[account->result], account->reason);
    } else {
        run_detail(run, "%s, %u working function%s stopped",
                   rebalance_result_names[account->result], record->stops,
                   record->stops == 1 ? "" : "s");
    }
}

/* Newcomers have no driver of their own before they have resources. */
static gboolean drive_newcomers(Run *run, GError **error)
{
    return run_drive_functions(run, run->story.newcomers, error);
}

gboolean run_step_pnp(Run *run, const Step *step, GError **error)
{
    RebalanceRecord *record = rebalance_record_new(run->step_nr);

    run->step->rebalance = record;
    record->before = run_observe(run, error);
    record->account = record->before == NULL ? NULL : rebalance(run, step, error);
    if (record->account == NULL) {
        return FALSE;
    }
    record->stops = rebalance_stops(record->account);
    record->smallest_stops = record->account->smallest_stops;
    story_add_rebalance(&run->story, record, step);
    tell(run, record);
    record->after = run_observe(run, error);
    if (record->after == NULL) {
        return FALSE;
    }
    if (g_hash_table_size(run->driven) != 0) {
        record->drivers = run_query_drivers(run, error);
    }
    return (record->drivers != NULL || g_hash_table_size(run->driven) == 0) &&
           drive_newcomers(run, error);
}
