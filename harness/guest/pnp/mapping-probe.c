/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bdf.h"
#include "cleanup.h"
#include "mapping-probe.h"
#include "sysfs.h"

#define LINE_SIZE (PATH_MAX + 128)
#define VFIO_MAPPING "[vfio-device]"
#define VFIO_GROUPS "/dev/vfio/"
#define VFIO_DRIVER "vfio-pci"

typedef struct Probe {
    const char *root;
    const MappingTarget *target;
    bool vfio;          /* the function is bound to vfio-pci */
    char group[32];     /* "/dev/vfio/N"; empty: it is in none */
    int found_count;
    MappingFinding last;
    void (*found)(void *context, const MappingFinding *finding);
    void *context;
} Probe;

/** struct Mapping - a line of /proc/PID/maps */
typedef struct Mapping {
    uint64_t start;
    uint64_t end;    /* exclusive */
    uint64_t offset; /* into the file */
    const char *path;
} Mapping;

static bool mapping_parse(const char *line, Mapping *mapping)
{
    int path = 0;

    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64 " %*s %*s %n", &mapping->start,
               &mapping->end, &mapping->offset, &path) < 3 || path == 0) {
        return false;
    }
    mapping->path = line + path;
    return true;
}

/* ".../0000:01:00.0/resource2_wc (deleted)": the last two parts are what counts */
static bool names_resource(const Probe *probe, const char *path, char *what)
{
    char wanted[BDF_SIZE + 16];
    const char *name;
    unsigned bar_nr;

    snprintf(wanted, sizeof(wanted), "/%s/resource", probe->target->bdf);
    name = strstr(path, wanted);
    if (!name || sscanf(name + strlen(wanted), "%1u", &bar_nr) != 1) {
        return false;
    }
    snprintf(what, MAPPING_PROBE_WHAT_SIZE, "%s", strrchr(name, '/') + 1);
    return true;
}

static bool reaches_addresses(const Probe *probe, const Mapping *mapping, char *what)
{
    Range reached = range_sized(mapping->offset, mapping->end - mapping->start);

    if (strcmp(mapping->path, "/dev/mem") != 0) {
        return false;
    }
    for (size_t i = 0; i < probe->target->range_count; i++) {
        if (range_overlaps(reached, probe->target->ranges[i])) {
            snprintf(what, MAPPING_PROBE_WHAT_SIZE, "/dev/mem at 0x%" PRIx64, mapping->offset);
            return true;
        }
    }
    return false;
}

/* Return: has the process the function's group open, or no group at all? */
static bool has_group(const Probe *probe, const char *pid)
{
    CLEANUP(directory_close) DIR *directory = NULL;
    char folder[PATH_MAX];
    struct dirent *entry;
    bool any = false;

    snprintf(folder, sizeof(folder), "%s/proc/%s/fd", probe->root, pid);
    directory = opendir(folder);
    while (directory && (entry = readdir(directory))) {
        char target[PATH_MAX];
        ssize_t length = readlinkat(dirfd(directory), entry->d_name, target, sizeof(target) - 1);

        target[length > 0 ? length : 0] = '\0';
        if (strncmp(target, VFIO_GROUPS, strlen(VFIO_GROUPS)) == 0 &&
            isdigit((unsigned char)target[strlen(VFIO_GROUPS)])) {
            if (strcmp(target, probe->group) == 0) {
                return true;
            }
            any = true;
        }
    }
    return !any;
}

static bool reaches_by_vfio(const Probe *probe, const char *pid, const Mapping *mapping, char *what)
{
    if (!probe->vfio || !strstr(mapping->path, VFIO_MAPPING) || !has_group(probe, pid)) {
        return false;
    }
    snprintf(what, MAPPING_PROBE_WHAT_SIZE, "vfio");
    return true;
}

static void finding_report(Probe *probe, const char *pid, MappingFinding *finding)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX];

    finding->pid = atoi(pid);
    if (finding->pid == probe->last.pid && strcmp(finding->what, probe->last.what) == 0) {
        return; /* one more piece of the same */
    }
    snprintf(path, sizeof(path), "%s/proc/%s/comm", probe->root, pid);
    file = fopen(path, "re");
    if (!file || !fgets(finding->command, sizeof(finding->command), file)) {
        snprintf(finding->command, sizeof(finding->command), "?");
    }
    finding->command[strcspn(finding->command, "\n")] = '\0';
    probe->last = *finding;
    probe->found_count++;
    probe->found(probe->context, finding);
}

static void process_probe(Probe *probe, const char *pid)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX];
    char line[LINE_SIZE];

    snprintf(path, sizeof(path), "%s/proc/%s/maps", probe->root, pid);
    file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file)) {
        MappingFinding finding = { .pid = 0 };
        Mapping mapping;

        line[strcspn(line, "\n")] = '\0';
        if (mapping_parse(line, &mapping) &&
            (names_resource(probe, mapping.path, finding.what) ||
             reaches_addresses(probe, &mapping, finding.what) ||
             reaches_by_vfio(probe, pid, &mapping, finding.what))) {
            finding_report(probe, pid, &finding);
        }
    }
}

static void vfio_look(Probe *probe)
{
    char driver[64];
    char group[16];

    probe->vfio = sysfs_link_read(probe->root, probe->target->bdf, "driver", driver,
                                  sizeof(driver)) == 0 && strcmp(driver, VFIO_DRIVER) == 0;
    if (sysfs_link_read(probe->root, probe->target->bdf, "iommu_group", group,
                        sizeof(group)) == 0) {
        snprintf(probe->group, sizeof(probe->group), VFIO_GROUPS "%s", group);
    }
}

int mapping_probe(const char *root, const MappingTarget *target,
                  void (*found)(void *context, const MappingFinding *finding), void *context)
{
    CLEANUP(directory_close) DIR *directory = NULL;
    Probe probe = { .root = root, .target = target, .found = found, .context = context };
    char path[PATH_MAX];
    struct dirent *entry;

    snprintf(path, sizeof(path), "%s/proc", root);
    directory = opendir(path);
    if (!directory) {
        return -errno;
    }
    vfio_look(&probe);
    while ((entry = readdir(directory))) {
        if (isdigit((unsigned char)entry->d_name[0])) {
            process_probe(&probe, entry->d_name);
        }
    }
    return probe.found_count;
}
