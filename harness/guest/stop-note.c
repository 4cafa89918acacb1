/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "registers.h"
#include "stop-note.h"

static void note_path(char *path, const char *root, uint32_t tag)
{
    snprintf(path, PATH_MAX, "%s/run/barshift/stopped-%" PRIu32, root, tag);
}

/* The guest's initramfs has not even a /run */
int stop_note_folder(const char *root)
{
    static const char *const folders[] = { "run", "run/barshift" };

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        char path[PATH_MAX];

        snprintf(path, sizeof(path), "%s/%s", root, folders[i]);
        if (mkdir(path, 0755) < 0 && errno != EEXIST) {
            return -errno;
        }
    }
    return 0;
}

int stop_note_write(const char *root, uint32_t tag, int control_bar)
{
    char path[PATH_MAX];
    FILE *file;
    int result = stop_note_folder(root);
    bool written;

    if (result < 0) {
        return result;
    }
    note_path(path, root, tag);
    file = fopen(path, "we");
    if (!file) {
        return -errno;
    }
    written = fprintf(file, "control %d\n", control_bar) > 0;
    if (fclose(file) != 0 || !written) {
        unlink(path);
        return -EIO;
    }
    return 0;
}

int stop_note_remove(const char *root, uint32_t tag)
{
    char path[PATH_MAX];

    note_path(path, root, tag);
    return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}

bool stop_note_read(const char *root, uint32_t tag, int *control_bar)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX];
    int nr;

    note_path(path, root, tag);
    file = fopen(path, "re");
    if (!file && (errno == ENOENT || errno == ENOTDIR)) {
        return false;
    }
    *control_bar = -1;
    /* A note that cannot be read is still a note */
    if (file && fscanf(file, "control %d", &nr) == 1 && nr >= 0 && nr < BARSHIFT_BARS) {
        *control_bar = nr;
    }
    return true;
}
