/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine.h"

#include "error.h"
#include "run.h"

static void step_record_free(gpointer data)
{
    StepRecord *step = data;

    g_ptr_array_unref(step->kernel);
    g_clear_pointer(&step->rebalance, rebalance_record_free);
    g_clear_pointer(&step->map, observation_free);
    g_free(step->map_name);
    g_free(step->text);
    g_free(step->detail);
    g_free(step);
}

void run_result_free(RunResult *result)
{
    if (result == NULL) {
        return;
    }
    g_clear_pointer(&result->judgement, judgement_free);
    g_clear_pointer(&result->before, observation_free);
    g_clear_pointer(&result->after, observation_free);
    g_clear_pointer(&result->drivers, driver_reports_free);
    g_ptr_array_unref(result->steps);
    g_free(result->name);
    g_free(result->qemu_version);
    g_free(result->kernel_release);
    g_free(result->accel);
    g_free(result->command);
    g_free(result->folder);
    g_free(result->start_reason);
    g_free(result);
}

static double seconds_since(gint64 start_us)
{
    return (double)(g_get_monotonic_time() - start_us) / G_USEC_PER_SEC;
}

static void begin_step(Run *run, const char *text)
{
    StepRecord *step = g_new0(StepRecord, 1);

    step->scenario = run->scenario;
    step->start_seconds = seconds_since(run->start_us);
    step->text = g_strdup(text);
    step->kernel = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(run->result->steps, step);
    run->step = step;
}

static void end_step(Run *run)
{
    run->step->seconds = seconds_since(run->start_us) - run->step->start_seconds;
    if (run->options->on_step != NULL) {
        run->options->on_step(run->step, run->options->on_step_data);
    }
}

static gboolean boot(Run *run, const RunFolder *folder, GCancellable *cancellable, GError **error)
{
    begin_step(run, "boot");
    if (!run_boot(run, folder, cancellable, error)) {
        return FALSE;
    }
    end_step(run);
    return TRUE;
}

static gboolean check_boot_function(const Run *run, const FunctionState *state, GError **error)
{
    for (guint b = 0; b < state->bars->len; b++) {
        const BarState *bar = g_ptr_array_index(state->bars, b);

        if (function_state_counts(state, bar) &&
            (bar_state_place(bar)->state != VIEW_ASSIGNED ||
             !function_state_decodes(state, bar))) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                        "%s: %s has no working BAR %u after the boot; the machine's windows "
                        "are too small for the functions plugged at boot, make hole64 larger",
                        run->scenario->path, state->function->name, bar->nr);
            return FALSE;
        }
    }
    return TRUE;
}

/* Every function that was plugged at boot must work before anything is tried. */
static gboolean check_boot_functions(Run *run, const Observation *now, GError **error)
{
    for (guint i = 0; i < run->scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(run->scenario->functions, i);
        const FunctionState *state = observation_find(now, function);

        if (!function->at_boot) {
            continue;
        }
        if (state == NULL) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                        "the guest's kernel has not found %s after the boot", function->name);
            return FALSE;
        }
        if (!check_boot_function(run, state, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Content that was never written cannot be looked for afterwards. */
static gboolean check_boot_served(const Run *run, GHashTable *functions, GError **error)
{
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, functions);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        if (!g_hash_table_contains(run->story.served, key)) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                        "%s could not be started after the boot: %s",
                        ((const Function *)key)->name,
                        run->step->detail == NULL ? "no reason given" : run->step->detail);
            return FALSE;
        }
    }
    return TRUE;
}

/* With nothing to prepare it is the state to compare with, which costs another look otherwise. */
static gboolean look_after_boot(Run *run, GError **error)
{
    const GPtrArray *steps = run->scenario->steps;
    gboolean prepares = steps->len != 0 && !run_is_judged(run, g_ptr_array_index(steps, 0));
    g_autoptr(Observation) look = NULL;
    const Observation *now;

    if (prepares) {
        now = look = run_observe(run, error);
    } else {
        now = run_record_baseline(run, error) ? run->result->before : NULL;
    }
    if (now == NULL || !check_boot_functions(run, now, error)) {
        return FALSE;
    }
    run->result->kernel_release = g_strdup(now->kernel);
    story_expect(&run->story, now->kernel_version, run->result->qemu_version);
    return TRUE;
}

