/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake-tree.h"
#include "registers.h"

#define DEVICE "sys/bus/pci/devices/" FAKE_BDF "/"
#define CONFIG_SIZE 0x1000

/* Configuration space in words of 32 bits: offset and value */
static const struct {
    unsigned offset;
    unsigned value;
} config_words[] = {
    { 0x00, BARSHIFT_DEVICE_ID << 16 | BARSHIFT_VENDOR_ID },
    { 0x04, 0x00100003 }, /* capabilities; memory and I/O decode */
    { 0x08, 0x12000001 },
    { 0x10, 0xfe800000 }, /* BAR 0 */
    { 0x18, 0x0000000c }, /* BAR 2 */
    { 0x1c, 0x00000001 },
    { 0x34, 0x80 },
    { 0x80, 0x00020010 }, /* PCI Express */
    { 0x100, 0x11010003 }, /* Device Serial Number */
    { 0x104, 1 },
    { 0x108, BARSHIFT_MAGIC },
    { 0x110, 0x00010015 }, /* Resizable BAR */
    { 0x114, 0x0007f000 },
    { 0x118, 0x00000b22 },
};

static const char resource[] =
    "0x00000000fe800000 0x00000000fe803fff 0x0000000000040200\n"
    "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
    "0x0000000100000000 0x000000017fffffff 0x000000000014220c\n"
    "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
    "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
    "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
    "0x0000000000000000 0x0000000000000000 0x0000000000000000\n";

static void folders_make(char *path)
{
    for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        mkdir(path, 0755);
        *at = '/';
    }
}

void fake_tree_write(const FakeTree *tree, const char *path, const void *bytes, size_t length)
{
    char full[PATH_MAX];
    FILE *file;

    snprintf(full, sizeof(full), "%s/%s", tree->root, path);
    folders_make(full);
    file = fopen(full, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

void fake_tree_write_text(const FakeTree *tree, const char *path, const char *text)
{
    fake_tree_write(tree, path, text, strlen(text));
}

void fake_tree_link(const FakeTree *tree, const char *path, const char *target)
{
    char full[PATH_MAX];

    snprintf(full, sizeof(full), "%s/%s", tree->root, path);
    folders_make(full);
    assert_int_equal(symlink(target, full), 0);
}

void fake_tree_read(const FakeTree *tree, const char *path, char *text, size_t size)
{
    char full[PATH_MAX];
    FILE *file;

    snprintf(full, sizeof(full), "%s/%s", tree->root, path);
    memset(text, 0, size);
    file = fopen(full, "re");
    if (file) {
        assert_in_range(fread(text, 1, size - 1, file), 0, size - 1);
        fclose(file);
    }
}

void fake_tree_config(const FakeTree *tree, unsigned offset, unsigned value)
{
    char path[PATH_MAX];
    uint32_t raw = htole32(value);
    int fd;

    snprintf(path, sizeof(path), "%s/" DEVICE "config", tree->root);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, &raw, sizeof(raw), offset), sizeof(raw));
    close(fd);
}

void fake_tree_init(FakeTree *tree)
{
    static const char zeros[CONFIG_SIZE];

    strcpy(tree->root, "/tmp/barshift-tree-XXXXXX");
    assert_non_null(mkdtemp(tree->root));
    fake_tree_write(tree, DEVICE "config", zeros, sizeof(zeros));
    for (size_t i = 0; i < sizeof(config_words) / sizeof(config_words[0]); i++) {
        fake_tree_config(tree, config_words[i].offset, config_words[i].value);
    }
    fake_tree_write_text(tree, DEVICE "resource", resource);
    fake_tree_write_text(tree, DEVICE "enable", "1\n");
    fake_tree_write_text(tree, "proc/iomem", "c0000000-febfffff : PCI Bus 0000:00\n");
    fake_tree_write_text(tree, "proc/ioports", "0d00-ffff : PCI Bus 0000:00\n");
}

static int entry_remove(const char *path, const struct stat *unused, int kind, struct FTW *place)
{
    (void)unused;
    (void)kind;
    (void)place;
    return remove(path);
}

void fake_tree_deinit(FakeTree *tree)
{
    nftw(tree->root, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
}
