/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that costs what is touched, in the host and in a saved state.
 *
 * Knows nothing of the device that has it. The memory is a file of holes, of which a shared
 * mapping reserves nothing, and no page is a huge one. The file tells what was touched, too, so
 * what was not is not even looked at to save the state. QEMU does not save it, because QEMU would
 * go through all of it: the device does, with VMSTATE_SPARSE_MEMORY().
 *
 * In a saved state: for each run of pages that are not zero, in ascending order, its offset and
 * its length, 64 bits each, and its bytes; at the end an offset and a length of 0.
 */
#ifndef BARSHIFT_SPARSE_MEMORY_H
#define BARSHIFT_SPARSE_MEMORY_H

#include "migration/vmstate.h"
#include "qemu-compat.h"

/**
 * sparse_memory_init() - make the region; it reads as zero
 * @size_bytes: a multiple of the host's page size
 *
 * Return: false with @errp set when the memory cannot be had.
 */
bool sparse_memory_init(MemoryRegion *region, Object *owner, const char *name, uint64_t size_bytes,
                        Error **errp);

/**
 * sparse_memory_init_larger() - make another region of the same memory, and of more of it
 * @smaller: stays as it is
 * @size_bytes: not below that of @smaller; a multiple of the host's page size
 *
 * Return: false with @errp set when the memory cannot be had.
 */
bool sparse_memory_init_larger(MemoryRegion *region, MemoryRegion *smaller, Object *owner,
                               const char *name, uint64_t size_bytes, Error **errp);

/**
 * sparse_memory_clear() - the memory reads as zero afterwards
 *
 * Return: 0, or -errno when the host cannot; then the memory is as before.
 */
int sparse_memory_clear(MemoryRegion *region);

/**
 * vmstate_info_sparse_memory - save and load the region that the field is
 *
 * What was in the memory before is gone after loading. A state that does not fit the size of the
 * memory is refused, and nothing outside of the memory is written.
 */
extern const VMStateInfo vmstate_info_sparse_memory;

/** VMSTATE_SPARSE_MEMORY() - field of a VMStateDescription; @_test: is the region there? */
#define VMSTATE_SPARSE_MEMORY(_field, _state, _test) {                  \
    .name = stringify(_field),                                          \
    .field_exists = (_test),                                            \
    .info = &vmstate_info_sparse_memory,                                \
    .size = sizeof(MemoryRegion),                                       \
    .flags = VMS_SINGLE,                                                \
    .offset = vmstate_offset_value(_state, _field, MemoryRegion),       \
}

/** VMSTATE_SPARSE_MEMORY_POINTER() - the same for a field that points to the region */
#define VMSTATE_SPARSE_MEMORY_POINTER(_field, _state, _test) {          \
    .name = stringify(_field),                                          \
    .field_exists = (_test),                                            \
    .info = &vmstate_info_sparse_memory,                                \
    .size = sizeof(MemoryRegion),                                       \
    .flags = VMS_SINGLE | VMS_POINTER,                                  \
    .offset = vmstate_offset_pointer(_state, _field, MemoryRegion),     \
}

#endif
