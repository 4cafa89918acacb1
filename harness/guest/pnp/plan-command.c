/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>

#include "cleanup.h"
#include "command.h"
#include "plan-request.h"

int command_resources(int argc, char **argv)
{
    static const struct option options[] = { { "dump", required_argument, NULL, 'd' }, { 0 } };
    CLEANUP(topology_free) Topology topology = { 0 };
    ConfigSource source = command_live;
    char why[CONFIG_WHY_SIZE];
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
    if (plan_topology_read(&topology, &source, why) < 0) {
        return command_environment(why);
    }
    resources_print(&topology, stdout);
    return EXIT_OK;
}

/* Return: is it an option of plan, and understood? */
static bool plan_option(int option, PlanRequest *request, char *port, ConfigSource *source)
{
    switch (option) {
    case 'p':
        request->port = port;
        return bdf_normalise(optarg, port) == 0;
    case 's': return plan_request_size(request, optarg) == 0;
    case 'w': return plan_request_window(request, optarg) == 0;
    case 'd': source->dump = optarg; return true;
    case 'j': request->json = true; return true;
    default: return false;
    }
}

int command_plan(int argc, char **argv)
{
    static const struct option options[] = { { "port", required_argument, NULL, 'p' },
                                             { "size", required_argument, NULL, 's' },
                                             { "window", required_argument, NULL, 'w' },
                                             { "dump", required_argument, NULL, 'd' },
                                             { "json", no_argument, NULL, 'j' },
                                             { 0 } };
    CLEANUP(topology_free) Topology topology = { 0 };
    PlanRequest request = { .port = NULL };
    ConfigSource source = command_live;
    char port[BDF_SIZE];
    char why[PLAN_WHY_SIZE];
    int option;
    int result;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (!plan_option(option, &request, port, &source)) {
            return command_usage("plan knows --port BDF, --size SIZE[:pref64|:mem32], --json, --dump FILE, "
                         "--window START-END");
        }
    }
    if (optind != argc || !request.port || request.size_bytes == 0) {
        return command_usage("plan needs --port and --size");
    }
    result = plan_topology_read(&topology, &source, why);
    if (result == 0) {
        result = plan_run(&topology, &request, stdout, why);
    }
    if (result < 0) {
        return command_environment(why);
    }
    return result == 0 ? EXIT_OK : EXIT_FAILED;
}
