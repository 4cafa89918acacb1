/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "invariants.h"
#include "verify.h"

#define TEST_NAME_SIZE 64
#define TESTS_PER_BAR 7
#define TESTS_PER_FUNCTION 3

typedef struct VerifyTest {
    char name[TEST_NAME_SIZE];
    Invariant *invariant;
    InvariantCase about;
} VerifyTest;

typedef struct VerifyList {
    VerifyTest *tests;
    size_t count;
    size_t room;
} VerifyList;

static void verify_test(void **state)
{
    const VerifyTest *test = *state;
    char why[INVARIANT_WHY_SIZE];

    bool holds = test->invariant(&test->about, why);

    /* fail_msg() would write the sentence to stderr; this way it stands below the "not ok" */
    _assert_true(holds, why, test->name, 1);
    if (why[0] != '\0') {
        printf("# %s: %s\n", test->name, why);
    }
}

/* Room was counted before, so this only checks it */
static void list_add(VerifyList *list, const char *path, Invariant *invariant,
                     const InvariantCase *about)
{
    VerifyTest *test = &list->tests[list->count];
    const char *bdf = about->function ? about->function->bdf : about->before->bdf;

    if (list->count == list->room) {
        return;
    }
    list->count++;
    test->invariant = invariant;
    test->about = *about;
    if (about->bar_nr == INVARIANT_NO_BAR) {
        snprintf(test->name, sizeof(test->name), "%s/%s", path, bdf);
    } else if (about->bar_nr == TOPOLOGY_ROM) {
        snprintf(test->name, sizeof(test->name), "%s/%s/rom", path, bdf);
    } else {
        snprintf(test->name, sizeof(test->name), "%s/%s/bar%d", path, bdf, about->bar_nr);
    }
}

static bool tags_have(const VerifyTags *tags, uint32_t tag)
{
    for (size_t i = 0; i < tags->count; i++) {
        if (tags->tags[i] == tag) {
            return true;
        }
    }
    return false;
}

static bool has_all_bars(const Function *function)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (function->bars[nr].kind != BAR_NONE && range_is_empty(function->bars[nr].kernel)) {
            return false;
        }
    }
    return true;
}

/* Must this BAR answer? It did at the baseline, or it is new and has all that a start needs. */
static bool must_answer(const InvariantCase *about)
{
    if (about->before) {
        return baseline_bar_answered(about->before, about->bar_nr);
    }
    return has_all_bars(about->function) &&
           bar_has_header(&about->function->bars[about->bar_nr]);
}

static void add_place_tests(VerifyList *list, const InvariantCase *about)
{
    const Bar *bar = &about->function->bars[about->bar_nr];

    list_add(list, "I1/agreed", invariant_agreed, about);
    if (!range_is_empty(bar->kernel)) {
        list_add(list, "I2/contained", invariant_contained, about);
        list_add(list, "I3/disjoint", invariant_disjoint, about);
        list_add(list, "I4/aligned", invariant_aligned, about);
    } else if (bar_is_decoded(about->function, bar)) {
        list_add(list, "I3/disjoint", invariant_disjoint, about);
    }
}

static void add_bar_tests(VerifyList *list, const InvariantCase *about)
{
    const Bar *bar = &about->function->bars[about->bar_nr];
    const BaselineBar *before = about->before ? &about->before->bars[about->bar_nr] : NULL;

    add_place_tests(list, about);
    if (must_answer(about)) {
        list_add(list, "I5/reachable", invariant_reachable, about);
    }
    if (before && must_answer(about)) {
        list_add(list, "I6/preserved", invariant_preserved, about);
    }
    if (before && before->kind != BAR_IO && !range_is_empty(before->range) &&
        !range_contains(bar->kernel, before->range)) {
        list_add(list, "I8/old-silent", invariant_old_silent, about);
    }
}

