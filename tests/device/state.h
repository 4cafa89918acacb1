/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Saved state of a QEMU: what a migration sends.
 */
#ifndef BARSHIFT_TEST_STATE_H
#define BARSHIFT_TEST_STATE_H

#include "qtest.h"

/* Arguments of a QEMU that waits for a state */
#define STATE_INCOMING "-incoming", "defer"

/**
 * state_save() - save the state of a QEMU
 *
 * The machine stands still afterwards. Its buses can be used all the same.
 *
 * Return: the state, which the caller unrefs.
 */
GBytes *state_save(QTest *qtest);

/** state_assert_not_saved() - try to save a QEMU that refuses, and then runs on */
void state_assert_not_saved(QTest *qtest);

/**
 * state_load() - load a state
 * @qtest: started with STATE_INCOMING and otherwise with the arguments of the one that was saved
 *
 * Virtual time is brought to what it was in the saved QEMU, which the accelerator "qtest" does not
 * do by itself. The machine runs afterwards. A state that is refused ends the test program.
 *
 * @time_ns: virtual time when it was saved
 */
void state_load(QTest *qtest, GBytes *state, int64_t time_ns);

/**
 * state_try_load() - load a state that may be refused
 * @qtest: see state_load(); gone when the state was refused
 * @status: (out) exit status of QEMU when the state was refused
 *
 * Return: NULL when it was loaded, else what QEMU told of it, for the caller to free.
 */
char *state_try_load(QTest *qtest, GBytes *state, int *status);

/**
 * state_assert_refused() - load a state that shall be refused
 * @qtest: see state_load(); gone afterwards
 * @message: part of what QEMU tells of it
 *
 * QEMU ends as it does for every state that it refuses: with status 1, not by a signal.
 */
void state_assert_refused(QTest *qtest, GBytes *state, const char *message);

/**
 * state_section() - find what a device has saved
 * @name: of the device's section, without the place of the device: "barshift"
 * @length: (out) in bytes
 *
 * Return: where it begins, for there to be one is a must.
 */
gsize state_section(GBytes *state, const char *name, gsize *length);

#endif
