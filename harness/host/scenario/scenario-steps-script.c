/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scripts in the guest, and lines of its kernel's log, on paper. */
#include "step-type.h"

#include <string.h>

#define STATUS_MAX 255

/* A file beside the one that names it comes before a script of the guest's own. */
static gboolean find_script(const StepGroup *group, Step *step, GError **error)
{
    static const char own[] = " " BARSHIFT_GUEST_SCRIPTS " ";
    const char *name = group->words[0];
    g_autofree char *word = g_strdup_printf(" %s ", name);
    g_autofree char *folder = key_file_folder(group->file, group->group, group->key);
    g_autofree char *whole_folder = g_canonicalize_filename(folder, NULL);
    g_autofree char *file = g_canonicalize_filename(name, whole_folder);

    if (g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
        step->file = g_steal_pointer(&file);
    }
    return step->file != NULL || strstr(own, word) != NULL ||
           step_fail(group, error,
                     "'%s' is neither a file in %s nor a script of the guest's own, which are%s",
                     name, folder, g_strchomp(strdupa(own)));
}

/* @NAME stands for the address that a function or port has then. */
static gboolean check_arguments(const StepGroup *group, GError **error)
{
    for (guint i = 1; group->words[i] != NULL; i++) {
        const char *name = group->words[i] + 1;

        if (group->words[i][0] == '@' &&
            scenario_find_function(group->scenario, name) == NULL &&
            scenario_find_port(group->scenario, name) == NULL) {
            return step_fail(group, error, "no function and no port '%s' is defined above", name);
        }
    }
    return TRUE;
}

static gboolean read_stops(const StepGroup *group, Step *step, GError **error)
{
    g_auto(GStrv) names = key_file_get_words(group->file, group->group, "stops");

    for (guint i = 0; names[i] != NULL; i++) {
        Function *function = scenario_find_function(group->scenario, names[i]);

        if (function == NULL) {
            return key_file_fail(group->file, group->group, "stops", error,
                                 "no function '%s' is defined above", names[i]);
        }
        g_ptr_array_add(step->stops, function);
    }
    return TRUE;
}

/* What the script is to bring about, which the runner could not tell from its text */
static gboolean read_resizes(const StepGroup *group, Step *step, GError **error)
{
    g_auto(GStrv) words = key_file_get_words(group->file, group->group, "resizes");
    StepGroup inner = *group;

    if (words[0] == NULL) {
        return TRUE;
    }
    inner.key = "resizes";
    inner.words = words;
    return step_read_next_size(&inner, step, error);
}

gboolean step_read_run(const StepGroup *group, Step *step, GError **error)
{
    if (group->words[0] == NULL) {
        return step_fail(group, error, "expected SCRIPT [ARGUMENT...]");
    }
    step->words = g_strdupv(group->words);
    return find_script(group, step, error) && check_arguments(group, error) &&
           key_file_get_number(group->file, group->group, "status", 0, STATUS_MAX, &step->status,
                               error) &&
           read_stops(group, step, error) && read_resizes(group, step, error);
}

gboolean step_check_run(StepPaper *paper, const Step *step, GError **error)
{
    for (guint i = 0; i < step->stops->len; i++) {
        if (!step_check_present(paper, g_ptr_array_index(step->stops, i), error)) {
            return FALSE;
        }
    }
    return step->function == NULL || step_check_resize(paper, step, error);
}

gboolean step_read_wait_for(const StepGroup *group, Step *step, GError **error)
{
    step->wanted = key_file_get(group->file, group->group, group->key);
    return step->wanted[0] != '\0' ||
           step_fail(group, error, "expected what a line of the kernel's log has in it");
}
