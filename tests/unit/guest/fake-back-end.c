/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "fake-back-end.h"
#include "stop-note.h"
#include "sysfs.h"

#define FAKE_DMA_ADDRESS 0x1234000u

FakeBackEnd fake_back_end;

volatile uint32_t *fake_register(uint64_t offset)
{
    return (volatile uint32_t *)(fake_back_end.bars[0] + offset);
}

static void header_write(int nr, uint64_t size_bytes, uint32_t contents)
{
    const struct {
        uint64_t offset;
        uint32_t value;
    } words[] = {
        { BARSHIFT_HEADER_MAGIC, BARSHIFT_MAGIC },
        { BARSHIFT_HEADER_TAG, FAKE_TAG },
        { BARSHIFT_HEADER_BAR, (uint32_t)nr },
        { BARSHIFT_HEADER_VERSION, BARSHIFT_VERSION },
        { BARSHIFT_HEADER_SIZE, (uint32_t)size_bytes },
        { BARSHIFT_HEADER_CONTENTS, contents },
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        *(volatile uint32_t *)(fake_back_end.bars[nr] + words[i].offset) = words[i].value;
    }
}

static void bar_make(int nr, uint64_t size_bytes, uint32_t contents)
{
    FakeBackEnd *fake = &fake_back_end;

    fake->sizes[nr] = size_bytes;
    fake->files[nr] = memfd_create(FAKE_MAPPING, MFD_CLOEXEC);
    if (ftruncate(fake->files[nr], (off_t)size_bytes) < 0) {
        abort();
    }
    fake->bars[nr] = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fake->files[nr], 0);
    header_write(nr, size_bytes, contents);
}

void fake_back_end_make(void)
{
    fake_back_end = (FakeBackEnd) { .request_fd = -1, .files = { -1, -1, -1 } };
    bar_make(0, 0x4000, BARSHIFT_BACKING_NONE | BARSHIFT_CONTENTS_CONTROL);
    bar_make(2, 0x10000, BARSHIFT_BACKING_RAM);
    strcpy(fake_back_end.root, "/tmp/barshift-test-XXXXXX");
    if (!mkdtemp(fake_back_end.root)) {
        abort();
    }
}

static const char *const sysfs_folders[] = {
    "/sys", "/sys/bus", "/sys/bus/pci", "/sys/bus/pci/devices", "/sys/bus/pci/devices/" FAKE_BDF,
};

void fake_back_end_show(void)
{
    char path[PATH_MAX];
    char target[64];

    for (size_t i = 0; i < sizeof(sysfs_folders) / sizeof(sysfs_folders[0]); i++) {
        snprintf(path, sizeof(path), "%s%s", fake_back_end.root, sysfs_folders[i]);
        mkdir(path, 0755);
    }
    for (int nr = 0; nr < FAKE_BACK_END_BARS; nr++) {
        sysfs_resource_path(path, fake_back_end.root, FAKE_BDF, nr);
        snprintf(target, sizeof(target), "/proc/self/fd/%d", fake_back_end.files[nr]);
        if (fake_back_end.bars[nr] && symlink(target, path) < 0) {
            abort();
        }
    }
}

static void hide(void)
{
    char path[PATH_MAX];

    for (int nr = 0; nr < FAKE_BACK_END_BARS; nr++) {
        sysfs_resource_path(path, fake_back_end.root, FAKE_BDF, nr);
        unlink(path);
    }
    for (size_t i = sizeof(sysfs_folders) / sizeof(sysfs_folders[0]); i-- > 0;) {
        snprintf(path, sizeof(path), "%s%s", fake_back_end.root, sysfs_folders[i]);
        rmdir(path);
    }
}

void fake_back_end_free(void)
{
    FakeBackEnd *fake = &fake_back_end;
    static const char *const folders[] = { "/run/barshift/drivers", "/run/barshift", "/run", "" };
    char path[PATH_MAX];

    hide();

    stop_note_remove(fake->root, FAKE_TAG);
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        snprintf(path, sizeof(path), "%s%s", fake->root, folders[i]);
        rmdir(path);
    }
    for (int nr = 0; nr < FAKE_BACK_END_BARS; nr++) {
        if (fake->bars[nr]) {
            munmap(fake->bars[nr], fake->sizes[nr]);
            close(fake->files[nr]);
        }
    }
}

bool fake_is_mapped(void)
{
    CLEANUP(file_close) FILE *file = fopen("/proc/self/maps", "re");
    unsigned count = 0;
    char line[512];

    while (file && fgets(line, sizeof(line), file)) {
        count += strstr(line, FAKE_MAPPING) != NULL;
    }
    return count > 2; /* the test's own of two BARs */
}

