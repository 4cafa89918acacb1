/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "content.h"
#include "driver.h"
#include "stop-note.h"
#include "witness.h"

static int refused(const char *bdf, const char *action, int result, char *why)
{
    snprintf(why, DRIVER_WHY_SIZE, "%s: the kernel does not %s it: %s", bdf, action,
             strerror(-result));
    return result;
}

/*
 * The kernel itself enables a function that lacks an address when it has given up on the BAR,
 * since it then forgets that there is one.
 */
static int resources_check(const Function *function, char *why)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        const Bar *bar = &function->bars[nr];

        if (bar->kind != BAR_NONE && range_is_empty(bar->kernel)) {
            snprintf(why, DRIVER_WHY_SIZE, "%s BAR %d: expected an address, observed none",
                     function->bdf, nr);
            return -ENXIO;
        }
    }
    return 0;
}

/* The first BAR whose kind is not decoded, NULL when there is none */
static const Bar *bar_not_decoded(const Function *function)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        const Bar *bar = &function->bars[nr];

        if (bar->kind != BAR_NONE && !function_decodes(function, bar->kind)) {
            return bar;
        }
    }
    return NULL;
}

static int function_enable(const ConfigSource *source, const Function *function, char *why)
{
    int users = sysfs_number_read(source->root, function->bdf, "enable");
    int result;

    if (users > 0 && !bar_not_decoded(function)) {
        return 0;
    }
    /* Enabled but not decoding: the kernel writes Command only when its count leaves 0 */
    if (users > 0) {
        sysfs_enable(source->root, function->bdf, false);
    }
    result = sysfs_enable(source->root, function->bdf, true);
    return result < 0 ? refused(function->bdf, "enable", result, why) : 0;
}

/* As well as it goes: what went wrong before is what matters */
static void give_back(const ConfigSource *source, const Function *before)
{
    char ignored[CONFIG_WHY_SIZE];
    unsigned off = (before->memory_decode ? 0 : PCI_COMMAND_MEMORY) |
                   (before->io_decode ? 0 : PCI_COMMAND_IO);

    if (!before->enabled) {
        sysfs_enable(source->root, before->bdf, false);
    }
    if (off != 0) {
        config_decode(source, before->bdf, off, false, ignored);
    }
}

static int state_write(const Access *access, const Function *function, uint32_t state, char *why)
{
    int result = access_write(access, function, function->control_bar, BARSHIFT_DRIVER_STATE, 4,
                              state);

    if (result < 0) {
        snprintf(why, DRIVER_WHY_SIZE, "%s BAR %d: cannot tell it the driver's state: %s",
                 function->bdf, function->control_bar, strerror(-result));
    }
    return result;
}

static int no_control_registers(const Function *function, char *why)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        const BarHeader *header = &function->bars[nr].header;

        if (header->magic && !header->seen) {
            snprintf(why, DRIVER_WHY_SIZE,
                     "%s BAR %d: its header has version %u, which is not understood; expected %u",
                     function->bdf, nr, header->version, BARSHIFT_VERSION);
            return -EIO;
        }
    }
    snprintf(why, DRIVER_WHY_SIZE,
             "%s: expected control registers in one of its BARs, observed none", function->bdf);
    return -EIO;
}

/* Asking a stopped function for its control registers is a violation: the note has the BAR */
static int stopped_wake(const ConfigSource *source, const Access *access, Function *function,
                        char *why)
{
    int result = 0;

    function->stopped = false;
    if (function->control_bar >= 0) {
        result = state_write(access, function, BARSHIFT_DRIVER_STARTED, why);
    }
    if (result == 0) {
        result = stop_note_remove(source->root, function->tag);
        if (result < 0) {
            snprintf(why, DRIVER_WHY_SIZE, "%s: its note as stopped stays: %s", function->bdf,
                     strerror(-result));
        }
    }
    return result;
}

static int declare_started(const ConfigSource *source, const Access *access, Function *function,
                           char *why)
{
    int result;

    if (!function->tagged) {
        return 0;
    }
    result = function->stopped ? stopped_wake(source, access, function, why) : 0;
    if (result < 0) {
        return result;
    }
    witness_function_read(function, access);
    if (!function->control_known) {
        /* One that was told by the note is for I5 to judge */
        return function->control_bar >= 0 ? 0 : no_control_registers(function, why);
    }
    return function->driver_state == BARSHIFT_DRIVER_STARTED
               ? 0 /* writing it again would be one more record in its ledger */
               : state_write(access, function, BARSHIFT_DRIVER_STARTED, why);
}

