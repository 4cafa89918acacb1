/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QEMU with the device preloaded, driven by the qtest protocol and by QMP.
 */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"
#include "qtest.h"

#define ANSWER_MS 10000
#define EXIT_MS 10000

struct QTest {
    pid_t pid;
    int stderr_fd; /* anonymous file that holds all of QEMU's standard error */
    Channel qtest;
    Channel qmp;
};

static char *read_all(int fd)
{
    struct stat status;
    char *text;

    g_assert_cmpint(fstat(fd, &status), ==, 0);
    text = g_malloc0((gsize)status.st_size + 1);
    g_assert_cmpint(pread(fd, text, (size_t)status.st_size, 0), ==, status.st_size);
    return text;
}

static G_NORETURN void qtest_fail(QTest *qtest, const char *doing)
{
    g_autofree char *text = read_all(qtest->stderr_fd);

    g_error("QEMU gave no answer to: %s\nIts standard error:\n%s", doing, text);
}

/* Process */

static G_NORETURN void child_exec(char **argv, const char *device, pid_t parent, int stderr_fd)
{
    /* A test that is killed leaves no QEMU behind */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || dup2(stderr_fd, STDERR_FILENO) < 0 ||
        setenv("LD_PRELOAD", device, 1) != 0) {
        _exit(126);
    }
    dup2(stderr_fd, STDOUT_FILENO); /* standard output is the test's TAP stream */
    execvp(argv[0], argv);
    _exit(127);
}

static pid_t spawn(GPtrArray *arguments, const char *device, int *stderr_fd)
{
    pid_t parent = getpid();
    pid_t pid;

    g_ptr_array_add(arguments, NULL);
    *stderr_fd = memfd_create("qemu-stderr", MFD_CLOEXEC);
    g_assert_cmpint(*stderr_fd, >=, 0);
    pid = fork();
    g_assert_cmpint(pid, >=, 0);
    if (pid == 0) {
        child_exec((char **)arguments->pdata, device, parent, *stderr_fd);
    }
    return pid;
}

