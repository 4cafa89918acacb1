/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps that change nothing, on paper. */
#include "step-type.h"

#include <string.h>

#define NAME_MAX_LENGTH 20 /* it stands before a strip of the address map */

gboolean step_read_check(const StepGroup *group, Step *step, GError **error)
{
    if (step->has_expect) {
        return key_file_fail(group->file, group->group, "expect", error,
                             "a check names the outcome itself");
    }
    step->has_expect = TRUE;
    return scenario_read_outcome(group->file, group->group, group->key, &step->expect, error);
}

gboolean step_read_snapshot(const StepGroup *group, Step *step, GError **error)
{
    const char *word = group->words[0];

    if (word == NULL || group->words[1] != NULL || strlen(word) > NAME_MAX_LENGTH) {
        return step_fail(group, error, "expected one WORD of at most %d letters, the name of the "
                         "address map", NAME_MAX_LENGTH);
    }
    step->word = g_strdup(word);
    return TRUE;
}

gboolean step_check_snapshot(StepPaper *paper, const Step *step, GError **error)
{
    for (guint i = 0; i < paper->scenario->steps->len; i++) {
        const Step *other = g_ptr_array_index(paper->scenario->steps, i);

        if (other != step && other->type == step->type && g_str_equal(other->word, step->word)) {
            return step_paper_fail(paper, error, "another snapshot is named '%s', too",
                                   step->word);
        }
    }
    return TRUE;
}
