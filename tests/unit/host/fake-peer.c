/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-peer.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct FakePeer {
    const PeerAct *acts;
    int fd;
    GThread *thread;
    GConverter *deflater; /* (nullable): for what is sent */
    GString *unexpected; /* what came in place of an expected line; NULL when all came */
};

static GString *read_line(int fd)
{
    GString *line = g_string_new(NULL);
    char byte;

    while (read(fd, &byte, 1) == 1 && byte != '\n') {
        g_string_append_c(line, byte);
    }
    return line;
}

static gboolean expect_line(FakePeer *peer, const char *expected)
{
    GString *line = read_line(peer->fd);

    if (g_str_equal(line->str, expected)) {
        g_string_free(line, TRUE);
        return TRUE;
    }
    peer->unexpected = line;
    return FALSE;
}

static void send_bytes(FakePeer *peer, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t count = send(peer->fd, text, length, MSG_NOSIGNAL);

        if (count < 0) {
            return; /* the side under test has left */
        }
        text += count;
        length -= (size_t)count;
    }
}

static void send_deflated(FakePeer *peer, const char *text, size_t length)
{
    GConverterResult result;

    do {
        char bytes[16384];
        gsize used;
        gsize written;
        g_autoptr(GError) error = NULL;

        result = g_converter_convert(peer->deflater, text, length, bytes, sizeof(bytes),
                                     G_CONVERTER_FLUSH, &used, &written, &error);
        g_assert_no_error(error);
        send_bytes(peer, bytes, written);
        text += used;
        length -= used;
    } while (result != G_CONVERTER_FLUSHED);
}

static void send_text(FakePeer *peer, const char *text)
{
    (peer->deflater == NULL ? send_bytes : send_deflated)(peer, text, strlen(text));
}

static gpointer play(gpointer data)
{
    FakePeer *peer = data;
    const PeerAct *act;

    for (act = peer->acts; act->expect || act->wait_ms || act->send || act->hang_up; act++) {
        if (act->expect != NULL && !expect_line(peer, act->expect)) {
            break;
        }
        g_usleep(act->wait_ms * 1000ul);
        if (act->send != NULL) {
            send_text(peer, act->send);
        }
        if (act->hang_up) {
            shutdown(peer->fd, SHUT_RDWR);
        }
    }
    return NULL;
}

static FakePeer *peer_new(const PeerAct *acts, GConverter *deflater, int *fd)
{
    FakePeer *peer = g_new0(FakePeer, 1);
    int ends[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
    peer->acts = acts;
    peer->deflater = deflater;
    peer->fd = ends[0];
    peer->thread = g_thread_new("peer", play, peer);
    *fd = ends[1];
    return peer;
}

FakePeer *fake_peer_new(const PeerAct *acts, int *fd)
{
    return peer_new(acts, NULL, fd);
}

FakePeer *fake_peer_new_deflating(const PeerAct *acts, int *fd)
{
    return peer_new(acts,
                    G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_RAW, -1)), fd);
}

void fake_peer_free(FakePeer *peer)
{
    g_thread_join(peer->thread);
    close(peer->fd);
    if (peer->unexpected != NULL) {
        g_test_message("the peer did not expect '%s'", peer->unexpected->str);
        g_test_fail();
        g_string_free(peer->unexpected, TRUE);
    }
    g_clear_object(&peer->deflater);
    g_free(peer);
}

typedef struct Cancellation {
    GCancellable *cancellable;
    guint wait_ms;
} Cancellation;

static gpointer cancel(gpointer data)
{
    g_autofree Cancellation *cancellation = data;

    g_usleep(cancellation->wait_ms * 1000ul);
    g_cancellable_cancel(cancellation->cancellable);
    return NULL;
}

GThread *fake_peer_cancel_later(GCancellable *cancellable, guint wait_ms)
{
    Cancellation *cancellation = g_new0(Cancellation, 1);

    *cancellation = (Cancellation) { .cancellable = cancellable, .wait_ms = wait_ms };
    return g_thread_new("cancel", cancel, cancellation);
}
