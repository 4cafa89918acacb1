/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals that ask a program to end, noted instead of obeyed: a rebalance that ended in the middle
 * would leave functions stopped, and nobody would be told.
 */
#ifndef BARSHIFT_INTERRUPTION_H
#define BARSHIFT_INTERRUPTION_H

/** interruption_begin() - SIGINT, SIGTERM and SIGHUP are noted from now on, none is yet */
void interruption_begin(void);

/** interruption_end() - they end the process again; what was noted stays */
void interruption_end(void);

/** interruption_signal() - Return: the last one that came, 0: none */
int interruption_signal(void);

#endif
