/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdbool.h>

#include "access.h"

#define IO_WIDTH_MAX 4u /* of an IN or OUT instruction */

static int first_error(const AccessWord *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (words[i].result < 0) {
            return words[i].result;
        }
    }
    return 0;
}

static void io_transfer(const Access *access, const char *bdf, int bar_nr, AccessWord *words,
                        size_t count, bool write)
{
    (write ? access->io.write : access->io.read)(access->context, bdf, bar_nr, words, count);
}

/* A wide word is two accesses */
static void io_word_transfer(const Access *access, const char *bdf, int bar_nr, AccessWord *word,
                             bool write)
{
    AccessWord halves[] = {
        { .offset = word->offset, .width_bytes = IO_WIDTH_MAX, .value = word->value & UINT32_MAX },
        { .offset = word->offset + IO_WIDTH_MAX, .width_bytes = IO_WIDTH_MAX,
          .value = word->value >> 32 },
    };

    if (word->width_bytes <= IO_WIDTH_MAX) {
        io_transfer(access, bdf, bar_nr, word, 1, write);
        return;
    }
    io_transfer(access, bdf, bar_nr, halves, 2, write);
    word->result = first_error(halves, 2);
    if (word->result == 0 && !write) {
        word->value = halves[0].value | halves[1].value << 32;
    }
}

static void physical_transfer(const Access *access, uint64_t base, AccessWord *words, size_t count,
                              bool write)
{
    for (size_t i = 0; i < count; i++) {
        words[i].offset += base;
    }
    (write ? access->write_physical : access->read_physical)(access->context, words, count);
    for (size_t i = 0; i < count; i++) {
        words[i].offset -= base;
    }
}

static int words_transfer(const Access *access, const Function *function, int bar_nr,
                          AccessWord *words, size_t count, bool write)
{
    const Bar *bar = &function->bars[bar_nr];

    if (function->stopped) {
        for (size_t i = 0; i < count; i++) {
            words[i].result = -ESHUTDOWN;
        }
    } else if (bar->by_hand) {
        physical_transfer(access, bar->config_base, words, count, write);
    } else if (bar->kind == BAR_IO) {
        for (size_t i = 0; i < count; i++) {
            io_word_transfer(access, function->bdf, bar_nr, &words[i], write);
        }
    } else {
        (write ? access->memory.write : access->memory.read)(access->context, function->bdf,
                                                             bar_nr, words, count);
    }
    return first_error(words, count);
}

int access_read_words(const Access *access, const Function *function, int bar_nr,
                      AccessWord *words, size_t count)
{
    return words_transfer(access, function, bar_nr, words, count, false);
}

int access_write_words(const Access *access, const Function *function, int bar_nr,
                       AccessWord *words, size_t count)
{
    return words_transfer(access, function, bar_nr, words, count, true);
}

int access_read(const Access *access, const Function *function, int bar_nr, uint64_t offset,
                unsigned width_bytes, uint64_t *value)
{
    AccessWord word = { .offset = offset, .width_bytes = width_bytes };
    int result = access_read_words(access, function, bar_nr, &word, 1);

    if (result == 0) {
        *value = word.value;
    }
    return result;
}

int access_write(const Access *access, const Function *function, int bar_nr, uint64_t offset,
                 unsigned width_bytes, uint64_t value)
{
    AccessWord word = { .offset = offset, .width_bytes = width_bytes, .value = value };

    return access_write_words(access, function, bar_nr, &word, 1);
}

int access_read_physical(const Access *access, AccessWord *words, size_t count)
{
    access->read_physical(access->context, words, count);
    return first_error(words, count);
}
