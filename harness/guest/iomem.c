/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "iomem.h"

#define LINE_SIZE 256
#define NAME_SIZE 128

int iomem_windows_read(FILE *file, Range *windows, size_t max)
{
    char line[LINE_SIZE];
    char name[NAME_SIZE];
    int inside = -1; /* indentation of the window that the present lines lie in */
    size_t count = 0;

    while (fgets(line, sizeof(line), file)) {
        int indent = (int)strspn(line, " ");
        Range range;

        if (sscanf(line + indent, "%" SCNx64 "-%" SCNx64 " : %127[^\n]", &range.start, &range.end,
                   name) != 3) {
            return -EINVAL;
        }
        if (inside >= 0 && indent > inside) {
            continue;
        }
        inside = strncmp(name, "PCI Bus ", 8) == 0 ? indent : -1;
        if (inside < 0) {
            continue;
        }
        if (count == max) {
            return -E2BIG;
        }
        windows[count++] = range;
    }
    return (int)count;
}
