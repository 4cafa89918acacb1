/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <stddef.h>

#include "interruption.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

static volatile sig_atomic_t noted;

static void note(int number)
{
    noted = number;
}

/* Who was told to ignore one goes on ignoring it, as nohup wants it */
static void handle(void (*handler)(int))
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct sigaction before;

        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            sigaction(signals[i], &action, NULL);
        }
    }
}

void interruption_begin(void)
{
    noted = 0;
    handle(note);
}

void interruption_end(void)
{
    handle(SIG_DFL);
}

int interruption_signal(void)
{
    return noted;
}
