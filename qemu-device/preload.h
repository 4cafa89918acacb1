/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LD_PRELOAD without this library.
 *
 * QEMU's children inherit its environment. In another program the library would find none of
 * QEMU's symbols, and the program would not start.
 */
#ifndef BARSHIFT_PRELOAD_H
#define BARSHIFT_PRELOAD_H

/**
 * preload_without() - take one library out of an LD_PRELOAD list
 * @list: entries divided by colons or spaces, as in ld.so(8)
 * @library: path of the library; an entry is taken out when it names the same file
 *
 * Return: the list of the other entries, divided by colons, that the caller frees; NULL when none
 * is left.
 */
char *preload_without(const char *list, const char *library);

/**
 * preload_forget() - take this library out of LD_PRELOAD in the environment of this process
 *
 * Other entries stay. Call it while the process has one thread.
 */
void preload_forget(void);

#endif
