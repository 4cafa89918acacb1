/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comparison.h"

#include <string.h>

static void change_free(gpointer data)
{
    Change *change = data;

    g_free(change->what);
    g_free(change);
}

static void pair_free(gpointer data)
{
    Pair *pair = data;

    g_ptr_array_unref(pair->fates);
    g_ptr_array_unref(pair->addresses);
    g_ptr_array_unref(pair->checks);
    g_free(pair);
}

static gint compare_changes(gconstpointer a, gconstpointer b)
{
    const Change *const *first = a, *const *second = b;

    return strcmp((*first)->what, (*second)->what);
}

static void add_change(GPtrArray *changes, const char *what, const char *from, const char *to)
{
    Change *change;

    if (g_strcmp0(from, to) == 0) {
        return;
    }
    change = g_new0(Change, 1);
    change->what = g_strdup(what);
    change->from = from;
    change->to = to;
    g_ptr_array_add(changes, change);
}

static GPtrArray *changes_between(GHashTable *a, GHashTable *b)
{
    GPtrArray *changes = g_ptr_array_new_with_free_func(change_free);
    GHashTableIter iterator;
    gpointer what, value;

    g_hash_table_iter_init(&iterator, a);
    while (g_hash_table_iter_next(&iterator, &what, &value)) {
        add_change(changes, what, value, g_hash_table_lookup(b, what));
    }
    g_hash_table_iter_init(&iterator, b);
    while (g_hash_table_iter_next(&iterator, &what, &value)) {
        if (!g_hash_table_contains(a, what)) {
            add_change(changes, what, NULL, value);
        }
    }
    g_ptr_array_sort(changes, compare_changes);
    return changes;
}

static void add_pair(Comparison *comparison, const PastResult *a, const PastResult *b)
{
    Pair *pair = g_new0(Pair, 1);

    pair->a = a;
    pair->b = b;
    pair->verdict = !g_str_equal(a->verdict, b->verdict);
    pair->outcome = g_strcmp0(a->outcome, b->outcome) != 0;
    pair->slower = a->seconds > 0 && b->seconds > a->seconds * comparison->threshold;
    pair->fates = changes_between(a->fates, b->fates);
    pair->addresses = changes_between(a->addresses, b->addresses);
    pair->checks = changes_between(a->checks, comparison->exact ? b->checks : a->checks);
    g_ptr_array_add(comparison->pairs, pair);
}

/* Whose scenario, kernel, QEMU and repetition are to be the same, as one word */
static char *key_of(const Comparison *comparison, const PastResult *result)
{
    gboolean kernel = comparison->a->many_kernels && comparison->b->many_kernels;
    gboolean qemu = comparison->a->many_qemus && comparison->b->many_qemus;

    return g_strdup_printf("%s\n%s\n%s\n%" G_GINT64_FORMAT, result->scenario,
                           kernel ? result->kernel : "", qemu ? result->qemu : "",
                           result->repetition);
}

/* (transfer full): key to (element-type PastResult) */
static GHashTable *by_key(const Comparison *comparison, const PastReport *report)
{
    GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                              (GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; i < report->results->len; i++) {
        PastResult *result = g_ptr_array_index(report->results, i);
        g_autofree char *key = key_of(comparison, result);
        GPtrArray *same = g_hash_table_lookup(table, key);

        if (same == NULL) {
            same = g_ptr_array_new();
            g_hash_table_insert(table, g_steal_pointer(&key), same);
        }
        g_ptr_array_add(same, result);
    }
    return table;
}

static void find_only(const Comparison *comparison, const PastReport *report, GHashTable *other,
                      GPtrArray *only)
{
    for (guint i = 0; i < report->results->len; i++) {
        PastResult *result = g_ptr_array_index(report->results, i);
        g_autofree char *key = key_of(comparison, result);

        if (!g_hash_table_contains(other, key)) {
            g_ptr_array_add(only, result);
        }
    }
}

Comparison *comparison_new(const PastReport *a, const PastReport *b, double threshold,
                           gboolean exact)
{
    Comparison *comparison = g_new0(Comparison, 1);
    g_autoptr(GHashTable) in_a = NULL;
    g_autoptr(GHashTable) in_b = NULL;

    comparison->a = a;
    comparison->b = b;
    comparison->threshold = threshold;
    comparison->exact = exact;
    comparison->pairs = g_ptr_array_new_with_free_func(pair_free);
    comparison->only_a = g_ptr_array_new();
    comparison->only_b = g_ptr_array_new();
    in_a = by_key(comparison, a);
    in_b = by_key(comparison, b);
    for (guint i = 0; i < b->results->len; i++) {
        const PastResult *result = g_ptr_array_index(b->results, i);
        g_autofree char *key = key_of(comparison, result);
        GPtrArray *same = g_hash_table_lookup(in_a, key);

        for (guint s = 0; same != NULL && s < same->len; s++) {
            add_pair(comparison, g_ptr_array_index(same, s), result);
        }
    }
    find_only(comparison, a, in_b, comparison->only_a);
    find_only(comparison, b, in_a, comparison->only_b);
    return comparison;
}

void comparison_free(Comparison *comparison)
{
    if (comparison != NULL) {
        g_ptr_array_unref(comparison->pairs);
        g_ptr_array_unref(comparison->only_a);
        g_ptr_array_unref(comparison->only_b);
        g_free(comparison);
    }
}

gboolean comparison_differs(const Comparison *comparison)
{
    for (guint i = 0; i < comparison->pairs->len; i++) {
        const Pair *pair = g_ptr_array_index(comparison->pairs, i);

        if (pair->verdict || pair->outcome ||
            (comparison->exact && pair->fates->len + pair->addresses->len + pair->checks->len)) {
            return TRUE;
        }
    }
    return comparison->exact && comparison->only_a->len + comparison->only_b->len > 0;
}
