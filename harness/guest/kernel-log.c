/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel-log.h"

#define HEAD_SIZE 128
#define MICROSECONDS UINT64_C(1000000)

int kernel_log_text(const char *record, size_t length, char *text, size_t size)
{
    const char *begin = memchr(record, ';', length);
    char head[HEAD_SIZE];
    uint64_t time_us;
    const char *end;

    if (!begin || (size_t)(begin - record) >= sizeof(head)) {
        return -EINVAL;
    }
    memcpy(head, record, (size_t)(begin - record));
    head[begin - record] = '\0';
    if (sscanf(head, "%*u,%*u,%" SCNu64, &time_us) != 1) {
        return -EINVAL;
    }
    begin++;
    end = memchr(begin, '\n', length - (size_t)(begin - record));
    snprintf(text, size, "%" PRIu64 ".%06" PRIu64 " %.*s", time_us / MICROSECONDS,
             time_us % MICROSECONDS, (int)(end ? end - begin : record + length - begin), begin);
    return 0;
}
