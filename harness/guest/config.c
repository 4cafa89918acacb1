/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "bdf.h"
#include "config.h"

/* The hook has no context argument, so the way back is kept here; one call at a time. */
static jmp_buf config_return;
static char config_message[CONFIG_WHY_SIZE - 16]; /* "libpci: " goes in front */

static _Noreturn void __attribute__((format(printf, 1, 2))) config_error(char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(config_message, sizeof(config_message), format, arguments);
    va_end(arguments);
    longjmp(config_return, 1);
}

/* A failed access reads as all ones, which every reader tests for; the text adds nothing. */
static void __attribute__((format(printf, 1, 2))) config_warning(char *format, ...)
{
    (void)format;
}

static void config_select(struct pci_access *access, const ConfigSource *source)
{
    char path[PATH_MAX];

    if (source->dump) {
        snprintf(path, sizeof(path), "%s", source->dump);
        access->method = PCI_ACCESS_DUMP;
        pci_set_param(access, "dump.name", path);
        return;
    }
    snprintf(path, sizeof(path), "%s/sys/bus/pci", source->root);
    access->method = PCI_ACCESS_SYS_BUS_PCI;
    access->writeable = 1;
    pci_set_param(access, "sysfs.path", path);
}

static bool answers(struct pci_dev *device)
{
    return pci_read_word(device, PCI_VENDOR_ID) != 0xffff;
}

static int config_call_all(struct pci_access *access, ConfigVisit *visit, void *data)
{
    pci_scan_bus(access);
    for (struct pci_dev *device = access->devices; device; device = device->next) {
        int result = answers(device) ? visit(device, data) : 0;

        if (result < 0) {
            return result;
        }
    }
    return 0;
}

static struct pci_dev *find_scanned(struct pci_access *access, const Bdf *bdf)
{
    struct pci_dev *device;

    pci_scan_bus(access);
    for (device = access->devices; device; device = device->next) {
        if ((unsigned)device->domain == bdf->domain && device->bus == bdf->bus &&
            device->dev == bdf->device && device->func == bdf->function) {
            break;
        }
    }
    return device;
}

/* Looking for one function on a live system is to open its file; a dump has to be read */
static int config_call_one(struct pci_access *access, const Bdf *bdf, ConfigVisit *visit,
                           void *data)
{
    bool live = access->method != PCI_ACCESS_DUMP;
    struct pci_dev *device = live ? pci_get_dev(access, (int)bdf->domain, (int)bdf->bus,
                                                (int)bdf->device, (int)bdf->function)
                                  : find_scanned(access, bdf);
    int result = device && answers(device) ? visit(device, data) : -ENODEV;

    if (live) {
        pci_free_dev(device);
    }
    return result;
}

/* @bdf: NULL for all functions */
static int config_enter(const ConfigSource *source, const Bdf *bdf, ConfigVisit *visit, void *data,
                        char *why)
{
    struct pci_access *access = pci_alloc();
    int result;

    access->error = config_error;
    access->warning = config_warning;
    if (setjmp(config_return) != 0) {
        /* libpci was left in the middle of its work: what it holds is not safe to free */
        snprintf(why, CONFIG_WHY_SIZE, "libpci: %s", config_message);
        return -EIO;
    }
    config_select(access, source);
    pci_init(access);
    result = bdf ? config_call_one(access, bdf, visit, data)
                 : config_call_all(access, visit, data);
    pci_cleanup(access);
    return result;
}

int config_scan(const ConfigSource *source, ConfigVisit *visit, void *data, char *why)
{
    return config_enter(source, NULL, visit, data, why);
}

int config_visit(const ConfigSource *source, const char *bdf, ConfigVisit *visit, void *data,
                 char *why)
{
    Bdf parsed;

    return bdf_parse(bdf, &parsed) < 0 ? -ENODEV : config_enter(source, &parsed, visit, data, why);
}

typedef struct DecodeRequest {
    unsigned bits;
    bool on;
} DecodeRequest;

static int decode_visit(struct pci_dev *device, void *data)
{
    const DecodeRequest *request = data;
    u16 command = pci_read_word(device, PCI_COMMAND) & ~request->bits;

    command |= request->on ? request->bits : 0;
    pci_write_word(device, PCI_COMMAND, command);
    return pci_read_word(device, PCI_COMMAND) == command ? 0 : -EACCES;
}

int config_decode(const ConfigSource *source, const char *bdf, unsigned bits, bool on, char *why)
{
    DecodeRequest request = { .bits = bits, .on = on };

    return config_visit(source, bdf, decode_visit, &request, why);
}
