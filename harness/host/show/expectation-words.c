/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expectation-words.h"

#include "expect-group.h"
#include "invariants.h"
#include "step-words.h"
#include "text-wrap.h"

#define INDENT_STEP 2

/* What an outcome promises, docs/scenarios.md */
static const char *const outcome_words[OUTCOMES] = {
    [OUTCOME_SETTLED] = "the newcomer gets its resources, and nobody is stopped",
    [OUTCOME_REBALANCED] = "the newcomer, or the BAR that grows, gets its resources after working "
                           "functions were stopped, and these work again",
    [OUTCOME_RESIZED] = "every resizable BAR that was asked to has its new size, and works",
    [OUTCOME_REFUSED] = "who asks for resources gets nothing, and nobody is harmed",
    [OUTCOME_SURVIVED] = "nobody asks for resources, and everybody who is there works",
    [OUTCOME_HARMED] = "somebody who worked loses resources, content or its driver, overlaps, or "
                       "cannot be reached",
};

/* What a claim says of one function, and of several. */
static const struct {
    const char *one, *several;
} claims[EXPECT_LISTS] = {
    [EXPECT_MOVED] = { "must have moved: it has another address in the end, and works",
                       "must have moved: they have other addresses in the end, and work" },
    [EXPECT_KEPT] = { "must have been stopped or resized, and kept its address",
                      "must have been stopped or resized, and kept their addresses" },
    [EXPECT_UNTOUCHED] = { "must have seen no event at all", "must have seen no event at all" },
    [EXPECT_QUIET] = { "must give the kernel nothing to complain about",
                       "must give the kernel nothing to complain about" },
};

const char *expectation_words_outcome(Outcome outcome)
{
    return outcome_words[outcome];
}

static void append_outcome(GString *text, guint indent, Outcome outcome)
{
    g_autofree char *line = g_strdup_printf("%s: %s.", outcome_names[outcome],
                                            outcome_words[outcome]);

    text_append_wrapped(text, indent, line);
}

static void append_claim(GString *text, guint indent, ExpectList claim, char *const *names)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(GPtrArray) list = g_ptr_array_new();

    for (guint i = 0; names[i] != NULL; i++) {
        g_ptr_array_add(list, names[i]);
    }
    words_append_list(line, list);
    g_string_append_printf(line, " %s.", list->len == 1 ? claims[claim].one
                                                        : claims[claim].several);
    text_append_wrapped(text, indent, line->str);
}

static void append_breaks(GString *text, guint indent, char *const *breaks)
{
    g_autoptr(GString) line = g_string_new("Must be broken, by a fault or a known finding: ");

    for (guint i = 0; breaks[i] != NULL; i++) {
        g_string_append_printf(line, "%s%s (%s)", i == 0 ? "" : ", ", breaks[i],
                               invariant_find(breaks[i])->name);
    }
    g_string_append(line, "; a check of each has to fail, and none of another.");
    text_append_wrapped(text, indent, line->str);
}

static void append_list(GString *text, guint indent, ExpectList list, char *const *words)
{
    if (words[0] != NULL && list == EXPECT_BREAKS) {
        append_breaks(text, indent, words);
    } else if (words[0] != NULL) {
        append_claim(text, indent, list, words);
    }
}

static void append_reason(GString *text, guint indent, const char *reason, const char *link)
{
    if (reason != NULL) {
        g_autofree char *line =
            g_strdup_printf("The reason: %s%s%s%s.", reason, link == NULL ? "" : " (",
                            link == NULL ? "" : link, link == NULL ? "" : ")");

        text_append_wrapped(text, indent, line);
    }
}

/* "...instead": what a group has takes the place of what is said above. */
static void append_group(GString *text, guint indent, const Scenario *scenario,
                         const ExpectGroup *group)
{
    g_autofree char *when = g_strdup_printf("When %s, instead:", group->when);
    guint inner = indent + INDENT_STEP;

    text_append_wrapped(text, indent, when);
    if (group->has_outcome) {
        append_outcome(text, inner, group->outcome);
    }
    for (guint i = 0; i < scenario->steps->len; i++) {
        if (group->steps[i] >= 0) {
            g_autofree char *line = g_strdup_printf("after step %u: %s.", i + 1,
                                                    outcome_names[group->steps[i]]);

            text_append_wrapped(text, inner, line);
        }
    }
    for (guint i = 0; i < EXPECT_LISTS; i++) {
        if (group->lists[i] != NULL && group->lists[i][0] == NULL) {
            g_autofree char *line = g_strdup_printf("'%s' is not claimed.", expect_list_keys[i]);

            text_append_wrapped(text, inner, line);
        } else if (group->lists[i] != NULL) {
            append_list(text, inner, i, group->lists[i]);
        }
    }
    append_reason(text, inner, group->reason, group->link);
}

void expectation_words_append(GString *text, guint indent, const Scenario *scenario)
{
    g_autoptr(ScenarioExpectation) expectation = scenario_expect(scenario, NULL, NULL);
    char *const *const lists[EXPECT_LISTS] = {
        [EXPECT_MOVED] = expectation->moved,         [EXPECT_KEPT] = expectation->kept,
        [EXPECT_UNTOUCHED] = expectation->untouched, [EXPECT_QUIET] = expectation->quiet,
        [EXPECT_BREAKS] = expectation->breaks,
    };

    append_outcome(text, indent, expectation->outcome);
    for (guint i = 0; i < EXPECT_LISTS; i++) {
        append_list(text, indent, i, lists[i]);
    }
    append_reason(text, indent, expectation->reason, expectation->link);
    for (guint i = 0; i < scenario->expects->len; i++) {
        const ExpectGroup *group = g_ptr_array_index(scenario->expects, i);

        if (group->possible && group->conditions->len == 0) {
            break; /* it is what has been told above, and those behind it do not count */
        }
        if (group->possible) {
            append_group(text, indent, scenario, group);
        }
    }
}
