/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command "log": the kernel's log, without a process and a shell for it. */
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "command.h"
#include "kernel-log.h"

#define WAIT_MAX_MS 10000

/* "<6>[    5.140900] TEXT" without the level */
static const char *line_text(const char *line)
{
    const char *end = line[0] == '<' ? strchr(line, '>') : NULL;

    return end ? end + 1 : line;
}

static int log_print(void)
{
    CLEANUP(memory_free) char *text = kernel_log_read();
    char *rest;

    if (!text) {
        return command_environment("the kernel's log cannot be read");
    }
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        puts(line_text(line));
    }
    return EXIT_OK;
}

static int log_wait(int timeout_ms)
{
    CLEANUP(fd_close) int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct pollfd said = { .fd = kmsg, .events = POLLIN };

    if (kmsg < 0 || lseek(kmsg, 0, SEEK_END) < 0) {
        return command_environment("the kernel's log cannot be read");
    }
    poll(&said, 1, timeout_ms);
    return EXIT_OK;
}

int command_log(int argc, char **argv)
{
    static const struct option options[] = { { "wait", required_argument, NULL, 'w' }, { 0 } };
    char *end;
    long timeout_ms;
    int option = getopt_long(argc, argv, "", options, NULL);

    if (option == -1 && argc == 1) {
        return log_print();
    }
    if (option != 'w' || optind != argc) {
        return command_usage("log knows --wait MS only");
    }
    timeout_ms = strtol(optarg, &end, 10);
    if (end == optarg || *end != '\0' || timeout_ms < 0 || timeout_ms > WAIT_MAX_MS) {
        return command_usage("log --wait needs milliseconds");
    }
    return log_wait((int)timeout_ms);
}
