/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "cleanup.h"
#include "command.h"
#include "interruption.h"
#include "mapping.h"
#include "rebalance-print.h"

#define DEADLINE_DEFAULT_NS UINT64_C(10000000000)
#define DEADLINE_SECONDS_MAX 3600.0
#define NS_PER_S 1e9

/** struct Options - @asked: how many of the options that tell what is wanted there were */
typedef struct Options {
    Rebalance rebalance;
    unsigned asked;
    bool json;
} Options;

static bool deadline_parse(const char *text, uint64_t *deadline_ns)
{
    char *end;
    double seconds = strtod(text, &end);

    if (end == text || *end != '\0' || !(seconds > 0 && seconds <= DEADLINE_SECONDS_MAX)) {
        return false;
    }
    *deadline_ns = (uint64_t)(seconds * NS_PER_S);
    return true;
}

static bool ask_parse(int option, Options *options)
{
    static const RebalanceKind kinds[] = { ['i'] = REBALANCE_INCOMING, ['r'] = REBALANCE_RESIZE,
                                           ['p'] = REBALANCE_FILE,
                                           ['s'] = REBALANCE_START_AGAIN };
    RebalanceAsk *ask = &options->rebalance.ask;

    options->asked++;
    ask->kind = kinds[option];
    ask->file = option == 'p' ? optarg : NULL;
    return option == 'p' || bdf_normalise(optarg, ask->bdf) == 0;
}

/* Return: is it an option of rebalance, and understood? */
static bool option_parse(int option, Options *options)
{
    int policy;

    switch (option) {
    case 'i':
    case 'r':
    case 's':
    case 'p': return ask_parse(option, options);
    case 'P':
        policy = manager_policy_parse(optarg);
        options->rebalance.policy = policy < 0 ? MANAGER_POLICIES : (ManagerPolicy)policy;
        return policy >= 0;
    case 'd': return deadline_parse(optarg, &options->rebalance.deadline_ns);
    case 'j': options->json = true; return true;
    default: return false;
    }
}

/* What follows --resize BDF: "bar2", "4G" */
static bool resize_parse(RebalanceAsk *ask, int argc, char **argv)
{
    if (argc != 2 || strncmp(argv[0], "bar", 3) != 0 || argv[0][3] < '0' ||
        argv[0][3] >= '0' + BARSHIFT_BARS || argv[0][4] != '\0') {
        return false;
    }
    ask->bar_nr = argv[0][3] - '0';
    return capture_size_parse(argv[1], &ask->size_bytes) == 0;
}

/* However it is asked to end, it tells first how everybody stands */
static int run(Options *options)
{
    Access access = mapping_access(command_live.root);
    char why[REBALANCE_WHY_SIZE];
    int result;

    interruption_begin();
    result = rebalance_run(&options->rebalance, &access, why);
    if (result < 0) {
        interruption_end();
        return command_environment(why);
    }
    (options->json ? rebalance_json : rebalance_print)(&options->rebalance, stdout);
    fflush(stdout);
    interruption_end();
    return rebalance_is_good(&options->rebalance) ? EXIT_OK : EXIT_FAILED;
}

int command_rebalance(int argc, char **argv)
{
    static const struct option known[] = { { "incoming", required_argument, NULL, 'i' },
                                           { "resize", required_argument, NULL, 'r' },
                                           { "plan", required_argument, NULL, 'p' },
                                           { "start-again", required_argument, NULL, 's' },
                                           { "policy", required_argument, NULL, 'P' },
                                           { "deadline", required_argument, NULL, 'd' },
                                           { "json", no_argument, NULL, 'j' },
                                           { 0 } };
    static Options options; /* too large for the stack of whoever calls */
    int option;
    int status;

    options = (Options) { .rebalance = { .source = &command_live,
                                         .deadline_ns = DEADLINE_DEFAULT_NS } };
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (!option_parse(option, &options)) {
            return command_usage("rebalance knows --incoming BDF, --resize BDF barN SIZE, "
                                 "--plan FILE, --start-again BDF, "
                                 "--policy best-effort|all-or-nothing, --deadline S, --json");
        }
    }
    if (options.asked != 1) {
        return command_usage("rebalance needs one of --incoming, --resize, --plan and "
                             "--start-again");
    }
    if (options.rebalance.ask.kind == REBALANCE_RESIZE
            ? !resize_parse(&options.rebalance.ask, argc - optind, argv + optind)
            : optind != argc) {
        return command_usage("rebalance takes arguments for --resize only: barN SIZE");
    }
    status = run(&options);
    rebalance_free(&options.rebalance);
    return status;
}
