/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration space through libpci.
 *
 * libpci ends the process on an error by default; here its error hook jumps back to the call
 * that entered libpci, which returns the message. So libpci is only used below these functions.
 * With the sysfs back end, libpci's base_addr[] and size[] are the kernel's view: read registers.
 */
#ifndef BARSHIFT_CONFIG_H
#define BARSHIFT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include <pci/pci.h>

#define CONFIG_WHY_SIZE 256

/**
 * struct ConfigSource - where configuration space is read
 * @root: what stands before "/sys"; "" on a live system
 * @dump: a dump as lspci -x writes it, read instead of the system; NULL for none
 */
typedef struct ConfigSource {
    const char *root;
    const char *dump;
} ConfigSource;

/** Called for each function; all it owns must be reachable from @data, for it may not return */
typedef int ConfigVisit(struct pci_dev *device, void *data);

/**
 * config_scan() - visit every function that answers
 * @why: (out) CONFIG_WHY_SIZE bytes, the message of libpci when the result is -EIO
 *
 * Return: 0; -EIO when libpci gave up, for instance because a function vanished meanwhile; a
 * negative value of @visit, which ends the scan.
 */
int config_scan(const ConfigSource *source, ConfigVisit *visit, void *data, char *why);

/**
 * config_visit() - visit one function, without a look at the others
 * @bdf: its name, as in sysfs
 *
 * Return: as config_scan(); -ENODEV when it does not answer, and @why is not set.
 */
int config_visit(const ConfigSource *source, const char *bdf, ConfigVisit *visit, void *data,
                 char *why);

/**
 * config_decode() - set or clear enable bits of decoding of one function
 * @bits: PCI_COMMAND_MEMORY, PCI_COMMAND_IO or both
 *
 * Return: 0; -ENODEV when it does not answer; -EACCES when the write did not stick; -EIO as above.
 */
int config_decode(const ConfigSource *source, const char *bdf, unsigned bits, bool on, char *why);

#endif
