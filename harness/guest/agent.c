/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "agent.h"
#include "cleanup.h"
#include "kernel-log.h"
#include "link-deflate.h"
#include "link-frame.h"

#define READ_SIZE 4096
#define OWN_FILE "/proc/self/exe"
#define OWN_WORDS_MAX 256
#define SPECIAL "\t\n\\\"'`$&|;<>(){}*?[]#~!" /* to a shell */
#define STATUS_USAGE 2
#define STATUS_ENVIRONMENT 3
#define STATUS_SIGNAL 128

typedef struct Agent {
    int tty;
    int kmsg; /* -1: not to be had */
    AgentProgram *program;
    LinkInput input;
    LinkDeflate answer; /* what goes to the line */
    LinkOutput out;
    LinkOutput err;
    LinkOutput kernel;
} Agent;

static void agent_send(void *context, const char *line, size_t length)
{
    const Agent *agent = context;

    while (length > 0) {
        ssize_t written = write(agent->tty, line, length);

        if (written < 0 && errno != EINTR) {
            return; /* the other end is gone; the next read tells */
        }
        if (written > 0) {
            line += written;
            length -= (size_t)written;
        }
    }
}

static int tty_open(const char *path)
{
    struct termios mode;
    int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (fd < 0) {
        return -errno;
    }
    if (tcgetattr(fd, &mode) == 0) {
        cfmakeraw(&mode);
        cfsetspeed(&mode, B115200);
        mode.c_cflag |= CLOCAL | CREAD;
        mode.c_cc[VMIN] = 1;
        mode.c_cc[VTIME] = 0;
        if (tcsetattr(fd, TCSANOW, &mode) == 0) {
            return fd;
        }
    }
    close(fd);
    return -ENOTTY;
}

static void kernel_drain(Agent *agent)
{
    char text[KERNEL_LOG_TEXT_SIZE];

    while (kernel_log_next(agent->kmsg, text)) {
        link_output_add(&agent->kernel, text, strlen(text));
        link_output_end(&agent->kernel);
    }
}

/* Copies what a pipe holds; closes it and stores -1 at its end */
static void pipe_copy(struct pollfd *pipe_fd, LinkOutput *output)
{
    char bytes[READ_SIZE];
    ssize_t length;

    if (pipe_fd->fd < 0 || pipe_fd->revents == 0) {
        return;
    }
    length = read(pipe_fd->fd, bytes, sizeof(bytes));
    if (length > 0) {
        link_output_add(output, bytes, (size_t)length);
    } else if (length == 0 || errno != EINTR) {
        close(pipe_fd->fd);
        pipe_fd->fd = -1;
    }
}

/* Nobody is to wait for what is there already */
static bool output_wait(Agent *agent, struct pollfd fds[2])
{
    int ready = poll(fds, 2, 0);

    if (ready == 0) {
        link_deflate_flush(&agent->answer);
        ready = poll(fds, 2, -1);
    }
    return ready >= 0 || errno == EINTR;
}

static void output_copy(Agent *agent, int out, int err)
{
    struct pollfd fds[] = {
        { .fd = out, .events = POLLIN },
        { .fd = err, .events = POLLIN },
    };

    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        if (!output_wait(agent, fds)) {
            break;
        }
        pipe_copy(&fds[0], &agent->out);
        pipe_copy(&fds[1], &agent->err);
    }
    link_output_end(&agent->out);
    link_output_end(&agent->err);
}

/* Is a command, as the shell would find it, a name of this program? */
static bool is_own_name(const char *name)
{
    char path[PATH_MAX];
    const char *folders = getenv("PATH");
    struct stat own;
    struct stat found;

    if (stat(OWN_FILE, &own) < 0) {
        return false;
    }
    while (folders && *folders != '\0') {
        size_t length = strcspn(folders, ":");

        snprintf(path, sizeof(path), "%.*s/%s", (int)length, folders, name);
        if (stat(path, &found) == 0) {
            return found.st_ino == own.st_ino && found.st_dev == own.st_dev;
        }
        folders += length;
        folders += *folders == ':' ? 1 : 0;
    }
    return false;
}

/* Plain words, the first of which is a name of our own; anything else is for the shell */
static bool is_own(const char *command)
{
    char name[NAME_MAX + 1];
    size_t length = strcspn(command, " ");

    if (strpbrk(command, SPECIAL) != NULL || length == 0 || length > NAME_MAX ||
        memchr(command, '/', length) != NULL) {
        return false;
    }
    snprintf(name, sizeof(name), "%.*s", (int)length, command);
    return is_own_name(name);
}

/* Without a shell and without loading this program anew: under TCG each costs 0.03 s and more */
static int own_run(const Agent *agent, const char *command)
{
    char words[LINK_LINE_MAX];
    char *argv[OWN_WORDS_MAX + 1];
    int argc = 0;
    int status;

    snprintf(words, sizeof(words), "%s", command);
    for (char *word = strtok(words, " "); word && argc < OWN_WORDS_MAX; word = strtok(NULL, " ")) {
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    status = agent->program(argc, argv);
    return fflush(NULL) == 0 ? status : STATUS_ENVIRONMENT;
}

/* @own: it is for this program */
static _Noreturn void child_exec(const Agent *agent, const char *command, bool own, int out,
                                 int err)
{
    int null = open("/dev/null", O_RDONLY);

    signal(SIGPIPE, SIG_DFL);

    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    if (own) {
        _exit(own_run(agent, command));
    }
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(STATUS_ENVIRONMENT);
}

static int child_wait(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return STATUS_ENVIRONMENT;
        }
    }
    return WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

