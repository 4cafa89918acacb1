/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tool "wait-settled": waits until hotplug has, and tells what became of each resource. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "kernel-log.h"
#include "resource-log.h"
#include "slot.h"

#define TIMEOUT_S 10
#define LOOK_MS 2
#define QUIET_NS (NS_PER_S / 5)

typedef enum Expectation { EXPECT_NOTHING, EXPECT_PRESENT, EXPECT_ABSENT } Expectation;

typedef struct Wait {
    const Tool *tool;
    Expectation expectation;
    char port[BDF_SIZE];
    int kmsg; /* -1: not to be had */
    uint64_t quiet_since_ns;
    uint64_t deadline_ns;
} Wait;

static void records_read(Wait *wait)
{
    char text[KERNEL_LOG_TEXT_SIZE];

    while (kernel_log_next(wait->kmsg, text)) {
        if (resource_log_is_pci(text)) {
            wait->quiet_since_ns = clock_now_ns();
        }
    }
}

/* Where no port is named, what is to come may not have begun: silence is all that there is */
static bool is_quiet(const Wait *wait)
{
    return clock_now_ns() - wait->quiet_since_ns >= QUIET_NS;
}

static bool is_over(const Wait *wait)
{
    switch (wait->expectation) {
    case EXPECT_PRESENT:
        return slot_is_occupied(wait->tool, wait->port) && slot_is_settled(wait->tool, wait->port);
    case EXPECT_ABSENT:
        return !slot_is_occupied(wait->tool, wait->port);
    case EXPECT_NOTHING:
        break;
    }
    return is_quiet(wait);
}

/*
 * The log wakes early whoever waits for what is logged. Of the end nothing is said there, so the
 * look is repeated: one costs less than what a tick of the clock is long.
 */
static int wait_over(Wait *wait)
{
    struct pollfd said = { .fd = wait->kmsg, .events = POLLIN };

    while (records_read(wait), !is_over(wait)) {
        if (clock_now_ns() >= wait->deadline_ns) {
            return -ETIMEDOUT;
        }
        poll(&said, 1, LOOK_MS);
    }
    return 0;
}

/* What the log says of functions that are gone since is of no interest */
static int states_print(const Tool *tool, double since_s)
{
    CLEANUP(memory_free) char *text = kernel_log_read();
    CLEANUP(resource_log_free) ResourceLog log = { 0 };

    if (!text || resource_log_parse(&log, text, since_s) < 0) {
        return tool_stop(tool, EXIT_ENVIRONMENT, "the kernel's log cannot be read");
    }
    for (size_t i = 0; i < log.count; i++) {
        const ResourceLogLine *line = &log.lines[i];

        if (tool_is_present(tool, line->bdf)) {
            fprintf(tool->out, "%s %s %s\n", line->bdf, line->name, line->state);
        }
    }
    return EXIT_OK;
}

static int wait_and_tell(Wait *wait, unsigned timeout_s, double since_s)
{
    CLEANUP(fd_close) int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    int result;
    int status;

    wait->kmsg = kmsg;
    if (kmsg >= 0) {
        lseek(kmsg, 0, SEEK_END);
    }
    wait->quiet_since_ns = clock_now_ns();
    wait->deadline_ns = tool_deadline_ns(timeout_s);
    result = wait_over(wait);
    status = states_print(wait->tool, since_s);
    return status == EXIT_OK && result < 0
               ? tool_stop(wait->tool, EXIT_DEADLINE, "not settled after %u s", timeout_s)
               : status;
}

/* Return: 0, or -EINVAL for what is no time */
static int since_parse(const char *text, double *since_s)
{
    char *end;

    *since_s = strtod(text, &end);
    return end == text || *end != '\0' ? -EINVAL : 0;
}

int tool_wait_settled(const Tool *tool, int argc, char **argv)
{
    Wait wait = { .tool = tool };
    unsigned timeout_s = TIMEOUT_S;
    double since_s = 0;
    int status = EXIT_OK;

    for (int i = 0; i < argc && status == EXIT_OK; i += 2) {
        if (i + 1 == argc) {
            return TOOL_MISUSED;
        }
        if (strcmp(argv[i], "--present") == 0 || strcmp(argv[i], "--absent") == 0) {
            wait.expectation = argv[i][2] == 'p' ? EXPECT_PRESENT : EXPECT_ABSENT;
            status = tool_function(tool, argv[i + 1], wait.port);
        } else if (strcmp(argv[i], "--since") == 0) {
            status = since_parse(argv[i + 1], &since_s) < 0 ? TOOL_MISUSED : EXIT_OK;
        } else if (tool_timeout(argc - i, argv + i, &timeout_s) != 2) {
            return TOOL_MISUSED;
        }
    }
    return status == EXIT_OK ? wait_and_tell(&wait, timeout_s, since_s) : status;
}
