/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "block-workload.h"

#define BLOCK_WORDS (BLOCK_WORKLOAD_BLOCK_SIZE / sizeof(uint64_t))
#define BLOCK_MAGIC UINT64_C(0x6b6c626672616273)

enum { WORD_MAGIC, WORD_NUMBER, WORD_GENERATION, WORD_CHECKSUM, WORD_FIRST };

/* Sebastiano Vigna's SplitMix64: every bit of the input counts for every bit of the output */
static uint64_t mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

static uint64_t checksum(const uint64_t *block)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < BLOCK_WORDS; i++) {
        sum = i == WORD_CHECKSUM ? sum : mix(sum ^ block[i]);
    }
    return sum;
}

static void block_make(uint64_t *block, uint64_t number, uint64_t generation)
{
    block[WORD_MAGIC] = BLOCK_MAGIC;
    block[WORD_NUMBER] = number;
    block[WORD_GENERATION] = generation;
    for (size_t i = WORD_FIRST; i < BLOCK_WORDS; i++) {
        block[i] = mix(number << 48 ^ generation << 12 ^ i);
    }
    block[WORD_CHECKSUM] = checksum(block);
}

int block_workload_init(BlockWorkload *workload)
{
    void *buffer;

    *workload = (BlockWorkload) { .buffer = NULL };
    if (posix_memalign(&buffer, BLOCK_WORKLOAD_BLOCK_SIZE, BLOCK_WORKLOAD_BLOCK_SIZE) != 0) {
        return -ENOMEM;
    }
    workload->buffer = buffer;
    return 0;
}

void block_workload_deinit(BlockWorkload *workload)
{
    free(workload->buffer);
    workload->buffer = NULL;
}

static off_t place_of(uint64_t number)
{
    return (off_t)(number * BLOCK_WORKLOAD_BLOCK_SIZE);
}

static int failed(uint64_t number, const char *action, ssize_t done, char *why)
{
    int result = done < 0 ? -errno : -ENOSPC;

    snprintf(why, BLOCK_WORKLOAD_WHY_SIZE, "block %" PRIu64 " cannot be %s: %s", number, action,
             strerror(-result));
    return result;
}

static int block_read(BlockWorkload *workload, int fd, uint64_t number, char *why)
{
    ssize_t done = pread(fd, workload->buffer, BLOCK_WORKLOAD_BLOCK_SIZE, place_of(number));

    return done != (ssize_t)BLOCK_WORKLOAD_BLOCK_SIZE ? failed(number, "read", done, why) : 0;
}

static bool is_ours(const uint64_t *block, uint64_t number)
{
    return block[WORD_MAGIC] == BLOCK_MAGIC && block[WORD_NUMBER] == number &&
           block[WORD_CHECKSUM] == checksum(block);
}

static bool is_empty(const uint64_t *block)
{
    return block[0] == 0 &&
           memcmp(block, block + 1, BLOCK_WORKLOAD_BLOCK_SIZE - sizeof(*block)) == 0;
}

int block_workload_claim(BlockWorkload *workload, int fd, char *why)
{
    for (uint64_t number = 0; number < BLOCK_WORKLOAD_BLOCKS; number++) {
        int result = block_read(workload, fd, number, why);

        if (result < 0) {
            return result;
        }
        if (!is_empty(workload->buffer) && !is_ours(workload->buffer, number)) {
            snprintf(why, BLOCK_WORKLOAD_WHY_SIZE,
                     "block %" PRIu64 " holds somebody's data; it is not written over", number);
            return -EBUSY;
        }
    }
    return 0;
}

/* A write that was not acknowledged may have left any part of its block behind */
static bool is_certain(const BlockRecord *record)
{
    return record->acknowledged == record->attempted;
}

static int check(BlockWorkload *workload, int fd, uint64_t number, char *why)
{
    const BlockRecord *record = &workload->records[number];
    const uint64_t *block = workload->buffer;
    int result;

    if (record->acknowledged == 0) {
        return 0;
    }
    result = block_read(workload, fd, number, why);
    if (result < 0) {
        return result;
    }
    if (!is_ours(block, number)) {
        if (!is_certain(record)) {
            return 0;
        }
        snprintf(why, BLOCK_WORKLOAD_WHY_SIZE,
                 "block %" PRIu64 ": expected generation %" PRIu64 ", observed no whole block of "
                 "this number", number, record->acknowledged);
        return -EILSEQ;
    }
    if (block[WORD_GENERATION] < record->acknowledged ||
        block[WORD_GENERATION] > record->attempted) {
        snprintf(why, BLOCK_WORKLOAD_WHY_SIZE,
                 "block %" PRIu64 ": expected generation %" PRIu64 ", observed %" PRIu64, number,
                 record->acknowledged, block[WORD_GENERATION]);
        return -EILSEQ;
    }
    return 0;
}

static int block_write(BlockWorkload *workload, int fd, uint64_t number, char *why)
{
    BlockRecord *record = &workload->records[number];
    ssize_t done;

    /* Never one that a write before this one may have left there */
    record->attempted++;
    block_make(workload->buffer, number, record->attempted);
    done = pwrite(fd, workload->buffer, BLOCK_WORKLOAD_BLOCK_SIZE, place_of(number));
    if (done != (ssize_t)BLOCK_WORKLOAD_BLOCK_SIZE) {
        return failed(number, "written", done, why);
    }
    record->acknowledged = record->attempted;
    return 0;
}

int block_workload_exchange(BlockWorkload *workload, int fd, uint64_t number, char *why)
{
    uint64_t block = number % BLOCK_WORKLOAD_BLOCKS;
    int result = check(workload, fd, block, why);

    if (result == 0) {
        result = block_write(workload, fd, block, why);
    }
    return result == 0 ? check(workload, fd, block, why) : result;
}

int block_workload_verify(BlockWorkload *workload, int fd, char *why)
{
    int result = 0;

    for (uint64_t number = 0; number < BLOCK_WORKLOAD_BLOCKS && result == 0; number++) {
        result = check(workload, fd, number, why);
    }
    return result;
}
