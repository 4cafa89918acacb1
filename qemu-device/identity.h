/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identity of the function in configuration space.
 */
#ifndef BARSHIFT_IDENTITY_H
#define BARSHIFT_IDENTITY_H

#include "qemu-compat.h"

/* Not a value of any of the properties: the register keeps its default */
#define IDENTITY_DEFAULT UINT32_MAX

/**
 * Identity - properties; IDENTITY_DEFAULT when not given
 * @vendor_id: 16 bits
 * @device_id: 16 bits
 * @revision: 8 bits
 * @class_code: 24 bits: base class, subclass, programming interface
 * @subsystem_vendor_id: 16 bits
 * @subsystem_id: 16 bits
 * @serial: Device Serial Number; 0: made of BARSHIFT_MAGIC and the tag
 */
typedef struct Identity {
    uint32_t vendor_id;
    uint32_t device_id;
    uint32_t revision;
    uint32_t class_code;
    uint32_t subsystem_vendor_id;
    uint32_t subsystem_id;
    uint64_t serial;
} Identity;

/**
 * identity_realize() - write what was given into configuration space
 *
 * Return: false with @errp set when a number has too many bits.
 */
bool identity_realize(PCIDevice *dev, const Identity *identity, Error **errp);

#endif
