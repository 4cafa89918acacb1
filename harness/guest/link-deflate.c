/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "link-deflate.h"

#define RAW (-MAX_WBITS) /* no header and no checksum: the line loses nothing */
#define MEMORY_LEVEL 8   /* zlib's own */
#define BUFFER_SIZE 4096

int link_deflate_init(LinkDeflate *to, LinkDeflateSend *send, void *context)
{
    *to = (LinkDeflate) { .send = send, .context = context };
    return deflateInit2(&to->stream, Z_BEST_SPEED, Z_DEFLATED, RAW, MEMORY_LEVEL,
                        Z_DEFAULT_STRATEGY) == Z_OK
               ? 0
               : -ENOMEM;
}

void link_deflate_restart(LinkDeflate *to)
{
    deflateReset(&to->stream);
}

/* Done when there is room left for output */
static void run(LinkDeflate *to, int flush)
{
    char buffer[BUFFER_SIZE];

    do {
        to->stream.next_out = (unsigned char *)buffer;
        to->stream.avail_out = sizeof(buffer);
        if (deflate(&to->stream, flush) != Z_OK) {
            return; /* Z_BUF_ERROR: there was nothing to flush */
        }
        to->send(to->context, buffer, sizeof(buffer) - to->stream.avail_out);
    } while (to->stream.avail_out == 0);
}

void link_deflate_add(void *context, const char *line, size_t length)
{
    LinkDeflate *to = context;

    to->stream.next_in = (unsigned char *)line;
    to->stream.avail_in = (unsigned)length;
    run(to, Z_NO_FLUSH);
}

void link_deflate_flush(LinkDeflate *to)
{
    run(to, Z_SYNC_FLUSH);
}

void link_deflate_deinit(LinkDeflate *to)
{
    deflateEnd(&to->stream);
}