static int enable_checked(const ConfigSource *source, const Function *before, Function *function,
                          char *why)
{
    int result = resources_check(before, why);

    if (result == 0) {
        result = function_enable(source, before, why);
    }
    if (result == 0) {
        result = topology_function_read(function, source, before->bdf, why);
    }
    if (result == 0 && bar_not_decoded(function)) {
        snprintf(why, DRIVER_WHY_SIZE, "%s: expected %s decode on after enabling, observed off",
                 before->bdf, bar_not_decoded(function)->kind == BAR_IO ? "I/O" : "memory");
        result = -EIO;
    }
    return result;
}

int driver_enable(const ConfigSource *source, const char *bdf, char *why)
{
    Function before;
    Function function;
    int result = topology_function_read(&before, source, bdf, why);

    return result < 0 ? result : enable_checked(source, &before, &function, why);
}

int driver_start(const ConfigSource *source, const Access *access, const char *bdf, char *why)
{
    Function before;
    Function function;
    int result = topology_function_read(&before, source, bdf, why);

    if (result == 0) {
        result = enable_checked(source, &before, &function, why);
    }
    if (result < 0) {
        return result;
    }
    result = declare_started(source, access, &function, why);
    if (result < 0) {
        give_back(source, &before);
    }
    return result;
}

static int bar_fill(const Access *access, const Function *function, const Bar *bar, char *why)
{
    int result;

    if (!bar->header.seen || bar->header.tag != function->tag ||
        bar->header.bar != (uint32_t)bar->nr) {
        snprintf(why, DRIVER_WHY_SIZE, "%s BAR %d: expected its own header, observed none",
                 function->bdf, bar->nr);
        return -EIO;
    }
    result = content_fill(access, function, bar);
    if (result < 0) {
        snprintf(why, DRIVER_WHY_SIZE, "%s BAR %d: cannot be written: %s", function->bdf, bar->nr,
                 strerror(-result));
    }
    return result;
}

int driver_fill(const ConfigSource *source, const Access *access, const char *bdf, char *why)
{
    Function function;
    int result = topology_function_read(&function, source, bdf, why);

    if (result < 0) {
        return result;
    }
    if (!function.tagged) {
        snprintf(why, DRIVER_WHY_SIZE, "%s: not a barshift function, nothing is filled", bdf);
        return -ENODEV;
    }
    witness_function_read(&function, access);
    for (int nr = 0; nr < BARSHIFT_BARS && result == 0; nr++) {
        if (bar_has_header(&function.bars[nr])) {
            result = bar_fill(access, &function, &function.bars[nr], why);
        }
    }
    return result;
}

static int tell_stopped(const Access *access, const Function *function, char *why)
{
    int result = 0;

    if (function->control_known) {
        result = state_write(access, function, BARSHIFT_DRIVER_STOP_PENDING, why);
    }
    if (result == 0 && function->control_known) {
        result = state_write(access, function, BARSHIFT_DRIVER_STOPPED, why);
    }
    return result;
}

/* The stop did not happen */
static void take_back(const ConfigSource *source, const Access *access, const Function *function)
{
    char ignored[DRIVER_WHY_SIZE];

    if (function->control_known) {
        state_write(access, function, function->driver_state, ignored);
    }
    stop_note_remove(source->root, function->tag);
}

int driver_disable(const ConfigSource *source, const char *bdf, char *why)
{
    int users = sysfs_number_read(source->root, bdf, "enable");
    int result;

    if (users == 0) {
        return 0;
    }
    result = users < 0 ? users : sysfs_enable(source->root, bdf, false);
    return result < 0 ? refused(bdf, "disable", result, why) : 0;
}

int driver_stop(const ConfigSource *source, const Access *access, const char *bdf, char *why)
{
    Function function;
    int result = topology_function_read(&function, source, bdf, why);

    if (result < 0) {
        return result;
    }
    if (!function.tagged || function.stopped) {
        return driver_disable(source, bdf, why);
    }
    witness_function_read(&function, access);
    /* First the note: without it nobody would know that the function must not be asked */
    result = stop_note_write(source->root, function.tag, function.control_bar);
    if (result < 0) {
        snprintf(why, DRIVER_WHY_SIZE, "%s: cannot be noted as stopped: %s", bdf,
                 strerror(-result));
        return result;
    }
    result = tell_stopped(access, &function, why);
    if (result == 0) {
        result = driver_disable(source, bdf, why);
    }
    if (result < 0) {
        take_back(source, access, &function);
    }
    return result;
}