static void add_present(VerifyList *list, InvariantCase about, bool compare)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        about.bar_nr = nr;
        if (about.function->bars[nr].kind != BAR_NONE ||
            (about.before && about.before->bars[nr].kind != BAR_NONE)) {
            add_bar_tests(list, &about);
        }
    }
    about.bar_nr = TOPOLOGY_ROM;
    if (about.function->bars[TOPOLOGY_ROM].kind != BAR_NONE) {
        add_place_tests(list, &about);
    }
    about.bar_nr = INVARIANT_NO_BAR;
    if (compare && about.function->control_known) {
        list_add(list, "I7/quiet", invariant_quiet, &about);
    }
}

/* Not on the bus any more: on purpose, or lost */
static void add_gone(VerifyList *list, InvariantCase about, bool on_purpose)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        about.bar_nr = nr;
        if (range_is_empty(about.before->bars[nr].range) || about.before->bars[nr].kind == BAR_IO) {
            continue;
        }
        if (!on_purpose) {
            list_add(list, "I5/reachable", invariant_reachable, &about);
        }
        list_add(list, "I8/old-silent", invariant_old_silent, &about);
    }
}

static void add_recorded(VerifyList *list, InvariantCase about, const VerifyScope *scope)
{
    bool removed = tags_have(&scope->removed, about.before->tag);

    about.bar_nr = INVARIANT_NO_BAR;
    if (removed) {
        about.function = NULL; /* one with the tag that was plugged in anew is no matter here */
    } else if (!tags_have(&scope->stopped, about.before->tag)) {
        list_add(list, "I11/unharmed", invariant_unharmed, &about);
        return;
    }
    if (!about.function && !tags_have(&scope->forgotten, about.before->tag)) {
        add_gone(list, about, removed);
    }
}

static void add_all(VerifyList *list, const Topology *topology, const Access *access,
                    const Baseline *baseline, const VerifyScope *scope)
{
    InvariantCase about = { .topology = topology, .access = access };

    for (size_t i = 0; i < topology->function_count; i++) {
        about.function = &topology->functions[i];
        about.before = baseline && !tags_have(&scope->removed, about.function->tag)
                           ? baseline_find_tag(baseline, about.function->tag)
                           : NULL;
        about.was_reset = tags_have(&scope->reset, about.function->tag);
        about.bar_nr = INVARIANT_NO_BAR;
        if (about.function->tagged ||
            (about.function->is_barshift && about.function->complaint[0] != '\0')) {
            list_add(list, "I1/capabilities", invariant_capabilities, &about);
        }
        if (about.function->tagged) {
            add_present(list, about, baseline != NULL);
        }
    }
    for (size_t i = 0; baseline && i < baseline->function_count; i++) {
        about.before = &baseline->functions[i];
        about.function = topology_find_tag(topology, about.before->tag);
        add_recorded(list, about, scope);
    }
}

static int list_run(const VerifyList *list)
{
    CLEANUP(memory_free) struct CMUnitTest *tests = calloc(list->count, sizeof(*tests));

    if (!tests) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < list->count; i++) {
        tests[i] = (struct CMUnitTest) {
            .name = list->tests[i].name,
            .test_func = verify_test,
            .initial_state = &list->tests[i],
        };
    }
    /* The environment variable would override the call */
    unsetenv("CMOCKA_MESSAGE_OUTPUT");
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return _cmocka_run_group_tests("barshift", tests, list->count, NULL, NULL);
}

int verify_run(const Topology *topology, const Access *access, const Baseline *baseline,
               const VerifyScope *scope)
{
    CLEANUP(memory_free) VerifyTest *tests = NULL;
    size_t functions = topology->function_count + (baseline ? baseline->function_count : 0);
    VerifyList list = { .room = functions * (TOPOLOGY_BARS * TESTS_PER_BAR + TESTS_PER_FUNCTION) };

    tests = calloc(list.room ? list.room : 1, sizeof(*tests));
    if (!tests) {
        return -ENOMEM;
    }
    list.tests = tests;
    add_all(&list, topology, access, baseline, scope);
    if (list.count == 0) { /* nothing judged is no success; or root is missing, to see a tag */
        return -ENODEV;
    }
    return list_run(&list);
}
