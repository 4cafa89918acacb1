/* SPDX-License-Identifier: GPL-2.0-or-later */
/* barshift-guest drivers: what the function drivers tell of themselves; ends them. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bdf.h"
#include "cleanup.h"
#include "clock.h"
#include "command.h"
#include "driver-link.h"
#include "json.h"
#include "trace.h"

#define ANSWER_S 10 /* a driver that is quit drains and stops first */

typedef struct Drivers {
    const char *request;
    char **requests; /* of --send, up to NULL */
    const char *bdf; /* only this one; NULL: all */
    Json *json;      /* NULL: for people */
    unsigned asked;
    char reply[DRIVER_LINK_PACKET_SIZE];
} Drivers;

/* The rest of a line behind a word; NULL: the line does not begin with it */
static const char *behind(const char *line, const char *word)
{
    size_t length = strlen(word);

    return strncmp(line, word, length) == 0 && line[length] == ' ' ? line + length + 1 : NULL;
}

/* A line of the reply; @at moves behind it */
static bool line_next(const char **at, char *line, size_t size)
{
    size_t length = strcspn(*at, "\n");

    if (**at == '\0') {
        return false;
    }
    snprintf(line, size, "%.*s", (int)length, *at);
    *at += length + ((*at)[length] == '\n');
    return true;
}

/* The first value of a word in the reply, or "" */
static const char *value_of(const char *reply, const char *word, char *value, size_t size)
{
    char line[TRACE_LINE_SIZE];

    value[0] = '\0';
    while (line_next(&reply, line, sizeof(line))) {
        if (behind(line, word)) {
            snprintf(value, size, "%s", behind(line, word));
            break;
        }
    }
    return value;
}

static void counters_json(Json *json, const char *reply)
{
    char line[TRACE_LINE_SIZE];

    json_open(json, "counters", '{');
    while (line_next(&reply, line, sizeof(line))) {
        char name[TRACE_WORD_SIZE];
        uint64_t value;

        if (sscanf(line, "counter %63s %" SCNu64, name, &value) == 2) {
            json_number(json, name, value);
        }
    }
    json_close(json, '}');
}

static void streams_json(Json *json, const char *reply)
{
    char line[TRACE_LINE_SIZE];

    json_open(json, "streams", '[');
    while (line_next(&reply, line, sizeof(line))) {
        char state[TRACE_WORD_SIZE];

        if (sscanf(line, "stream %*u %63s", state) == 1) {
            json_text(json, NULL, state);
        }
    }
    json_close(json, ']');
}

static void breaches_json(Json *json, const char *reply)
{
    char line[TRACE_LINE_SIZE];

    json_open(json, "breaches", '[');
    while (line_next(&reply, line, sizeof(line))) {
        if (behind(line, "breach")) {
            json_text(json, NULL, behind(line, "breach"));
        }
    }
    json_close(json, ']');
}

