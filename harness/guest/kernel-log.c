/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>

#include "kernel-log.h"

#define HEAD_SIZE 128
#define ACTION_READ_ALL 3
#define ACTION_SIZE_BUFFER 10
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

bool kernel_log_next(int kmsg, char *text)
{
    char record[KERNEL_LOG_TEXT_SIZE];

    while (kmsg >= 0) {
        ssize_t length = read(kmsg, record, sizeof(record));

        if (length < 0 && errno == EPIPE) {
            continue; /* records were overwritten; the next read goes on behind them */
        }
        if (length <= 0) {
            return false;
        }
        if (kernel_log_text(record, (size_t)length, text, KERNEL_LOG_TEXT_SIZE) == 0) {
            return true;
        }
    }
    return false;
}

char *kernel_log_read(void)
{
    int size = klogctl(ACTION_SIZE_BUFFER, NULL, 0);
    char *text = size < 0 ? NULL : malloc((size_t)size + 1);
    int length = text ? klogctl(ACTION_READ_ALL, text, size) : -1;

    if (length < 0) {
        free(text);
        return NULL;
    }
    text[length] = '\0';
    return text;
}
