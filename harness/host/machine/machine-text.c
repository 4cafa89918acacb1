/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line as one would type it into a shell, with what has to be there before. */
#include "machine-parts.h"
#include "shell-word.h"

static void append_disks(GString *text, const Scenario *scenario)
{
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->device == DEVICE_NVME) {
            g_autofree char *file = machine_disk_file(function, NULL);

            g_string_append_printf(text, "truncate -s %" G_GUINT64_FORMAT " %s\n",
                                   function->size_bytes, file);
        }
    }
}

char *machine_command_text(const Scenario *scenario, const MachineParts *parts)
{
    MachineParts typed = *parts;
    g_auto(GStrv) command = NULL;
    GString *text = g_string_new(NULL);

    if (parts->modules != NULL && machine_needs_modules(scenario)) {
        g_autofree char *initrd = g_shell_quote(parts->initrd);
        g_autofree char *modules = g_shell_quote(parts->modules);

        g_string_append_printf(text, "cat %s %s >initrd.cpio\n", initrd, modules);
        typed.initrd = "initrd.cpio";
    }
    typed.disks = NULL;
    append_disks(text, scenario);
    typed.console = "console.log";
    typed.qmp = "path=qmp.sock,server=on,wait=off";
    typed.link = "path=link.sock,server=on,wait=off";
    command = machine_command(scenario, &typed);
    if (parts->device != NULL) {
        g_autofree char *device = g_shell_quote(parts->device);

        g_string_append_printf(text, "LD_PRELOAD=%s ", device);
    }
    for (guint i = 0; command[i] != NULL; i++) {
        g_autofree char *word = shell_word(command[i]);

        g_string_append(text, i == 0 ? "" : command[i][0] == '-' ? " \\\n    " : " ");
        g_string_append(text, word);
    }
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}