static gboolean start_boot_functions(Run *run, GError **error)
{
    g_autoptr(GHashTable) functions = g_hash_table_new(NULL, NULL);

    begin_step(run, run_is_outside(run) ? "look at the functions plugged at boot"
                                        : "start the functions plugged at boot");
    for (guint i = 0; i < run->scenario->functions->len; i++) {
        Function *function = g_ptr_array_index(run->scenario->functions, i);

        if (function->at_boot) {
            g_hash_table_add(functions, function);
        }
    }
    if (!run_start_functions(run, functions, error) || !look_after_boot(run, error) ||
        !check_boot_served(run, functions, error)) {
        return FALSE;
    }
    end_step(run);
    return TRUE;
}

/* Judges after a step, if an outcome is expected there. @goes_on: (out): has the next a point? */
static gboolean judge_step(Run *run, guint index, gboolean *goes_on, GError **error)
{
    Outcome expected = OUTCOME_SETTLED;

    *goes_on = TRUE;
    if (!scenario_expectation_step(run->story.expectation, index, &expected)) {
        return TRUE;
    }
    if (!run_judge(run, expected, (int)index, error)) {
        return FALSE;
    }
    run->step->judged = TRUE;
    run->step->outcome = run->result->judgement->outcome;
    run->step->expected = expected;
    *goes_on = verdict_weigh(&run->story, run->result->judgement, (int)index);
    return TRUE;
}

static gboolean play(Run *run, GError **error)
{
    for (guint i = 0; i < run->scenario->steps->len; i++) {
        const Step *step = g_ptr_array_index(run->scenario->steps, i);
        gboolean goes_on;

        begin_step(run, step->text);
        run->step_nr = i + 1;
        if (!run_step(run, step, error)) {
            end_step(run); /* its kernel lines may tell why */
            g_prefix_error(error, "step '%s': ", step->text);
            return FALSE;
        }
        if (!judge_step(run, i, &goes_on, error)) {
            return FALSE;
        }
        end_step(run);
        if (!goes_on) {
            return TRUE; /* a verdict already: what follows would rest on a wrong ground */
        }
    }
    begin_step(run, "judge");
    if (!run_judge(run, run->story.expectation->outcome, -1, error)) {
        return FALSE;
    }
    verdict_weigh(&run->story, run->result->judgement, -1);
    end_step(run);
    return TRUE;
}

static RunResult *result_new(const Scenario *scenario, const RunOptions *options,
                             const RunFolder *folder)
{
    RunResult *result = g_new0(RunResult, 1);

    result->scenario = scenario;
    result->name = g_strdup(options->name);
    result->accel = g_strdup(options->parts.accel);
    result->command = machine_command_text(scenario, &options->parts);
    result->folder = options->keep ? g_strdup(run_folder_path(folder)) : NULL;
    result->steps = g_ptr_array_new_with_free_func(step_record_free);
    return result;
}

/* Where the logs of a run without a verdict are, which is when they are wanted most. */
static void name_folder(GError *error, const char *folder)
{
    g_autofree char *message = error->message;

    error->message = g_strdup_printf("%s\n    logs kept in %s", message, folder);
}

RunResult *engine_run(const Scenario *scenario, const RunOptions *options,
                      GCancellable *cancellable, GError **error)
{
    g_autoptr(RunFolder) folder = run_folder_new(options->keep, error);
    g_autoptr(RunResult) result = NULL;
    Run run = { .scenario = scenario, .options = options, .start_us = g_get_monotonic_time() };
    gboolean done;

    if (folder == NULL) {
        return NULL;
    }
    result = result_new(scenario, options, folder);
    run.result = result;
    run.driven = g_hash_table_new(NULL, NULL);
    run.pending = g_ptr_array_new();
    story_init(&run.story, scenario);
    run.story.outside = run_is_outside(&run);
    result->outside = run_is_outside(&run);
    done = boot(&run, folder, cancellable, error) && start_boot_functions(&run, error) &&
           play(&run, error);
    vm_free(run.vm);
    story_clear(&run.story);
    g_hash_table_unref(run.driven);
    g_ptr_array_unref(run.pending);
    result->seconds = seconds_since(run.start_us);
    if (!done && result->folder != NULL) {
        name_folder(*error, result->folder);
    }
    return done ? g_steal_pointer(&result) : NULL;
}
