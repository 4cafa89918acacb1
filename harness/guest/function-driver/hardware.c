/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "driver.h"
#include "hardware-part.h"
#include "mapping.h"
#include "ports.h"
#include "stop-note.h"
#include "witness.h"

int hardware_find(const char *root, const char *bdf, Function *function, char *why)
{
    const ConfigSource source = { .root = root };

    return topology_function_read(function, &source, bdf, why);
}

int hardware_init(Hardware *hardware, const HardwareSetup *setup)
{
    *hardware = (Hardware) { .setup = *setup };
    hardware->dma_memory = mmap(NULL, HARDWARE_PAGE_SIZE, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return hardware->dma_memory == MAP_FAILED ? -ENOMEM : 0;
}

static void word_transfer(volatile void *at, AccessWord *word, bool write)
{
    volatile uint64_t *word64 = at;
    volatile uint32_t *word32 = at;

    if (word->width_bytes == 8 && write) {
        *word64 = word->value;
    } else if (word->width_bytes == 8) {
        word->value = *word64;
    } else if (write) {
        *word32 = (uint32_t)word->value;
    } else {
        word->value = *word32;
    }
}

/* Return: how many of the words are done, which are those in the page of the first one */
static size_t witness_page_transfer(Hardware *hardware, int bar_nr, AccessWord *words, size_t count,
                                    bool write)
{
    const BackEndOps *ops = hardware->setup.ops;
    char why[HARDWARE_WHY_SIZE];
    uint64_t page = words[0].offset / HARDWARE_PAGE_SIZE;
    size_t fits = 0;
    void *memory;
    int result = ops->map(hardware->back_end, bar_nr, page * HARDWARE_PAGE_SIZE,
                          HARDWARE_PAGE_SIZE, &memory, why);

    while (fits < count && words[fits].offset / HARDWARE_PAGE_SIZE == page) {
        if (result == 0) {
            word_transfer((uint8_t *)memory + words[fits].offset % HARDWARE_PAGE_SIZE,
                          &words[fits], write);
        }
        fits++;
    }
    result = result < 0 ? result
                        : ops->unmap(hardware->back_end, memory, HARDWARE_PAGE_SIZE, why);
    for (size_t i = 0; i < fits; i++) {
        words[i].result = result;
    }
    return fits;
}

/* The witnesses look through the back end, a page at a time: nothing is known of the BARs yet */
static void witness_transfer(Hardware *hardware, int bar_nr, AccessWord *words, size_t count,
                             bool write)
{
    for (size_t done = 0; done < count;) {
        done += witness_page_transfer(hardware, bar_nr, words + done, count - done, write);
    }
}

static void witness_memory(void *context, const char *bdf, int bar_nr, AccessWord *words,
                           size_t count)
{
    (void)bdf;
    witness_transfer(context, bar_nr, words, count, false);
}

static void witness_memory_write(void *context, const char *bdf, int bar_nr, AccessWord *words,
                                 size_t count)
{
    (void)bdf;
    witness_transfer(context, bar_nr, words, count, true);
}

/* No back end has a mapping of I/O ports; the kernel reaches them whoever has the function */
static void witness_io(void *context, const char *bdf, int bar_nr, AccessWord *words, size_t count)
{
    const Hardware *hardware = context;

    ports_back_end().read((void *)(uintptr_t)hardware->setup.root, bdf, bar_nr, words, count);
}

static void witness_io_write(void *context, const char *bdf, int bar_nr, AccessWord *words,
                             size_t count)
{
    const Hardware *hardware = context;

    ports_back_end().write((void *)(uintptr_t)hardware->setup.root, bdf, bar_nr, words, count);
}

static Access witness_access(Hardware *hardware)
{
    return (Access) {
        .memory = { .read = witness_memory, .write = witness_memory_write },
        .io = { .read = witness_io, .write = witness_io_write },
        .context = hardware,
    };
}

static void headers_read(Hardware *hardware)
{
    const Access access = witness_access(hardware);

    witness_function_read(&hardware->function, &access);
}

/* One that a driver before this one has left stopped is asked between two declarations */
static void stopped_save(Hardware *hardware, Function function)
{
    const ConfigSource source = { .root = hardware->setup.root };
    const Access access = mapping_access(hardware->setup.root);
    char ignored[DRIVER_WHY_SIZE];
    bool enabled;

    if (function.control_bar < 0) {
        return;
    }
    enabled = driver_enable(&source, function.bdf, ignored) == 0;
    function.stopped = false;
    function.memory_decode |= enabled;
    function.io_decode |= enabled;
    if (access_write(&access, &function, function.control_bar, BARSHIFT_DRIVER_STATE, 4,
                     BARSHIFT_DRIVER_STARTED) == 0) {
        witness_function_read(&function, &access);
        reset_state_save(&hardware->saved, &access, &function);
        reset_state_tell_stopped(&access, &function);
    }
    if (enabled) {
        driver_disable(&source, function.bdf, ignored);
    }
}

/* Before the reset: is it stopped, and what has somebody else written before this driver came? */
static void reset_expect(Hardware *hardware, const char *bdf)
{
    const HardwareSetup *setup = &hardware->setup;
    const Access access = mapping_access(setup->root);
    Function function;
    char ignored[HARDWARE_WHY_SIZE];

    if (!setup->ops->resets || setup->find(setup->root, bdf, &function, ignored) < 0) {
        return;
    }
    hardware->stopped = function.stopped;
    if (!hardware->saved.saved && function.stopped) {
        stopped_save(hardware, function);
    } else if (!hardware->saved.saved) {
        witness_function_read(&function, &access);
        reset_state_save(&hardware->saved, &access, &function);
    }
    hardware->function = function;
}

static int saved_restore(Hardware *hardware, char *why)
{
    const Access access = witness_access(hardware);
    int result = hardware->setup.ops->resets
                     ? reset_state_restore(&hardware->saved, &access, &hardware->function)
                     : 0;

    return result < 0 ? hardware_complain(hardware, result,
                                          "what a reset took cannot be restored", why)
                      : 0;
}

static void saved_renew(Hardware *hardware)
{
    const Access access = witness_access(hardware);

    if (hardware->setup.ops->resets) {
        reset_state_save(&hardware->saved, &access, &hardware->function);
    }
}

/*
 * It was told, and has forgotten it in the reset, with all else, which the next driver may want;
 * one that was removed need not know
 */
static int stopped_again(Hardware *hardware, char *why)
{
    const Access access = mapping_access(hardware->setup.root);
    Function awake = hardware->function;
    int result = 0;

    awake.stopped = false;
    if (hardware->setup.ops->resets && hardware->stopped) {
        reset_state_restore(&hardware->saved, &access, &awake);
        result = reset_state_tell_stopped(&access, &awake);
    }

    return result < 0 && result != -ENOENT
               ? hardware_complain(hardware, result, "cannot be told again that it is stopped", why)
               : 0;
}

static int tell(Hardware *hardware, enum barshift_driver_state state, char *why)
{
    int result = hardware_control_write(hardware, BARSHIFT_DRIVER_STATE, state);

    hardware->told = result < 0 ? hardware->told : state;
    return result < 0 ? hardware_complain(hardware, result, "cannot be told the driver's state",
                                          why)
                      : 0;
}

int hardware_declare(Hardware *hardware, enum barshift_driver_state state, char *why)
{
    if (hardware->told == BARSHIFT_DRIVER_UNDECLARED || hardware->told == state) {
        return 0;
    }
    return tell(hardware, state, why);
}

/* Its first access must be the declaration, where the note has the control registers */
static int wake_noted(Hardware *hardware, char *why)
{
    int nr = hardware->function.control_bar;
    int result = nr >= 0 ? hardware_page_map(hardware, nr, 0, why) : 0;

    hardware->function.stopped = false;
    if (result == 0 && nr >= 0) {
        result = tell(hardware, BARSHIFT_DRIVER_STARTED, why);
    }
    if (result == 0) {
        hardware->stopped = false;
        result = stop_note_remove(hardware->setup.root, hardware->function.tag);
        if (result < 0) {
            hardware_complain(hardware, result, "its note as stopped stays", why);
        }
    }
    return result;
}

/* What a driver before this one has left running would write into memory of others */
static int control_take(Hardware *hardware, char *why)
{
    Function *function = &hardware->function;
    int result = function->stopped ? wake_noted(hardware, why) : 0;

    if (result < 0) {
        return result;
    }
    headers_read(hardware);
    if (!function->control_known || !bar_is_memory(&function->bars[function->control_bar])) {
        return hardware_complain(hardware, -EIO,
                                 "expected control registers in a memory BAR, observed none", why);
    }
    result = hardware_page_map(hardware, function->control_bar, 0, why);
    if (result == 0 && function->driver_state != BARSHIFT_DRIVER_STARTED) {
        result = tell(hardware, BARSHIFT_DRIVER_STARTED, why);
    }
    hardware->told = BARSHIFT_DRIVER_STARTED;
    if (result == 0) {
        result = saved_restore(hardware, why);
    }
    return result == 0 ? hardware_control_write(hardware, BARSHIFT_DMA_COMMAND, BARSHIFT_DMA_STOP)
                       : result;
}

static int target_map(Hardware *hardware, char *why)
{
    HardwareTarget *target = &hardware->target;
    int result;

    hardware_target(&hardware->function, target);
    result = hardware_page_map(hardware, target->bar_nr, 0, why);
    for (unsigned i = 0; i < target->count && result == 0; i++) {
        result = hardware_page_map(hardware, target->bar_nr, target->offsets[i], why);
    }
    return result;
}

/* What was kept is dropped only now: a broken driver, not one that leaks without end */
static void kept_unmap(Hardware *hardware)
{
    for (unsigned i = 0; i < hardware->kept_count; i++) {
        munmap(hardware->kept_pages[i].memory, HARDWARE_PAGE_SIZE);
    }
    hardware->kept_count = 0;
}

static void kept_drop(Hardware *hardware)
{
    const BackEndOps *ops = hardware->setup.ops;
    char ignored[HARDWARE_WHY_SIZE];

    kept_unmap(hardware);
    if (hardware->kept) {
        ops->dma_unmap(hardware->kept, hardware->dma_memory, HARDWARE_PAGE_SIZE, ignored);
        ops->release(hardware->kept, ignored);
        hardware->kept = NULL;
    }
}

int hardware_prepare(Hardware *hardware, const char *bdf, char *why)
{
    const HardwareSetup *setup = &hardware->setup;
    char ignored[HARDWARE_WHY_SIZE];
    int result;

    /* Of a driver that did not give it back, or is started anew without a stop */
    hardware_release(hardware, 0, why);
    kept_drop(hardware);
    snprintf(hardware->function.bdf, BDF_SIZE, "%s", bdf);
    reset_expect(hardware, bdf);
    result = setup->ops->acquire(bdf, &hardware->back_end, why);
    if (result < 0) {
        hardware->back_end = NULL;
        stopped_again(hardware, ignored); /* it may have got as far as the reset */
        return result;
    }
    if (!setup->ops->registers) {
        return 0;
    }
    result = setup->find(setup->root, bdf, &hardware->function, why);
    if (result == 0 && !hardware->function.tagged) {
        result = hardware_complain(hardware, -ENODEV, "not a barshift function", why);
    }
    if (result == 0) {
        result = control_take(hardware, why);
    }
    if (result == 0) {
        result = target_map(hardware, why);
    }
    if (result == 0 && hardware_header_check(hardware) < 0) {
        result = hardware_complain(hardware, -EIO, "expected its own header, observed none", why);
    }
    return result;
}

int hardware_quiet(Hardware *hardware, char *why)
{
    const Function *function = &hardware->function;
    int result;

    if (hardware->told == BARSHIFT_DRIVER_UNDECLARED) {
        return 0;
    }
    /* First the note: without it nobody would know that the function must not be asked */
    result = stop_note_write(hardware->setup.root, function->tag, function->control_bar);
    if (result < 0) {
        return hardware_complain(hardware, result, "cannot be noted as stopped", why);
    }
    saved_renew(hardware);
    hardware_declare(hardware, BARSHIFT_DRIVER_STOP_PENDING, why);
    result = tell(hardware, BARSHIFT_DRIVER_STOPPED, why);
    hardware->stopped = result == 0;
    hardware->told = BARSHIFT_DRIVER_UNDECLARED;
    return result;
}

static void pages_unmap(Hardware *hardware, bool keep)
{
    char ignored[HARDWARE_WHY_SIZE];

    for (unsigned i = 0; i < hardware->page_count; i++) {
        if (keep) {
            hardware->kept_pages[hardware->kept_count++] = hardware->pages[i];
        } else {
            hardware->setup.ops->unmap(hardware->back_end, hardware->pages[i].memory,
                                       HARDWARE_PAGE_SIZE, ignored);
        }
    }
    hardware->page_count = 0;
}

bool hardware_is_lost(const Hardware *hardware)
{
    const BackEndOps *ops = hardware->setup.ops;

    return hardware->back_end && ops->is_lost && ops->is_lost(hardware->back_end);
}

/* Does the function itself still answer where its control registers were? */
static bool is_own(const Hardware *hardware)
{
    uint64_t header;

    return hardware_read(hardware, hardware->function.control_bar, BARSHIFT_HEADER_MAGIC,
                         &header) == 0 &&
           header == ((uint64_t)hardware->function.tag << 32 | BARSHIFT_MAGIC);
}

/*
 * Somebody else may have its addresses now, so it is not told that it is stopped, nor noted so.
 * But one that was only taken out of the kernel's lists still decodes and still is a bus master:
 * its stream would go on into memory that is others' soon.
 */
void hardware_lose(Hardware *hardware)
{
    char ignored[HARDWARE_WHY_SIZE];

    if (is_own(hardware)) {
        hardware_dma_stop(hardware, ignored);
    }
    pages_unmap(hardware, false);
    hardware->told = BARSHIFT_DRIVER_UNDECLARED;
    hardware->dma_runs = false;
}

int hardware_release(Hardware *hardware, unsigned keep, char *why)
{
    const BackEndOps *ops = hardware->setup.ops;
    BackEnd *back_end = hardware->back_end;
    int result;

    if (!back_end) {
        return 0;
    }
    hardware_interrupts(hardware, 0, why);
    pages_unmap(hardware, (keep & HARDWARE_KEEP_MAPPING) != 0);
    hardware->told = BARSHIFT_DRIVER_UNDECLARED;
    hardware->dma_runs = false;
    if (hardware->dma_ready && (keep & HARDWARE_KEEP_DMA) != 0) {
        hardware->kept = back_end;
        hardware->back_end = NULL;
        hardware->dma_ready = false;
        return 0;
    }
    result = hardware_dma_unprepare(hardware, why);
    hardware->back_end = NULL;
    if (ops->release(back_end, why) < 0) {
        return -EIO;
    }
    return stopped_again(hardware, why) < 0 ? -EIO : result;
}

void hardware_touch_kept(Hardware *hardware)
{
    if (hardware->kept_count > 0) {
        (void)*(volatile uint32_t *)hardware->kept_pages[0].memory;
    }
    kept_unmap(hardware);
}

void hardware_deinit(Hardware *hardware)
{
    char ignored[HARDWARE_WHY_SIZE];

    hardware_release(hardware, 0, ignored);
    kept_drop(hardware);
    munmap(hardware->dma_memory, HARDWARE_PAGE_SIZE);
}
