/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever a guest has done: a random walk that is moved to another QEMU again and again is the
 * same as one that is left alone.
 */

#include "fault-names.h"
#include "observation.h"
#include "walk.h"

#define LEGS 16
#define LEG 300 /* steps between two migrations */
#define SEED 1

typedef struct LayoutCase {
    const char *path;
    const char *properties;
    bool below_port;
} LayoutCase;

static const LayoutCase layout_cases[] = {
    { "/migrated-walk/default", ",ledger-depth=64", false },
    { "/migrated-walk/default-below-a-port", ",no-soft-reset=off", true },
    { "/migrated-walk/all-kinds",
      ",bar0=4K:mem32:control,bar1=256:io,bar2=1G:mem64:pref:rebar=1M-8G,bar4=1M:mem32:pattern"
      ",bar5=4:io,rom=64K,ledger-depth=16,intx=on",
      false },
    { "/migrated-walk/interrupts-below-a-port",
      ",bar0=16K:mem32:control:ram,bar2=2M:mem64:pref:rebar=1M-1G,msix=8,msi=4,intx=on", true },
    { "/migrated-walk/table-in-a-resizable-bar",
      ",bar0=2M:mem64:rebar=1M-1G,bar2=4M:mem64:pref:control:rebar=4M+8M"
      ",bar4=512G:mem64:pref:pattern:rebar=1M-8E,msix=64,msix-bar=0",
      false },
};

#define NAME(id, name, breaks) name,

static const char *const faults[] = { BARSHIFT_FAULTS(NAME) };

static void choose_faults(const Walk *walk)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++) {
        if (g_rand_int_range(walk->random, 0, 4) == 0) {
            g_string_append_printf(names, "%s%s", names->len ? "+" : "", faults[i]);
        }
    }
    function_fault(&walk->function, names->str);
}

/* With room for what faults do to sizes */
static bool apart(const ViewBar *one, uint64_t one_size, const ViewBar *other, uint64_t other_size)
{
    return !one->decoding || !other->decoding || one->address + 2 * one_size <= other->address ||
           other->address + 2 * other_size <= one->address;
}

/*
 * Where BARs overlap, the one that was mapped last is in front in QEMU. A saved state does not
 * tell which one that is: it is for no software to let BARs overlap.
 */
static bool bars_overlap(const Walk *walk)
{
    View view;

    view_read(&view, &walk->shape, &walk->function);
    for (unsigned nr = 0; nr < FUNCTION_REGIONS; nr++) {
        const FunctionBar *bar = &walk->shape.bars[nr];

        for (unsigned i = 0; i < nr; i++) {
            const FunctionBar *other = &walk->shape.bars[i];

            if ((bar->kind == BAR_IO) == (other->kind == BAR_IO) &&
                !apart(&view.bars[nr], MAX(view.bars[nr].size, bar->size), &view.bars[i],
                       MAX(view.bars[i].size, other->size))) {
                return true;
            }
        }
    }
    return false;
}

/* Faults in every other leg; what was seen after each */
static GPtrArray *walk_and_look(const LayoutCase *row, bool migrated)
{
    GPtrArray *looks = g_ptr_array_new();
    unsigned migrations = 0;
    Walk walk;

    walk_start(&walk, row->properties, row->below_port, SEED);
    for (unsigned leg = 0; leg < LEGS; leg++) {
        if (leg % 2 == 1) {
            choose_faults(&walk);
        } else {
            function_fault(&walk.function, "");
            walk_place(&walk);
        }
        walk_steps(&walk, LEG);
        if (migrated && !bars_overlap(&walk)) {
            walk_migrate(&walk, row->properties);
            migrations++;
        }
        g_ptr_array_add(looks, observe_function(&walk.function));
    }
    walk_stop(&walk);
    if (migrated) {
        g_test_message("%u migrations", migrations);
        g_assert_cmpuint(migrations, >=, LEGS / 4);
    }
    return looks;
}

static void test_same_walk(gconstpointer data)
{
    g_autoptr(GPtrArray) looks = walk_and_look(data, false);
    g_autoptr(GPtrArray) migrated_looks = walk_and_look(data, true);

    for (unsigned leg = 0; leg < LEGS; leg++) {
        g_test_message("leg %u", leg);
        assert_observations(migrated_looks->pdata[leg], looks->pdata[leg]);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(layout_cases); i++) {
        g_test_add_data_func(layout_cases[i].path, &layout_cases[i], test_same_walk);
    }
    return g_test_run();
}
