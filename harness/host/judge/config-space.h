/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration space past the guest: QEMU's monitor reads physical memory as the processor does,
 * and all of configuration space is there, PCIe r6.0, sec 7.2.2. Pure: texts of the monitor.
 */
#ifndef BARSHIFT_HOST_CONFIG_SPACE_H
#define BARSHIFT_HOST_CONFIG_SPACE_H

#include <glib.h>

#define CONFIG_SPACE_WORDS 16 /* the header: 64 bytes */

/** config_space_find() - where it is in memory; 0: nowhere, as before the firmware has run */
guint64 config_space_find(const char *memory_map);

/** config_space_command() - (transfer full): what makes the monitor print a function's header */
char *config_space_command(guint64 base, guint bus, guint slot, guint function);

/**
 * config_space_parse() - read what it has printed
 * @words: (out): CONFIG_SPACE_WORDS; set only on success
 *
 * Returns: FALSE when these are not the words of one function.
 */
gboolean config_space_parse(const char *text, guint32 *words);

/** config_space_bar() - address bits of a BAR of a type 0 header; both halves of a 64-bit one */
guint64 config_space_bar(const guint32 *words, guint nr);

/** config_space_decodes() - is the decoding of such BARs switched on? */
gboolean config_space_decodes(const guint32 *words, gboolean io);

#endif
