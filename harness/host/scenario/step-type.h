/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of steps, a row each: how its words are read, what it does to the scenario on paper,
 * and how it is played. scenario-steps.c has the table; the functions are in files of their own, by
 * noun: scenario-steps-*.c for paper, run-*.c for the machine.
 */
#ifndef BARSHIFT_HOST_STEP_TYPE_H
#define BARSHIFT_HOST_STEP_TYPE_H

#include "run.h"
#include "scenario-group.h"

/* One [step NAME] of a file that is being read. */
typedef struct StepGroup {
    Scenario *scenario;
    const KeyFile *file;
    const char *group;
    const char *key; /* of the action */
    char **words;    /* what the action's value holds */
} StepGroup;

/* A scenario played on paper, at one of its steps. Whole devices are plugged. */
typedef struct StepPaper {
    const Scenario *scenario;
    const KeyFile *file;
    const char *group;  /* of the step */
    const char *key;    /* of its action */
    Function **seats;   /* function 0 of who sits there, by Function.seat */
    GHashTable *asking; /* set of Function 0: hot-added or resized, and still plugged in */
    Function *newcomer; /* hot-added last */
    GHashTable *leaving;   /* set of Function 0: its unplugging was begun, and not waited for */
    GHashTable *forgotten; /* set of Function and Port: the kernel was told to forget it */
    GHashTable *asleep;    /* set of Function: suspended */
    GHashTable *bound;     /* set of Function: a step has given it to a driver of the kernel */
} StepPaper;

struct StepType {
    const char *key;          /* of the action, "hot-add" */
    const char *const *extra; /* (nullable): keys that can stand beside it, NULL-terminated */
    /* fills @step; @group's text and place are there already */
    gboolean (*read)(const StepGroup *group, Step *step, GError **error);
    /* (nullable): what must hold before it, and what holds after it */
    gboolean (*check)(StepPaper *paper, const Step *step, GError **error);
    gboolean (*run)(Run *run, const Step *step, GError **error);
    /* outcomes are told from the state before the first one of these; without any, of all steps */
    gboolean is_judged;
};

/** step_type_at() - (nullable): the kinds, by an index from 0 */
const StepType *step_type_at(guint index);

/** step_fail() - blame the action; FALSE, so that callers can return it */
gboolean step_fail(const StepGroup *group, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/** step_paper_fail() - the same on paper */
gboolean step_paper_fail(const StepPaper *paper, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/** step_find_function() - the function that a word names, which stands above */
gboolean step_find_function(const StepGroup *group, const char *name, Step *step, GError **error);

/** step_read_device() - one word, a function 0, which stands for its whole device */
gboolean step_read_device(const StepGroup *group, Step *step, GError **error);

/** step_read_bar() - "bar2" of a step */
gboolean step_read_bar(const StepGroup *group, const char *word, Step *step, GError **error);

/** step_read_size() - SIZE or barN SIZE, which end the words of the action */
gboolean step_read_size(const StepGroup *group, char *const *words, Step *step, GError **error);

/** step_type_find() - (nullable): by the key of the action */
const StepType *step_type_find(const char *key);

/** step_check_present() - is a function plugged in and awake, and does the kernel know it? */
gboolean step_check_present(StepPaper *paper, const Function *function, GError **error);

/** step_check_awake() - is a function not suspended? */
gboolean step_check_awake(StepPaper *paper, const Function *function, GError **error);

/** step_check_known() - does the kernel know a port? */
gboolean step_check_known(StepPaper *paper, const Port *port, GError **error);

/** step_find_below() - the kernel looks on the bus below a port and further down; NULL: on all */
void step_find_below(StepPaper *paper, const Port *port);

/* By noun, in alphabetical order: on paper here, played in run.h. */
gboolean step_check_bind(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_hot_add(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_move(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_next_size(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_power_off(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_press(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_rebalance(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_remove(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_rescan(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_reset(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_resize(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_resume(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_run(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_snapshot(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_suspend(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_swap(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_unbind(StepPaper *paper, const Step *step, GError **error);
gboolean step_check_unplug(StepPaper *paper, const Step *step, GError **error);
gboolean step_read_bind(const StepGroup *group, Step *step, GError **error);
gboolean step_read_check(const StepGroup *group, Step *step, GError **error);
gboolean step_read_move(const StepGroup *group, Step *step, GError **error);
gboolean step_read_next_size(const StepGroup *group, Step *step, GError **error);
gboolean step_read_power_off(const StepGroup *group, Step *step, GError **error);
gboolean step_read_press(const StepGroup *group, Step *step, GError **error);
gboolean step_read_rebalance(const StepGroup *group, Step *step, GError **error);
gboolean step_read_remove(const StepGroup *group, Step *step, GError **error);
gboolean step_read_rescan(const StepGroup *group, Step *step, GError **error);
gboolean step_read_reset(const StepGroup *group, Step *step, GError **error);
gboolean step_read_resize(const StepGroup *group, Step *step, GError **error);
gboolean step_read_run(const StepGroup *group, Step *step, GError **error);
gboolean step_read_sleep(const StepGroup *group, Step *step, GError **error);
gboolean step_read_snapshot(const StepGroup *group, Step *step, GError **error);
gboolean step_read_swap(const StepGroup *group, Step *step, GError **error);
gboolean step_read_unbind(const StepGroup *group, Step *step, GError **error);
gboolean step_read_unplug(const StepGroup *group, Step *step, GError **error);
gboolean step_read_wait_for(const StepGroup *group, Step *step, GError **error);

/** step_plug() - on paper: a function 0 takes its port, which must be free */
gboolean step_plug(const KeyFile *file, Function **seats, Function *function, const char *group,
                   const char *key, GError **error);

#endif
