/* SPDX-License-Identifier: GPL-2.0-or-later */
/* barshift-guest: parses the command line and calls. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent.h"
#include "baseline.h"
#include "cleanup.h"
#include "command.h"
#include "driver.h"
#include "init.h"
#include "link.h"
#include "map.h"
#include "mapping.h"
#include "tool.h"
#include "verify.h"
#include "witness.h"

static const char help[] =
    "Usage: barshift-guest COMMAND [OPTION...]\n"
    "\n"
    "Shows and judges PCI address assignment inside a Linux guest. Run it as root.\n"
    "\n"
    "  map [--json]           address map: host and bridge windows, functions, BARs\n"
    "  start [--fill] BDF...  enable functions; --fill writes content that verify looks for\n"
    "  stop BDF...            disable functions\n"
    "  decode BDF on|off      set or clear Memory Space Enable, nothing else\n"
    "  size [--decoding] BDF BAR BYTES\n"
    "                         write BAR Size of a Resizable BAR, which the kernel does not learn;\n"
    "                         --decoding: even while the function decodes memory\n"
    "  move BDF barN ADDRESS  write a BAR in configuration space, with memory decode off\n"
    "                         meanwhile; the kernel is not told\n"
    "  swap BDF barN BDF barN the same with two BARs, which exchange their addresses\n"
    "  suspend BDF            save a function's configuration, and put it into D3hot\n"
    "  resume BDF             bring it back to D0, with its configuration\n"
    "  record [--map] FILE    note what the barshift functions have now, as a baseline; --map adds\n"
    "                         what map --json writes, behind \"" LINK_MAP_MARK "\"\n"
    "  verify [--before FILE] [--scope TAG[,TAG...]] [--removed TAG[,TAG...]]\n"
    "         [--reset TAG[,TAG...]] [--forgotten TAG[,TAG...]] [--map]\n"
    "                         judge the invariants, as TAP; --before compares with a baseline,\n"
    "                         --scope tells which functions were to be stopped (none: nobody),\n"
    "                         --removed which were unplugged on purpose, --reset which have\n"
    "                         scratch registers of 0 since, --forgotten which were removed from\n"
    "                         the kernel alone\n"
    "  resources [--dump FILE]\n"
    "                         what each function and bridge asks for, and what it has\n"
    "  plan --port BDF --size SIZE[:pref64|:mem32]... | --incoming BDF | --resize BDF:BAR=SIZE\n"
    "       [--refuse BDF]... [--write FILE] [--json] [--window START-END]... [CAPTURE...]\n"
    "                         who would have to stop for a device at a port, one that is there\n"
    "                         without addresses, or a larger BAR; changes nothing. CAPTURE is\n"
    "                         what guest-scripts/capture or lspci -vv -xxxx wrote; --window tells\n"
    "                         the windows of host bridges where no capture holds /proc/iomem\n"
    "  rebalance --incoming BDF | --resize BDF barN SIZE | --plan FILE | --start-again BDF\n"
    "            [--policy best-effort|all-or-nothing] [--deadline S] [--json]\n"
    "                         stops who is in the way, lets the kernel assign anew, and starts\n"
    "                         them again; S is for each request\n"
    "  drive BDF --model NAME [--back-end NAME] [--behave NAME[=VALUE]]...\n"
    "        [--option NAME=VALUE]... [--streams N] [--running N] [--handles N] [--subdevices N]\n"
    "        [--paging-path]\n"
    "                         start a function driver in the background, under a driver model\n"
    "  drive --behave help    what such a driver can do wrong\n"
    "  drivers [--json]       what the function drivers tell of themselves\n"
    "  drivers --close BDF    close the handles that are open on one\n"
    "  drivers --quit         end all of them\n"
    "  drivers --send BDF REQUEST...\n"
    "                         send requests of a PnP manager to one, such as query-stop\n"
    "  functions              names of the functions that the kernel has\n"
    "  log [--wait MS]        the kernel's log; --wait: nothing, once the kernel has said something\n"
    "                         more, or after that time\n"
    "  agent TTY              serve commands on a serial line\n"
    "  tools                  name the tools, which have a --help each; a tool can also be called by\n"
    "                         its own name, where that is a link to barshift-guest\n"
    "  TOOL [ARGUMENT...]     run a tool\n"
    "\n"
    "BDF is like 0000:01:00.0. Exit status: 0 ok, 1 something failed, 2 usage, 3 environment.\n";

/* Return: EXIT_OK, or the exit status after telling why */
static int topology_read_all(Topology *topology, const Access *access)
{
    char why[CONFIG_WHY_SIZE];

    if (topology_read(topology, &command_live, why) < 0) {
        return command_environment(why);
    }
    witness_read(topology, access);
    return EXIT_OK;
}

