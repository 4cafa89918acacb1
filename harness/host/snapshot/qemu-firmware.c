/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU looks in folders that are built into it, or are relative to its program; only it can tell
 * which. It is asked once for each program.
 */
#include "qemu-firmware.h"

#include "error.h"
#include "qemu-answer.h"

#include <string.h>
#include <unistd.h>

/* pvh.bin and linuxboot_dma.bin start a kernel, kvmvapic.bin is in every PC. */
static const char *const names[] = {
    "bios-256k.bin", "pvh.bin", "linuxboot_dma.bin", "kvmvapic.bin",
};

char *qemu_program(const char *qemu, GError **error)
{
    char *program = g_find_program_in_path(qemu);

    if (program == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "no program '%s'", qemu);
    }
    return program;
}

/* (transfer full): a folder a line */
static char *find_folders(const char *program, const char *digest, const char *cache,
                          GCancellable *cancellable, GError **error)
{
    g_autofree char *name = g_strdup_printf("qemu-folders-%.16s", digest);
    g_autofree char *known = g_build_filename(cache, name, NULL);
    g_autofree char *heading = g_strconcat(program, "\n", NULL);
    g_autofree char *text = NULL;
    g_autofree char *folders = NULL;

    if (g_file_get_contents(known, &text, NULL, NULL) && g_str_has_prefix(text, heading)) {
        return g_strdup(text + strlen(heading));
    }
    folders = qemu_answer(program, NULL, "-L", cancellable, error);
    if (folders != NULL && g_strstrip(folders)[0] != '\0') {
        g_free(text);
        text = g_strconcat(heading, folders, NULL);
        g_file_set_contents(known, text, -1, NULL);
    }
    return g_steal_pointer(&folders);
}

char **qemu_firmware_files(const char *program, const char *digest, const char *cache,
                           GCancellable *cancellable, GError **error)
{
    g_autofree char *text = find_folders(program, digest, cache, cancellable, error);
    g_autoptr(GStrvBuilder) files = g_strv_builder_new();
    g_auto(GStrv) folders = NULL;

    if (text == NULL) {
        return NULL;
    }
    folders = g_strsplit(text, "\n", -1);
    for (guint n = 0; n < G_N_ELEMENTS(names); n++) {
        for (guint i = 0; folders[i] != NULL; i++) {
            g_autofree char *file = g_build_filename(folders[i], names[n], NULL);

            if (folders[i][0] != '\0' && access(file, R_OK) == 0) {
                g_strv_builder_add(files, file);
                break;
            }
        }
    }
    return g_strv_builder_end(files);
}
