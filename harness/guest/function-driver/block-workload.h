/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A workload on a block device, without a file system: numbered blocks, each with its number, how
 * often it was written, and a checksum. What the device has acknowledged must be there afterwards,
 * however often its driver was taken away in between.
 */
#ifndef BARSHIFT_BLOCK_WORKLOAD_H
#define BARSHIFT_BLOCK_WORKLOAD_H

#include <stddef.h>
#include <stdint.h>

#define BLOCK_WORKLOAD_WHY_SIZE 320
#define BLOCK_WORKLOAD_BLOCK_SIZE 4096u /* whole sectors of every device */
#define BLOCK_WORKLOAD_BLOCKS 256u      /* from the start of the device */

/** struct BlockRecord - what is known of a block; 0: never written */
typedef struct BlockRecord {
    uint64_t acknowledged; /* generation that must be there at least */
    uint64_t attempted;    /* generation that may be there, and any between: writes have failed */
} BlockRecord;

typedef struct BlockWorkload {
    BlockRecord records[BLOCK_WORKLOAD_BLOCKS];
    uint64_t *buffer; /* a block, aligned for O_DIRECT */
} BlockWorkload;

/** block_workload_init() - Return: 0 or -ENOMEM */
int block_workload_init(BlockWorkload *workload);
void block_workload_deinit(BlockWorkload *workload);

/**
 * block_workload_claim() - may the device be written to?
 * @fd: the device, here and below: for reading and writing, with O_DIRECT, and with O_DSYNC, so
 *      that a write which returns has been acknowledged by the device
 * @why: (out) BLOCK_WORKLOAD_WHY_SIZE bytes, here and below, the sentence when the result is
 *       negative
 *
 * Return: 0; -EBUSY when one of its first blocks holds data that no workload has written; -ENOSPC
 * when it has fewer; or the errno of reading.
 */
int block_workload_claim(BlockWorkload *workload, int fd, char *why);

/**
 * block_workload_exchange() - look at one block, and write it anew
 * @number: of the request; blocks follow one another
 *
 * Return: 0: written, and read back; -EILSEQ when another content was found than must be there; or
 * the errno of reading or writing.
 */
int block_workload_exchange(BlockWorkload *workload, int fd, uint64_t number, char *why);

/** block_workload_verify() - look at every block ever written; Return: as exchange */
int block_workload_verify(BlockWorkload *workload, int fd, char *why);

#endif
