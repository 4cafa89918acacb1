/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "access.h"

#define IO_WIDTH_MAX 4u /* of an IN or OUT instruction */

static const AccessBackEnd *back_end(const Access *access, const Function *function, int bar_nr)
{
    return function->bars[bar_nr].kind == BAR_IO ? &access->io : &access->memory;
}

static unsigned step_bytes(const Function *function, int bar_nr, unsigned width_bytes)
{
    bool narrow = function->bars[bar_nr].kind == BAR_IO && width_bytes > IO_WIDTH_MAX;

    return narrow ? IO_WIDTH_MAX : width_bytes;
}

static int step_read(const Access *access, const Function *function, int bar_nr, uint64_t offset,
                     unsigned width_bytes, uint64_t *value)
{
    const Bar *bar = &function->bars[bar_nr];

    return bar->by_hand ? access->read_physical(access->context, bar->config_base + offset,
                                                width_bytes, value)
                        : back_end(access, function, bar_nr)
                              ->read(access->context, function->bdf, bar_nr, offset, width_bytes,
                                     value);
}

static int step_write(const Access *access, const Function *function, int bar_nr, uint64_t offset,
                      unsigned width_bytes, uint64_t value)
{
    const Bar *bar = &function->bars[bar_nr];

    return bar->by_hand ? access->write_physical(access->context, bar->config_base + offset,
                                                 width_bytes, value)
                        : back_end(access, function, bar_nr)
                              ->write(access->context, function->bdf, bar_nr, offset, width_bytes,
                                      value);
}

int access_read(const Access *access, const Function *function, int bar_nr, uint64_t offset,
                unsigned width_bytes, uint64_t *value)
{
    unsigned step = step_bytes(function, bar_nr, width_bytes);
    uint64_t whole = 0;

    if (function->stopped) {
        return -ESHUTDOWN;
    }
    for (unsigned at = 0; at < width_bytes; at += step) {
        uint64_t part;
        int result = step_read(access, function, bar_nr, offset + at, step, &part);

        if (result < 0) {
            return result;
        }
        whole |= part << 8 * at;
    }
    *value = whole;
    return 0;
}

int access_write(const Access *access, const Function *function, int bar_nr, uint64_t offset,
                 unsigned width_bytes, uint64_t value)
{
    unsigned step = step_bytes(function, bar_nr, width_bytes);
    int result = 0;

    if (function->stopped) {
        return -ESHUTDOWN;
    }
    for (unsigned at = 0; at < width_bytes && result == 0; at += step) {
        uint64_t part = step < width_bytes ? value >> 8 * at & UINT32_MAX : value;

        result = step_write(access, function, bar_nr, offset + at, step, part);
    }
    return result;
}

int access_read_physical(const Access *access, uint64_t address, unsigned width_bytes,
                         uint64_t *value)
{
    return access->read_physical(access->context, address, width_bytes, value);
}
