/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "iomem.h"

#define LINE_SIZE 256
#define NAME_SIZE 128

int iomem_window_line(const char *line, int *inside, IomemWindow *window)
{
    int indent = (int)strspn(line, " ");
    char name[NAME_SIZE];
    unsigned domain;
    unsigned bus;
    Range range;

    if (sscanf(line + indent, "%" SCNx64 "-%" SCNx64 " : %127[^\n]", &range.start, &range.end,
               name) != 3) {
        return -EINVAL;
    }
    if (*inside >= 0 && indent > *inside) {
        return 0;
    }
    *inside = sscanf(name, "PCI Bus %x:%x", &domain, &bus) == 2 ? indent : -1;
    if (*inside < 0) {
        return 0;
    }
    *window = (IomemWindow) { .domain = (int)domain, .bus = (int)bus, .range = range };
    return 1;
}

int iomem_windows_read(FILE *file, IomemWindow *windows, size_t max)
{
    char line[LINE_SIZE];
    int inside = -1;
    size_t count = 0;

    while (fgets(line, sizeof(line), file)) {
        IomemWindow window;
        int result = iomem_window_line(line, &inside, &window);

        if (result < 0) {
            return result;
        }
        if (result > 0 && count == max) {
            return -E2BIG;
        }
        if (result > 0) {
            windows[count++] = window;
        }
    }
    return (int)count;
}
