/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which driver of the kernel has a function, and giving it to another one.
 *
 * @root everywhere: what stands before "/sys"; @why: (out) KERNEL_DRIVER_WHY_SIZE bytes, the
 * sentence when the result is negative. No call takes longer than @timeout_ms for each of its
 * steps: unbind, probe.
 */
#ifndef BARSHIFT_KERNEL_DRIVER_H
#define BARSHIFT_KERNEL_DRIVER_H

#define KERNEL_DRIVER_NAME_SIZE 64
#define KERNEL_DRIVER_WHY_SIZE 320
#define KERNEL_DRIVER_ANY ""

/**
 * kernel_driver_name() - who has a function
 * @name: (out) KERNEL_DRIVER_NAME_SIZE bytes; "": nobody
 */
void kernel_driver_name(const char *root, const char *bdf, char *name);

/**
 * kernel_driver_bind() - give a function to a driver, and to no other until it is unbound
 * @driver: name, or KERNEL_DRIVER_ANY for the one that knows the function by its IDs
 *
 * Who has it is unbound before.
 *
 * Return: 0; -ENOENT when there is no such driver; -ENODEV when no driver took the function, or
 * none of that name; -ETIMEDOUT; or the kernel's errno.
 */
int kernel_driver_bind(const char *root, const char *bdf, const char *driver, unsigned timeout_ms,
                       char *why);

/**
 * kernel_driver_unbind() - take a function from whoever has it
 *
 * Return: 0, also when nobody has it or it is gone; -ETIMEDOUT when the driver does not let go; or
 * the kernel's errno.
 */
int kernel_driver_unbind(const char *root, const char *bdf, unsigned timeout_ms, char *why);

#endif
