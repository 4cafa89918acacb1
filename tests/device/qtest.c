/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QEMU with the device preloaded, driven by the qtest protocol and by QMP.
 */

#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "process.h"
#include "qtest.h"
#include "queue.h"

#define ANSWER_MS 10000
#define EXIT_MS 10000
#define DYING_MS 2000 /* from the end of a connection to the end of the process */
#define MEMORY_CHUNK 0x8000u

struct QTest {
    Process process;
    Queue queue;
    Channel qmp;
    int64_t time_ns; /* virtual time, which only qtest_clock_step() moves */
};

static G_NORETURN void qtest_fail(QTest *qtest, const char *doing)
{
    g_autofree char *ended = NULL;
    g_autofree char *text = NULL;
    int status;

    if (process_wait(&qtest->process, DYING_MS, &status)) {
        ended = g_strdup_printf("It ended with status %d.\n", status);
    }
    text = process_stderr(&qtest->process);
    g_error("QEMU gave no good answer to: %s\n%sIts standard error:\n%s", doing,
            ended ? ended : "", text);
}

/* QMP: answers are objects with "return" or "error", events come at any time between them */

/* NULL when QEMU has ended */
static JsonNode *qmp_next(QTest *qtest, const char *doing)
{
    const char *line = channel_read_line(&qtest->qmp, ANSWER_MS);
    JsonNode *message = line ? json_from_string(line, NULL) : NULL;

    if (line && !message) {
        g_error("QMP: %s: %s", doing, line);
    }
    return message;
}

static JsonNode *qmp_must_come(QTest *qtest, const char *doing)
{
    JsonNode *message = qmp_next(qtest, doing);

    if (!message) {
        qtest_fail(qtest, doing);
    }
    return message;
}

/* With a file descriptor, or -1 */
static bool qmp_send(QTest *qtest, const char *command, int fd)
{
    qtest_flush(qtest);
    return fd < 0 ? channel_send(&qtest->qmp, command)
                  : channel_send_fd(&qtest->qmp, command, fd);
}

/* The message that ends a command, and events before it; NULL when QEMU has ended */
static JsonNode *qmp_answer(QTest *qtest, const char *command, int fd)
{
    JsonNode *message = qmp_send(qtest, command, fd) ? qmp_next(qtest, command) : NULL;

    while (message && !json_object_has_member(json_node_get_object(message), "return") &&
           !json_object_has_member(json_node_get_object(message), "error")) {
        json_node_unref(message);
        message = qmp_next(qtest, command);
    }
    return message;
}

/* Start and end */

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
        "-nodefaults", "-no-user-config", "-display", "none", "-machine", "q35", "-accel", "qtest",
        NULL,
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

static void start_process(Process *process, GPtrArray *arguments, const char *device)
{
    g_autofree char *preload =
        g_strconcat(device ? device : environment("BARSHIFT_DEVICE"), ":",
                    environment("BARSHIFT_ACCELERATOR"), NULL);

    process_start(process, arguments, preload);
}