static void file_copy(int fd, LinkOutput *output)
{
    char bytes[READ_SIZE];
    ssize_t length;

    lseek(fd, 0, SEEK_SET);
    while ((length = read(fd, bytes, sizeof(bytes))) > 0) {
        link_output_add(output, bytes, (size_t)length);
    }
    link_output_end(output);
}

/*
 * What this program writes goes to memory, and is read when it has ended. Through a pipe each line
 * has two processes take turns, which an emulated processor needs long for.
 */
static int own_command_run(Agent *agent, const char *command)
{
    CLEANUP(fd_close) int out = memfd_create("out", MFD_CLOEXEC);
    CLEANUP(fd_close) int err = memfd_create("err", MFD_CLOEXEC);
    pid_t child = out < 0 || err < 0 ? -1 : fork();
    int status;

    if (child == 0) {
        child_exec(agent, command, true, out, err);
    }
    status = child < 0 ? STATUS_ENVIRONMENT : child_wait(child);
    file_copy(out, &agent->out);
    file_copy(err, &agent->err);
    return status;
}

static int shell_command_run(Agent *agent, const char *command)
{
    int out[2];
    int err[2];
    pid_t child;

    if (pipe2(out, O_CLOEXEC) < 0) {
        return STATUS_ENVIRONMENT;
    }
    if (pipe2(err, O_CLOEXEC) < 0) {
        close(out[0]);
        close(out[1]);
        return STATUS_ENVIRONMENT;
    }
    child = fork();
    if (child == 0) {
        child_exec(agent, command, false, out[1], err[1]);
    }
    close(out[1]);
    close(err[1]);
    output_copy(agent, out[0], err[0]);
    return child < 0 ? STATUS_ENVIRONMENT : child_wait(child);
}

static void request_refuse(Agent *agent, const char *reason)
{
    link_output_add(&agent->err, reason, strlen(reason));
    link_output_end(&agent->err);
}

static void request_serve(Agent *agent, LinkRequestResult kind, uint64_t sequence,
                          const char *command)
{
    LinkDeflate *answer = &agent->answer;
    int status = STATUS_USAGE;

    if (sequence == LINK_SEQUENCE_FIRST) {
        link_deflate_restart(answer);
    }
    link_output_init(&agent->out, link_deflate_add, answer, sequence, LINK_MARK_OUT);
    link_output_init(&agent->err, link_deflate_add, answer, sequence, LINK_MARK_ERR);
    link_output_init(&agent->kernel, link_deflate_add, answer, sequence, LINK_MARK_KERNEL);
    if (kind == LINK_REQUEST_OK) {
        status = (is_own(command) ? own_command_run : shell_command_run)(agent, command);
    } else {
        request_refuse(agent, kind == LINK_REQUEST_BAD ? "request without a sequence number"
                                                       : "request too long");
    }
    kernel_drain(agent);
    link_end_send(link_deflate_add, answer, sequence, status);
    link_deflate_flush(answer);
}

static void input_serve(Agent *agent, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t consumed;
        uint64_t sequence;
        const char *command;
        LinkRequestResult kind =
            link_input_add(&agent->input, bytes, length, &consumed, &sequence, &command);

        if (kind != LINK_REQUEST_NONE) {
            request_serve(agent, kind, sequence, command);
        }
        bytes += consumed;
        length -= consumed;
    }
}

static void hello_send(Agent *agent)
{
    char hello[64];
    int length = snprintf(hello, sizeof(hello), "%s %d\n", LINK_HELLO, LINK_VERSION);

    agent_send(agent, hello, (size_t)length);
}

static int agent_serve(Agent *agent)
{
    char bytes[READ_SIZE];

    for (;;) {
        ssize_t length = read(agent->tty, bytes, sizeof(bytes));

        if (length < 0 && errno == EINTR) {
            continue;
        }
        if (length <= 0) {
            return length == 0 || errno == EIO ? 0 : -errno;
        }
        input_serve(agent, bytes, (size_t)length);
    }
}

int agent_run(const char *tty, AgentProgram *program)
{
    CLEANUP(memory_free) Agent *agent = calloc(1, sizeof(*agent));
    int result;

    if (!agent) {
        return -ENOMEM;
    }
    agent->program = program;
    agent->tty = tty_open(tty);
    if (agent->tty < 0) {
        return agent->tty;
    }
    agent->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (agent->kmsg >= 0) {
        lseek(agent->kmsg, 0, SEEK_END); /* what was before the agent is not the commands' */
    }
    signal(SIGPIPE, SIG_IGN);
    result = link_deflate_init(&agent->answer, agent_send, agent);
    if (result == 0) {
        hello_send(agent);
        result = agent_serve(agent);
        link_deflate_deinit(&agent->answer);
    }
    tcdrain(agent->tty);
    close(agent->tty);
    if (agent->kmsg >= 0) {
        close(agent->kmsg);
    }
    return result;
}
