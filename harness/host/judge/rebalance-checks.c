/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rebalance-checks.h"

#include "json-difference.h"
#include "json-member.h"
#include "ledger-records.h"

/* I12: nobody was stopped who could have gone on. */
static void add_minimal(const RebalanceRecord *record, GPtrArray *checks)
{
    gboolean ok = record->stops <= (guint)record->smallest_stops;
    char *text = ok ? NULL
                    : g_strdup_printf("%u working function%s stopped; the smallest scope that "
                                      "makes room stops %d", record->stops,
                                      record->stops == 1 ? " was" : "s were",
                                      record->smallest_stops);
    Check *check = check_add(checks, ok, text, "I12/minimal/step-%u", record->step_nr);

    check->warning = TRUE;
}

/* P1: the kernel did what the arbiter had foretold. */
static void add_predicted(const RebalanceRecord *record, GPtrArray *checks)
{
    const GArray *differences = record->account->differences;
    char *text = NULL;
    Check *check;

    if (differences->len != 0) {
        const RebalanceDifference *first = &g_array_index(differences, RebalanceDifference, 0);

        text = g_strdup_printf("%s: predicted %s, observed %s (%u difference%s)", first->what,
                               first->predicted == NULL ? "nothing" : first->predicted,
                               first->observed == NULL ? "nothing" : first->observed,
                               differences->len, differences->len == 1 ? "" : "s");
    }
    check = check_add(checks, text == NULL, text, "P1/predicted/step-%u", record->step_nr);
    check->warning = TRUE;
}

/* I10: the manager kept to its own rules. */
static void add_manager_contract(const RebalanceRecord *record, GPtrArray *checks)
{
    char **breaches = record->account->breaches;
    guint count = g_strv_length(breaches);
    char *text = count == 0   ? NULL
                 : count == 1 ? g_strdup(breaches[0])
                              : g_strdup_printf("%s (and %u more)", breaches[0], count - 1);

    check_add(checks, count == 0, text, "I10/contract/manager/step-%u", record->step_nr);
}

/* (nullable): the member of the guest's map that describes who has this address */
static JsonNode *described(const Observation *observation, const char *list, const char *bdf)
{
    JsonArray *array = json_member_array(json_node_get_object(observation->guest), list);

    for (guint i = 0; i < json_array_length(array); i++) {
        if (g_str_equal(json_member_string(json_array_object(array, i), "bdf", ""), bdf)) {
            return json_array_get_element(array, i);
        }
    }
    return NULL;
}

/* I13: everything that the guest knows of it is as it was before the step. */
static void add_same_state(const RebalanceRecord *record, const char *list, const char *bdf,
                           GPtrArray *checks)
{
    static const char *const ignored[] = { "ledger_total", "violations", NULL }; /* they count */
    JsonNode *before = described(record->before, list, bdf);
    JsonNode *after = described(record->after, list, bdf);
    char *text = after == NULL ? g_strdup("it is not there any more")
                               : json_difference(before, after, ignored);

    check_add(checks, text == NULL, text, "I13/rolled-back/%s/state", bdf);
}

/* The first record that tells of another place, (nullable) */
static char *move_text(const GArray *records)
{
    static const char *const moves[] = { "map", "unmap", "resize", "reset", NULL };

    for (guint i = 0; i < records->len; i++) {
        const LedgerRecord *record = &g_array_index(records, LedgerRecord, i);

        if (g_strv_contains(moves, record->event)) {
            return g_strdup_printf("record %" G_GUINT64_FORMAT ": %s %#" G_GINT64_MODIFIER "x",
                                   record->sequence, record->event, record->value);
        }
    }
    return NULL;
}

/* I13: who was not even stopped has never been anywhere else. */
static void add_no_move(const RebalanceRecord *record, const FunctionState *state,
                        GPtrArray *checks)
{
    const RebalanceFunction *told = rebalance_record_told(record, state->function);
    g_autoptr(GArray) records = NULL;
    char *text;

    if (told != NULL && told->stopped) {
        return;
    }
    records = ledger_records_between(record->before, record->after, state->function);
    text = move_text(records);
    check_add(checks, text == NULL, text, "I13/rolled-back/%s/ledger", state->bdf);
}

/* Was it asked whether it can stop, and then went on? */
static gboolean was_cancelled(const RebalanceRecord *record, const FunctionState *state)
{
    const RebalanceFunction *told =
        state->function == NULL ? NULL : rebalance_record_told(record, state->function);

    return told != NULL && !told->stopped && rebalance_was_asked(record->account, told->path);
}

static void add_rolled_back(const RebalanceRecord *record, GPtrArray *checks)
{
    gboolean refused = record->account->result == REBALANCE_REFUSED;

    for (guint i = 0; i < record->before->functions->len; i++) {
        const FunctionState *state = g_ptr_array_index(record->before->functions, i);

        if (!refused && !was_cancelled(record, state)) {
            continue;
        }
        add_same_state(record, "functions", state->bdf, checks);
        if (state->has_ledger) {
            add_no_move(record, state, checks);
        }
    }
    for (guint i = 0; refused && i < record->before->bridges->len; i++) {
        const BridgeState *bridge = g_ptr_array_index(record->before->bridges, i);

        add_same_state(record, "bridges", bridge->bdf, checks);
    }
}

void rebalance_checks_add(const Story *story, GPtrArray *checks)
{
    for (guint i = 0; i < story->rebalances->len; i++) {
        const RebalanceRecord *record = g_ptr_array_index(story->rebalances, i);

        if (record->smallest_stops >= 0) {
            add_minimal(record, checks);
        }
        if (record->account != NULL) {
            add_predicted(record, checks);
            add_manager_contract(record, checks);
            add_rolled_back(record, checks);
        }
    }
}
