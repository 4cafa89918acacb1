/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line between the PnP manager and a function driver, which is a process of its own, so that
 * nobody has to believe it: what it has mapped is in /proc/PID/maps, and it can hang or die.
 *
 * A SOCK_SEQPACKET socket DRIVER_LINK_FOLDER/PATH, where PATH is the participant's path with '/'
 * written as '-'. One request and one reply a packet, text:
 *
 *     request:  identify | report | close-handles | quit
 *               query-stop | cancel-stop | query-requirements | filter-requirements | stop |
 *               start BDF | surprise-removal | remove
 *     reply:    STATUS REASON...\n      0, or a positive errno and the sentence
 *               LINE\n ...              what the request asks for; after a PnP request the
 *                                       events it brought, see trace.h
 *
 * identify:  "pid N", "bdf BDF", "tag N" (only barshift's), "model NAME", "back-end NAME"
 * report:    the lines of identify, then "state NAME", "handles N", one "counter NAME N" for each
 *            counter, one "stream N STATE" for each stream, and every event since the driver began
 */
#ifndef BARSHIFT_DRIVER_LINK_H
#define BARSHIFT_DRIVER_LINK_H

#define DRIVER_LINK_FOLDER "/run/barshift/drivers"
#define DRIVER_LINK_PACKET_SIZE (128 * 1024)

#endif
