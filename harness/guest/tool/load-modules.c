/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tool "load-modules": loads modules of the kernel with all that they depend on. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "tool.h"

#define TIMEOUT_S 20
#define NAME_SIZE 64
#define LINE_SIZE 4096
#define WORDS_SIZE 512
#define NS_PER_MS UINT64_C(1000000)

/* The kernel takes - and _ for the same; @plain: (out) NAME_SIZE bytes */
static void name_plain(const char *name, size_t length, char *plain)
{
    snprintf(plain, NAME_SIZE, "%.*s", (int)length, name);
    for (char *c = strchr(plain, '-'); c; c = strchr(c, '-')) {
        *c = '_';
    }
}

/*
 * Is a module what a line of a list begins with, "kernel/drivers/nvme/host/nvme.ko: ..."? A
 * distribution's modules may be compressed, those that harness/setup/guest-modules packs are not.
 */
static bool line_is_of(const char *line, const char *plain)
{
    size_t length = strcspn(line, ":\n");
    const char *begin = line;
    const char *suffix;
    char listed[NAME_SIZE];

    for (const char *c = line; c < line + length; c++) {
        begin = *c == '/' ? c + 1 : begin;
    }
    suffix = strstr(begin, ".ko");
    if (!suffix || suffix >= line + length) {
        return false;
    }
    name_plain(begin, (size_t)(suffix - begin), listed);
    return strcmp(listed, plain) == 0;
}

static bool is_listed(const Tool *tool, const char *plain, const char *list)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX];
    char line[LINE_SIZE];
    struct utsname kernel;

    if (uname(&kernel) < 0) {
        return false;
    }
    snprintf(path, sizeof(path), "%s/lib/modules/%s/%s", tool->root, kernel.release, list);
    file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file)) {
        if (line_is_of(line, plain)) {
            return true;
        }
    }
    return false;
}

static bool is_present(const Tool *tool, const char *plain)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/sys/module/%s", tool->root, plain);
    return access(path, F_OK) == 0 || is_listed(tool, plain, "modules.builtin");
}

static _Noreturn void modprobe_exec(const char *name, int output)
{
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execlp("modprobe", "modprobe", name, (char *)NULL);
    perror("modprobe");
    _exit(EXIT_ENVIRONMENT);
}

/* What it writes, up to its end. Return: false when the time was up before. */
static bool words_read(int fd, uint64_t deadline_ns, char *words)
{
    size_t length = 0;

    for (;;) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        uint64_t now_ns = clock_now_ns();
        int left_ms = now_ns < deadline_ns ? (int)((deadline_ns - now_ns) / NS_PER_MS) + 1 : 0;
        ssize_t count;

        if (poll(&ready, 1, left_ms) == 0) {
            return false;
        }
        count = read(fd, words + length, WORDS_SIZE - 1 - length);
        if (count <= 0) {
            words[length] = '\0';
            return true;
        }
        length += (size_t)count;
    }
}

/* Return: 0, -ETIMEDOUT; @words: (out) WORDS_SIZE bytes, what modprobe had to say */
static int modprobe(const char *name, char *words)
{
    int ends[2];
    pid_t child;
    bool ended;

    words[0] = '\0';
    if (pipe(ends) < 0) {
        return -errno;
    }
    child = fork();
    if (child == 0) {
        modprobe_exec(name, ends[1]);
    }
    close(ends[1]);
    ended = child < 0 || words_read(ends[0], tool_deadline_ns(TIMEOUT_S), words);
    close(ends[0]);
    if (child > 0) {
        if (!ended) {
            kill(child, SIGKILL);
        }
        waitpid(child, NULL, ended ? 0 : WNOHANG);
    }
    return ended ? 0 : -ETIMEDOUT;
}

int tool_load_module(const Tool *tool, const char *name)
{
    char plain[NAME_SIZE];
    char words[WORDS_SIZE];

    name_plain(name, strlen(name), plain);
    if (is_present(tool, plain)) {
        return EXIT_OK;
    }
    if (!is_listed(tool, plain, "modules.dep")) {
        return tool_stop(tool, EXIT_ENVIRONMENT,
                         "%s: neither built into this kernel nor among the modules given", name);
    }
    if (modprobe(name, words) == -ETIMEDOUT) {
        return tool_stop(tool, EXIT_DEADLINE, "%s: not loaded after %d s", name, TIMEOUT_S);
    }
    if (!is_present(tool, plain)) {
        words[strcspn(words, "\n")] = '\0';
        return tool_stop(tool, EXIT_FAILED, "%s: %s", name, words);
    }
    return EXIT_OK;
}

int tool_load_modules(const Tool *tool, int argc, char **argv)
{
    int status = argc == 0 ? TOOL_MISUSED : EXIT_OK;

    for (int i = 0; i < argc && status == EXIT_OK; i++) {
        char plain[NAME_SIZE];
        bool was_present;

        name_plain(argv[i], strlen(argv[i]), plain);
        was_present = is_present(tool, plain);
        status = was_present ? EXIT_OK : tool_load_module(tool, argv[i]);
        if (status == EXIT_OK && !was_present) {
            fprintf(tool->out, "loaded %s\n", argv[i]);
        }
    }
    return status;
}