/* For who would ask for it next; link.h tells of it */
static void map_append(const Topology *topology)
{
    struct utsname kernel = { .release = "unknown" };

    uname(&kernel);
    fputs(LINK_MAP_MARK, stdout);
    map_json(topology, &kernel, stdout);
}

static int command_map(int argc, char **argv)
{
    static const struct option options[] = { { "json", no_argument, NULL, 'j' }, { 0 } };
    CLEANUP(topology_free) Topology topology = { 0 };
    Access access = mapping_access_kept(command_live.root);
    struct utsname kernel = { .release = "unknown" };
    bool json = false;
    int option;
    int status;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option != 'j') {
            return command_usage("map knows --json only");
        }
        json = true;
    }
    if (optind != argc) {
        return command_usage("map takes no arguments");
    }
    status = topology_read_all(&topology, &access);
    if (status != EXIT_OK) {
        return status;
    }
    uname(&kernel);
    (json ? map_json : map_print)(&topology, &kernel, stdout);
    return EXIT_OK;
}

static int start_one(const char *bdf, bool fill)
{
    Access access = mapping_access(command_live.root);
    char why[DRIVER_WHY_SIZE];

    if (driver_start(&command_live, &access, bdf, why) < 0 ||
        (fill && driver_fill(&command_live, &access, bdf, why) < 0)) {
        fprintf(stderr, "barshift-guest: %s\n", why);
        return EXIT_FAILED;
    }
    printf("started %s%s\n", bdf, fill ? ", filled" : "");
    return EXIT_OK;
}

static int stop_one(const char *bdf, bool unused)
{
    Access access = mapping_access(command_live.root);
    char why[DRIVER_WHY_SIZE];

    (void)unused;
    if (driver_stop(&command_live, &access, bdf, why) < 0) {
        fprintf(stderr, "barshift-guest: %s\n", why);
        return EXIT_FAILED;
    }
    printf("stopped %s\n", bdf);
    return EXIT_OK;
}

/* Every function gets its turn, whatever happened to those before it */
static int for_each_function(int argc, char **argv, int (*action)(const char *, bool), bool fill)
{
    int status = EXIT_OK;
    char bdf[BDF_SIZE];

    if (optind == argc) {
        return command_usage("no function given");
    }
    for (int i = optind; i < argc; i++) {
        if (bdf_normalise(argv[i], bdf) < 0) {
            return command_usage("a function is named like 0000:01:00.0");
        }
    }
    for (int i = optind; i < argc; i++) {
        bdf_normalise(argv[i], bdf);
        if (action(bdf, fill) != EXIT_OK) {
            status = EXIT_FAILED;
        }
    }
    return status;
}

static int command_start(int argc, char **argv)
{
    static const struct option options[] = { { "fill", no_argument, NULL, 'f' }, { 0 } };
    bool fill = false;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option != 'f') {
            return command_usage("start knows --fill only");
        }
        fill = true;
    }
    return for_each_function(argc, argv, start_one, fill);
}

static int command_stop(int argc, char **argv)
{
    return for_each_function(argc, argv, stop_one, false);
}

