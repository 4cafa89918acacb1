/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config-space.h"

#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>

#define WORDS_PER_LINE 4

guint64 config_space_find(const char *memory_map)
{
    const char *name = strstr(memory_map, "): pcie-mmcfg-mmio");
    const char *line = name == NULL ? NULL : g_strrstr_len(memory_map, name - memory_map, "\n");
    guint64 base;

    return line != NULL && sscanf(line, " %" G_GINT64_MODIFIER "x-", &base) == 1 ? base : 0;
}

char *config_space_command(guint64 base, guint bus, guint slot, guint function)
{
    return g_strdup_printf("xp /%uxw %#" G_GINT64_MODIFIER "x", CONFIG_SPACE_WORDS,
                           base + ((guint64)bus << 20 | slot << 15 | function << 12));
}

/* "00000000b0100000: 0x10d38086 0x00100107 0x02000000 0x00000000" */
gboolean config_space_parse(const char *text, guint32 *words)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint32 read[CONFIG_SPACE_WORDS];

    for (guint i = 0; i < CONFIG_SPACE_WORDS / WORDS_PER_LINE; i++) {
        guint32 *line = read + WORDS_PER_LINE * i;

        if (lines[i] == NULL ||
            sscanf(lines[i], "%*x: %x %x %x %x", &line[0], &line[1], &line[2], &line[3]) !=
                WORDS_PER_LINE) {
            return FALSE;
        }
    }
    if (read[0] == G_MAXUINT32) { /* nobody answers */
        return FALSE;
    }
    memcpy(words, read, sizeof(read));
    return TRUE;
}

guint64 config_space_bar(const guint32 *words, guint nr)
{
    const guint32 *bar = words + PCI_BASE_ADDRESS_0 / sizeof(guint32) + nr;

    if (bar[0] & PCI_BASE_ADDRESS_SPACE_IO) {
        return bar[0] & (guint32)PCI_BASE_ADDRESS_IO_MASK;
    }
    if ((bar[0] & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64) {
        return (guint64)bar[1] << 32 | (bar[0] & (guint32)PCI_BASE_ADDRESS_MEM_MASK);
    }
    return bar[0] & (guint32)PCI_BASE_ADDRESS_MEM_MASK;
}

gboolean config_space_decodes(const guint32 *words, gboolean io)
{
    guint32 wanted = io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;

    return (words[PCI_COMMAND / sizeof(guint32)] & wanted) != 0;
}
