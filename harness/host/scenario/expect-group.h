/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A group [expect NAME] as it was read. Only for who reads scenarios, and scenario-expect.c. */
#ifndef BARSHIFT_HOST_EXPECT_GROUP_H
#define BARSHIFT_HOST_EXPECT_GROUP_H

#include "key-file.h"
#include "scenario-expect.h"

/* The claims of [scenario] that can differ: names, or words, separated by spaces. */
typedef enum ExpectList {
    EXPECT_MOVED,
    EXPECT_KEPT,
    EXPECT_UNTOUCHED,
    EXPECT_QUIET,
    EXPECT_BREAKS,
    EXPECT_LISTS
} ExpectList;

/* Key by list, in the order of the enum */
extern const char *const expect_list_keys[EXPECT_LISTS];

/* One that is told only when the guest runs: a version in one of several ranges. */
typedef struct VersionCondition {
    gboolean of_kernel; /* otherwise of QEMU */
    char **ranges;
} VersionCondition;

typedef struct ExpectGroup {
    char *group; /* "expect old-resize" */
    char *place; /* "FILE:LINE" */
    char *when;  /* as the file has it */
    char *reason; /* (nullable) */
    char *link;   /* (nullable) */
    gboolean only_variant; /* conditions are about variables of [matrix] alone */
    gboolean possible;     /* what the file alone decides of the conditions holds */
    GPtrArray *conditions; /* (element-type VersionCondition): the others */
    gboolean has_outcome;
    Outcome outcome;
    char **lists[EXPECT_LISTS]; /* (nullable) elements: has not got this key */
    int *steps; /* (nullable) by index of the step: an Outcome, or -1; NULL before the check */
} ExpectGroup;

/** scenario_read_expect() - as scenario_read_port() and the like */
gboolean scenario_read_expect(Scenario *scenario, const KeyFile *file, const char *group,
                              GError **error);

/** expect_list_check() - is every word of a list a function, or an invariant in "breaks"? */
gboolean expect_list_check(const Scenario *scenario, const KeyFile *file, const char *group,
                           ExpectList list, char *const *words, GError **error);

/** scenario_check_expects() - do the names in all of them mean something? Finds the steps, too. */
gboolean scenario_check_expects(Scenario *scenario, const KeyFile *file, GError **error);

void expect_group_free(ExpectGroup *group);

#endif
