/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a capture: what lspci -x wrote, with copies of files of sysfs and /proc among it.
 *
 * libpci reads dumps itself, but ends at lines that it finds too long and does not tell where. So
 * it is given names of functions and bytes alone, after these were read here.
 */
#ifndef BARSHIFT_IMPORT_CAPTURE_TEXT_H
#define BARSHIFT_IMPORT_CAPTURE_TEXT_H

#include <stdio.h>

#include "sysfs.h"

#define CAPTURE_WHY_SIZE 512

/**
 * capture_text_filter() - write the functions and bytes of a capture, and nothing else
 * @name: for messages
 * @why: (out) CAPTURE_WHY_SIZE bytes, set when the result is negative: "NAME:LINE: ..."
 *
 * Return: 0; -EINVAL for bytes that are none, bytes without a function, or no function at all.
 */
int capture_text_filter(FILE *text, const char *name, FILE *filtered, char *why);

/**
 * capture_text_resource() - is a line one of a copied resource file?
 * @line: "/sys/bus/pci/devices/0000:00:01.0/resource:1:0x... 0x... 0x...", as grep -Hn writes it
 * @bdf: (out) BDF_SIZE bytes
 *
 * Return: the line's number from 0, which is that of the BAR; or -EINVAL, then nothing is set.
 */
int capture_text_resource(const char *line, char *bdf, SysfsResource *resource);

#endif
