/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "driver-link.h"

#define NS_PER_MS 1000000

int driver_link_socket(const char *root, const char *path, char *name)
{
    int length = snprintf(name, DRIVER_LINK_PATH_SIZE, "%s" DRIVER_LINK_FOLDER "/%s", root, path);

    if (length >= DRIVER_LINK_PATH_SIZE) {
        return -ENAMETOOLONG;
    }
    for (char *at = name + length - strlen(path); *at != '\0'; at++) {
        *at = *at == '/' ? '-' : *at;
    }
    return 0;
}

/* "0000:01:00.0" as the last part of a path in sysfs; NULL for other parts */
static const char *device_and_function(const char *part)
{
    unsigned domain, bus, device, function;
    int length = 0;

    if (sscanf(part, "%4x:%2x:%2x.%1x%n", &domain, &bus, &device, &function, &length) != 4 ||
        part[length] != '\0') {
        return NULL;
    }
    return part + length - strlen("00.0");
}

/* "0000:40" of a root bus "pci0000:40", which begins a path as in path.h; NULL for 0000:00 */
static const char *root_bus(const char *part)
{
    unsigned domain, bus;
    int length = 0;

    if (sscanf(part, "pci%x:%2x%n", &domain, &bus, &length) != 2 || part[length] != '\0') {
        return NULL;
    }
    return domain == 0 && bus == 0 ? NULL : part + strlen("pci");
}

int driver_link_path(const char *root, const char *bdf, char *path, size_t size)
{
    CLEANUP(memory_free) char *real = NULL;
    char link[PATH_MAX];
    size_t length = 0;

    snprintf(link, sizeof(link), "%s/sys/bus/pci/devices/%s", root, bdf);
    real = realpath(link, NULL);
    if (!real) {
        return -ENODEV;
    }
    for (char *part = strtok(real, "/"); part; part = strtok(NULL, "/")) {
        const char *step = device_and_function(part);
        const char *name = step ? step : root_bus(part);
        int added = name ? snprintf(path + length, size - length, "%s%s", length > 0 ? "/" : "",
                                    name) : 0;

        if ((size_t)added >= size - length) {
            return -ENAMETOOLONG;
        }
        length += (size_t)added;
    }
    return length > 0 ? 0 : -ENODEV;
}

static int is_no_dot(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int driver_link_each(const char *root, int (*visit)(const char *path, void *data), void *data)
{
    struct dirent **entries = NULL;
    char folder[PATH_MAX];
    int result = 0;
    int count;

    snprintf(folder, sizeof(folder), "%s" DRIVER_LINK_FOLDER, root);
    count = scandir(folder, &entries, is_no_dot, alphasort);
    if (count < 0) {
        return errno == ENOENT ? 0 : -errno;
    }
    for (int i = 0; i < count; i++) {
        for (char *at = entries[i]->d_name; *at != '\0'; at++) {
            *at = *at == '-' ? '/' : *at;
        }
        result += visit(entries[i]->d_name, data);
        free(entries[i]);
    }
    free(entries);
    return result;
}

/* For connect(), which waits for room where many come at once, and for send(); 0 would be ever */
static void bound_waits(int fd, uint64_t deadline_ns)
{
    uint64_t now = clock_now_ns();
    uint64_t left_us = deadline_ns > now + 1000 ? (deadline_ns - now) / 1000 : 1;
    struct timeval wait = { .tv_sec = (time_t)(left_us / 1000000),
                            .tv_usec = (suseconds_t)(left_us % 1000000) };

    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
}

int driver_link_connect(const char *socket_name, uint64_t deadline_ns)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd;

    if (strlen(socket_name) >= sizeof(address.sun_path)) {
        return -ENAMETOOLONG;
    }
    strcpy(address.sun_path, socket_name);
    fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -errno;
    }
    bound_waits(fd, deadline_ns);
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
        int result = errno == EAGAIN ? -ETIMEDOUT : -errno;

        close(fd);
        return result;
    }
    return fd;
}

/* Return: 0 when there is a packet or an end; -ETIMEDOUT */
static int wait_readable(int fd, uint64_t deadline_ns)
{
    for (;;) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        uint64_t now = clock_now_ns();
        uint64_t left_ms;

        if (now >= deadline_ns) {
            return -ETIMEDOUT;
        }
        left_ms = (deadline_ns - now) / NS_PER_MS + 1;
        if (poll(&ready, 1, left_ms > INT_MAX ? INT_MAX : (int)left_ms) > 0) {
            return 0;
        }
    }
}

/* The first line is taken off; Return: the status, or -EBADMSG */
static int reply_parse(char *reply, char *why)
{
    char *end = strchr(reply, '\n');
    char *rest;
    long status;

    if (!end) {
        return -EBADMSG;
    }
    *end = '\0';
    status = strtol(reply, &rest, 10);
    if (rest == reply || (*rest != ' ' && *rest != '\0') || status < 0 || status > INT_MAX) {
        return -EBADMSG;
    }
    snprintf(why, DRIVER_LINK_WHY_SIZE, "%s", *rest == ' ' ? rest + 1 : rest);
    memmove(reply, end + 1, strlen(end + 1) + 1);
    return (int)status;
}

static int call(int fd, const char *request, uint64_t deadline_ns, char *reply, char *why)
{
    ssize_t length;
    int result;

    if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0) {
        return errno == EAGAIN ? -ETIMEDOUT : -EPIPE;
    }
    result = wait_readable(fd, deadline_ns);
    if (result < 0) {
        return result;
    }
    length = recv(fd, reply, DRIVER_LINK_PACKET_SIZE - 1, MSG_DONTWAIT);
    if (length <= 0) {
        return -EPIPE;
    }
    reply[length] = '\0';
    return reply_parse(reply, why);
}

int driver_link_call(int fd, const char *request, uint64_t deadline_ns, char *reply, char *why)
{
    int result = call(fd, request, deadline_ns, reply, why);

    if (result < 0) {
        reply[0] = '\0';
        snprintf(why, DRIVER_LINK_WHY_SIZE, "%s: %s", request,
                 result == -ETIMEDOUT ? "no answer in time"
                 : result == -EPIPE   ? "the driver has gone"
                                      : "the answer is none");
    }
    return result;
}
