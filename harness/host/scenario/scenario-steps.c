/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "step-type.h"

#include "registers.h"
#include "size.h"

static const char *const plug_keys[] = { "without-waiting", NULL };
static const char *const pnp_keys[] = { "policy", "deadline", NULL };
static const char *const press_keys[] = { "error", NULL };
static const char *const resize_keys[] = { "by", "decode", "driver", "errno", NULL };
static const char *const run_keys[] = { "status", "stops", "resizes", NULL };

/* A kind of step each; a new one is a row here, in alphabetical order. */
static const StepType types[] = {
    { "bind", NULL, step_read_bind, step_check_bind, run_step_bind, FALSE },
    { "check", NULL, step_read_check, NULL, run_step_check, TRUE },
    { "hot-add", plug_keys, step_read_device, step_check_hot_add, run_step_hot_add, TRUE },
    { "move", NULL, step_read_move, step_check_move, run_step_move, TRUE },
    { "next-size", NULL, step_read_next_size, step_check_next_size, run_step_next_size, TRUE },
    { "power-off", NULL, step_read_power_off, step_check_power_off, run_step_power_off, FALSE },
    { "press", press_keys, step_read_press, step_check_press, run_step_press, TRUE },
    { "rebalance", pnp_keys, step_read_rebalance, step_check_rebalance, run_step_rebalance, TRUE },
    { "remove", NULL, step_read_remove, step_check_remove, run_step_remove, TRUE },
    { "rescan", NULL, step_read_rescan, step_check_rescan, run_step_rescan, TRUE },
    { "reset", NULL, step_read_reset, step_check_reset, run_step_reset, TRUE },
    { "resize", resize_keys, step_read_resize, step_check_resize, run_step_resize, TRUE },
    { "resume", NULL, step_read_sleep, step_check_resume, run_step_resume, TRUE },
    { "run", run_keys, step_read_run, step_check_run, run_step_run, TRUE },
    { "snapshot", NULL, step_read_snapshot, step_check_snapshot, run_step_snapshot, TRUE },
    { "suspend", NULL, step_read_sleep, step_check_suspend, run_step_suspend, TRUE },
    { "swap", NULL, step_read_swap, step_check_swap, run_step_swap, TRUE },
    { "unbind", NULL, step_read_unbind, step_check_unbind, run_step_unbind, FALSE },
    { "unplug", plug_keys, step_read_unplug, step_check_unplug, run_step_unplug, TRUE },
    { "wait-for", NULL, step_read_wait_for, NULL, run_step_wait_for, FALSE },
};

/* Keys that can stand beside any action. */
static const char *const common_keys[] = { "expect", "meanwhile", NULL };

const StepType *step_type_at(guint index)
{
    return index < G_N_ELEMENTS(types) ? &types[index] : NULL;
}

gboolean step_fail(const StepGroup *group, GError **error, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return key_file_fail(group->file, group->group, group->key, error, "%s", message);
}

gboolean step_paper_fail(const StepPaper *paper, GError **error, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return key_file_fail(paper->file, paper->group, paper->key, error, "%s", message);
}

gboolean step_find_function(const StepGroup *group, const char *name, Step *step, GError **error)
{
    step->function = scenario_find_function(group->scenario, name);
    return step->function != NULL ||
           step_fail(group, error, "no function '%s' is defined above", name);
}

gboolean step_read_device(const StepGroup *group, Step *step, GError **error)
{
    if (g_strv_length(group->words) != 1) {
        return step_fail(group, error, "expected one FUNCTION");
    }
    if (!step_find_function(group, group->words[0], step, error)) {
        return FALSE;
    }
    return step->function->number == 0 ||
           step_fail(group, error,
                     "a slot takes whole devices; name function 0 of this one, '%s'",
                     step->function->first->name);
}

gboolean step_read_bar(const StepGroup *group, const char *word, Step *step, GError **error)
{
    if (!g_str_has_prefix(word, "bar") || word[3] < '0' || word[3] >= '0' + BARSHIFT_BARS ||
        word[4] != '\0') {
        return step_fail(group, error, "'%s' is no BAR; expected bar0 to bar5", word);
    }
    step->bar_nr = word[3] - '0';
    return TRUE;
}

gboolean step_read_size(const StepGroup *group, char *const *words, Step *step, GError **error)
{
    g_autoptr(GError) cause = NULL;

    if (step->function->device != DEVICE_BARSHIFT) {
        return step_fail(group, error, "'%s' is no barshift function; only these are resized",
                         step->function->name);
    }
    if (words[1] != NULL && !step_read_bar(group, *words++, step, error)) {
        return FALSE;
    }
    if (!size_parse(words[0], &step->size_bytes, &cause)) {
        return step_fail(group, error, "%s", cause->message);
    }
    return (size_is_power_of_two(step->size_bytes) && step->size_bytes >= SCENARIO_BAR_SIZE_MIN) ||
           step_fail(group, error, "a resizable BAR's size is a power of two of at least 1M");
}

gboolean step_check_awake(StepPaper *paper, const Function *function, GError **error)
{
    return !g_hash_table_contains(paper->asleep, function) ||
           step_paper_fail(paper, error, "'%s' is suspended at this step; a step 'resume' wakes it",
                           function->name);
}

