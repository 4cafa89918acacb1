/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bdf.h"
#include "cleanup.h"
#include "mapping-probe.h"
#include "vfio-use.h"

#define LINE_SIZE (PATH_MAX + 128)
#define VFIO_MAPPING "[vfio-device]"

_Static_assert(MAPPING_PROBE_COMMAND_SIZE >= VFIO_USE_COMMAND_SIZE, "its name is taken over");

typedef struct Probe {
    const char *root;
    const MappingTarget *target;
    VfioFiles vfio;
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

static bool reaches_by_vfio(const Probe *probe, const char *pid, const Mapping *mapping, char *what)
{
    unsigned open;

    if (!probe->vfio.bound || !strstr(mapping->path, VFIO_MAPPING)) {
        return false;
    }
    open = vfio_process_open(probe->root, &probe->vfio, pid);
    if ((open & VFIO_OPEN_FUNCTION) == 0 && (open & VFIO_OPEN_OTHER) != 0) {
        return false;
    }
    snprintf(what, MAPPING_PROBE_WHAT_SIZE, "vfio");
    return true;
}

static void finding_report(Probe *probe, const char *pid, MappingFinding *finding)
{
    finding->pid = atoi(pid);
    if (finding->pid == probe->last.pid && strcmp(finding->what, probe->last.what) == 0) {
        return; /* one more piece of the same */
    }
    vfio_process_command(probe->root, pid, finding->command);
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
    vfio_files_find(root, target->bdf, &probe.vfio);
    while ((entry = readdir(directory))) {
        if (isdigit((unsigned char)entry->d_name[0])) {
            process_probe(&probe, entry->d_name);
        }
    }
    return probe.found_count;
}
