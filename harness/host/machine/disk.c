/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk.h"

#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR_BYTES 512

const char *const disk_bus_names[] = { "virtio", "sata", NULL };

static const char raw[] = "raw";
static const char qcow2[] = "qcow2";

/* What is no disk as it stands, by its first bytes, and what would make it one */
typedef struct Stranger {
    const char *magic;
    gsize length;
    const char *text;
} Stranger;

#define CONVERT "; 'qemu-img convert -O qcow2' makes one that will do"
#define UNPACK "; unpack it first"

static const Stranger strangers[] = {
    { "\x1f\x8b", 2, "is compressed with gzip" UNPACK },
    { "BZh", 3, "is compressed with bzip2" UNPACK },
    { "\xfd" "7zXZ", 5, "is compressed with xz" UNPACK },
    { "\x28\xb5\x2f\xfd", 4, "is compressed with zstd" UNPACK },
    { "PK\x03\x04", 4, "is a zip archive" UNPACK },
    { "KDMV", 4, "is a VMDK image" CONVERT },
    { "# Disk DescriptorFile", 21, "is a VMDK image" CONVERT },
    { "vhdxfile", 8, "is a VHDX image" CONVERT },
    { "conectix", 8, "is a VHD image" CONVERT },
    { "<<< ", 4, "is a VDI image" CONVERT },
};

static gboolean refuse(const char *image, const char *text, GError **error)
{
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "disk '%s': %s", image, text);
    return FALSE;
}

/* @start: (out): SECTOR_BYTES. Returns: (nullable): why it cannot be had */
static const char *take_start(int fd, char *start)
{
    struct stat about;
    ssize_t length;

    if (fstat(fd, &about) != 0) {
        return g_strerror(errno);
    }
    if (S_ISDIR(about.st_mode)) {
        return "is a folder; expected an image of a disk";
    }
    if (!S_ISREG(about.st_mode) && !S_ISBLK(about.st_mode)) {
        return "is neither a file nor a block device";
    }
    length = read(fd, start, SECTOR_BYTES);
    if (length < 0) {
        return g_strerror(errno);
    }
    return length == SECTOR_BYTES ? NULL
                                  : "is shorter than a sector, so that nothing can boot from it";
}

static gboolean read_start(const char *image, char *start, GError **error)
{
    int fd = open(image, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const char *problem = fd < 0 ? g_strerror(errno) : take_start(fd, start);

    if (fd >= 0) {
        close(fd);
    }
    return problem == NULL || refuse(image, problem, error);
}

static gboolean begins_with(const char *start, const char *magic, gsize length)
{
    return memcmp(start, magic, length) == 0;
}

const char *disk_check(const char *image, const char *format, GError **error)
{
    char start[SECTOR_BYTES];
    gboolean is_qcow2;

    if (format != NULL && !g_str_equal(format, raw) && !g_str_equal(format, qcow2)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "--disk-format %s: expected raw or qcow2", format);
        return NULL;
    }
    if (!read_start(image, start, error)) {
        return NULL;
    }
    is_qcow2 = begins_with(start, "QFI\xfb", 4);
    if (format != NULL && g_str_equal(format, qcow2) && !is_qcow2) {
        refuse(image, "is no qcow2 image", error);
        return NULL;
    }
    for (guint i = 0; format == NULL && i < G_N_ELEMENTS(strangers); i++) {
        if (begins_with(start, strangers[i].magic, strangers[i].length)) {
            refuse(image, strangers[i].text, error);
            return NULL;
        }
    }
    return is_qcow2 && g_strcmp0(format, raw) != 0 ? qcow2 : raw;
}

gboolean disk_suits(const Scenario *scenario, GError **error)
{
    if (scenario->machine.append != NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "%s: [machine] append = %s: with --disk the kernel has the arguments that the "
                    "disk gives it", scenario->path, scenario->machine.append);
        return FALSE;
    }
    return TRUE;
}

void disk_give_memory(const Disk *disk, Scenario *scenario)
{
    scenario->machine.memory_bytes = MAX(scenario->machine.memory_bytes, disk->memory_bytes);
}

void disk_free(Disk *disk)
{
    if (disk != NULL) {
        g_free(disk->image);
        g_free(disk->cpu);
        g_free(disk);
    }
}
