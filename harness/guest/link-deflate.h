/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the agent answers, compressed: a byte on a serial line costs an emulated guest 2.5 us, and
 * answers repeat each other.
 */
#ifndef BARSHIFT_LINK_DEFLATE_H
#define BARSHIFT_LINK_DEFLATE_H

#include <stddef.h>

#include <zlib.h>

/** Takes compressed bytes */
typedef void LinkDeflateSend(void *context, const char *bytes, size_t length);

typedef struct LinkDeflate {
    z_stream stream;
    LinkDeflateSend *send;
    void *context;
} LinkDeflate;

/**
 * link_deflate_init() - begin a stream, whose bytes go to @send
 *
 * Return: 0 or -ENOMEM. End it with link_deflate_deinit().
 */
int link_deflate_init(LinkDeflate *deflate, LinkDeflateSend *send, void *context);

/** link_deflate_restart() - what follows can be read without what was before; flush before */
void link_deflate_restart(LinkDeflate *deflate);

/** link_deflate_add() - some of it may be sent now; context: the LinkDeflate, as for a LinkSend */
void link_deflate_add(void *context, const char *line, size_t length);

/** link_deflate_flush() - send all that was added */
void link_deflate_flush(LinkDeflate *deflate);

void link_deflate_deinit(LinkDeflate *deflate);

#endif
