/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The qtest protocol, pipelined.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "queue.h"

#define ANSWER_MS 10000

void queue_init(Queue *queue, int fd)
{
    *queue = (Queue) { 0 };
    channel_init(&queue->channel, fd);
}

void queue_deinit(Queue *queue)
{
    channel_deinit(&queue->channel);
}

static void note_irq(Queue *queue, const char *line)
{
    bool raise = g_str_has_prefix(line, "IRQ raise ");
    uint64_t irq = g_ascii_strtoull(strrchr(line, ' ') + 1, NULL, 10);

    g_assert_cmpuint(irq, <, QUEUE_IRQS);
    queue->irq_level[irq] = raise;
    queue->irq_raised[irq] += raise;
}

/* The text behind "OK"; NULL for any other answer, and for none */
static const char *next_answer(Queue *queue)
{
    const char *line;

    for (;;) {
        line = channel_read_line(&queue->channel, ANSWER_MS);
        if (!line || !g_str_has_prefix(line, "IRQ ")) {
            break;
        }
        note_irq(queue, line);
    }
    if (!line || !g_str_has_prefix(line, "OK")) {
        return NULL;
    }
    queue->answers++;
    return line + strlen("OK");
}

static void check_expected(const QueueAnswer *answer, const char *command, uint64_t value)
{
    g_autofree char *message = NULL;

    if (answer->file && value != answer->expected) {
        message = g_strdup_printf("%.*s: 0x%" PRIx64 ", expected 0x%" PRIx64,
                                  (int)strcspn(command, "\n"), command, value, answer->expected);
        g_assertion_message(G_LOG_DOMAIN, answer->file, answer->line, answer->function, message);
    }
}

/* The command that was not answered, or NULL */
static const char *batch_collect(Queue *queue, QueueBatch *batch)
{
    for (unsigned i = 0; i < batch->count; i++) {
        const char *text = next_answer(queue);
        uint64_t value;

        if (!text) {
            return batch->commands[i];
        }
        value = g_ascii_strtoull(text, NULL, 0);
        check_expected(&batch->answers[i], batch->commands[i], value);
        if (batch->answers[i].value) {
            *batch->answers[i].value = value;
        }
    }
    batch->count = 0;
    return NULL;
}

static bool batch_send(Queue *queue, const QueueBatch *batch)
{
    char text[QUEUE_BATCH * QUEUE_COMMAND_SIZE];
    size_t length = 0;

    for (unsigned i = 0; i < batch->count; i++) {
        length += g_strlcpy(text + length, batch->commands[i], sizeof(text) - length);
    }
    return channel_send(&queue->channel, text);
}

/* Send what has been filled, and make room for more by awaiting what was sent before it */
static const char *turn(Queue *queue)
{
    QueueBatch *filled = &queue->batches[queue->filling];
    QueueBatch *sent = &queue->batches[!queue->filling];

    if (filled->count > 0 && !batch_send(queue, filled)) {
        return filled->commands[0];
    }
    queue->filling = !queue->filling;
    return batch_collect(queue, sent);
}

const char *queue_add(Queue *queue, const QueueAnswer *answer, const char *format, ...)
{
    QueueBatch *batch = &queue->batches[queue->filling];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(batch->commands[batch->count], QUEUE_COMMAND_SIZE, format, arguments);
    va_end(arguments);
    g_assert_cmpint(length, <, QUEUE_COMMAND_SIZE);
    batch->answers[batch->count] = answer ? *answer : (QueueAnswer) { 0 };
    batch->count++;
    return batch->count == QUEUE_BATCH ? turn(queue) : NULL;
}

const char *queue_flush(Queue *queue)
{
    const char *unanswered = turn(queue);

    return unanswered ? unanswered : turn(queue);
}

const char *queue_ask(Queue *queue, const char *command)
{
    const char *text;

    if (queue_flush(queue) || !channel_send(&queue->channel, command)) {
        return NULL;
    }
    text = next_answer(queue);
    return text && *text == ' ' ? text + 1 : text;
}
