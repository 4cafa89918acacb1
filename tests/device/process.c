/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QEMU as a child process.
 */

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

static G_NORETURN void child_exec(char **argv, const char *preload, pid_t parent, int stderr_fd)
{
    /* A test that is killed leaves no QEMU behind */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || dup2(stderr_fd, STDERR_FILENO) < 0 ||
        setenv("LD_PRELOAD", preload, 1) != 0) {
        _exit(126);
    }
    dup2(stderr_fd, STDOUT_FILENO); /* standard output is the test's TAP stream */
    execvp(argv[0], argv);
    _exit(127);
}

void process_start(Process *process, GPtrArray *argv, const char *preload)
{
    pid_t parent = getpid();

    g_ptr_array_add(argv, NULL);
    process->stderr_fd = memfd_create("qemu-stderr", MFD_CLOEXEC);
    g_assert_cmpint(process->stderr_fd, >=, 0);
    process->pid = fork();
    g_assert_cmpint(process->pid, >=, 0);
    if (process->pid == 0) {
        child_exec((char **)argv->pdata, preload, parent, process->stderr_fd);
    }
}

bool process_wait(Process *process, int timeout_ms, int *status)
{
    struct pollfd poll_fd = { .fd = pidfd_open(process->pid, 0), .events = POLLIN };
    int wait_status = 0;
    bool ended;

    g_assert_cmpint(poll_fd.fd, >=, 0);
    ended = poll(&poll_fd, 1, timeout_ms) > 0;
    close(poll_fd.fd);
    if (ended) {
        g_assert_cmpint(waitpid(process->pid, &wait_status, 0), ==, process->pid);
        *status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
    }
    return ended;
}

void process_kill(Process *process)
{
    kill(process->pid, SIGKILL);
    waitpid(process->pid, NULL, 0);
}

char *process_stderr(const Process *process)
{
    struct stat status;
    char *text;

    g_assert_cmpint(fstat(process->stderr_fd, &status), ==, 0);
    text = g_malloc0((gsize)status.st_size + 1);
    g_assert_cmpint(pread(process->stderr_fd, text, (size_t)status.st_size, 0), ==,
                    status.st_size);
    return text;
}

void process_deinit(Process *process)
{
    close(process->stderr_fd);
}
