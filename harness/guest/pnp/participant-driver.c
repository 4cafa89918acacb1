/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "clock.h"
#include "participant-driver.h"

#define HANDLES_TIME_NS UINT64_C(1000000000)

_Static_assert(DRIVER_LINK_WHY_SIZE <= PARTICIPANT_WHY_SIZE, "it is the manager's buffer");

static int died(const ParticipantDriver *driver, char *why)
{
    if (driver->pid > 0) {
        snprintf(why, PARTICIPANT_WHY_SIZE, "%s: its driver, process %d, has died", driver->path,
                 driver->pid);
    } else {
        snprintf(why, PARTICIPANT_WHY_SIZE, "%s: its driver process has died", driver->path);
    }
    return -EPIPE;
}

/*
 * A connection for each request: the answer to one that came too late is not mistaken for the
 * next one's.
 * @reply: (out) NULL on failure; the caller frees
 */
static int call(const ParticipantDriver *driver, const char *request, uint64_t deadline_ns,
                char **reply, char *why)
{
    CLEANUP(fd_close) int fd = driver_link_connect(driver->socket, deadline_ns);
    int result = fd;

    *reply = NULL;
    if (fd >= 0) {
        *reply = malloc(DRIVER_LINK_PACKET_SIZE);
        result = *reply ? driver_link_call(fd, request, deadline_ns, *reply, why) : -ENOMEM;
    } else if (fd == -ENOENT || fd == -ECONNREFUSED) {
        result = -EPIPE;
    } else {
        snprintf(why, PARTICIPANT_WHY_SIZE, "%s: %s", driver->socket, strerror(-fd));
    }
    return result == -EPIPE ? died(driver, why) : result;
}

/* The value of the line that begins with a word; NULL: there is none */
static const char *line_find(const char *lines, const char *word)
{
    size_t length = strlen(word);

    for (const char *line = lines; *line != '\0'; line += strcspn(line, "\n") + 1) {
        if (strncmp(line, word, length) == 0 && line[length] == ' ') {
            return line + length + 1;
        }
        if (!strchr(line, '\n')) {
            break;
        }
    }
    return NULL;
}

static int number_find(const char *lines, const char *word)
{
    const char *value = line_find(lines, word);

    return value ? atoi(value) : -EBADMSG;
}

static void identify(ParticipantDriver *driver, const char *lines)
{
    const char *model = line_find(lines, "model");

    driver->pid = number_find(lines, "pid");
    if (model) {
        snprintf(driver->model, sizeof(driver->model), "%.*s", (int)strcspn(model, "\n"), model);
    }
}

int participant_driver_open(const char *root, const char *path, uint64_t deadline_ns,
                            ParticipantDriver *driver, char *why)
{
    CLEANUP(memory_free) char *reply = NULL;
    ParticipantDriver found = { .pid = 0 };
    int result = driver_link_socket(root, path, found.socket);

    snprintf(found.path, sizeof(found.path), "%s", path);
    if (result < 0) {
        snprintf(why, PARTICIPANT_WHY_SIZE, "%s: the name of its socket is too long", path);
        return result;
    }
    if (access(found.socket, F_OK) < 0) {
        snprintf(why, PARTICIPANT_WHY_SIZE, "%s: no driver has a socket", path);
        return -ENOENT;
    }
    result = call(&found, "identify", deadline_ns, &reply, why);
    if (result == 0) {
        identify(&found, reply);
    }
    *driver = found;
    return result > 0 ? -EBADMSG : result;
}

static int driver_request(void *context, PnpRequest request, const char *bdf, uint64_t deadline_ns,
                          char *why)
{
    CLEANUP(memory_free) char *reply = NULL;
    char text[DRIVER_LINK_REQUEST_SIZE];
    int result;

    snprintf(text, sizeof(text), "%s%s%s", pnp_request_name(request),
             request == PNP_START ? " " : "", request == PNP_START ? bdf : "");
    result = call(context, text, deadline_ns, &reply, why);
    if (result == -EPIPE && (request == PNP_SURPRISE_REMOVAL || request == PNP_REMOVE)) {
        return 0; /* nothing of it is left */
    }
    return result == EBUSY ? -EBUSY : result > 0 ? -EIO : result;
}

/* A process that has died has left no handle open */
static int driver_handles(void *context)
{
    CLEANUP(memory_free) char *reply = NULL;
    char why[PARTICIPANT_WHY_SIZE];
    int result = call(context, "report", clock_now_ns() + HANDLES_TIME_NS, &reply, why);

    if (result == -EPIPE) {
        return 0;
    }
    return result == 0 ? number_find(reply, "handles") : result < 0 ? result : -EBADMSG;
}

const ParticipantOps participant_driver_ops = { .request = driver_request,
                                                .handles = driver_handles };
