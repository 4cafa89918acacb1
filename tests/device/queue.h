/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The qtest protocol (QEMU's docs/devel/qtest), pipelined: one line each way, "OK [VALUE]", and
 * the answers come in the order of the commands. Between them stand lines "IRQ raise N".
 *
 * Commands are sent in batches, and a batch is sent before the answers to the one in front of it
 * are awaited. Two batches always fit into the buffer of a socket, so sending never waits for a
 * QEMU that itself waits for us to read its answers.
 */
#ifndef BARSHIFT_TEST_QUEUE_H
#define BARSHIFT_TEST_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "channel.h"

#define QUEUE_BATCH 100       /* commands; QEMU's answers to twice as many fit into its socket */
#define QUEUE_COMMAND_SIZE 64 /* bytes of a command at most */
#define QUEUE_IRQS 256        /* lines that QEMU's server knows */

/**
 * QueueAnswer - what becomes of the answer to a command
 * @value: (nullable) where its number is stored
 * @expected: what the number must be; meant when @file is not NULL
 * @file: (nullable) source of the expectation
 * @line: in @file
 * @function: in @file
 */
typedef struct QueueAnswer {
    uint64_t *value;
    uint64_t expected;
    const char *file;
    int line;
    const char *function;
} QueueAnswer;

/* The fields are those of queue.c */
typedef struct QueueBatch {
    unsigned count;
    QueueAnswer answers[QUEUE_BATCH];
    char commands[QUEUE_BATCH][QUEUE_COMMAND_SIZE];
} QueueBatch;

/**
 * Queue - commands under way
 * @channel: to QEMU's server
 * @batches: the one that is being filled, and the one that is or was being answered
 * @filling: index of the former
 * @answers: that have been read, ever
 * @irq_level: last level told of each line
 * @irq_raised: times each line was raised
 */
typedef struct Queue {
    Channel channel;
    QueueBatch batches[2];
    unsigned filling;
    uint64_t answers;
    bool irq_level[QUEUE_IRQS];
    unsigned irq_raised[QUEUE_IRQS];
} Queue;

/**
 * queue_init() - take over a socket
 * @fd: closed by queue_deinit()
 */
void queue_init(Queue *queue, int fd);

void queue_deinit(Queue *queue);

/**
 * queue_add() - queue a command
 * @answer: (nullable) copied; @answer->value is set when the queue is flushed
 * @format: of the command, which is shorter than QUEUE_COMMAND_SIZE
 *
 * Return: NULL; or the command that was not answered, or answered with no "OK".
 */
const char *queue_add(Queue *queue, const QueueAnswer *answer, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/** queue_flush() - await the answers to all commands; see queue_add() */
const char *queue_flush(Queue *queue);

/**
 * queue_ask() - flush, then run one command of any length
 * @command: with its end of line
 *
 * Return: what came behind "OK ", valid until the next call; NULL when there was no such answer.
 */
const char *queue_ask(Queue *queue, const char *command);

#endif