static void trace_json(Json *json, const char *reply)
{
    char line[TRACE_LINE_SIZE];
    TraceEvent event;

    json_open(json, "trace", '[');
    while (line_next(&reply, line, sizeof(line))) {
        if (trace_line_parse(line, &event) < 0) {
            continue;
        }
        json_open(json, NULL, '{');
        json_number(json, "time_ns", event.time_ns);
        json_text(json, "request", pnp_request_name(event.request));
        json_text(json, "driver", event.driver);
        json_text(json, "callback", event.callback);
        json_text(json, "status", trace_status_name(event.status));
        json_text(json, "detail", event.detail);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void driver_json(Json *json, const char *path, const char *reply)
{
    char value[TRACE_WORD_SIZE];

    json_open(json, NULL, '{');
    json_text(json, "path", path);
    json_text(json, "bdf", value_of(reply, "bdf", value, sizeof(value)));
    if (value_of(reply, "tag", value, sizeof(value))[0] != '\0') {
        json_number(json, "tag", strtoull(value, NULL, 10));
    } else {
        json_null(json, "tag");
    }
    json_text(json, "model", value_of(reply, "model", value, sizeof(value)));
    json_text(json, "back_end", value_of(reply, "back-end", value, sizeof(value)));
    json_text(json, "state", value_of(reply, "state", value, sizeof(value)));
    value_of(reply, "handles", value, sizeof(value));
    json_number(json, "handles", strtoull(value, NULL, 10));
    counters_json(json, reply);
    streams_json(json, reply);
    breaches_json(json, reply);
    trace_json(json, reply);
    json_close(json, '}');
}

/* Events are for the JSON: people see what stands before them */
static void driver_print(const char *path, const char *reply)
{
    char line[TRACE_LINE_SIZE];
    char value[TRACE_WORD_SIZE];
    TraceEvent event;

    printf("%s at %s\n", path, value_of(reply, "bdf", value, sizeof(value)));
    while (line_next(&reply, line, sizeof(line))) {
        if (!behind(line, "bdf") && trace_line_parse(line, &event) < 0) {
            printf("  %s\n", line);
        }
    }
}

static int call(const char *path, const char *request, char *reply, char *why)
{
    char name[DRIVER_LINK_PATH_SIZE];
    uint64_t deadline_ns = clock_now_ns() + ANSWER_S * NS_PER_S;
    int result = driver_link_socket(command_live.root, path, name);
    int fd = result < 0 ? result : driver_link_connect(name, deadline_ns);

    if (fd < 0) {
        snprintf(why, DRIVER_LINK_WHY_SIZE, "no driver answers: %s", strerror(-fd));
        return fd;
    }
    result = driver_link_call(fd, request, deadline_ns, reply, why);
    close(fd);
    return result;
}

static bool is_wanted(Drivers *drivers, const char *path)
{
    char why[DRIVER_LINK_WHY_SIZE];
    char bdf[BDF_SIZE];

    return !drivers->bdf ||
           (call(path, "identify", drivers->reply, why) == 0 &&
            strcmp(value_of(drivers->reply, "bdf", bdf, sizeof(bdf)), drivers->bdf) == 0);
}

/* Return: 1 when something is wrong with this driver */
static int visit(const char *path, void *data)
{
    Drivers *drivers = data;
    char why[DRIVER_LINK_WHY_SIZE];

    if (!is_wanted(drivers, path)) {
        return 0;
    }
    drivers->asked++;
    if (call(path, drivers->request, drivers->reply, why) != 0) {
        fprintf(stderr, "barshift-guest: driver %s: %s\n", path, why);
        return 1;
    }
    if (strcmp(drivers->request, "report") != 0) {
        return 0;
    }
    if (drivers->json) {
        driver_json(drivers->json, path, drivers->reply);
    } else {
        driver_print(path, drivers->reply);
    }
    return 0;
}

static int one_send(const char *path, Drivers *drivers, const char *request)
{
    char text[DRIVER_LINK_REQUEST_SIZE];
    char why[DRIVER_LINK_WHY_SIZE];
    int result;

    snprintf(text, sizeof(text), "%s%s%s", request, strcmp(request, "start") == 0 ? " " : "",
             strcmp(request, "start") == 0 ? drivers->bdf : "");
    result = call(path, text, drivers->reply, why);
    printf("%s: %s\n%s", request, result == 0 ? "ok" : why, drivers->reply);
    return result == 0 ? 0 : 1;
}

/* As the PnP manager would, by hand; the first that does not succeed is the last */
static int visit_send(const char *path, void *data)
{
    Drivers *drivers = data;

    if (!is_wanted(drivers, path)) {
        return 0;
    }
    drivers->asked++;
    for (char **request = drivers->requests; *request; request++) {
        if (one_send(path, drivers, *request) != 0) {
            return 1;
        }
    }
    return 0;
}

static int drivers_ask(Drivers *drivers)
{
    int failed = driver_link_each(command_live.root, drivers->requests ? visit_send : visit,
                                  drivers);

    if (drivers->bdf && drivers->asked == 0) {
        fprintf(stderr, "barshift-guest: %s: no driver has it\n", drivers->bdf);
        return EXIT_FAILED;
    }
    return failed == 0 ? EXIT_OK : EXIT_FAILED;
}

static int report_json(Drivers *drivers)
{
    Json json = JSON_INIT(stdout);
    int status;

    drivers->json = &json;
    json_open(&json, NULL, '{');
    json_open(&json, "drivers", '[');
    status = drivers_ask(drivers);
    json_close(&json, ']');
    json_close(&json, '}');
    putchar('\n');
    return status;
}

int command_drivers(int argc, char **argv)
{
    static const struct option options[] = { { "json", no_argument, NULL, 'j' },
                                             { "close", required_argument, NULL, 'c' },
                                             { "quit", no_argument, NULL, 'q' },
                                             { "send", required_argument, NULL, 's' },
                                             { 0 } };
    static Drivers drivers; /* its reply is too large for a stack */
    char bdf[BDF_SIZE];
    bool json = false;
    bool send = false;
    int option;

    drivers = (Drivers) { .request = "report" };
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'j') {
            json = true;
        } else if (option == 'q') {
            drivers.request = "quit";
        } else if (option == 'c' && bdf_normalise(optarg, bdf) == 0) {
            drivers.request = "close-handles";
            drivers.bdf = bdf;
        } else if (option == 's' && bdf_normalise(optarg, bdf) == 0) {
            send = true;
            drivers.bdf = bdf;
        } else {
            return command_usage("drivers knows --json, --close BDF, --quit, --send BDF");
        }
    }
    drivers.requests = send ? &argv[optind] : NULL; /* getopt has put them behind the options */
    if ((optind != argc) != send ||
        json + send + (strcmp(drivers.request, "report") != 0) > 1) {
        return command_usage("drivers does one thing at a time; only --send takes arguments");
    }
    return json ? report_json(&drivers) : drivers_ask(&drivers);
}