int fake_find(const char *root, const char *bdf, Function *function, char *why)
{
    int control_bar;

    if (fake_back_end.not_found > 0 && --fake_back_end.not_found == 0) {
        snprintf(why, HARDWARE_WHY_SIZE, "%s: no such function", bdf);
        return -ENODEV;
    }
    *function = (Function) { .tagged = true, .tag = FAKE_TAG, .memory_decode = true,
                             .control_bar = -1 };
    snprintf(function->bdf, sizeof(function->bdf), "%s", bdf);
    for (int nr = 0; nr < TOPOLOGY_BARS; nr++) {
        Bar *bar = &function->bars[nr];

        *bar = (Bar) { .nr = nr, .kernel = { 1, 0 }, .msix_table = { 1, 0 }, .msix_pba = { 1, 0 } };
        if (nr < FAKE_BACK_END_BARS && fake_back_end.bars[nr]) {
            bar->kind = nr == 0 ? BAR_MEM32 : BAR_MEM64;
            bar->config_base = UINT64_C(0x100000000) * (unsigned)(nr + 1);
            bar->kernel = range_sized(bar->config_base, fake_back_end.sizes[nr]);
        }
    }
    function->stopped = stop_note_read(root, FAKE_TAG, &control_bar);
    if (function->stopped) {
        function->control_bar = control_bar;
    }
    return 0;
}

static int acquire(const char *bdf, BackEnd **back_end, char *why)
{
    if (strcmp(bdf, FAKE_BDF) != 0) {
        snprintf(why, BACK_END_WHY_SIZE, "%s: no such function", bdf);
        return -ENODEV;
    }
    fake_back_end.acquired++;
    *back_end = (BackEnd *)&fake_back_end;
    return 0;
}

static int map(BackEnd *back_end, int bar_nr, uint64_t offset, size_t length, void **memory,
               char *why)
{
    FakeBackEnd *fake = (FakeBackEnd *)back_end;

    if (bar_nr >= FAKE_BACK_END_BARS || !fake->bars[bar_nr] ||
        offset + length > fake->sizes[bar_nr]) {
        snprintf(why, BACK_END_WHY_SIZE, "no such page");
        return -EINVAL;
    }
    *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fake->files[bar_nr],
                   (off_t)offset);
    fake->mapped++;
    return 0;
}

static int unmap(BackEnd *back_end, void *memory, size_t length, char *why)
{
    (void)why;
    ((FakeBackEnd *)back_end)->mapped--;
    munmap(memory, length);
    return 0;
}

static int vectors(BackEnd *back_end, unsigned count, int *fds, char *why)
{
    FakeBackEnd *fake = (FakeBackEnd *)back_end;

    (void)why;
    for (unsigned i = 0; i < fake->vectors; i++) {
        close(fake->vector_fds[i]);
    }
    for (unsigned i = 0; i < count; i++) {
        fds[i] = fake->vector_fds[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }
    fake->vectors = count;
    return 0;
}

/* The register is memory, so what clears it is what is written */
static int acknowledge(BackEnd *back_end, unsigned vector, char *why)
{
    FakeBackEnd *fake = (FakeBackEnd *)back_end;

    (void)why;
    fake->acknowledged++;
    fake->cause_left |= ~*fake_register(BARSHIFT_INTX_STATUS) & 1u << vector;
    return 0;
}

static int dma_map(BackEnd *back_end, void *memory, size_t length, uint64_t *address, char *why)
{
    FakeBackEnd *fake = (FakeBackEnd *)back_end;

    (void)length;
    if (fake->no_dma) {
        snprintf(why, BACK_END_WHY_SIZE, "no DMA here");
        return -EOPNOTSUPP;
    }
    fake->dma_memory = memory;
    *address = FAKE_DMA_ADDRESS;
    return 0;
}

static int dma_unmap(BackEnd *back_end, void *memory, size_t length, char *why)
{
    (void)memory;
    (void)length;
    (void)why;
    ((FakeBackEnd *)back_end)->dma_memory = NULL;
    return 0;
}

static int request_fd(BackEnd *back_end)
{
    return ((FakeBackEnd *)back_end)->request_fd;
}

static bool is_lost(const BackEnd *back_end)
{
    return ((const FakeBackEnd *)back_end)->lost;
}

static int release(BackEnd *back_end, char *why)
{
    (void)why;
    ((FakeBackEnd *)back_end)->acquired--;
    return 0;
}

const BackEndOps fake_back_end_ops = {
    .name = "fake",
    .registers = true,
    .acquire = acquire,
    .map = map,
    .unmap = unmap,
    .vectors = vectors,
    .acknowledge = acknowledge,
    .dma_map = dma_map,
    .dma_unmap = dma_unmap,
    .request_fd = request_fd,
    .is_lost = is_lost,
    .release = release,
};
