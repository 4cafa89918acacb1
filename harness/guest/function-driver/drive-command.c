/* SPDX-License-Identifier: GPL-2.0-or-later */
/* barshift-guest drive: parses its words, goes into the background, becomes a function driver. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "command.h"
#include "driver-server.h"
#include "traffic.h"

#define MESSAGE_SIZE 512
#define BEHAVIOURS_ASKED_MAX 16

typedef struct DriveOptions {
    FunctionDriverSetup setup;
    char bdf[BDF_SIZE];
    const char *behaviours[BEHAVIOURS_ASKED_MAX]; /* they need the model, which may come later */
    unsigned behaviour_count;
} DriveOptions;

static int number_parse(const char *text, unsigned most, unsigned *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (end == text || *end != '\0' || value > most) {
        return -EINVAL;
    }
    *number = (unsigned)value;
    return 0;
}

/* "NAME=on", "NAME=off" */
static int flag_parse(const char *value, bool *flag)
{
    *flag = strcmp(value, "on") == 0;
    return *flag || strcmp(value, "off") == 0 ? 0 : -EINVAL;
}

/* What --option knows of its own; the rest are options of the driver models */
static int option_take(DriveOptions *options, const char *word)
{
    Situation *situation = &options->setup.situation;
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        { "dma=", &situation->dma },
        { "no-stop=", &situation->no_stop },
        { "packet-streams=", &situation->packet_streams },
        { "position-register=", &situation->position_register },
        { "other-ports=", &situation->other_ports },
        { "post-display=", &situation->post_display },
        { "child-list=", &situation->child_list },
    };

    if (strncmp(word, "rate=", strlen("rate=")) == 0) {
        return number_parse(word + strlen("rate="), TRAFFIC_RATE_MAX, &options->setup.rate);
    }
    if (strncmp(word, "interrupts=", strlen("interrupts=")) == 0) {
        return number_parse(word + strlen("interrupts="), BACK_END_VECTORS_MAX,
                            &situation->interrupts);
    }
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        size_t length = strlen(flags[i].name);

        if (strncmp(word, flags[i].name, length) == 0) {
            return flag_parse(word + length, flags[i].flag);
        }
    }
    return option_parse(word, &situation->options) < 0 ? -EINVAL : 0;
}

static const struct option long_options[] = {
    { "model", required_argument, NULL, 'm' },      { "back-end", required_argument, NULL, 'b' },
    { "behave", required_argument, NULL, 'B' },     { "streams", required_argument, NULL, 's' },
    { "running", required_argument, NULL, 'r' },    { "handles", required_argument, NULL, 'h' },
    { "subdevices", required_argument, NULL, 'd' }, { "paging-path", no_argument, NULL, 'p' },
    { "option", required_argument, NULL, 'o' },     { 0 },
};

/* Return: EXIT_OK, or the exit status after telling why */
static int option_apply(DriveOptions *options, int option)
{
    Situation *situation = &options->setup.situation;
    int result = 0;

    switch (option) {
    case 'm':
        options->setup.model = driver_model_find(optarg);
        return options->setup.model ? EXIT_OK : command_usage("drive: no such driver model");
    case 'b':
        options->setup.hardware.ops = back_end_find(optarg);
        return options->setup.hardware.ops ? EXIT_OK : command_usage("drive: no such back end");
    case 'B':
        if (options->behaviour_count == BEHAVIOURS_ASKED_MAX) {
            return command_usage("drive: too many behaviours");
        }
        options->behaviours[options->behaviour_count++] = optarg;
        return EXIT_OK;
    case 's':
        result = number_parse(optarg, FUNCTION_DRIVER_STREAMS_MAX, &situation->streams);
        break;
    case 'r':
        result = number_parse(optarg, FUNCTION_DRIVER_STREAMS_MAX, &situation->streams_running);
        break;
    case 'h':
        result = number_parse(optarg, 1000, &situation->handles);
        break;
    case 'd':
        result = number_parse(optarg, 16, &situation->subdevices);
        break;
    case 'p':
        situation->paging_path = true;
        break;
    case 'o':
        return option_take(options, optarg) < 0 ? command_usage("drive: no such --option")
                                                : EXIT_OK;
    default:
        return command_usage("drive: unknown option, or one without its value");
    }
    return result < 0 ? command_usage("drive: a number is wrong or too large") : EXIT_OK;
}

static int options_check(DriveOptions *options)
{
    FunctionDriverSetup *setup = &options->setup;
    char why[BEHAVIOUR_WHY_SIZE];

    if (!setup->model) {
        return command_usage("drive needs --model");
    }
    if (setup->situation.streams_running > setup->situation.streams) {
        return command_usage("drive: more streams run than are open");
    }
    if ((setup->situation.options & ~setup->model->options) != 0) {
        return command_usage("drive: the driver model has no such --option");
    }
    for (unsigned i = 0; i < options->behaviour_count; i++) {
        if (behaviour_add(&setup->behaviours, setup->model, options->behaviours[i], why) < 0) {
            return command_usage(why);
        }
    }
    return EXIT_OK;
}

