/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Client of the QEMU Machine Protocol, QEMU's docs/interop/qmp-spec. */
#ifndef BARSHIFT_HOST_QMP_H
#define BARSHIFT_HOST_QMP_H

#include "line-channel.h"

#include <json-glib/json-glib.h>

typedef struct Qmp Qmp;

/**
 * qmp_new() - greet QEMU and leave capabilities negotiation
 * @fd: connected socket, taken over
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_ENVIRONMENT when the other side does not speak
 * QMP, else as line_channel_read().
 */
Qmp *qmp_new(int fd, GCancellable *cancellable, gint64 deadline_us, GError **error);

void qmp_free(Qmp *qmp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Qmp, qmp_free)

/** qmp_version() - version of QEMU as "7.2.22" */
const char *qmp_version(const Qmp *qmp);

/**
 * qmp_ask() - run one command that QEMU may well refuse
 * @arguments: (transfer full) (nullable)
 * @refusal: (out) (transfer full) (nullable): QEMU's own text when it refuses; then no error is set
 *
 * Returns: (transfer full): the return value; NULL on refusal, and else as line_channel_read().
 */
JsonNode *qmp_ask(Qmp *qmp, const char *command, JsonObject *arguments, char **refusal,
                  GError **error);

/**
 * qmp_execute() - run one command
 * @arguments: (transfer full) (nullable)
 *
 * Returns: (transfer full): the return value. NULL with RUNNER_ERROR_ENVIRONMENT and QEMU's own
 * text when QEMU refuses, else as line_channel_read().
 */
JsonNode *qmp_execute(Qmp *qmp, const char *command, JsonObject *arguments, GError **error);

/**
 * qmp_give_file() - let QEMU have an open file, which migration knows as "fd:" and @name
 * @fd: remains the caller's
 */
gboolean qmp_give_file(Qmp *qmp, const char *name, int fd, GError **error);

/**
 * qmp_wait_event() - the next event of a name, which may have come since QEMU was greeted
 *
 * Returns: (transfer full): the event; NULL as line_channel_read().
 */
JsonObject *qmp_wait_event(Qmp *qmp, const char *name, gint64 deadline_us, GError **error);

/**
 * qmp_human() - run a command of the human monitor, for what QMP has no command
 *
 * Returns: (transfer full): its text.
 */
char *qmp_human(Qmp *qmp, const char *command_line, GError **error);

#endif
