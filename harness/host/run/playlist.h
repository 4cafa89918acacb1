/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be played: scenarios, under each platform, as often as was asked. */
#ifndef BARSHIFT_HOST_PLAYLIST_H
#define BARSHIFT_HOST_PLAYLIST_H

#include "play.h"

typedef struct PlaylistAsked {
    char *const *scenarios;     /* (nullable): names and files; NULL: the main one */
    gboolean all;               /* the whole catalogue instead */
    const char *tags;           /* (nullable): of the catalogue those that have them all, "a,b" */
    const char *driver;         /* (nullable): model that replaces the scenarios' own */
    guint repeat;               /* at least 1 */
    guint shard, shards;        /* from 1: only every so manieth, beginning with that one */
    const GPtrArray *platforms; /* (element-type Platform); borrowed as long as the list */
    gboolean name_qemu;         /* QEMU was named, so commands that reproduce a result do, too */
    const char *options;        /* further ones to be repeated in those commands */
} PlaylistAsked;

typedef struct Playlist {
    GPtrArray *scenarios; /* (element-type Scenario): those of the plays */
    GPtrArray *plays;     /* (element-type Play) */
} Playlist;

/**
 * playlist_new() - load scenarios; one that cannot be loaded is a play with an error
 *
 * The order is that of the command line or the catalogue, then of the platforms, and repetitions of
 * one are next to each other. Which plays a shard has depends on nothing but this order.
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_USAGE when nothing is what was asked for.
 */
Playlist *playlist_new(const PlaylistAsked *asked, GError **error);

void playlist_free(Playlist *playlist);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Playlist, playlist_free)

/** playlist_parse_shard() - "2/3"; FALSE with RUNNER_ERROR_USAGE when it is out of range */
gboolean playlist_parse_shard(const char *text, guint *shard, guint *shards, GError **error);

#endif
