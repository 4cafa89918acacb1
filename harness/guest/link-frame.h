/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the protocol in harness/shared/link.h: bytes in, lines out, and the other way round. */
#ifndef BARSHIFT_LINK_FRAME_H
#define BARSHIFT_LINK_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link.h"

/** Receives one whole line to send; @length counts the line feed and is at most LINK_LINE_MAX */
typedef void LinkSend(void *context, const char *line, size_t length);

/** struct LinkOutput - splits the output of a command into marked lines */
typedef struct LinkOutput {
    LinkSend *send;
    void *context;
    uint64_t sequence;
    char mark; /* LINK_MARK_OUT, _ERR or _KERNEL */
    char line[LINK_LINE_MAX];
    size_t length;
} LinkOutput;

/** link_output_init() - begin the output of one command */
void link_output_init(LinkOutput *output, LinkSend *send, void *context, uint64_t sequence,
                      char mark);

/**
 * link_output_add() - add output as it comes, cut anywhere
 *
 * A line too long for the protocol is cut: standard output into parts with LINK_MARK_PART, which
 * the reader joins; other output into lines of its own.
 */
void link_output_add(LinkOutput *output, const char *bytes, size_t length);

/** link_output_end() - send what is left of a line without line feed */
void link_output_end(LinkOutput *output);

/** link_end_send() - send the end of a request */
void link_end_send(LinkSend *send, void *context, uint64_t sequence, int status);

typedef enum LinkRequestResult {
    LINK_REQUEST_NONE,     /* no whole line yet */
    LINK_REQUEST_OK,       /* sequence and command are set */
    LINK_REQUEST_BAD,      /* a line without a sequence number; sequence is 0 */
    LINK_REQUEST_TOO_LONG, /* above LINK_LINE_MAX; sequence is set when it could be read */
} LinkRequestResult;

/** struct LinkInput - collects bytes into requests */
typedef struct LinkInput {
    char line[LINK_LINE_MAX + 1];
    size_t length;
    bool too_long; /* the rest of this line is dropped */
} LinkInput;

/**
 * link_input_add() - take bytes until a request is complete
 * @consumed: (out) how many bytes were taken; call again with the rest
 * @sequence, @command: (out) of the request; @command points into @input until the next call
 */
LinkRequestResult link_input_add(LinkInput *input, const char *bytes, size_t length,
                                 size_t *consumed, uint64_t *sequence, const char **command);

#endif
