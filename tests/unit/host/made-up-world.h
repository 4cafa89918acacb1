/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A made-up scenario, what was seen of it, and the verdict. */
#ifndef BARSHIFT_MADE_UP_WORLD_H
#define BARSHIFT_MADE_UP_WORLD_H

#include "made-up.h"
#include "verdict.h"

/* Where the functions with the tags 1 to 3 are */
#define WORLD_A "0000:01:00.0"
#define WORLD_B "0000:02:00.0"
#define WORLD_C "0000:03:00.0"

/**
 * struct World - two observations, to be changed before they are judged
 * @before: what every witness says, an empty one at the end
 * @after: the same, in the end
 * @seen_before: made of @before by world_judge()
 * @seen_after: made of @after
 * @guest_checks: (element-type Check): the guest's own; world_judge() takes it
 */
typedef struct World {
    Scenario *scenario;
    MadeUp before[4], after[4];
    Observation *seen_before, *seen_after;
    Story story;
    GPtrArray *guest_checks;
} World;

/**
 * world_new_from() - a and b work and see nothing; c arrived and works, too
 * @text: scenario with these three
 */
World *world_new_from(const char *text);

/** world_new() - world_new_from() of the scenario of made-up.h */
World *world_new(void);

void world_free(World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

/** world_function() - of the scenario */
Function *world_function(World *world, guint32 tag);

/** world_guest_says() - a check of the guest; @why: NULL when it holds */
void world_guest_says(World *world, const char *name, const char *why);

/** world_ask_size() - a step has asked for BAR 2 of this size */
void world_ask_size(World *world, guint32 tag, guint64 size_bytes);

/** world_judge() - the verdict; once */
Judgement *world_judge(World *world, Outcome expected);

void judgement_assert_pass(const Judgement *judgement);

/** judgement_assert_fails_with() - @reason is the first one */
void judgement_assert_fails_with(const Judgement *judgement, const char *reason);

#endif