static int command_decode(int argc, char **argv)
{
    char bdf[BDF_SIZE];
    char why[CONFIG_WHY_SIZE];
    bool on;
    int result;

    if (argc != 3 || bdf_normalise(argv[1], bdf) < 0) {
        return command_usage("decode needs a function and on or off");
    }
    on = strcmp(argv[2], "on") == 0;
    if (!on && strcmp(argv[2], "off") != 0) {
        return command_usage("decode needs a function and on or off");
    }
    result = config_decode(&command_live, bdf, PCI_COMMAND_MEMORY, on, why);
    if (result == -EIO) {
        return command_environment(why);
    }
    if (result < 0) {
        fprintf(stderr, "barshift-guest: %s: memory decode %s: %s\n", bdf, argv[2],
                strerror(-result));
        return EXIT_FAILED;
    }
    return EXIT_OK;
}

static int baseline_save(const Baseline *baseline, const char *path)
{
    CLEANUP(file_close) FILE *file = fopen(path, "we");

    if (!file) {
        return -errno;
    }
    return baseline_write(baseline, file);
}

static int command_record(int argc, char **argv)
{
    static const struct option options[] = { { "map", no_argument, NULL, 'm' }, { 0 } };
    CLEANUP(topology_free) Topology topology = { 0 };
    CLEANUP(baseline_free) Baseline baseline = { 0 };
    Access access = mapping_access_kept(command_live.root);
    bool map = false;
    int option;
    int status;
    int result;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option != 'm') {
            return command_usage("record knows --map only");
        }
        map = true;
    }
    if (argc - optind != 1) {
        return command_usage("record needs one file");
    }
    status = topology_read_all(&topology, &access);
    if (status != EXIT_OK) {
        return status;
    }
    result = baseline_take(&baseline, &topology, &access);
    if (result == 0) {
        result = baseline_save(&baseline, argv[optind]);
    }
    if (result < 0) {
        fprintf(stderr, "barshift-guest: baseline %s: %s\n", argv[optind], strerror(-result));
        return EXIT_ENVIRONMENT;
    }
    printf("recorded %zu functions\n", baseline.function_count);
    if (map) {
        map_append(&topology);
    }
    return EXIT_OK;
}

/* Return: 0, -EINVAL for what is no list of tags */
static int tags_parse(const char *text, VerifyTags *tags)
{
    char *end;

    while (tags->count < VERIFY_TAGS_MAX) {
        unsigned long tag = strtoul(text, &end, 0);

        if (end == text || (*end != ',' && *end != '\0') || tag > UINT32_MAX) {
            return -EINVAL;
        }
        tags->tags[tags->count++] = (uint32_t)tag;
        if (*end == '\0') {
            return 0;
        }
        text = end + 1;
    }
    return -EINVAL;
}

static int baseline_load(Baseline *baseline, const char *path)
{
    CLEANUP(file_close) FILE *file = fopen(path, "re");
    char why[BASELINE_WHY_SIZE];

    if (!file) {
        fprintf(stderr, "barshift-guest: baseline %s: %s\n", path, strerror(errno));
        return EXIT_ENVIRONMENT;
    }
    if (baseline_read(baseline, file, why) < 0) {
        fprintf(stderr, "barshift-guest: baseline %s: %s\n", path, why);
        return EXIT_ENVIRONMENT;
    }
    return EXIT_OK;
}

static int verify_with(const char *before, const VerifyScope *scope, bool map)
{
    CLEANUP(topology_free) Topology topology = { 0 };
    CLEANUP(baseline_free) Baseline baseline = { 0 };
    Access access = mapping_access_kept(command_live.root);
    int status = before ? baseline_load(&baseline, before) : EXIT_OK;
    int failed;

    if (status == EXIT_OK) {
        status = topology_read_all(&topology, &access);
    }
    if (status != EXIT_OK) {
        printf("Bail out! the state cannot be read\n");
        return status;
    }
    failed = verify_run(&topology, &access, before ? &baseline : NULL, scope);
    if (failed == -ENODEV) {
        printf("Bail out! no barshift function in configuration space (are you root?)\n");
        return EXIT_ENVIRONMENT;
    }
    if (failed < 0) {
        printf("Bail out! %s\n", strerror(-failed));
        return EXIT_ENVIRONMENT;
    }
    if (map) {
        map_append(&topology);
    }
    return failed > 0 ? EXIT_FAILED : EXIT_OK;
}

