/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bounded-write.h"
#include "cleanup.h"
#include "clock.h"

#define NS_PER_MS 1000000
#define KILL_MS 100

/* The child: its errno is all that it tells */
static void child_write(const char *path, const char *text, int answer)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    uint8_t result = fd < 0 || write(fd, text, strlen(text)) < 0 ? (uint8_t)errno : 0;

    _exit(write(answer, &result, 1) == 1 ? 0 : 1);
}

static int left_ms(uint64_t deadline_ns)
{
    uint64_t now_ns = clock_now_ns();
    uint64_t left = now_ns < deadline_ns ? (deadline_ns - now_ns) / NS_PER_MS + 1 : 0;

    return left > INT_MAX ? INT_MAX : (int)left;
}

/* Return: the child's result, or -ETIMEDOUT; -EIO when it ended without one */
static int answer_wait(int fd, uint64_t deadline_ns)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    uint8_t result;
    int count;

    do {
        count = poll(&ready, 1, left_ms(deadline_ns));
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return -errno;
    }
    if (count == 0) {
        return -ETIMEDOUT;
    }
    return read(fd, &result, 1) == 1 ? -(int)result : -EIO;
}

/* One that the kernel holds on to stays; any other closes its end of the pipe when it ends */
static void child_end(pid_t child, int fd)
{
    struct pollfd ended = { .fd = fd };

    kill(child, SIGKILL);
    waitpid(child, NULL, poll(&ended, 1, KILL_MS) > 0 ? 0 : WNOHANG);
}

int bounded_write(const char *path, const char *text, uint64_t deadline_ns)
{
    int ends[2];
    pid_t child;
    int result;

    if (pipe2(ends, O_CLOEXEC) < 0) {
        return -errno;
    }
    child = fork();
    if (child == 0) {
        child_write(path, text, ends[1]);
    }
    close(ends[1]);
    result = child < 0 ? -EAGAIN : answer_wait(ends[0], deadline_ns);
    if (result == -ETIMEDOUT) {
        child_end(child, ends[0]);
    } else if (child > 0) {
        waitpid(child, NULL, 0);
    }
    close(ends[0]);
    return result;
}
