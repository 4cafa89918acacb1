/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "tool.h"

#define PAUSE_NS 2000000
#define TIMEOUT_MAX_S 1000000

int tool_stop(const Tool *tool, int status, const char *format, ...)
{
    va_list arguments;

    fflush(tool->out);
    fprintf(tool->err, "%s: ", tool->name);
    va_start(arguments, format);
    vfprintf(tool->err, format, arguments);
    va_end(arguments);
    fputc('\n', tool->err);
    return status;
}

void tool_path(const Tool *tool, char *path, const char *format, ...)
{
    int length = snprintf(path, PATH_MAX, "%s/sys/bus/pci/", tool->root);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(path + length, PATH_MAX - (size_t)length, format, arguments);
    va_end(arguments);
}

int tool_bdf(const Tool *tool, const char *text, char *bdf)
{
    return bdf_normalise(text, bdf) == 0
               ? EXIT_OK
               : tool_stop(tool, EXIT_USAGE, "%s: not a function like 0000:01:00.0", text);
}

bool tool_is_present(const Tool *tool, const char *bdf)
{
    char path[PATH_MAX];

    tool_path(tool, path, "devices/%s", bdf);
    return access(path, F_OK) == 0;
}

int tool_function(const Tool *tool, const char *text, char *bdf)
{
    int status = tool_bdf(tool, text, bdf);

    if (status == EXIT_OK && !tool_is_present(tool, bdf)) {
        status = tool_stop(tool, EXIT_ENVIRONMENT, "%s: no such function", bdf);
    }
    return status;
}

int tool_write(const char *path, const char *text)
{
    CLEANUP(fd_close) int fd = open(path, O_WRONLY | O_CLOEXEC);

    return fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

int tool_read(const char *path, char *text, size_t size)
{
    CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

    text[length > 0 ? length : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return length < 0 ? -errno : 0;
}

int tool_config(const Tool *tool, const char *bdf, unsigned offset, void *bytes, size_t length)
{
    CLEANUP(fd_close) int fd = -1;
    char path[PATH_MAX];
    ssize_t count;

    tool_path(tool, path, "devices/%s/config", bdf);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    count = fd < 0 ? -1 : pread(fd, bytes, length, (off_t)offset);
    if (count < 0) {
        return -errno;
    }
    return (size_t)count == length ? 0 : -EIO;
}

int tool_remove(const Tool *tool, const char *bdf)
{
    char path[PATH_MAX];
    int result;

    tool_path(tool, path, "devices/%s/remove", bdf);
    result = tool_write(path, "1");
    return result < 0 ? tool_stop(tool, EXIT_FAILED, "%s: remove: %s", bdf, strerror(-result))
                      : EXIT_OK;
}

int tool_rescan(const Tool *tool, const char *path)
{
    int result = tool_write(path, "1");

    return result < 0 ? tool_stop(tool, EXIT_FAILED, "%s: %s", path, strerror(-result)) : EXIT_OK;
}

int tool_rescan_below(const Tool *tool, const char *folder, size_t *count)
{
    char pattern[PATH_MAX];
    glob_t found;
    int status = EXIT_OK;

    *count = 0;
    if (snprintf(pattern, sizeof(pattern), "%s/pci_bus/*/rescan", folder) >= PATH_MAX ||
        glob(pattern, 0, NULL, &found) != 0) {
        return EXIT_OK;
    }
    *count = found.gl_pathc;
    for (size_t i = 0; i < found.gl_pathc && status == EXIT_OK; i++) {
        status = tool_rescan(tool, found.gl_pathv[i]);
    }
    globfree(&found);
    return status;
}

int tool_timeout(int argc, char **argv, unsigned *timeout_s)
{
    char *end;
    unsigned long value;

    if (argc == 0 || strcmp(argv[0], "--timeout") != 0) {
        return 0;
    }
    value = argc < 2 ? 0 : strtoul(argv[1], &end, 10);
    if (argc < 2 || argv[1][0] < '0' || argv[1][0] > '9' || *end != '\0' ||
        value > TIMEOUT_MAX_S) {
        return TOOL_MISUSED;
    }
    *timeout_s = (unsigned)value;
    return 2;
}

uint64_t tool_deadline_ns(unsigned timeout_s)
{
    return clock_now_ns() + timeout_s * NS_PER_S;
}

bool tool_pause(uint64_t deadline_ns)
{
    const struct timespec pause = { .tv_nsec = PAUSE_NS };

    if (clock_now_ns() >= deadline_ns) {
        return false;
    }
    nanosleep(&pause, NULL);
    return true;
}