static int wait_for_exit(Process *process, const char *what)
{
    int status;

    if (!process_wait(process, EXIT_MS, &status)) {
        process_kill(process);
        g_error("QEMU did not end: %s", what);
    }
    return status;
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

QTest *qtest_start(const char *const *arguments)
{
    g_autoptr(GPtrArray) all = base_arguments(arguments);
    QTest *qtest = g_new0(QTest, 1);
    int qtest_fd, qmp_fd;

    queue_init(&qtest->queue, add_socket(all, "qtest", &qtest_fd));
    channel_init(&qtest->qmp, add_socket(all, "qmp", &qmp_fd));
    add_pair(all, "-object", "qtest,id=qtest-server,chardev=qtest,log=none");
    add_pair(all, "-mon", "chardev=qmp,mode=control");
    start_process(&qtest->process, all, NULL);
    close(qtest_fd);
    close(qmp_fd);

    json_node_unref(qmp_must_come(qtest, "the QMP greeting"));
    json_node_unref(qtest_qmp(qtest, "{\"execute\": \"qmp_capabilities\"}"));
    return qtest;
}

static char *reap(QTest *qtest, const char *what, int *status)
{
    char *text;

    *status = wait_for_exit(&qtest->process, what);
    text = process_stderr(&qtest->process);
    queue_deinit(&qtest->queue);
    channel_deinit(&qtest->qmp);
    process_deinit(&qtest->process);
    g_free(qtest);
    return text;
}

void qtest_stop(QTest *qtest)
{
    g_autofree char *text = NULL;
    int status;

    json_node_unref(qtest_qmp(qtest, "{\"execute\": \"quit\"}"));
    text = reap(qtest, "quit", &status);
    if (*text) {
        g_test_message("QEMU's standard error:\n%s", text);
    }
    g_assert_cmpint(status, ==, 0);
}

char *qtest_end(QTest *qtest, int *status)
{
    return reap(qtest, "it closed its QMP connection", status);
}

pid_t qtest_pid(const QTest *qtest)
{
    return qtest->process.pid;
}

char *qtest_refusal(const char *device, const char *const *arguments, int *status)
{
    g_autoptr(GPtrArray) all = base_arguments(arguments);
    Process process;
    char *text;

    start_process(&process, all, device);
    *status = wait_for_exit(&process, arguments[0]);
    text = process_stderr(&process);
    process_deinit(&process);
    return text;
}

/* Buses */

static char memory_letter(unsigned size)
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

static char port_letter(unsigned size)
{
    g_assert_cmpuint(size, <=, 4);
    return memory_letter(size);
}

static void must_answer(QTest *qtest, const char *unanswered)
{
    if (unanswered) {
        qtest_fail(qtest, unanswered);
    }
}

static void queue_memory_read(QTest *qtest, uint64_t address, unsigned size,
                              const QueueAnswer *answer)
{
    must_answer(qtest, queue_add(&qtest->queue, answer, "read%c 0x%" PRIx64 "\n",
                                 memory_letter(size), address));
}

void qtest_queue_read(QTest *qtest, uint64_t address, unsigned size, uint64_t *value)
{
    queue_memory_read(qtest, address, size, &(QueueAnswer) { .value = value });
}

void qtest_queue_expect_at(QTest *qtest, uint64_t address, unsigned size, uint64_t expected,
                           const char *file, int line, const char *function)
{
    queue_memory_read(qtest, address, size,
                      &(QueueAnswer) {
                          .expected = expected, .file = file, .line = line, .function = function,
                      });
}

void qtest_queue_write(QTest *qtest, uint64_t address, unsigned size, uint64_t value)
{
    must_answer(qtest, queue_add(&qtest->queue, NULL, "write%c 0x%" PRIx64 " 0x%" PRIx64 "\n",
                                 memory_letter(size), address, value));
}

void qtest_queue_in(QTest *qtest, uint16_t port, unsigned size, uint64_t *value)
{
    must_answer(qtest, queue_add(&qtest->queue, &(QueueAnswer) { .value = value }, "in%c 0x%x\n",
                                 port_letter(size), port));
}

void qtest_queue_out(QTest *qtest, uint16_t port, unsigned size, uint32_t value)
{
    must_answer(qtest, queue_add(&qtest->queue, NULL, "out%c 0x%x 0x%x\n", port_letter(size), port,
                                 value));
}

void qtest_flush(QTest *qtest)
{
    must_answer(qtest, queue_flush(&qtest->queue));
}

uint64_t qtest_answers(const QTest *qtest)
{
    return qtest->queue.answers;
}

uint64_t qtest_read(QTest *qtest, uint64_t address, unsigned size)
{
    uint64_t value;

    qtest_queue_read(qtest, address, size, &value);
    qtest_flush(qtest);
    return value;
}

void qtest_write(QTest *qtest, uint64_t address, unsigned size, uint64_t value)
{
    qtest_queue_write(qtest, address, size, value);
    qtest_flush(qtest);
}

uint32_t qtest_in(QTest *qtest, uint16_t port, unsigned size)
{
    uint64_t value;

    qtest_queue_in(qtest, port, size, &value);
    qtest_flush(qtest);
    return (uint32_t)value;
}

void qtest_out(QTest *qtest, uint16_t port, unsigned size, uint32_t value)
{
    qtest_queue_out(qtest, port, size, value);
    qtest_flush(qtest);
}

static const char *ask(QTest *qtest, const char *command)
{
    const char *text = queue_ask(&qtest->queue, command);

    if (!text) {
        qtest_fail(qtest, command);
    }
    return text;
}

static void read_chunk(QTest *qtest, uint64_t address, uint8_t *data, size_t size)
{
    g_autofree char *command =
        g_strdup_printf("b64read 0x%" PRIx64 " 0x%zx\n", address, size);
    g_autofree guchar *bytes = NULL;
    gsize length;

    bytes = g_base64_decode(ask(qtest, command), &length);
    g_assert_cmpuint(length, ==, size);
    memcpy(data, bytes, size);
}

void qtest_memory_read(QTest *qtest, uint64_t address, void *data, size_t size)
{
    for (size_t done = 0; done < size; done += MEMORY_CHUNK) {
        read_chunk(qtest, address + done, (uint8_t *)data + done, MIN(size - done, MEMORY_CHUNK));
    }
}

void qtest_memory_write(QTest *qtest, uint64_t address, const void *data, size_t size)
{
    for (size_t done = 0; done < size; done += MEMORY_CHUNK) {
        size_t length = MIN(size - done, MEMORY_CHUNK);
        g_autofree char *bytes = g_base64_encode((const uint8_t *)data + done, length);
        g_autofree char *command =
            g_strdup_printf("b64write 0x%" PRIx64 " 0x%zx %s\n", address + done, length, bytes);

        ask(qtest, command);
    }
}

/* Time and interrupts */

int64_t qtest_clock_step(QTest *qtest, int64_t step_ns)
{
    g_autofree char *command = g_strdup_printf("clock_step %" PRId64 "\n", step_ns);

    /* Newer versions of QEMU do not take a step of nothing */
    if (step_ns != 0) {
        qtest->time_ns = g_ascii_strtoll(ask(qtest, command), NULL, 10);
    }
    return qtest->time_ns;
}

void qtest_irq_watch(QTest *qtest, const char *device)
{
    g_autofree char *command = g_strdup_printf("irq_intercept_in %s\n", device);

    ask(qtest, command);
}

/* An answer comes behind all that QEMU has told of interrupts before */
static void irq_update(QTest *qtest)
{
    ask(qtest, "endianness\n");
}

bool qtest_irq_level(QTest *qtest, unsigned irq)
{
    g_assert_cmpuint(irq, <, QUEUE_IRQS);
    irq_update(qtest);
    return qtest->queue.irq_level[irq];
}

unsigned qtest_irq_raised(QTest *qtest, unsigned irq)
{
    g_assert_cmpuint(irq, <, QUEUE_IRQS);
    irq_update(qtest);
    return qtest->queue.irq_raised[irq];
}

/* QMP */

static JsonNode *qmp_return(const char *command, JsonNode *message)
{
    JsonObject *object = json_node_get_object(message);
    JsonNode *result;

    if (json_object_has_member(object, "error")) {
        g_autofree char *text = json_to_string(message, FALSE);

        g_error("QMP: %s: %s", command, text);
    }
    result = json_node_copy(json_object_get_member(object, "return"));
    json_node_unref(message);
    return result;
}

static JsonNode *qmp_must_answer(QTest *qtest, const char *command, int fd)
{
    JsonNode *message = qmp_answer(qtest, command, fd);

    if (!message) {
        qtest_fail(qtest, command);
    }
    return message;
}

JsonNode *qtest_qmp(QTest *qtest, const char *command)
{
    return qmp_return(command, qmp_must_answer(qtest, command, -1));
}

JsonNode *qtest_qmp_or_end(QTest *qtest, const char *command)
{
    JsonNode *message = qmp_answer(qtest, command, -1);

    return message ? qmp_return(command, message) : NULL;
}

void qtest_give_fd(QTest *qtest, const char *name, int fd)
{
    g_autofree char *command = g_strdup_printf(
        "{\"execute\": \"getfd\", \"arguments\": {\"fdname\": \"%s\"}}", name);

    json_node_unref(qmp_return(command, qmp_must_answer(qtest, command, fd)));
}

char *qtest_qmp_refusal(QTest *qtest, const char *command)
{
    g_autoptr(JsonNode) message = qmp_must_answer(qtest, command, -1);
    JsonObject *object = json_node_get_object(message);

    if (!json_object_has_member(object, "error")) {
        g_error("QMP: %s: not refused", command);
    }
    return g_strdup(json_object_get_string_member(json_object_get_object_member(object, "error"),
                                                  "desc"));
}

void qtest_system_reset(QTest *qtest)
{
    static const char command[] = "{\"execute\": \"system_reset\"}";
    bool answered = false, reset = false;

    /* The event may overtake the answer */
    qmp_send(qtest, command, -1);
    while (!answered || !reset) {
        g_autoptr(JsonNode) message = qmp_must_come(qtest, command);
        JsonObject *object = json_node_get_object(message);

        answered = answered || json_object_has_member(object, "return");
        reset = reset || g_str_equal(json_object_get_string_member_with_default(object, "event",
                                                                                ""), "RESET");
    }
}