static int options_parse(int argc, char **argv, DriveOptions *options)
{
    int option;
    int status;

    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        status = option_apply(options, option);
        if (status != EXIT_OK) {
            return status;
        }
    }
    if (optind != argc - 1 || bdf_normalise(argv[optind], options->bdf) < 0) {
        return command_usage("drive needs one function, named like 0000:01:00.0");
    }
    return options_check(options);
}

/* Nothing of whoever started it stays open: they wait for the end of their pipes */
static void descriptors_leave(int keep)
{
    int null = open("/dev/null", O_RDWR);

    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    dup2(keep, STDERR_FILENO + 1);
    syscall(SYS_close_range, STDERR_FILENO + 2, ~0U, 0);
}

static int driver_begin(const DriveOptions *options, FunctionDriver **driver,
                        DriverServer **server, char *why)
{
    char path[DRIVER_LINK_PATH_SIZE];
    char name[DRIVER_LINK_PATH_SIZE];
    int result = driver_link_path(command_live.root, options->bdf, path, sizeof(path));

    if (result == 0) {
        result = driver_link_socket(command_live.root, path, name);
    }
    if (result < 0) {
        snprintf(why, MESSAGE_SIZE, "%s: %s", options->bdf,
                 result == -ENODEV ? "no such function" : strerror(-result));
        return result;
    }
    result = function_driver_new(&options->setup, driver);
    if (result < 0) {
        snprintf(why, MESSAGE_SIZE, "%s: %s", options->bdf, strerror(-result));
        return result;
    }
    /* The socket first: two drivers must not have one function */
    result = driver_server_open(name, *driver, server, why);
    if (result < 0) {
        function_driver_free(*driver);
        return result;
    }
    result = function_driver_request(*driver, PNP_START, options->bdf, why);
    if (result < 0) {
        function_driver_free(*driver);
        driver_server_close(*server);
    }
    return result;
}

/* Who is asked to end quiets its function first. Before there are threads: all are to inherit it */
static int end_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The background; @told: takes why it did not work, or ends without a word */
static _Noreturn void driver_live(const DriveOptions *options, int told)
{
    FunctionDriver *driver;
    DriverServer *server;
    char why[MESSAGE_SIZE] = "";
    int end_fd;

    setsid();
    signal(SIGPIPE, SIG_IGN);
    descriptors_leave(told);
    end_fd = end_signals();
    told = STDERR_FILENO + 1;
    if (driver_begin(options, &driver, &server, why) < 0) {
        ssize_t written = write(told, why, strlen(why));

        _exit(written < 0 ? EXIT_ENVIRONMENT : EXIT_FAILED);
    }
    if (write(told, "\n", 1) != 1) {
        /* Nobody waits any more; the driver works all the same */
    }
    close(told);
    driver_server_run(server, end_fd);
    function_driver_free(driver);
    driver_server_close(server);
    _exit(EXIT_OK);
}

/* One line feed: it works. Anything else is why not */
static int outcome_read(int told, pid_t child, char *message)
{
    size_t length = 0;
    ssize_t got;

    while (length < MESSAGE_SIZE - 1 &&
           ((got = read(told, message + length, MESSAGE_SIZE - 1 - length)) > 0 ||
            (got < 0 && errno == EINTR))) {
        length += got > 0 ? (size_t)got : 0;
    }
    message[length] = '\0';
    if (strcmp(message, "\n") == 0) {
        return EXIT_OK;
    }
    waitpid(child, NULL, 0);
    return EXIT_FAILED;
}

int command_drive(int argc, char **argv)
{
    DriveOptions options = {
        .setup = {
            .hardware = { .ops = &back_end_sysfs, .find = hardware_find,
                          .root = command_live.root },
            .situation = { .dma = true, .interrupts = 1 },
            .rate = TRAFFIC_RATE_DEFAULT,
        },
    };
    char message[MESSAGE_SIZE];
    int told[2];
    pid_t child;
    int status;

    if (argc == 3 && strcmp(argv[1], "--behave") == 0 && strcmp(argv[2], "help") == 0) {
        behaviours_print(stdout);
        return EXIT_OK;
    }
    status = options_parse(argc, argv, &options);
    if (status != EXIT_OK) {
        return status;
    }
    if (pipe2(told, O_CLOEXEC) < 0) {
        return command_environment("drive: no pipe");
    }
    fflush(NULL);
    child = fork();
    if (child == 0) {
        driver_live(&options, told[1]);
    }
    close(told[1]);
    status = child < 0 ? EXIT_FAILED : outcome_read(told[0], child, message);
    close(told[0]);
    if (status != EXIT_OK) {
        fprintf(stderr, "barshift-guest: %s\n",
                child < 0 ? strerror(errno) : message[0] != '\0' ? message : "the driver has died");
        return status;
    }
    printf("driving %s: %s through %s, pid %d\n", options.bdf, options.setup.model->name,
           options.setup.hardware.ops->name, (int)child);
    return EXIT_OK;
}
