/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link-frame.h"

#define PREFIX_SIZE 32 /* twenty digits, the mark and the final NUL */
#define END_SIZE 64

void link_output_init(LinkOutput *output, LinkSend *send, void *context, uint64_t sequence,
                      char mark)
{
    output->send = send;
    output->context = context;
    output->sequence = sequence;
    output->mark = mark;
    output->length = 0;
}

static void line_send(LinkOutput *output, char mark)
{
    char line[LINK_LINE_MAX];
    int prefix = snprintf(line, sizeof(line), "%" PRIu64 "%c", output->sequence, mark);

    memcpy(line + prefix, output->line, output->length);
    line[(size_t)prefix + output->length] = '\n';
    output->send(output->context, line, (size_t)prefix + output->length + 1);
    output->length = 0;
}

static void byte_add(LinkOutput *output, char byte)
{
    if (byte == '\n') {
        line_send(output, output->mark);
        return;
    }
    if (output->length == LINK_LINE_MAX - PREFIX_SIZE) {
        line_send(output, output->mark == LINK_MARK_OUT ? LINK_MARK_PART : output->mark);
    }
    output->line[output->length++] = byte;
}

void link_output_add(LinkOutput *output, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        byte_add(output, bytes[i]);
    }
}

void link_output_end(LinkOutput *output)
{
    if (output->length > 0) {
        line_send(output, output->mark);
    }
}

void link_end_send(LinkSend *send, void *context, uint64_t sequence, int status)
{
    char line[END_SIZE];
    int length = snprintf(line, sizeof(line), "%" PRIu64 "%c%d\n", sequence, LINK_MARK_END, status);

    send(context, line, (size_t)length);
}

static LinkRequestResult request_parse(LinkInput *input, uint64_t *sequence, const char **command)
{
    char *end;

    input->line[input->length] = '\0';
    *sequence = strtoull(input->line, &end, 10);
    if (input->line[0] < '0' || input->line[0] > '9' || *end != ' ') {
        *sequence = 0;
        return LINK_REQUEST_BAD;
    }
    *command = end + 1;
    return input->too_long ? LINK_REQUEST_TOO_LONG : LINK_REQUEST_OK;
}

LinkRequestResult link_input_add(LinkInput *input, const char *bytes, size_t length,
                                 size_t *consumed, uint64_t *sequence, const char **command)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\n') {
            LinkRequestResult result = request_parse(input, sequence, command);

            input->length = 0;
            input->too_long = false;
            *consumed = i + 1;
            return result;
        }
        if (input->length == LINK_LINE_MAX) {
            input->too_long = true;
        } else if (bytes[i] != '\r') {
            input->line[input->length++] = bytes[i];
        }
    }
    *consumed = length;
    return LINK_REQUEST_NONE;
}
