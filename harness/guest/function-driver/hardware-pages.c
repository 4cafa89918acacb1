/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is mapped of a function, and words in it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hardware-part.h"

int hardware_complain(const Hardware *hardware, int result, const char *what, char *why)
{
    snprintf(why, HARDWARE_WHY_SIZE, "%s: %s: %s", hardware->function.bdf, what,
             strerror(-result));
    return result;
}

volatile uint8_t *hardware_word(const Hardware *hardware, int bar_nr, uint64_t offset)
{
    for (unsigned i = 0; i < hardware->page_count; i++) {
        const HardwarePage *page = &hardware->pages[i];

        if (page->bar_nr == bar_nr && offset - page->offset < HARDWARE_PAGE_SIZE) {
            return page->memory + (offset - page->offset);
        }
    }
    return NULL;
}

int hardware_read(const Hardware *hardware, int bar_nr, uint64_t offset, uint64_t *value)
{
    const volatile uint8_t *word = hardware_word(hardware, bar_nr, offset);

    if (!word) {
        return -ENXIO;
    }
    *value = *(const volatile uint64_t *)word;
    return 0;
}

int hardware_write(const Hardware *hardware, int bar_nr, uint64_t offset, uint64_t value)
{
    volatile uint8_t *word = hardware_word(hardware, bar_nr, offset);

    if (!word) {
        return -ENXIO;
    }
    *(volatile uint64_t *)word = value;
    return 0;
}

static int read32(const Hardware *hardware, int bar_nr, uint64_t offset, uint32_t *value)
{
    const volatile uint8_t *word = hardware_word(hardware, bar_nr, offset);

    if (!word) {
        return -ENXIO;
    }
    *value = *(const volatile uint32_t *)word;
    return 0;
}

int hardware_control_write(const Hardware *hardware, uint64_t offset, uint32_t value)
{
    volatile uint8_t *word = hardware_word(hardware, hardware->function.control_bar, offset);

    if (!word) {
        return -ENXIO;
    }
    *(volatile uint32_t *)word = value;
    return 0;
}

int hardware_page_map(Hardware *hardware, int bar_nr, uint64_t offset, char *why)
{
    uint64_t start = offset / HARDWARE_PAGE_SIZE * HARDWARE_PAGE_SIZE;
    void *memory;
    int result;

    if (hardware_word(hardware, bar_nr, start)) {
        return 0;
    }
    if (hardware->page_count == HARDWARE_PAGES_MAX) {
        return hardware_complain(hardware, -ENOSPC, "pages", why);
    }
    result = hardware->setup.ops->map(hardware->back_end, bar_nr, start, HARDWARE_PAGE_SIZE,
                                      &memory, why);
    if (result == 0) {
        hardware->pages[hardware->page_count++] = (HardwarePage) { bar_nr, start, memory };
    }
    return result;
}

int hardware_header_check(const Hardware *hardware)
{
    const struct {
        uint64_t offset;
        uint32_t expected;
    } words[] = {
        { BARSHIFT_HEADER_MAGIC, BARSHIFT_MAGIC },
        { BARSHIFT_HEADER_TAG, hardware->function.tag },
        { BARSHIFT_HEADER_BAR, (uint32_t)hardware->target.bar_nr },
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        uint32_t value;

        if (read32(hardware, hardware->target.bar_nr, words[i].offset, &value) < 0) {
            return -ENXIO;
        }
        if (value != words[i].expected) {
            return -EIO;
        }
    }
    return 0;
}
