/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

static int config_scan_unguarded(struct pci_access *access, const ConfigSource *source,
                                 ConfigVisit *visit, void *data)
{
    config_select(access, source);
    pci_init(access);
    pci_scan_bus(access);
    for (struct pci_dev *device = access->devices; device; device = device->next) {
        int result = 0;

        if (pci_read_word(device, PCI_VENDOR_ID) != 0xffff) {
            result = visit(device, data);
        }
        if (result < 0) {
            return result;
        }
    }
    return 0;
}

int config_scan(const ConfigSource *source, ConfigVisit *visit, void *data, char *why)
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
    result = config_scan_unguarded(access, source, visit, data);
    pci_cleanup(access);
    return result;
}

typedef struct DecodeRequest {
    const char *bdf;
    unsigned bits;
    bool on;
    int result;
} DecodeRequest;

static int decode_visit(struct pci_dev *device, void *data)
{
    DecodeRequest *request = data;
    char bdf[BDF_SIZE];
    u16 command;

    snprintf(bdf, sizeof(bdf), "%04x:%02x:%02x.%x", (unsigned)device->domain, device->bus,
             device->dev, device->func & 7u);
    if (strcmp(bdf, request->bdf) != 0) {
        return 0;
    }
    command = pci_read_word(device, PCI_COMMAND) & ~request->bits;
    command |= request->on ? request->bits : 0;
    pci_write_word(device, PCI_COMMAND, command);
    request->result = pci_read_word(device, PCI_COMMAND) == command ? 0 : -EACCES;
    return 0;
}

int config_decode(const ConfigSource *source, const char *bdf, unsigned bits, bool on, char *why)
{
    DecodeRequest request = { .bdf = bdf, .bits = bits, .on = on, .result = -ENODEV };
    int result = config_scan(source, decode_visit, &request, why);

    return result < 0 ? result : request.result;
}
