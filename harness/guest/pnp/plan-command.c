/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "plan-file.h"
#include "plan-json.h"
#include "plan-request.h"

int command_resources(int argc, char **argv)
{
    static const struct option options[] = { { "dump", required_argument, NULL, 'd' }, { 0 } };
    CLEANUP(topology_free) Topology topology = { 0 };
    ConfigSource source = command_live;
    PlanRequest request;
    char why[PLAN_WHY_SIZE];
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option != 'd') {
            return command_usage("resources knows --dump FILE only");
        }
        source.dump = optarg;
    }
    if (optind != argc) {
        return command_usage("resources takes no arguments");
    }
    plan_request_init(&request);
    if (plan_request_read(&request, &source, &topology, why) < 0) {
        return command_environment(why);
    }
    resources_print(&topology, stdout);
    return EXIT_OK;
}

/** struct PlanCommand - the command line */
typedef struct PlanCommand {
    PlanRequest request;
    ConfigSource source;
    const char *write;
    bool json;
} PlanCommand;

/* Return: is it an option of plan, and understood? */
static bool plan_option(int option, PlanCommand *command)
{
    PlanRequest *request = &command->request;

    switch (option) {
    case 'p': return plan_request_port(request, optarg) == 0;
    case 'i': return plan_request_incoming(request, optarg) == 0;
    case 'r': return plan_request_resize(request, optarg) == 0;
    case 's': return plan_request_size(request, optarg) == 0;
    case 'x': return plan_request_refuser(request, optarg) == 0;
    case 'w': return plan_request_window(request, optarg) == 0;
    case 'd': command->source.dump = optarg; return true;
    case 'o': command->write = optarg; return true;
    case 'j': command->json = true; return true;
    default: return false;
    }
}

/* The first capture has the functions; windows of host bridges may stand in any */
static int machine_read(PlanCommand *command, int count, char **captures, Topology *topology,
                        char *why)
{
    int result;

    if (count > 0) {
        command->source.dump = captures[0];
    }
    result = plan_request_read(&command->request, &command->source, topology, why);
    for (int i = 1; result == 0 && i < count; i++) {
        result = plan_request_windows_read(&command->request, captures[i], why);
    }
    if (result == 0 && command->source.dump && command->request.ask.window_count == 0) {
        snprintf(why, PLAN_WHY_SIZE,
                 "%s holds no windows of host bridges: add a copy of /proc/iomem, or --window",
                 command->source.dump);
        return -EINVAL;
    }
    return result;
}

static int plan_save(const RebalancePlan *plan, const char *name, char *why)
{
    FILE *file = fopen(name, "we");
    bool written = file != NULL;

    if (file) {
        plan_file_write(plan, file);
        written = ferror(file) == 0;
        written = fclose(file) == 0 && written;
    }
    if (!written) {
        snprintf(why, PLAN_WHY_SIZE, "%s: %s", name, strerror(errno));
        return -EIO;
    }
    return 0;
}

static int plan_answer(const PlanCommand *command, const Topology *topology)
{
    CLEANUP(rebalance_plan_free) RebalancePlan plan = { .scope = NULL };
    char why[PLAN_WHY_SIZE];

    if (rebalance_plan(topology, &command->request.ask, &plan, why) < 0 ||
        (command->write && plan.verdict == PLAN_FITS &&
         plan_save(&plan, command->write, why) < 0)) {
        return command_environment(why);
    }
    (command->json ? plan_json : plan_file_write)(&plan, stdout);
    return plan.verdict == PLAN_FITS ? EXIT_OK : EXIT_FAILED;
}

static bool is_complete(const PlanRequest *request)
{
    return request->ask.bdf[0] != '\0' &&
           (request->ask.kind == REBALANCE_ARRIVAL) == (request->wanted.count > 0);
}

int command_plan(int argc, char **argv)
{
    static const struct option options[] = { { "port", required_argument, NULL, 'p' },
                                             { "incoming", required_argument, NULL, 'i' },
                                             { "resize", required_argument, NULL, 'r' },
                                             { "size", required_argument, NULL, 's' },
                                             { "refuse", required_argument, NULL, 'x' },
                                             { "window", required_argument, NULL, 'w' },
                                             { "dump", required_argument, NULL, 'd' },
                                             { "write", required_argument, NULL, 'o' },
                                             { "json", no_argument, NULL, 'j' },
                                             { 0 } };
    CLEANUP(topology_free) Topology topology = { 0 };
    PlanCommand command = { .source = command_live };
    char why[PLAN_WHY_SIZE];
    int option;

    plan_request_init(&command.request);
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (!plan_option(option, &command)) {
            return command_usage(
                "plan knows --port BDF, --incoming BDF, --resize BDF:BAR=SIZE, "
                "--size SIZE[:pref64|:mem32], --refuse BDF, --write FILE, --json, --dump FILE, "
                "--window START-END");
        }
    }
    if (!is_complete(&command.request)) {
        return command_usage("plan needs --port and --size, or --incoming, or --resize");
    }
    if (machine_read(&command, argc - optind, argv + optind, &topology, why) < 0) {
        return command_environment(why);
    }
    return plan_answer(&command, &topology);
}
