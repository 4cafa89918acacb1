/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comparison.h"

#define COMPARISON_JSON_VERSION 1

static const char *word(const char *text)
{
    return text == NULL ? "(none)" : text;
}

static gboolean is_told(const Pair *pair)
{
    return pair->verdict || pair->outcome || pair->slower || pair->fates->len > 0 ||
           pair->addresses->len > 0 || pair->checks->len > 0;
}

static void append_changes(GString *text, const GPtrArray *changes)
{
    for (guint i = 0; i < changes->len; i++) {
        const Change *change = g_ptr_array_index(changes, i);

        g_string_append_printf(text, "    %s: %s -> %s\n", change->what, word(change->from),
                               word(change->to));
    }
}

static void append_pair(GString *text, const Pair *pair)
{
    if (g_str_equal(pair->a->name, pair->b->name)) {
        g_string_append_printf(text, "%s\n", pair->b->name);
    } else {
        g_string_append_printf(text, "%s -> %s\n", pair->a->name, pair->b->name);
    }
    if (pair->verdict) {
        g_string_append_printf(text, "    verdict: %s -> %s\n", pair->a->verdict,
                               pair->b->verdict);
    }
    if (pair->outcome) {
        g_string_append_printf(text, "    outcome: %s -> %s\n", word(pair->a->outcome),
                               word(pair->b->outcome));
    }
    append_changes(text, pair->fates);
    append_changes(text, pair->addresses);
    append_changes(text, pair->checks);
    if (pair->slower) {
        g_string_append_printf(text, "    took %.1f s -> %.1f s, %.1f times as long\n",
                               pair->a->seconds, pair->b->seconds,
                               pair->b->seconds / pair->a->seconds);
    }
}

static void append_only(GString *text, const GPtrArray *results, const PastReport *report)
{
    for (guint i = 0; i < results->len; i++) {
        const PastResult *result = g_ptr_array_index(results, i);

        g_string_append_printf(text, "only in %s: %s, %s\n", report->path, result->name,
                               result->verdict);
    }
}

/* "7 compared: 1 with another verdict or outcome, ..." */
static void append_sum(GString *text, const Comparison *comparison)
{
    guint changed = 0, moved = 0, slower = 0, checked = 0;

    for (guint i = 0; i < comparison->pairs->len; i++) {
        const Pair *pair = g_ptr_array_index(comparison->pairs, i);

        changed += pair->verdict || pair->outcome;
        moved += pair->fates->len > 0 || pair->addresses->len > 0;
        slower += pair->slower;
        checked += pair->checks->len > 0;
    }
    g_string_append_printf(text, "%u compared: %u with another verdict or outcome, %u with other "
                           "fates or addresses, ", comparison->pairs->len, changed, moved);
    if (comparison->exact) {
        g_string_append_printf(text, "%u with other checks, ", checked);
    }
    g_string_append_printf(text, "%u slower by more than %g times; %u only in one\n", slower,
                           comparison->threshold,
                           comparison->only_a->len + comparison->only_b->len);
}

char *comparison_text(const Comparison *comparison)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < comparison->pairs->len; i++) {
        const Pair *pair = g_ptr_array_index(comparison->pairs, i);

        if (is_told(pair)) {
            append_pair(text, pair);
        }
    }
    append_only(text, comparison->only_a, comparison->a);
    append_only(text, comparison->only_b, comparison->b);
    append_sum(text, comparison);
    return g_string_free(text, FALSE);
}

static void add_value(JsonBuilder *builder, const char *value)
{
    if (value == NULL) {
        json_builder_add_null_value(builder);
    } else {
        json_builder_add_string_value(builder, value);
    }
}

/* "verdict": ["pass", "fail"] */
static void add_two(JsonBuilder *builder, const char *name, const char *from, const char *to)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
    add_value(builder, from);
    add_value(builder, to);
    json_builder_end_array(builder);
}

static void add_changes(JsonBuilder *builder, const char *name, const GPtrArray *changes)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_object(builder);
    for (guint i = 0; i < changes->len; i++) {
        const Change *change = g_ptr_array_index(changes, i);

        add_two(builder, change->what, change->from, change->to);
    }
    json_builder_end_object(builder);
}

static void add_seconds(JsonBuilder *builder, double seconds)
{
    if (seconds < 0) {
        json_builder_add_null_value(builder);
    } else {
        json_builder_add_double_value(builder, seconds);
    }
}

static void add_pair(JsonBuilder *builder, const Pair *pair)
{
    json_builder_begin_object(builder);
    add_two(builder, "name", pair->a->name, pair->b->name);
    json_builder_set_member_name(builder, "differs");
    json_builder_add_boolean_value(builder, pair->verdict || pair->outcome);
    add_two(builder, "verdict", pair->a->verdict, pair->b->verdict);
    add_two(builder, "outcome", pair->a->outcome, pair->b->outcome);
    add_changes(builder, "fates", pair->fates);
    add_changes(builder, "addresses", pair->addresses);
    add_changes(builder, "checks", pair->checks);
    json_builder_set_member_name(builder, "seconds");
    json_builder_begin_array(builder);
    add_seconds(builder, pair->a->seconds);
    add_seconds(builder, pair->b->seconds);
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "slower");
    json_builder_add_boolean_value(builder, pair->slower);
    json_builder_end_object(builder);
}

static void add_only(JsonBuilder *builder, const char *name, const GPtrArray *results)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
    for (guint i = 0; i < results->len; i++) {
        const PastResult *result = g_ptr_array_index(results, i);

        json_builder_add_string_value(builder, result->name);
    }
    json_builder_end_array(builder);
}

JsonNode *comparison_json(const Comparison *comparison)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "version");
    json_builder_add_int_value(builder, COMPARISON_JSON_VERSION);
    add_two(builder, "reports", comparison->a->path, comparison->b->path);
    json_builder_set_member_name(builder, "differs");
    json_builder_add_boolean_value(builder, comparison_differs(comparison));
    json_builder_set_member_name(builder, "threshold");
    json_builder_add_double_value(builder, comparison->threshold);
    json_builder_set_member_name(builder, "compared");
    json_builder_begin_array(builder);
    for (guint i = 0; i < comparison->pairs->len; i++) {
        add_pair(builder, g_ptr_array_index(comparison->pairs, i));
    }
    json_builder_end_array(builder);
    add_only(builder, "only_in_first", comparison->only_a);
    add_only(builder, "only_in_second", comparison->only_b);
    json_builder_end_object(builder);
    return json_builder_get_root(builder);
}
