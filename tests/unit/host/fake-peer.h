/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other end of a socket, played by a thread from a list of acts: QEMU or the guest without
 * either. Free the side under test first: that ends an act which waits.
 */
#ifndef BARSHIFT_TEST_FAKE_PEER_H
#define BARSHIFT_TEST_FAKE_PEER_H

#include <gio/gio.h>

/* What happens in an act, in the order of the members; all zero ends a list. */
typedef struct PeerAct {
    const char *expect; /* (nullable): a whole line that must come, without its end */
    guint wait_ms;
    const char *send; /* (nullable) */
    gboolean hang_up;
} PeerAct;

typedef struct FakePeer FakePeer;

/**
 * fake_peer_new() - start to play @acts
 * @fd: (out): the end for the side under test, which closes it
 */
FakePeer *fake_peer_new(const PeerAct *acts, int *fd);

/** fake_peer_new_deflating() - the same, and what it sends is one stream of raw DEFLATE */
FakePeer *fake_peer_new_deflating(const PeerAct *acts, int *fd);

/** fake_peer_free() - wait for the end; the test fails when an expected line did not come */
void fake_peer_free(FakePeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakePeer, fake_peer_free)

/** fake_peer_cancel_later() - cancel from another thread; join it */
GThread *fake_peer_cancel_later(GCancellable *cancellable, guint wait_ms);

#endif
