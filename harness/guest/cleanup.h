/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cleanup by attribute: CLEANUP(file_close) FILE *file = NULL; */
#ifndef BARSHIFT_CLEANUP_H
#define BARSHIFT_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(function)))

static inline void file_close(FILE **file)
{
    if (*file) {
        fclose(*file);
    }
}

static inline void directory_close(DIR **directory)
{
    if (*directory) {
        closedir(*directory);
    }
}

static inline void fd_close(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
}

static inline void memory_free(void *memory)
{
    free(*(void **)memory);
}

#endif
