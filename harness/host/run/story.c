/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "story.h"

void story_init(Story *story, const Scenario *scenario)
{
    *story = (Story) {
        .scenario = scenario,
        .expectation = scenario_expect(scenario, NULL, NULL),
        .newcomers = g_hash_table_new(NULL, NULL),
        .served = g_hash_table_new(NULL, NULL),
        .stopped = g_hash_table_new(NULL, NULL),
        .asked = g_hash_table_new(NULL, NULL),
        .handled = g_hash_table_new(NULL, NULL),
        .reset = g_hash_table_new(NULL, NULL),
        .asleep = g_hash_table_new(NULL, NULL),
        .lost = g_hash_table_new(NULL, NULL),
        .removed = g_hash_table_new(NULL, NULL),
        .forgotten = g_hash_table_new(NULL, NULL),
        .sought = g_hash_table_new(NULL, NULL),
        .let_go = g_hash_table_new(NULL, NULL),
        .unmet = g_ptr_array_new_with_free_func(g_free),
        .resized = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref),
        .rebalances = g_ptr_array_new(),
    };
}

void story_clear(Story *story)
{
    g_clear_pointer(&story->expectation, scenario_expectation_unref);
    g_clear_pointer(&story->rival, scenario_expectation_unref);
    g_clear_pointer(&story->shortfalls, g_ptr_array_unref);
    g_clear_pointer(&story->kernel_log, g_free);
    g_hash_table_unref(story->newcomers);
    g_hash_table_unref(story->served);
    g_hash_table_unref(story->stopped);
    g_hash_table_unref(story->asked);
    g_hash_table_unref(story->handled);
    g_hash_table_unref(story->reset);
    g_hash_table_unref(story->asleep);
    g_hash_table_unref(story->lost);
    g_hash_table_unref(story->removed);
    g_hash_table_unref(story->forgotten);
    g_hash_table_unref(story->sought);
    g_hash_table_unref(story->let_go);
    g_ptr_array_unref(story->unmet);
    g_hash_table_unref(story->resized);
    g_ptr_array_unref(story->rebalances);
}

/* Only what differs for a reason can turn out not to differ any more. */
void story_expect(Story *story, const char *kernel_version, const char *qemu_version)
{
    g_clear_pointer(&story->expectation, scenario_expectation_unref);
    g_clear_pointer(&story->rival, scenario_expectation_unref);
    story->expectation = scenario_expect(story->scenario, kernel_version, qemu_version);
    if (story->expectation->reason != NULL) {
        story->rival = scenario_expect_always(story->scenario);
    }
}

void story_ask_size(Story *story, Function *function, guint bar_nr, guint64 size_bytes)
{
    ResizeRequest request = { .bar_nr = bar_nr, .size_bytes = size_bytes };
    GArray *requests = g_hash_table_lookup(story->resized, function);

    if (requests == NULL) {
        requests = g_array_new(FALSE, FALSE, sizeof(ResizeRequest));
        g_hash_table_insert(story->resized, function, requests);
    }
    for (guint i = 0; i < requests->len; i++) {
        if (g_array_index(requests, ResizeRequest, i).bar_nr == bar_nr) {
            g_array_index(requests, ResizeRequest, i) = request;
            return;
        }
    }
    g_array_append_val(requests, request);
}

gboolean story_in_scope(const Story *story, const Function *function)
{
    return g_hash_table_contains(story->stopped, function) ||
           g_hash_table_contains(story->asked, function) ||
           g_hash_table_contains(story->handled, function) ||
           g_hash_table_contains(story->newcomers, function) ||
           g_hash_table_contains(story->removed, function) ||
           g_hash_table_contains(story->forgotten, function) ||
           g_hash_table_contains(story->resized, function);
}

static void add_participant(Story *story, const RebalanceRecord *record,
                            const RebalanceFunction *told, const Step *step)
{
    Function *function = rebalance_record_function(record, story->scenario, told);
    gboolean resized = step->size_bytes != 0 && function == step->function;
    gboolean worked = told->stopped || (function != NULL &&
                                        g_hash_table_contains(story->newcomers, function));

    if (function == NULL) {
        return;
    }
    if (rebalance_was_asked(record->account, told->path)) {
        g_hash_table_add(story->asked, function);
    }
    if (told->stopped && !resized) {
        g_hash_table_add(story->stopped, function);
    }
    if (rebalance_function_lost(told) && g_hash_table_contains(story->served, function)) {
        g_hash_table_add(story->lost, function);
        g_hash_table_remove(story->served, function);
    } else if (worked && g_str_equal(told->state, "started")) {
        g_hash_table_remove(story->lost, function);
        g_hash_table_add(story->served, function);
    }
}

void story_add_rebalance(Story *story, const RebalanceRecord *record, const Step *step)
{
    const GArray *functions = record->account->functions;

    g_ptr_array_add(story->rebalances, (gpointer)record);
    for (guint i = 0; i < functions->len; i++) {
        add_participant(story, record, &g_array_index(functions, RebalanceFunction, i), step);
    }
}

const RebalanceRecord *story_last_stop(const Story *story, const Function *function)
{
    for (guint i = story->rebalances->len; i > 0; i--) {
        const RebalanceRecord *record = g_ptr_array_index(story->rebalances, i - 1);
        const RebalanceFunction *told =
            record->account == NULL ? NULL : rebalance_record_told(record, function);

        if (told != NULL && told->stopped) {
            return record;
        }
    }
    return NULL;
}

gboolean story_traffic_goes_on(const Story *story, const Function *function,
                               const DriverReport *report)
{
    const RebalanceRecord *stop = story_last_stop(story, function);
    const DriverReport *then =
        stop == NULL ? NULL : driver_reports_find(stop->drivers, function);

    return report->since_start > 0 &&
           (then == NULL || report->interrupts_raised == 0 ||
            report->interrupts_arrived > then->interrupts_arrived);
}
