/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BARs that are moved by hand, on paper. */
#include "step-type.h"

#include "size.h"

/* "+2G", "-512M" */
static gboolean read_distance(const StepGroup *group, const char *word, Step *step, GError **error)
{
    g_autoptr(GError) cause = NULL;
    guint64 bytes;

    if (!size_parse(word + 1, &bytes, &cause)) {
        return step_fail(group, error, "%s", cause->message);
    }
    if (bytes == 0 || bytes > G_MAXINT64) {
        return step_fail(group, error, "'%s' is no distance", word);
    }
    step->distance = word[0] == '-' ? -(gint64)bytes : (gint64)bytes;
    return TRUE;
}

/* 0xADDRESS, +SIZE, -SIZE, or the function whose place is taken */
static gboolean read_target(const StepGroup *group, const char *word, Step *step, GError **error)
{
    g_autoptr(GError) cause = NULL;

    if (word[0] == '+' || word[0] == '-') {
        return read_distance(group, word, step, error);
    }
    if (!g_str_has_prefix(word, "0x")) {
        step->other = scenario_find_function(group->scenario, word);
        return step->other != NULL ||
               step_fail(group, error,
                         "'%s' is no address; expected 0xADDRESS, +SIZE, -SIZE or a function "
                         "that is defined above", word);
    }
    return g_ascii_string_to_unsigned(word + 2, 16, 1, G_MAXUINT64, &step->address, &cause) ||
           step_fail(group, error, "%s", cause->message);
}

/* The kernel, which nobody tells of the move, leads every driver to the old address. */
static gboolean check_movable(const StepGroup *group, const Function *function, GError **error)
{
    if (function->device != DEVICE_BARSHIFT) {
        return step_fail(group, error, "'%s' is none of barshift's functions", function->name);
    }
    return function->driver == NULL ||
           step_fail(group, error, "'%s' has a driver, which finds its BARs through the kernel, "
                     "and the kernel is not told of a move", function->name);
}

gboolean step_read_move(const StepGroup *group, Step *step, GError **error)
{
    guint count = g_strv_length(group->words);

    if (count != 2 && count != 3) {
        return step_fail(group, error, "expected FUNCTION [barN] ADDRESS");
    }
    return step_find_function(group, group->words[0], step, error) &&
           check_movable(group, step->function, error) &&
           (count == 2 || step_read_bar(group, group->words[1], step, error)) &&
           read_target(group, group->words[count - 1], step, error);
}

gboolean step_read_swap(const StepGroup *group, Step *step, GError **error)
{
    if (g_strv_length(group->words) != 2) {
        return step_fail(group, error, "expected FUNCTION FUNCTION");
    }
    if (!step_find_function(group, group->words[1], step, error)) {
        return FALSE;
    }
    step->other = step->function;
    return step_find_function(group, group->words[0], step, error) &&
           check_movable(group, step->function, error) &&
           check_movable(group, step->other, error) &&
           (step->function != step->other ||
            step_fail(group, error, "expected two functions; '%s' stands twice",
                      step->function->name));
}

gboolean step_check_move(StepPaper *paper, const Step *step, GError **error)
{
    return step_check_present(paper, step->function, error) &&
           (step->other == NULL || step_check_present(paper, step->other, error));
}

gboolean step_check_swap(StepPaper *paper, const Step *step, GError **error)
{
    return step_check_move(paper, step, error);
}
