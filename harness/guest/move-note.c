/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "cleanup.h"
#include "move-note.h"
#include "stop-note.h"

static void note_path(char *path, const char *root, uint32_t tag, int bar_nr)
{
    snprintf(path, PATH_MAX, "%s/run/barshift/moved-%" PRIu32 "-bar%d", root, tag, bar_nr);
}

int move_note_write(const char *root, uint32_t tag, int bar_nr, uint64_t kernel_base)
{
    char path[PATH_MAX];
    FILE *file;
    int result = stop_note_folder(root);
    bool written;

    if (result < 0) {
        return result;
    }
    note_path(path, root, tag, bar_nr);
    file = fopen(path, "we");
    if (!file) {
        return -errno;
    }
    written = fprintf(file, "kernel 0x%" PRIx64 "\n", kernel_base) > 0;
    if (fclose(file) != 0 || !written) {
        unlink(path);
        return -EIO;
    }
    return 0;
}

bool move_note_read(const char *root, uint32_t tag, int bar_nr, uint64_t *kernel_base)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX];

    note_path(path, root, tag, bar_nr);
    file = fopen(path, "re");
    return file && fscanf(file, "kernel 0x%" SCNx64, kernel_base) == 1;
}
