/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notes of who is stopped: /run/barshift/stopped-TAG, one file for each function.
 *
 * A stopped function counts every access through its BARs as a violation, asking it whether it is
 * stopped included. So "stop" leaves a note, and whoever reads topologies looks for it. The note
 * also keeps which BAR has the control registers, since "start" has to write there before it may
 * look for them. A tag stays with its function when bus numbers change, and a reboot, which resets
 * the function, takes the notes along.
 *
 * @root everywhere: what stands before "/run"; "" on a live system.
 */
#ifndef BARSHIFT_STOP_NOTE_H
#define BARSHIFT_STOP_NOTE_H

#include <stdbool.h>
#include <stdint.h>

/** stop_note_folder() - make the folder of notes, if it is not there; Return: 0 or -errno */
int stop_note_folder(const char *root);

/**
 * stop_note_write() - note that a function is stopped
 * @control_bar: -1 when it is not known
 *
 * Return: 0 or -errno; then there is no note.
 */
int stop_note_write(const char *root, uint32_t tag, int control_bar);

/** stop_note_remove() - Return: 0, also when there is no note; or -errno */
int stop_note_remove(const char *root, uint32_t tag);

/**
 * stop_note_read() - is a function noted as stopped?
 * @control_bar: (out) set when it is; -1 when the note does not tell
 */
bool stop_note_read(const char *root, uint32_t tag, int *control_bar);

#endif
