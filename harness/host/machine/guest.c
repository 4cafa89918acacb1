/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest.h"

#include "error.h"
#include "link.h"

#include <stdlib.h>
#include <string.h>

struct Guest {
    LineChannel *channel;
    guint sequence;
};

Guest *guest_new(int fd, GCancellable *cancellable)
{
    Guest *guest = g_new0(Guest, 1);

    guest->channel = line_channel_new(fd, "the guest", cancellable);
    return guest;
}

void guest_free(Guest *guest)
{
    if (guest != NULL) {
        line_channel_free(guest->channel);
        g_free(guest);
    }
}

gboolean guest_wait_hello(Guest *guest, gint64 deadline_us, GError **error)
{
    for (;;) {
        g_autofree char *line = line_channel_read(guest->channel, deadline_us, error);
        const char *hello;
        long version;

        if (line == NULL) {
            return FALSE;
        }
        hello = strstr(line, LINK_HELLO " ");
        if (hello == NULL) { /* noise before the agent has the line; of OVMF it has no line end */
            continue;
        }
        version = strtol(hello + strlen(LINK_HELLO " "), NULL, 10);
        if (version != LINK_VERSION) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                        "the guest's agent speaks version %ld of the link, this runner %d; "
                        "build both from one tree", version, LINK_VERSION);
            return FALSE;
        }
        return TRUE;
    }
}

static GuestReply *reply_new(void)
{
    GuestReply *reply = g_new0(GuestReply, 1);

    reply->out = g_string_new(NULL);
    reply->err = g_string_new(NULL);
    reply->kernel = g_ptr_array_new_with_free_func(g_free);
    return reply;
}

void guest_reply_free(GuestReply *reply)
{
    if (reply != NULL) {
        g_string_free(reply->out, TRUE);
        g_string_free(reply->err, TRUE);
        g_ptr_array_unref(reply->kernel);
        g_free(reply);
    }
}

/* An exit status; GUEST_NO_STATUS for what is none, so that it is never taken for success. */
static int parse_status(const char *text)
{
    guint64 status;

    return g_ascii_string_to_unsigned(text, 10, 0, 255, &status, NULL) ? (int)status
                                                                       : GUEST_NO_STATUS;
}

/* Files one line of an answer. Returns TRUE when it was the last one. */
static gboolean take_line(GuestReply *reply, char mark, const char *text)
{
    switch (mark) {
    case LINK_MARK_OUT:
        g_string_append_printf(reply->out, "%s\n", text);
        return FALSE;
    case LINK_MARK_PART:
        g_string_append(reply->out, text);
        return FALSE;
    case LINK_MARK_ERR:
        g_string_append_printf(reply->err, "%s\n", text);
        return FALSE;
    case LINK_MARK_KERNEL:
        g_ptr_array_add(reply->kernel, g_strdup(text));
        return FALSE;
    case LINK_MARK_END:
        reply->status = parse_status(text);
        return TRUE;
    default:
        return FALSE;
    }
}

gboolean guest_begin(Guest *guest, const char *command, gint64 deadline_us, GError **error)
{
    g_autofree char *request = g_strdup_printf("%u %s", ++guest->sequence, command);

    if (guest->sequence == LINK_SEQUENCE_FIRST) {
        line_channel_inflate(guest->channel);
    }
    return line_channel_write(guest->channel, request, deadline_us, error);
}

GuestReply *guest_finish(Guest *guest, const char *command, gint64 deadline_us, GError **error)
{
    g_autoptr(GuestReply) reply = reply_new();
    gboolean done = FALSE;

    while (!done) {
        g_autofree char *line = line_channel_read(guest->channel, deadline_us, error);
        char *mark = NULL;

        if (line == NULL) {
            g_prefix_error(error, "'%s': ", command);
            return NULL;
        }
        if (strtoul(line, &mark, 10) == guest->sequence && mark != line && *mark != '\0') {
            done = take_line(reply, *mark, mark + 1);
        }
    }
    return g_steal_pointer(&reply);
}

GuestReply *guest_run(Guest *guest, const char *command, gint64 deadline_us, GError **error)
{
    return guest_begin(guest, command, deadline_us, error)
               ? guest_finish(guest, command, deadline_us, error)
               : NULL;
}
