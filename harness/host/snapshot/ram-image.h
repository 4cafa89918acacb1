/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest memory on the disk: runs of pages, compressed with LZ4, that differ from other memory.
 * Machines of one kernel have most of their pages in common.
 */
#ifndef BARSHIFT_HOST_RAM_IMAGE_H
#define BARSHIFT_HOST_RAM_IMAGE_H

#include <glib.h>

/**
 * ram_image_pack() - what has to be changed in one memory to make it another
 * @ram_fd: a memfd
 * @base_fd: another one of the same size
 *
 * What is zero in a file is a hole to this, and the other way round.
 *
 * Returns: (transfer full): the image; NULL with RUNNER_ERROR_ENVIRONMENT.
 */
GByteArray *ram_image_pack(int ram_fd, int base_fd, GError **error);

/**
 * ram_image_unpack() - change memory as an image says
 * @image_fd: a file with the image, read from its start
 * @ram_fd: a memfd that has what was base_fd in ram_image_pack()
 * @checksum: (out): XXH3 of the image
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT, also for what is no image of such memory.
 */
gboolean ram_image_unpack(int image_fd, int ram_fd, guint64 *checksum, GError **error);

#endif
