/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bdf.h"
#include "capture-text.h"
#include "cleanup.h"

#define CONFIG_SIZE 0x1000
#define SYSFS_DEVICES "/sys/bus/pci/devices/"

/** struct Filter - where it is in the text */
typedef struct Filter {
    const char *name;
    unsigned line;
    bool inside; /* behind the name of a function, and no empty line since */
    bool bytes;  /* there were some */
    FILE *out;
    char *why;
} Filter;

/* "01:00.0 " or "0000:01:00.0 " at the beginning. Return: its length, 0: it is none */
static size_t name_length(const char *line)
{
    size_t length = strcspn(line, " \n");
    char word[BDF_SIZE];
    char bdf[BDF_SIZE];

    if (length >= sizeof(word) || !isxdigit((unsigned char)line[0])) {
        return 0;
    }
    memcpy(word, line, length);
    word[length] = '\0';
    return bdf_normalise(word, bdf) == 0 ? length : 0;
}

/* "1f0: " at the beginning. Return: its length, 0: it is none */
static size_t offset_length(const char *line)
{
    size_t digits = strspn(line, "0123456789abcdefABCDEF");

    return digits >= 2 && digits <= 8 && line[digits] == ':' && line[digits + 1] == ' ' ? digits + 2
                                                                                        : 0;
}

static int bytes_check(Filter *filter, const char *line, size_t start)
{
    unsigned long offset = strtoul(line, NULL, 16);
    const char *at = line + start;

    if (!filter->inside) {
        snprintf(filter->why, CAPTURE_WHY_SIZE,
                 "%s:%u: bytes of configuration space without a function above them",
                 filter->name, filter->line);
        return -EINVAL;
    }
    while (*at != '\0') {
        size_t length = strcspn(at, " ");

        if (length != 2 || !isxdigit((unsigned char)at[0]) || !isxdigit((unsigned char)at[1])) {
            snprintf(filter->why, CAPTURE_WHY_SIZE, "%s:%u: '%.*s' is no byte in hexadecimal",
                     filter->name, filter->line, length > 20 ? 20 : (int)length, at);
            return -EINVAL;
        }
        if (offset++ >= CONFIG_SIZE) {
            snprintf(filter->why, CAPTURE_WHY_SIZE,
                     "%s:%u: configuration space ends at 1000, this is behind it", filter->name,
                     filter->line);
            return -EINVAL;
        }
        at += length;
        at += strspn(at, " ");
    }
    return 0;
}

static int line_filter(Filter *filter, char *line)
{
    size_t length = name_length(line);
    int result = 0;

    if (length > 0) {
        filter->inside = true;
        fprintf(filter->out, "%.*s \n", (int)length, line);
    } else if (line[0] == '\0') {
        filter->inside = false;
        fputc('\n', filter->out);
    } else if ((length = offset_length(line)) > 0) {
        result = bytes_check(filter, line, length);
        filter->bytes = true;
        fprintf(filter->out, "%s\n", line);
    }
    return result;
}

int capture_text_filter(FILE *text, const char *name, FILE *filtered, char *why)
{
    Filter filter = { .name = name, .out = filtered, .why = why };
    CLEANUP(memory_free) char *line = NULL;
    size_t size = 0;
    int result = 0;

    while (result == 0 && getline(&line, &size, text) >= 0) {
        filter.line++;
        line[strcspn(line, "\r\n")] = '\0';
        result = line_filter(&filter, line);
    }
    if (result == 0 && !filter.bytes) {
        snprintf(why, CAPTURE_WHY_SIZE,
                 "%s: no configuration space in it; expected the text of 'lspci -vv -xxxx', or "
                 "what guest-scripts/capture writes", name);
        return -EINVAL;
    }
    return result;
}

int capture_text_resource(const char *line, char *bdf, SysfsResource *resource)
{
    size_t prefix = strlen(SYSFS_DEVICES);
    char word[BDF_SIZE] = "";
    unsigned number = 0;
    int values = 0;

    if (strncmp(line, SYSFS_DEVICES, prefix) != 0 ||
        sscanf(line + prefix, "%15[^/]/resource:%u:%n", word, &number, &values) != 2 ||
        values == 0 || number < 1 || number > SYSFS_RESOURCES_MAX ||
        sysfs_resource_parse(line + prefix + values, resource) < 0) {
        return -EINVAL;
    }
    return bdf_normalise(word, bdf) < 0 ? -EINVAL : (int)number - 1;
}
