/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plans, writes the plan, reads it again, carries it out, and tells where the kernel was expected
 * to put something else. Functions in the scope are switched off, as if their drivers had let go.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "plan-file.h"
#include "plan-request.h"
#include "reassign.h"

#define PLAN_FILE "/tmp/plan"

static int complain(const char *why)
{
    printf("predict: %s\n", why);
    return 1;
}

static bool request_read(PlanRequest *request, int argc, char **argv)
{
    bool right = argc >= 3;

    plan_request_init(request);
    for (int i = 1; right && i + 1 < argc; i += 2) {
        const char *value = argv[i + 1];

        right = strcmp(argv[i], "incoming") == 0 ? plan_request_incoming(request, value) == 0
                : strcmp(argv[i], "resize") == 0 ? plan_request_resize(request, value) == 0
                : strcmp(argv[i], "refuse") == 0 ? plan_request_refuser(request, value) == 0
                                                 : false;
    }
    return right;
}

static void scope_stop(const ConfigSource *source, const RebalancePlan *plan)
{
    char why[CONFIG_WHY_SIZE];

    for (size_t i = 0; i < plan->scope_count; i++) {
        config_decode(source, plan->scope[i].bdf, PCI_COMMAND_MEMORY | PCI_COMMAND_IO, false, why);
    }
    if (plan->resized.bdf[0] != '\0') {
        config_decode(source, plan->resized.bdf, PCI_COMMAND_MEMORY | PCI_COMMAND_IO, false, why);
    }
}

static void range_print(const char *before, Range range)
{
    if (range_is_empty(range)) {
        printf("%snone", before);
    } else {
        printf("%s0x%" PRIx64 "-0x%" PRIx64, before, range.start, range.end);
    }
}

static void result_print(const RebalancePlan *plan, const ReassignResult *result)
{
    ReassignDifferences differences;

    for (size_t i = 0; i < result->name_count; i++) {
        const ReassignName *name = &result->names[i];

        if (strcmp(name->before, name->after) != 0) {
            printf("predict: %s was '%s', is '%s'\n", name->path, name->before, name->after);
        }
    }
    reassign_compare(plan, &result->topology, &differences);
    for (size_t i = 0; i < differences.count; i++) {
        printf("predict: different: %s", differences.items[i].what);
        range_print(" predicted ", differences.items[i].predicted);
        range_print(" observed ", differences.items[i].observed);
        printf("\n");
    }
    printf("predict: %zu stopped, %zu different\n", plan->scope_count, differences.count);
    reassign_differences_free(&differences);
}

static int plan_carry_out(const ConfigSource *source, const Topology *topology)
{
    RebalanceAsk ask = { .kind = REBALANCE_FILE, .file = PLAN_FILE };
    ReassignLimits limits = REASSIGN_LIMITS;
    char why[REASSIGN_WHY_SIZE];
    RebalancePlan plan;
    ReassignResult result;

    if (rebalance_plan(topology, &ask, &plan, why) < 0) {
        return complain(why);
    }
    scope_stop(source, &plan);
    if (reassign_run(source, topology, &plan, &limits, &result, why) < 0) {
        return complain(why);
    }
    result_print(&plan, &result);
    reassign_result_free(&result);
    rebalance_plan_free(&plan);
    return 0;
}

int main(int argc, char **argv)
{
    ConfigSource source = { .root = "" };
    char why[PLAN_WHY_SIZE];
    PlanRequest request;
    Topology topology;
    RebalancePlan plan;
    FILE *file;

    if (!request_read(&request, argc, argv)) {
        return complain("needs incoming BDF or resize BDF:BAR=SIZE, and refuse BDF");
    }
    if (plan_request_read(&request, &source, &topology, why) < 0 ||
        rebalance_plan(&topology, &request.ask, &plan, why) < 0) {
        return complain(why);
    }
    plan_file_write(&plan, stdout);
    if (plan.verdict != PLAN_FITS) {
        return 1;
    }
    file = fopen(PLAN_FILE, "we");
    plan_file_write(&plan, file);
    fclose(file);
    rebalance_plan_free(&plan);
    return plan_carry_out(&source, &topology);
}
