/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The block workload over a file, which is changed behind its back. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "block-workload.h"

#define SIZE (BLOCK_WORKLOAD_BLOCKS * BLOCK_WORKLOAD_BLOCK_SIZE)
#define TEST_CASE(name, function) { name, function, setup, teardown, NULL }

typedef struct Disk {
    FILE *file;
    int fd;
    BlockWorkload workload;
    char why[BLOCK_WORKLOAD_WHY_SIZE];
} Disk;

static int setup(void **state)
{
    Disk *disk = calloc(1, sizeof(*disk));

    assert_non_null(disk);
    *state = disk;
    disk->file = tmpfile();
    assert_non_null(disk->file);
    disk->fd = fileno(disk->file);
    assert_int_equal(ftruncate(disk->fd, SIZE), 0);
    assert_int_equal(block_workload_init(&disk->workload), 0);
    return 0;
}

static int teardown(void **state)
{
    Disk *disk = *state;

    block_workload_deinit(&disk->workload);
    fclose(disk->file);
    free(disk);
    return 0;
}

static int exchange(Disk *disk, uint64_t number)
{
    return block_workload_exchange(&disk->workload, disk->fd, number, disk->why);
}

static int verify(Disk *disk)
{
    return block_workload_verify(&disk->workload, disk->fd, disk->why);
}

static void block_get(Disk *disk, uint64_t number, void *block)
{
    assert_int_equal(pread(disk->fd, block, BLOCK_WORKLOAD_BLOCK_SIZE,
                           (off_t)(number * BLOCK_WORKLOAD_BLOCK_SIZE)),
                     BLOCK_WORKLOAD_BLOCK_SIZE);
}

static void block_put(Disk *disk, uint64_t number, const void *block)
{
    assert_int_equal(pwrite(disk->fd, block, BLOCK_WORKLOAD_BLOCK_SIZE,
                            (off_t)(number * BLOCK_WORKLOAD_BLOCK_SIZE)),
                     BLOCK_WORKLOAD_BLOCK_SIZE);
}

static void test_writes_and_finds_again(void **state)
{
    Disk *disk = *state;

    assert_int_equal(block_workload_claim(&disk->workload, disk->fd, disk->why), 0);
    for (uint64_t n = 0; n < 2 * BLOCK_WORKLOAD_BLOCKS + 10; n++) {
        assert_int_equal(exchange(disk, n), 0);
    }
    assert_int_equal(verify(disk), 0);
    assert_int_equal(disk->workload.records[0].acknowledged, 3);
    assert_int_equal(disk->workload.records[10].acknowledged, 2);
}

/* Each bit of a block is watched: the header, the checksum, the first and the last word. */
static void test_sees_a_changed_bit(void **state)
{
    static const size_t places[] = { 0, 8, 16, 24, 32, BLOCK_WORKLOAD_BLOCK_SIZE - 1 };
    Disk *disk = *state;
    uint8_t block[BLOCK_WORKLOAD_BLOCK_SIZE];

    assert_int_equal(exchange(disk, 7), 0);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        block_get(disk, 7, block);
        block[places[i]] ^= 0x40;
        block_put(disk, 7, block);
        assert_int_equal(verify(disk), -EILSEQ);
        assert_non_null(strstr(disk->why, "block 7"));
        assert_int_equal(exchange(disk, 7), -EILSEQ);
        block[places[i]] ^= 0x40;
        block_put(disk, 7, block);
        assert_int_equal(verify(disk), 0);
    }
}

/* A whole block, but from before: the device has lost a write that it acknowledged. */
static void test_sees_an_old_generation(void **state)
{
    Disk *disk = *state;
    uint8_t old[BLOCK_WORKLOAD_BLOCK_SIZE];

    assert_int_equal(exchange(disk, 3), 0);
    block_get(disk, 3, old);
    assert_int_equal(exchange(disk, 3), 0);
    block_put(disk, 3, old);
    assert_int_equal(verify(disk), -EILSEQ);
    assert_non_null(strstr(disk->why, "expected generation 2, observed 1"));
}

static void test_sees_a_block_in_another_place(void **state)
{
    Disk *disk = *state;
    uint8_t block[BLOCK_WORKLOAD_BLOCK_SIZE];

    assert_int_equal(exchange(disk, 3), 0);
    assert_int_equal(exchange(disk, 4), 0);
    block_get(disk, 3, block);
    block_put(disk, 4, block);
    assert_int_equal(verify(disk), -EILSEQ);
    assert_non_null(strstr(disk->why, "block 4"));
}

/* What writes that were not acknowledged may have left, whole or in part, but nothing older. */
static void test_takes_either_after_failed_writes(void **state)
{
    Disk *disk = *state;
    uint8_t written[4][BLOCK_WORKLOAD_BLOCK_SIZE];

    for (unsigned generation = 1; generation <= 4; generation++) {
        assert_int_equal(exchange(disk, 5), 0);
        block_get(disk, 5, written[generation - 1]);
    }
    disk->workload.records[5].acknowledged = 2;
    for (unsigned generation = 2; generation <= 4; generation++) {
        block_put(disk, 5, written[generation - 1]);
        assert_int_equal(verify(disk), 0);
    }
    block_put(disk, 5, written[0]);
    assert_int_equal(verify(disk), -EILSEQ);
    memcpy(written[3], written[1], BLOCK_WORKLOAD_BLOCK_SIZE / 2);
    block_put(disk, 5, written[3]);
    assert_int_equal(verify(disk), 0);
    assert_int_equal(exchange(disk, 5), 0);
    assert_int_equal(disk->workload.records[5].acknowledged, 5);
}

static void test_leaves_data_of_others_alone(void **state)
{
    Disk *disk = *state;
    uint8_t block[BLOCK_WORKLOAD_BLOCK_SIZE] = "a partition table";

    block_put(disk, 2, block);
    assert_int_equal(block_workload_claim(&disk->workload, disk->fd, disk->why), -EBUSY);
    assert_non_null(strstr(disk->why, "block 2"));
    memset(block, 0, sizeof(block));
    block[BLOCK_WORKLOAD_BLOCK_SIZE - 1] = 1;
    block_put(disk, 2, block);
    assert_int_equal(block_workload_claim(&disk->workload, disk->fd, disk->why), -EBUSY);
    assert_int_equal(ftruncate(disk->fd, SIZE / 2), 0);
    memset(block, 0, sizeof(block));
    block_put(disk, 2, block);
    assert_int_equal(block_workload_claim(&disk->workload, disk->fd, disk->why), -ENOSPC);
}

/* A later process may go on where one before it has written. */
static void test_takes_blocks_of_its_kind(void **state)
{
    Disk *disk = *state;

    assert_int_equal(exchange(disk, 0), 0);
    block_workload_deinit(&disk->workload);
    assert_int_equal(block_workload_init(&disk->workload), 0);
    assert_int_equal(block_workload_claim(&disk->workload, disk->fd, disk->why), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST_CASE("block-workload/writes-and-finds-again", test_writes_and_finds_again),
        TEST_CASE("block-workload/sees-a-changed-bit", test_sees_a_changed_bit),
        TEST_CASE("block-workload/sees-an-old-generation", test_sees_an_old_generation),
        TEST_CASE("block-workload/sees-a-block-in-another-place",
                  test_sees_a_block_in_another_place),
        TEST_CASE("block-workload/takes-either-after-failed-writes",
                  test_takes_either_after_failed_writes),
        TEST_CASE("block-workload/leaves-data-of-others-alone", test_leaves_data_of_others_alone),
        TEST_CASE("block-workload/takes-blocks-of-its-kind", test_takes_blocks_of_its_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
