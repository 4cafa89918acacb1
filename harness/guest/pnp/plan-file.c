/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "plan-file.h"

#define LINE_SIZE 512

static const char *name_of(const RebalanceMember *member)
{
    return member->bdf[0] != '\0' ? member->bdf : "newcomer";
}

static void members_write(const char *keyword, const RebalanceMember *members, size_t count,
                          FILE *file)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(file, "%s %s at %s\n", keyword, name_of(&members[i]), members[i].path);
    }
}

static void range_write(FILE *file, Range range)
{
    if (range_is_empty(range)) {
        fprintf(file, "none");
    } else {
        fprintf(file, "0x%" PRIx64 "-0x%" PRIx64, range.start, range.end);
    }
}

static void address_write(const RebalanceAddress *address, FILE *file)
{
    if (range_same(address->before, address->after)) {
        return;
    }
    if (address->bar_nr >= 0) {
        fprintf(file, "move %s BAR %d ", name_of(&address->owner), address->bar_nr);
    } else {
        fprintf(file, "window %s %s ", name_of(&address->owner), window_kind_name(address->kind));
    }
    range_write(file, address->before);
    fprintf(file, " -> ");
    range_write(file, address->after);
    fprintf(file, " at %s\n", address->owner.path);
}

static void shortage_write(const PlanShortage *shortage, FILE *file)
{
    fprintf(file, "needed 0x%" PRIx64 ", free 0x%" PRIx64 " in window %s, largest hole ",
            shortage->needed_bytes, shortage->free_bytes, window_kind_name(shortage->kind));
    range_write(file, shortage->largest_hole);
    fprintf(file, "\nits largest BAR could have 0x%" PRIx64 "\n", shortage->largest_fit_bytes);
}

void plan_file_write(const RebalancePlan *plan, FILE *file)
{
    fprintf(file, "verdict %s%s\n", plan_verdict_name(plan->verdict),
            plan->exact ? "" : ", without proof");
    if (plan->verdict != PLAN_FITS) {
        fprintf(file, "reason %s\n", plan->reason);
        if (plan->verdict == PLAN_NO_SPACE || plan->verdict == PLAN_NO_WINDOW) {
            shortage_write(&plan->shortage, file);
        }
        return;
    }
    fprintf(file, "scope %u functions, 0x%" PRIx64 " bytes, %u bridges%s\n", plan->cost.stops,
            plan->cost.bytes, plan->cost.bridges,
            plan->widened ? ", more than needed, for the kernel's sake" : "");
    if (plan->removed_count == 0) {
        fprintf(file, "# nobody has to stop, and nothing has to be done\n");
    }
    members_write("incoming", plan->incoming, plan->incoming_count, file);
    if (plan->resized.path[0] != '\0') {
        fprintf(file, "resize %s BAR %d to 0x%" PRIx64 " at %s\n", name_of(&plan->resized),
                plan->resized_bar, plan->resized_bytes, plan->resized.path);
    }
    members_write("stop", plan->scope, plan->scope_count, file);
    members_write("remove", plan->removed, plan->removed_count, file);
    for (size_t i = 0; i < plan->address_count; i++) {
        address_write(&plan->addresses[i], file);
    }
}

/* Room is 1, 3, 7, ... elements. Return: where one more fits, NULL without memory */
static void *list_grow(void *elements, size_t count, size_t size)
{
    return (count & (count + 1)) != 0 ? elements : reallocarray(elements, 2 * count + 1, size);
}

static int member_add(RebalanceMember **members, size_t *count, RebalanceMember member)
{
    RebalanceMember *grown = list_grow(*members, *count, sizeof(**members));

    if (!grown) {
        return -ENOMEM;
    }
    *members = grown;
    grown[(*count)++] = member;
    return 0;
}

static int address_add(RebalancePlan *plan, RebalanceAddress address)
{
    RebalanceAddress *grown = list_grow(plan->addresses, plan->address_count, sizeof(*grown));

    if (!grown) {
        return -ENOMEM;
    }
    plan->addresses = grown;
    grown[plan->address_count++] = address;
    return 0;
}

/* The last word, behind "at". Return: the number of characters in front of it, -EINVAL: none */
static int path_read(const char *line, char *path)
{
    int end = 0;
    const char *at = strstr(line, " at ");

    if (!at || sscanf(at, " at %127s%n", path, &end) != 1 || at[end] != '\0') {
        return -EINVAL;
    }
    return (int)(at - line);
}

