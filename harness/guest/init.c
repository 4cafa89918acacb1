/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "init.h"

#define ARGUMENTS_SIZE 4096 /* more than the kernel takes on x86 */
#define TERMINAL_SIZE 64
#define LINK_ARGUMENT "barshift.link="
#define BLANKS " \n"
#define STATUS_SIGNAL 128

void init_link_terminal(const char *arguments, char *path, size_t size)
{
    path[0] = '\0';
    while (*arguments != '\0') {
        size_t length = strcspn(arguments, BLANKS);

        if (strncmp(arguments, LINK_ARGUMENT, strlen(LINK_ARGUMENT)) == 0) {
            snprintf(path, size, "/dev/%.*s", (int)(length - strlen(LINK_ARGUMENT)),
                     arguments + strlen(LINK_ARGUMENT));
        }
        arguments += length;
        arguments += strspn(arguments, BLANKS);
    }
}

/* /tmp is memory already */
static bool mount_all(void)
{
    static const struct {
        const char *type;
        const char *path;
    } mounts[] = { { "devtmpfs", "/dev" }, { "proc", "/proc" }, { "sysfs", "/sys" } };
    bool done = true;

    for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
        if (mount(mounts[i].type, mounts[i].path, mounts[i].type, 0, NULL) < 0 &&
            errno != EBUSY) { /* whoever had the machine before us may have mounted it */
            done = false;
        }
    }
    return done;
}

/* The kernel may have found no console to open before /dev was there */
static void open_console(void)
{
    int console = open("/dev/console", O_RDWR);

    if (console < 0) {
        return;
    }
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        dup2(console, fd);
    }
    if (console > STDERR_FILENO) {
        close(console);
    }
}

static void read_arguments(char *arguments, size_t size)
{
    CLEANUP(fd_close) int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, arguments, size - 1);

    arguments[length > 0 ? length : 0] = '\0';
}

static int serve(AgentProgram *program)
{
    char arguments[ARGUMENTS_SIZE];
    char terminal[TERMINAL_SIZE];
    int result;

    read_arguments(arguments, sizeof(arguments));
    init_link_terminal(arguments, terminal, sizeof(terminal));
    if (terminal[0] != '\0') {
        result = agent_run(terminal, program);
        if (result < 0) {
            fprintf(stderr, "barshift-init: %s: %s\n", terminal, strerror(-result));
        }
        return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    puts("barshift: no barshift.link= on the kernel command line; a shell, end it to power off");
    fflush(stdout);
    setsid();
    ioctl(STDIN_FILENO, TIOCSCTTY, 1);
    execl("/bin/sh", "sh", (char *)NULL);
    perror("/bin/sh");
    return EXIT_FAILURE;
}

/* Up to the end of one child; whoever else ends was left behind by others */
static int reap_until(pid_t child)
{
    for (;;) {
        int status;
        pid_t ended = wait(&status);

        if (ended == child) {
            return WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
        }
        if (ended < 0 && errno != EINTR) {
            return EXIT_FAILURE;
        }
    }
}

/* The kernel panics when its first process ends, so the work is a child's */
_Noreturn void init_run(AgentProgram *program)
{
    bool mounted = mount_all();
    int status = EXIT_FAILURE;
    pid_t child;

    open_console();
    setenv("PATH", "/usr/lib/barshift:/usr/bin:/bin", 1);
    setenv("HOME", "/", 1);
    sethostname("barshift", strlen("barshift"));
    child = mounted ? fork() : -1;
    if (child == 0) {
        _exit(serve(program));
    }
    if (child > 0) {
        status = reap_until(child);
    }
    if (status != 0) {
        fprintf(stderr, "barshift-init: failed with status %d, powering off\n", status);
    }
    sync();
    reboot(RB_POWER_OFF);
    for (;;) {
        pause();
    }
}
