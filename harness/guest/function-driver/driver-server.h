/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver's end of driver-link.h: takes requests of any number of clients, and waits for what
 * the driver itself waits for.
 */
#ifndef BARSHIFT_DRIVER_SERVER_H
#define BARSHIFT_DRIVER_SERVER_H

#include "driver-link.h"
#include "function-driver.h"

#define DRIVER_SERVER_CLIENTS_MAX 8

typedef struct DriverServer DriverServer;

/**
 * driver_server_open() - make the socket and the folder it is in
 * @socket_name: one that a dead driver has left is replaced
 * @why: (out) DRIVER_LINK_WHY_SIZE bytes
 *
 * Return: 0; -EADDRINUSE when a driver answers there; or -errno.
 */
int driver_server_open(const char *socket_name, FunctionDriver *driver, DriverServer **server,
                       char *why);

/**
 * driver_server_run() - serve until somebody says quit
 * @end_fd: says so, too, when it is readable; -1: none. Still the caller's
 *
 * Return: 0 or -errno.
 */
int driver_server_run(DriverServer *server, int end_fd);

/** driver_server_close() - the socket goes away; who said quit is answered now */
void driver_server_close(DriverServer *server);

#endif
