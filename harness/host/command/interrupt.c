/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "interrupt.h"

#include <signal.h>

static void interrupt_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
}

static gpointer interrupt_wait(gpointer data)
{
    GCancellable *cancellable = data;
    sigset_t signals;
    int number;

    interrupt_signals(&signals);
    while (sigwait(&signals, &number) == 0) {
        g_cancellable_cancel(cancellable);
    }
    return NULL;
}

GCancellable *interrupt_setup(void)
{
    GCancellable *cancellable = g_cancellable_new();
    sigset_t signals;

    interrupt_signals(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    g_thread_unref(g_thread_new("interrupt", interrupt_wait, cancellable));
    return cancellable;
}

void interrupt_unblock(void)
{
    sigset_t signals;

    interrupt_signals(&signals);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}