/* The exit status; a child that does not end in time is killed and ends the test program */
static int wait_for_exit(pid_t pid, const char *what)
{
    struct pollfd poll_fd = { .fd = pidfd_open(pid, 0), .events = POLLIN };
    int status = 0;

    g_assert_cmpint(poll_fd.fd, >=, 0);
    if (poll(&poll_fd, 1, EXIT_MS) <= 0) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        g_error("QEMU did not end: %s", what);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    close(poll_fd.fd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static const char *environment(const char *name)
{
    const char *value = g_getenv(name);

    if (!value) {
        g_error("%s is not set; meson test sets it", name);
    }
    return value;
}

static GPtrArray *base_arguments(const char *const *arguments)
{
    static const char *const base[] = {
        "-nodefaults", "-no-user-config", "-display", "none", "-machine", "q35", "-accel", "tcg",
        "-S", NULL,
    };
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(all, g_strdup(environment("BARSHIFT_QEMU")));
    for (const char *const *argument = base; *argument; argument++) {
        g_ptr_array_add(all, g_strdup(*argument));
    }
    for (const char *const *argument = arguments; *argument; argument++) {
        g_ptr_array_add(all, g_strdup(*argument));
    }
    return all;
}

/* Our end; the other one is inherited by the child, which gets it as a character device */
static int add_socket(GPtrArray *arguments, const char *id, int *child_fd)
{
    int pair[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
    *child_fd = dup(pair[1]); /* without close-on-exec */
    g_assert_cmpint(*child_fd, >=, 0);
    close(pair[1]);
    g_ptr_array_add(arguments, g_strdup("-chardev"));
    g_ptr_array_add(arguments, g_strdup_printf("socket,id=%s,fd=%d", id, *child_fd));
    return pair[0];
}

static void add_pair(GPtrArray *arguments, const char *option, const char *value)
{
    g_ptr_array_add(arguments, g_strdup(option));
    g_ptr_array_add(arguments, g_strdup(value));
}

static char *qmp_read(QTest *qtest, const char *doing)
{
    char *line = channel_read_line(&qtest->qmp, ANSWER_MS);

    if (!line) {
        qtest_fail(qtest, doing);
    }
    return line;
}

QTest *qtest_start(const char *const *arguments)
{
    g_autoptr(GPtrArray) all = base_arguments(arguments);
    QTest *qtest = g_new0(QTest, 1);
    int qtest_fd, qmp_fd;

    channel_init(&qtest->qtest, add_socket(all, "qtest", &qtest_fd));
    channel_init(&qtest->qmp, add_socket(all, "qmp", &qmp_fd));
    add_pair(all, "-object", "qtest,id=qtest-server,chardev=qtest,log=none");
    add_pair(all, "-mon", "chardev=qmp,mode=control");
    qtest->pid = spawn(all, environment("BARSHIFT_DEVICE"), &qtest->stderr_fd);
    close(qtest_fd);
    close(qmp_fd);

    g_free(qmp_read(qtest, "the QMP greeting"));
    json_node_unref(qtest_qmp(qtest, "{\"execute\": \"qmp_capabilities\"}"));
    return qtest;
}

void qtest_stop(QTest *qtest)
{
    json_node_unref(qtest_qmp(qtest, "{\"execute\": \"quit\"}"));
    g_assert_cmpint(wait_for_exit(qtest->pid, "quit"), ==, 0);
    channel_deinit(&qtest->qtest);
    channel_deinit(&qtest->qmp);
    close(qtest->stderr_fd);
    g_free(qtest);
}

pid_t qtest_pid(const QTest *qtest)
{
    return qtest->pid;
}

char *qtest_refusal(const char *device, const char *const *arguments, int *status)
{
    g_autoptr(GPtrArray) all = base_arguments(arguments);
    int stderr_fd;
    pid_t pid = spawn(all, device ? device : environment("BARSHIFT_DEVICE"), &stderr_fd);
    char *text;

    *status = wait_for_exit(pid, arguments[0]);
    text = read_all(stderr_fd);
    close(stderr_fd);
    return text;
}

/* Protocol of qtest: one line each way, "OK [VALUE]" */

static uint64_t qtest_command(QTest *qtest, const char *command)
{
    g_autofree char *answer = NULL;

    if (!channel_send(&qtest->qtest, command)) {
        qtest_fail(qtest, command);
    }
    answer = channel_read_line(&qtest->qtest, ANSWER_MS);
    if (!answer || !g_str_has_prefix(answer, "OK")) {
        qtest_fail(qtest, command);
    }
    return g_ascii_strtoull(answer + strlen("OK"), NULL, 0);
}

static char size_letter(unsigned size)
{
    switch (size) {
    case 1:
        return 'b';
    case 2:
        return 'w';
    case 4:
        return 'l';
    case 8:
        return 'q';
    default:
        g_assert_not_reached();
    }
}

uint64_t qtest_read(QTest *qtest, uint64_t address, unsigned size)
{
    g_autofree char *command =
        g_strdup_printf("read%c 0x%" G_GINT64_MODIFIER "x\n", size_letter(size), address);

    return qtest_command(qtest, command);
}

void qtest_write(QTest *qtest, uint64_t address, unsigned size, uint64_t value)
{
    g_autofree char *command =
        g_strdup_printf("write%c 0x%" G_GINT64_MODIFIER "x 0x%" G_GINT64_MODIFIER "x\n",
                        size_letter(size), address, value);

    qtest_command(qtest, command);
}

void qtest_out32(QTest *qtest, uint16_t port, uint32_t value)
{
    g_autofree char *command = g_strdup_printf("outl 0x%x 0x%x\n", port, value);

    qtest_command(qtest, command);
}

/* QMP: answers are objects with "return" or "error", events come at any time between them */

static JsonNode *qmp_next(QTest *qtest, const char *doing)
{
    g_autofree char *line = qmp_read(qtest, doing);
    JsonNode *message = json_from_string(line, NULL);

    if (!message || json_object_has_member(json_node_get_object(message), "error")) {
        g_error("QMP: %s: %s", doing, line);
    }
    return message;
}

static void qmp_send(QTest *qtest, const char *command)
{
    if (!channel_send(&qtest->qmp, command)) {
        qtest_fail(qtest, command);
    }
}

JsonNode *qtest_qmp(QTest *qtest, const char *command)
{
    qmp_send(qtest, command);
    for (;;) {
        g_autoptr(JsonNode) message = qmp_next(qtest, command);
        JsonObject *object = json_node_get_object(message);

        if (json_object_has_member(object, "return")) {
            return json_node_copy(json_object_get_member(object, "return"));
        }
    }
}

void qtest_system_reset(QTest *qtest)
{
    bool answered = false, reset = false;

    /* The event may overtake the answer */
    qmp_send(qtest, "{\"execute\": \"system_reset\"}");
    while (!answered || !reset) {
        g_autoptr(JsonNode) message = qmp_next(qtest, "system_reset");
        JsonObject *object = json_node_get_object(message);

        answered = answered || json_object_has_member(object, "return");
        reset = reset || g_str_equal(json_object_get_string_member_with_default(object, "event",
                                                                                ""), "RESET");
    }
}
