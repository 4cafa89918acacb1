/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expansion ROM: an image that is well-formed and that nobody runs.
 */
#ifndef BARSHIFT_ROM_H
#define BARSHIFT_ROM_H

#include "qemu-compat.h"

/**
 * rom_realize() - make and register it
 * @region: initialised here
 * @size_bytes: property "rom"
 *
 * Return: false with @errp set when no ROM can have that size.
 */
bool rom_realize(PCIDevice *dev, MemoryRegion *region, uint64_t size_bytes, Error **errp);

#endif