gboolean step_check_present(StepPaper *paper, const Function *function, GError **error)
{
    if (paper->seats[function->seat] != function->first) {
        return step_paper_fail(paper, error, "'%s' is not plugged in at this step",
                               function->name);
    }
    if (!step_check_awake(paper, function, error)) {
        return FALSE;
    }
    return !g_hash_table_contains(paper->forgotten, function) ||
           step_paper_fail(paper, error,
                           "the kernel does not know '%s' at this step; a step 'rescan' finds it",
                           function->name);
}

const StepType *step_type_find(const char *key)
{
    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        if (g_str_equal(types[i].key, key)) {
            return &types[i];
        }
    }
    return NULL;
}

gboolean scenario_is_action(const char *key)
{
    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        if (g_str_equal(types[i].key, key)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean allows(const char *const *keys, const char *key)
{
    return keys != NULL && g_strv_contains(keys, key);
}

/* The actions that a key can stand beside, "'rebalance', 'resize'"; "" when there is none. */
static char *actions_with(const char *key)
{
    GString *actions = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        if (allows(types[i].extra, key)) {
            g_string_append_printf(actions, "%s'%s'", actions->len == 0 ? "" : ", ",
                                   types[i].key);
        }
    }
    return g_string_free(actions, FALSE);
}

static gboolean fail_without_action(const KeyFile *file, const char *group, GError **error)
{
    g_autoptr(GString) actions = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        g_string_append_printf(actions, "%s%s", i == 0 ? "" : ", ", types[i].key);
    }
    return key_file_fail(file, group, NULL, error, "no action; expected one of %s", actions->str);
}

static gboolean fail_extra_key(const KeyFile *file, const char *group, const char *key,
                               const StepType *type, GError **error)
{
    g_autofree char *actions = actions_with(key);
    g_autofree char *extra = type->extra == NULL ? NULL : g_strjoinv(", ", (char **)type->extra);
    g_autofree char *common = g_strjoinv(", ", (char **)common_keys);

    if (actions[0] != '\0') {
        return key_file_fail(file, group, key, error, "only for a step %s; remove the key",
                             actions);
    }
    return key_file_fail(file, group, key, error, "unknown key; beside '%s' stand: %s%s%s",
                         type->key, extra == NULL ? "" : extra, extra == NULL ? "" : ", ", common);
}

static gboolean find_action(const KeyFile *file, const char *group, char *const *keys, Step *step,
                            GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        if (!g_strv_contains((const char *const *)keys, types[i].key)) {
            continue;
        }
        if (step->type != NULL) {
            return key_file_fail(file, group, types[i].key, error,
                                 "a step has one action; '%s' stands here too", step->type->key);
        }
        step->type = &types[i];
    }
    return step->type != NULL || fail_without_action(file, group, error);
}

static gboolean check_keys(const KeyFile *file, const char *group, char *const *keys,
                           const StepType *type, GError **error)
{
    for (guint i = 0; keys[i] != NULL; i++) {
        if (!g_str_equal(keys[i], type->key) && !allows(common_keys, keys[i]) &&
            !allows(type->extra, keys[i])) {
            return fail_extra_key(file, group, keys[i], type, error);
        }
    }
    return TRUE;
}

static gboolean read_action(const StepGroup *group, Step *step, GError **error)
{
    g_autofree char *text = g_strjoinv(" ", group->words);

    step->text = g_strdup_printf("%s %s", step->type->key, text);
    step->place = key_file_place(group->file, group->group, group->key);
    return step->type->read(group, step, error);
}

static Step *step_new(void)
{
    Step *step = g_new0(Step, 1);

    step->others = g_ptr_array_new();
    step->ports = g_ptr_array_new();
    step->stops = g_ptr_array_new();
    step->bar_nr = -1;
    return step;
}

/* Whether the end of a plugging is waited for, and what is plugged while this step goes on. */
static gboolean read_waiting(const StepGroup *group, Step *step, GError **error)
{
    static const char *const words[] = { "no", "yes", NULL };
    g_auto(GStrv) plug = key_file_get_words(group->file, group->group, "meanwhile");
    guint choice = 0;
    StepGroup inner = *group;

    if (!key_file_get_choice(group->file, group->group, "without-waiting", words, &choice,
                             error)) {
        return FALSE;
    }
    step->without_waiting = choice == 1;
    if (plug[0] == NULL) {
        return TRUE;
    }
    inner.key = "meanwhile";
    inner.words = plug + 1;
    step->meanwhile = step_new();
    step->meanwhile->type = step_type_find(plug[0]);
    step->meanwhile->without_waiting = TRUE;
    if (step->meanwhile->type == NULL || !run_can_begin(step->meanwhile->type)) {
        return step_fail(&inner, error,
                         "expected hot-add FUNCTION or unplug FUNCTION [button | surprise]");
    }
    return read_action(&inner, step->meanwhile, error);
}

gboolean scenario_read_step(Scenario *scenario, const KeyFile *file, const char *group,
                            GError **error)
{
    Step *step = step_new();
    g_autofree char *expect = key_file_get(file, group, "expect");
    g_auto(GStrv) keys = key_file_keys(file, group);
    g_auto(GStrv) words = NULL;
    StepGroup step_group;

    g_ptr_array_add(scenario->steps, step);
    step->has_expect = expect != NULL;
    if (!find_action(file, group, keys, step, error) ||
        !check_keys(file, group, keys, step->type, error) ||
        !scenario_read_outcome(file, group, "expect", &step->expect, error)) {
        return FALSE;
    }
    words = key_file_get_words(file, group, step->type->key);
    step_group = (StepGroup) { scenario, file, group, step->type->key, words };
    return read_action(&step_group, step, error) && read_waiting(&step_group, step, error);
}
