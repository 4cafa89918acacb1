/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rebalance-record.h"

RebalanceRecord *rebalance_record_new(guint step_nr)
{
    RebalanceRecord *record = g_new0(RebalanceRecord, 1);

    record->step_nr = step_nr;
    record->smallest_stops = -1;
    return record;
}

void rebalance_record_free(RebalanceRecord *record)
{
    if (record == NULL) {
        return;
    }
    g_clear_pointer(&record->account, rebalance_free);
    g_clear_pointer(&record->before, observation_free);
    g_clear_pointer(&record->after, observation_free);
    g_clear_pointer(&record->drivers, driver_reports_free);
    g_free(record);
}

/* One that is not of barshift's has no tag, and is known by the address that it had. */
Function *rebalance_record_function(const RebalanceRecord *record, const Scenario *scenario,
                                    const RebalanceFunction *told)
{
    const FunctionState *state;

    if (told->tag != 0) {
        return scenario_function_by_tag(scenario, told->tag);
    }
    state = record->before == NULL ? NULL : observation_find_bdf(record->before, told->before);
    return state == NULL || state->function == NULL
               ? NULL
               : scenario_find_function(scenario, state->function->name);
}

const RebalanceFunction *rebalance_record_told(const RebalanceRecord *record,
                                               const Function *function)
{
    const FunctionState *state =
        record->before == NULL ? NULL : observation_find(record->before, function);

    for (guint i = 0; i < record->account->functions->len; i++) {
        const RebalanceFunction *told =
            &g_array_index(record->account->functions, RebalanceFunction, i);

        if (told->tag != 0 ? told->tag == function->tag
                           : state != NULL && g_str_equal(told->before, state->bdf)) {
            return told;
        }
    }
    return NULL;
}
