/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bdf.h"
#include "capture.h"
#include "iomem.h"

#define LINE_SIZE 512

int capture_size_parse(const char *text, uint64_t *size_bytes)
{
    static const char units[] = "KMGTPE";
    uint64_t number;
    unsigned shift = 0;
    char *rest;

    errno = 0;
    number = strtoull(text, &rest, 10);
    if (!isdigit((unsigned char)text[0]) || errno != 0) {
        return -EINVAL;
    }
    if (*rest != '\0') {
        const char *unit = strchr(units, *rest);

        if (!unit || rest[1] != '\0') {
            return -EINVAL;
        }
        shift = 10 * (unsigned)(unit - units + 1);
    }
    if (number > UINT64_MAX >> shift) {
        return -EINVAL;
    }
    *size_bytes = number << shift;
    return 0;
}

/* A line that begins with the name of a function; NULL: it does not */
static Function *line_function(const Topology *topology, const char *line)
{
    char word[BDF_SIZE] = "";
    char bdf[BDF_SIZE];

    if (sscanf(line, "%15s", word) != 1 || bdf_normalise(word, bdf) < 0) {
        return NULL;
    }
    return topology_find(topology, bdf);
}

/* Registers of 32-bit BARs without an address look like those of no BAR */
static BarKind kind_read(const char *line)
{
    return strstr(line, "I/O ports at ") ? BAR_IO
           : strstr(line, "(64-bit,")    ? BAR_MEM64
                                         : BAR_MEM32;
}

static void region_read(Function *function, const char *line)
{
    const char *size_text = strstr(line, "[size=");
    const char *at = strstr(line, " at ");
    char text[24] = "";
    uint64_t base = 0;
    uint64_t size;
    Bar *bar;
    int nr;

    if (sscanf(line, " Region %d: ", &nr) != 1 || nr < 0 || nr >= BARSHIFT_BARS || !at ||
        (sscanf(at, " at %" SCNx64, &base) != 1 && at[4] != '<') || !size_text ||
        sscanf(size_text, "[size=%23[0-9KMGTPE]]", text) != 1 ||
        capture_size_parse(text, &size) < 0) {
        return;
    }
    bar = &function->bars[nr];
    if (bar->kind == BAR_NONE) {
        bar->kind = kind_read(line);
        bar->prefetchable = strstr(line, ", prefetchable)") != NULL;
    }
    bar->kernel = base == 0 ? range_empty() : range_sized(base, size);
    bar->kernel_size_bytes = size;
}

void capture_add_sizes(Topology *topology, FILE *file)
{
    Function *function = NULL;
    char line[LINE_SIZE];

    while (fgets(line, sizeof(line), file)) {
        if (!isspace((unsigned char)line[0])) {
            Function *next = line_function(topology, line);

            function = next || line[2] != ':' || line[3] != ' ' ? next : function;
        } else if (function) {
            region_read(function, line);
        }
    }
}

/* Addresses of ports are written with four digits, those of memory with eight or more */
static bool is_port_line(const char *line)
{
    return strchr(line, '-') - (line + strspn(line, " ")) == 4;
}

int capture_read_windows(FILE *file, HostWindow *windows)
{
    char line[LINE_SIZE];
    int inside = -1;
    int count = 0;

    while (fgets(line, sizeof(line), file)) {
        IomemWindow window;
        int result = iomem_window_line(line, &inside, &window);

        if (result < 0) {
            inside = -1;
        }
        if (result <= 0) {
            continue;
        }
        if (window.range.end == 0) {
            return -EACCES;
        }
        if (count == TOPOLOGY_HOST_WINDOWS_MAX) {
            return -E2BIG;
        }
        windows[count++] = (HostWindow) { .io = is_port_line(line), .domain = window.domain,
                                          .bus = window.bus, .range = window.range };
    }
    return count;
}
