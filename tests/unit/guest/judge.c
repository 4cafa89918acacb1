/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "content.h"
#include "judge.h"

void nothing(FakeSystem *fake)
{
    (void)fake;
}

static void function_fill(FakeSystem *fake, const Function *function)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (function->bars[nr].header.seen) {
            assert_int_equal(content_fill(&fake->access, function, &function->bars[nr]), 0);
        }
    }
}

Judged *judged_new(Break *arrange)
{
    Judged *judged = calloc(1, sizeof(*judged));
    FakeSystem *fake;

    assert_non_null(judged);
    fake = &judged->fake;
    fake_system_init(fake);
    arrange(fake);
    for (int n = 0; n < 2; n++) {
        function_fill(fake, &fake->functions[n]);
    }
    fake_system_witness(fake);
    assert_int_equal(baseline_take(&judged->before, &fake->topology, &fake->access), 0);
    assert_int_equal(fake->devices[0].bad_accesses, 0);
    return judged;
}

void judged_free(Judged *judged)
{
    baseline_free(&judged->before);
    free(judged);
}

bool judged_holds(Judged *judged, Invariant *invariant, int bar_nr, char *why)
{
    return invariant(
        &(InvariantCase) {
            .topology = &judged->fake.topology,
            .access = &judged->fake.access,
            .function = &judged->fake.functions[0],
            .bar_nr = bar_nr,
            .before = &judged->before.functions[0],
        },
        why);
}

/* What must not be done to any function, as often as it was done */
static uint64_t disturbances(const FakeSystem *fake)
{
    uint64_t count = 0;

    for (int n = 0; n < 2; n++) {
        count += fake->devices[n].bad_accesses + fake->devices[n].violations;
    }
    return count;
}

void judge(Break *arrange, const InvariantRow *row)
{
    Judged *judged = judged_new(arrange);
    char why[INVARIANT_WHY_SIZE] = "";
    uint64_t before;
    uint64_t after;
    bool holds;

    if (row->invariant == invariant_old_silent) {
        BaselineBar *bar = &judged->before.functions[0].bars[row->bar_nr];

        bar->range = range_sized(FAKE_OLD_BASE, range_size(bar->range));
    }
    row->break_it(&judged->fake);
    before = disturbances(&judged->fake);
    holds = judged_holds(judged, row->invariant, row->bar_nr, why);
    after = disturbances(&judged->fake);
    judged_free(judged);

    print_message("# %s: %s\n", row->name, why);
    assert_int_equal(holds, row->sentence == NULL);
    if (row->sentence) {
        assert_non_null(strstr(why, row->sentence));
    }
    assert_int_equal(after, before);
}
