/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What accesses to BARs take in a guest: registers and memory of this device beside those of the
 * devices that one would use without it. The devices take turns. It is the guest's first process,
 * and waits to be ended.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "registers.h"
#include "sample.h"

#define DEVICES "/sys/bus/pci/devices"
#define ROUNDS 12
#define ACCESSES 1000000u
#define MEMORY_BYTES (64u << 20)

/**
 * Target - a BAR to be measured
 * @vendor, @device: whose it is
 * @offset: of what is accessed
 * @bytes: to be mapped
 */
typedef struct Target {
    const char *name;
    unsigned vendor;
    unsigned device;
    unsigned bar_nr;
    unsigned offset;
    size_t bytes;
    volatile uint8_t *mapping;
} Target;

static Target registers[] = {
    { .name = "barshift registers", .vendor = BARSHIFT_VENDOR_ID, .device = BARSHIFT_DEVICE_ID,
      .bar_nr = BARSHIFT_CONTROL_BAR, .offset = BARSHIFT_CONTROL_SCRATCH(0), .bytes = 4096 },
    { .name = "ivshmem registers", .vendor = 0x1af4, .device = 0x1110, .bar_nr = 0, .offset = 0,
      .bytes = 256 },
    { .name = "pci-testdev registers", .vendor = 0x1b36, .device = 0x0005, .bar_nr = 0,
      .offset = 0x10, .bytes = 4096 },
};

static Target memories[] = {
    { .name = "barshift memory", .vendor = BARSHIFT_VENDOR_ID, .device = BARSHIFT_DEVICE_ID,
      .bar_nr = BARSHIFT_MEMORY_BAR, .offset = 1 << 20, .bytes = MEMORY_BYTES },
    { .name = "ivshmem memory", .vendor = 0x1af4, .device = 0x1110, .bar_nr = 2,
      .offset = 1 << 20, .bytes = MEMORY_BYTES },
};

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "access-rates: %s: %s\n", what, name);
    exit(EXIT_FAILURE);
}

static unsigned attribute(const char *bdf, const char *name)
{
    char path[300];
    unsigned value = 0;
    FILE *file;

    snprintf(path, sizeof(path), DEVICES "/%s/%s", bdf, name);
    file = fopen(path, "r");
    if (!file || fscanf(file, "%x", &value) != 1) {
        fail("cannot be read", path);
    }
    fclose(file);
    return value;
}

static void open_bar(Target *target, const char *bdf)
{
    char path[300];
    void *mapping;
    int fd;

    snprintf(path, sizeof(path), DEVICES "/%s/enable", bdf);
    fd = open(path, O_WRONLY);
    if (fd < 0 || write(fd, "1", 1) != 1) {
        fail("cannot be enabled", target->name);
    }
    close(fd);
    snprintf(path, sizeof(path), DEVICES "/%s/resource%u", bdf, target->bar_nr);
    fd = open(path, O_RDWR);
    mapping = mmap(NULL, target->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd < 0 || mapping == MAP_FAILED) {
        fail("cannot be mapped", target->name);
    }
    close(fd);
    target->mapping = mapping;
}

static void find(Target *target)
{
    DIR *devices = opendir(DEVICES);
    struct dirent *entry;

    while (devices && (entry = readdir(devices))) {
        if (entry->d_name[0] != '.' && attribute(entry->d_name, "vendor") == target->vendor &&
            attribute(entry->d_name, "device") == target->device) {
            open_bar(target, entry->d_name);
            closedir(devices);
            return;
        }
    }
    fail("no such device", target->name);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* A 32-bit access, one after the other at one place */
static void measure_registers(Target *target)
{
    volatile uint32_t *place = (volatile uint32_t *)(target->mapping + target->offset);
    double start = now();

    for (unsigned i = 0; i < ACCESSES; i++) {
        (void)*place;
    }
    sample_print("registers read", "ns", target->name, (now() - start) / ACCESSES * 1e9);
    start = now();
    for (unsigned i = 0; i < ACCESSES; i++) {
        *place = i;
    }
    sample_print("registers written", "ns", target->name, (now() - start) / ACCESSES * 1e9);
}

/* In words of 64 bits over the whole mapping */
static void measure_memory(Target *target)
{
    volatile uint64_t *words = (volatile uint64_t *)(target->mapping + target->offset);
    size_t count = (target->bytes - target->offset) / sizeof(*words);
    double start = now();

    for (size_t i = 0; i < count; i++) {
        words[i] = i;
    }
    sample_print("memory written", "ns/KiB", target->name, (now() - start) / (double)count * 128e9);
    start = now();
    for (size_t i = 0; i < count; i++) {
        (void)words[i];
    }
    sample_print("memory read", "ns/KiB", target->name, (now() - start) / (double)count * 128e9);
}

static void measure(Target *targets, size_t count, void (*once)(Target *), unsigned rounds)
{
    for (size_t i = 0; i < count; i++) {
        find(&targets[i]);
    }
    /* Once forwards, once backwards: who is first is at a disadvantage */
    for (unsigned round = 0; round < rounds; round++) {
        for (size_t i = 0; i < count; i++) {
            once(&targets[round % 2 ? count - 1 - i : i]);
        }
    }
}

int main(int argc, char **argv)
{
    unsigned rounds = samples_are_few(argc, argv) ? 1 : ROUNDS;

    if (mkdir("/sys", 0755) != 0 || mount("sysfs", "/sys", "sysfs", 0, NULL) != 0) {
        fail("cannot be mounted", "sysfs");
    }
    measure(registers, sizeof(registers) / sizeof(registers[0]), measure_registers, rounds);
    measure(memories, sizeof(memories) / sizeof(memories[0]), measure_memory, rounds);
    puts("access-rates: done");
    fflush(stdout);
    for (;;) {
        pause();
    }
}