static int members_line(RebalancePlan *plan, const char *line)
{
    RebalanceMember member;
    char keyword[16];

    if (sscanf(line, "%15s %15s", keyword, member.bdf) != 2 || path_read(line, member.path) < 0) {
        return -EINVAL;
    }
    if (strcmp(keyword, "stop") == 0) {
        return member_add(&plan->scope, &plan->scope_count, member);
    }
    return strcmp(keyword, "remove") == 0
               ? member_add(&plan->removed, &plan->removed_count, member)
               : member_add(&plan->incoming, &plan->incoming_count, member);
}

static int resize_line(RebalancePlan *plan, const char *line)
{
    return sscanf(line, "resize %15s BAR %d to %" SCNx64, plan->resized.bdf, &plan->resized_bar,
                  &plan->resized_bytes) == 3 &&
                   plan->resized_bar >= 0 && plan->resized_bar < BARSHIFT_BARS &&
                   path_read(line, plan->resized.path) > 0
               ? 0
               : -EINVAL;
}

static int range_read(const char *text, Range *range)
{
    int end = 0;

    *range = range_empty();
    if (strcmp(text, "none") == 0) {
        return 0;
    }
    return sscanf(text, "%" SCNx64 "-%" SCNx64 "%n", &range->start, &range->end, &end) == 2 &&
                   text[end] == '\0' && !range_is_empty(*range)
               ? 0
               : -EINVAL;
}

static int kind_read(const char *name, WindowKind *kind)
{
    for (int i = 0; i < WINDOW_KINDS; i++) {
        if (strcmp(name, window_kind_name((WindowKind)i)) == 0) {
            *kind = (WindowKind)i;
            return 0;
        }
    }
    return -EINVAL;
}

static int address_line(RebalancePlan *plan, const char *line)
{
    RebalanceAddress address = { .bar_nr = -1 };
    char before[48];
    char after[48];
    char kind[8];

    if (sscanf(line, "move %15s BAR %d %47s -> %47s", address.owner.bdf, &address.bar_nr, before,
               after) == 4) {
        if (address.bar_nr < 0 || address.bar_nr >= TOPOLOGY_BARS) {
            return -EINVAL;
        }
    } else if (sscanf(line, "window %15s %7s %47s -> %47s", address.owner.bdf, kind, before,
                      after) != 4 || kind_read(kind, &address.kind) < 0) {
        return -EINVAL;
    }
    if (range_read(before, &address.before) < 0 || range_read(after, &address.after) < 0 ||
        path_read(line, address.owner.path) < 0) {
        return -EINVAL;
    }
    return address_add(plan, address);
}

static int scope_line(RebalancePlan *plan, const char *line)
{
    plan->widened = strstr(line, "more than needed") != NULL;
    return sscanf(line, "scope %u functions, %" SCNx64 " bytes, %u bridges", &plan->cost.stops,
                  &plan->cost.bytes, &plan->cost.bridges) == 3
               ? 0
               : -EINVAL;
}

static int verdict_line(RebalancePlan *plan, const char *line)
{
    plan->exact = strstr(line, "without proof") == NULL;
    return strncmp(line, "verdict fits", 12) == 0 ? 0 : -EINVAL;
}

static const struct {
    const char *keyword;
    int (*read)(RebalancePlan *plan, const char *line);
} lines[] = {
    { "verdict ", verdict_line },  { "scope ", scope_line },    { "incoming ", members_line },
    { "resize ", resize_line },    { "stop ", members_line },   { "remove ", members_line },
    { "move ", address_line },     { "window ", address_line },
};

static int line_read(RebalancePlan *plan, const char *line)
{
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (strncmp(line, lines[i].keyword, strlen(lines[i].keyword)) == 0) {
            return lines[i].read(plan, line);
        }
    }
    return -EINVAL;
}

int plan_file_read(FILE *file, RebalancePlan *plan, char *why)
{
    char line[LINE_SIZE];
    unsigned number = 0;
    int result = 0;

    *plan = (RebalancePlan) { .resized_bar = -1, .shortage.largest_hole = range_empty() };
    while (result == 0 && fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        number++;
        result = number == 1 && strncmp(line, "verdict ", 8) != 0 ? -EINVAL
                 : line[0] == '\0' || line[0] == '#'              ? 0
                                                                  : line_read(plan, line);
    }
    if (number == 0) {
        result = -EINVAL;
    }
    if (result == -EINVAL) {
        snprintf(why, REBALANCE_WHY_SIZE, "line %u: not of a plan that fits", number);
    } else if (result < 0) {
        snprintf(why, REBALANCE_WHY_SIZE, "%s", strerror(-result));
    }
    return result;
}