static int command_verify(int argc, char **argv)
{
    static const struct option options[] = { { "before", required_argument, NULL, 'b' },
                                             { "scope", required_argument, NULL, 's' },
                                             { "removed", required_argument, NULL, 'r' },
                                             { "reset", required_argument, NULL, 'R' },
                                             { "forgotten", required_argument, NULL, 'f' },
                                             { "map", no_argument, NULL, 'm' },
                                             { 0 } };
    VerifyScope scope = { 0 };
    const char *before = NULL;
    bool map = false;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'b') {
            before = optarg;
        } else if (option == 'm') {
            map = true;
        } else if (option == '?' || tags_parse(optarg, option == 's'   ? &scope.stopped
                                                       : option == 'r' ? &scope.removed
                                                       : option == 'R' ? &scope.reset
                                                                       : &scope.forgotten) < 0) {
            return command_usage("verify knows --before FILE, --scope TAG[,TAG...], "
                                 "--removed TAG[,TAG...], --reset TAG[,TAG...], "
                                 "--forgotten TAG[,TAG...]");
        }
    }
    if (optind != argc) {
        return command_usage("verify takes no arguments");
    }
    return verify_with(before, &scope, map);
}

static int program(int argc, char **argv);

static int command_agent(int argc, char **argv)
{
    int result;

    if (argc != 2) {
        return command_usage("agent needs one terminal");
    }
    result = agent_run(argv[1], program);
    if (result < 0) {
        fprintf(stderr, "barshift-guest: %s: %s\n", argv[1], strerror(-result));
        return EXIT_ENVIRONMENT;
    }
    return EXIT_OK;
}

static int command_functions(int argc, char **argv)
{
    CLEANUP(directory_close) DIR *directory = opendir("/sys/bus/pci/devices");
    struct dirent *entry;

    (void)argv;
    if (argc != 1) {
        return command_usage("functions takes no arguments");
    }
    while (directory && (entry = readdir(directory))) {
        if (entry->d_name[0] != '.') {
            puts(entry->d_name);
        }
    }
    return directory ? EXIT_OK : command_environment("the kernel has no PCI in sysfs");
}

static int command_tools(int argc, char **argv)
{
    (void)argv;
    if (argc != 1) {
        return command_usage("tools takes no arguments");
    }
    tool_list(stdout);
    return EXIT_OK;
}

static int tool_call(char *name, int argc, char **argv)
{
    const Tool tool = { .name = name, .root = command_live.root, .out = stdout, .err = stderr };

    return tool_run(&tool, argc, argv);
}

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    { "map", command_map },       { "start", command_start },   { "stop", command_stop },
    { "decode", command_decode }, { "record", command_record }, { "verify", command_verify },
    { "agent", command_agent },   { "resources", command_resources },
    { "plan", command_plan },     { "rebalance", command_rebalance },
    { "drive", command_drive },   { "drivers", command_drivers },
    { "size", command_size },     { "move", command_move },
    { "swap", command_swap },     { "suspend", command_suspend },
    { "resume", command_resume }, { "tools", command_tools },
    { "functions", command_functions }, { "log", command_log },
};

static int program(int argc, char **argv)
{
    char *called = basename(argv[0]);

    if (tool_is(called)) {
        return tool_call(called, argc - 1, argv + 1);
    }
    if (argc < 2) {
        return command_usage("no command given");
    }
    if (tool_is(argv[1])) {
        return tool_call(argv[1], argc - 2, argv + 2);
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(help, stdout);
            return EXIT_OK;
        }
    }
    opterr = 0;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    return command_usage("no such command");
}

int main(int argc, char **argv)
{
    if (getpid() == 1 && strcmp(basename(argv[0]), "init") == 0) {
        init_run(program);
    }
    return program(argc, argv);
}
