/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "json.h"
#include "plan-print.h"

static void range_print(FILE *file, Range range)
{
    if (range_is_empty(range)) {
        fprintf(file, "none");
    } else {
        fprintf(file, "0x%" PRIx64 "-0x%" PRIx64, range.start, range.end);
    }
}

static void change_print(FILE *file, Range from, Range to)
{
    range_print(file, from);
    fprintf(file, " -> ");
    range_print(file, to);
    fprintf(file, "\n");
}

static void reason_print(const Plan *plan, FILE *file)
{
    if (plan->verdict == PLAN_NO_BUS || plan->verdict == PLAN_UNDECIDED) {
        return;
    }
    fprintf(file, "needed 0x%" PRIx64 ", free 0x%" PRIx64 " in window %s, largest hole ",
            plan->needed_bytes, plan->free_bytes, window_kind_name(plan->short_kind));
    range_print(file, plan->largest_hole);
    fprintf(file, "\nits largest BAR could have 0x%" PRIx64 "\n", plan->largest_fit_bytes);
}

static void set_print(const Tree *tree, const RemovalSet *set, FILE *file)
{
    if (!set) {
        fprintf(file, "remove: the kernel would leave somebody without, whatever is removed\n");
        return;
    }
    fprintf(file, "remove");
    for (size_t i = 0; i < set->bridge_count; i++) {
        fprintf(file, " %s", tree->bridges[set->bridges[i]].bdf);
    }
    for (size_t i = 0; i < set->function_count; i++) {
        fprintf(file, " %s", tree->functions[set->functions[i]].bdf);
    }
    fprintf(file, "\n");
}

void plan_print(const Tree *tree, const Plan *plan, const RemovalSet *set, FILE *file)
{
    fprintf(file, "verdict %s%s\n", plan_verdict_name(plan->verdict),
            plan->exact ? "" : ", without proof");
    if (plan->verdict != PLAN_FITS) {
        reason_print(plan, file);
        return;
    }
    fprintf(file, "scope %u functions, 0x%" PRIx64 " bytes, %u bridges\n", plan->cost.stops,
            plan->cost.bytes, plan->cost.bridges);
    for (size_t i = 0; i < plan->stop_count; i++) {
        fprintf(file, "stop %s\n", tree->functions[plan->stops[i]].bdf);
    }
    for (size_t i = 0; i < plan->move_count; i++) {
        const TreeBar *bar = &tree->bars[plan->moves[i].bar];

        fprintf(file, "move %s BAR %d ", tree->functions[bar->function].bdf, bar->wanted.bar_nr);
        change_print(file, plan->moves[i].from, plan->moves[i].to);
    }
    for (size_t i = 0; i < plan->window_count; i++) {
        const PlanWindow *window = &plan->windows[i];

        fprintf(file, "window %s %s ", tree->bridges[window->bridge].bdf,
                window_kind_name(window->kind));
        change_print(file, window->from, window->to);
    }
    set_print(tree, set, file);
}

static void range_json(Json *json, const char *key, Range range)
{
    if (range_is_empty(range)) {
        json_null(json, key);
        return;
    }
    json_open(json, key, '{');
    json_hex(json, "start", range.start);
    json_hex(json, "end", range.end);
    json_close(json, '}');
}

static void moves_json(Json *json, const Tree *tree, const Plan *plan)
{
    json_open(json, "moves", '[');
    for (size_t i = 0; i < plan->move_count; i++) {
        const TreeBar *bar = &tree->bars[plan->moves[i].bar];

        json_open(json, NULL, '{');
        json_text(json, "function", tree->functions[bar->function].bdf);
        json_number(json, "bar", (uint64_t)bar->wanted.bar_nr);
        range_json(json, "from", plan->moves[i].from);
        range_json(json, "to", plan->moves[i].to);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_open(json, "windows", '[');
    for (size_t i = 0; i < plan->window_count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "bridge", tree->bridges[plan->windows[i].bridge].bdf);
        json_text(json, "kind", window_kind_name(plan->windows[i].kind));
        range_json(json, "from", plan->windows[i].from);
        range_json(json, "to", plan->windows[i].to);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void set_json(Json *json, const Tree *tree, const RemovalSet *set)
{
    if (!set) {
        json_null(json, "remove");
        return;
    }
    json_open(json, "remove", '[');
    for (size_t i = 0; i < set->bridge_count; i++) {
        json_text(json, NULL, tree->bridges[set->bridges[i]].bdf);
    }
    for (size_t i = 0; i < set->function_count; i++) {
        json_text(json, NULL, tree->functions[set->functions[i]].bdf);
    }
    json_close(json, ']');
}

static void reason_json(Json *json, const Plan *plan)
{
    json_text(json, "short_of", window_kind_name(plan->short_kind));
    json_hex(json, "needed", plan->needed_bytes);
    json_hex(json, "free", plan->free_bytes);
    range_json(json, "largest_hole", plan->largest_hole);
    json_hex(json, "largest_fit", plan->largest_fit_bytes);
}

void plan_json(const Tree *tree, const Plan *plan, const RemovalSet *set, FILE *file)
{
    Json json = JSON_INIT(file);

    json_open(&json, NULL, '{');
    json_text(&json, "verdict", plan_verdict_name(plan->verdict));
    json_bool(&json, "exact", plan->exact);
    if (plan->verdict == PLAN_FITS) {
        json_open(&json, "stops", '[');
        for (size_t i = 0; i < plan->stop_count; i++) {
            json_text(&json, NULL, tree->functions[plan->stops[i]].bdf);
        }
        json_close(&json, ']');
        json_hex(&json, "bytes", plan->cost.bytes);
        json_number(&json, "bridges", plan->cost.bridges);
        moves_json(&json, tree, plan);
        set_json(&json, tree, set);
    } else {
        reason_json(&json, plan);
    }
    json_close(&json, '}');
    fputc('\n', file);
}
