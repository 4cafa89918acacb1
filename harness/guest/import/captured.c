/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "capture.h"
#include "captured.h"
#include "cleanup.h"
#include "facts.h"
#include "iomem.h"

void captured_free(Captured *captured)
{
    topology_free(&captured->topology);
    free(captured->facts);
    memset(captured, 0, sizeof(*captured));
}

/* A BAR, the ROM, or VF BARs of the kernel's resource file, by line number */
static void resource_apply(Captured *captured, const char *bdf, int line,
                           const SysfsResource *resource)
{
    Function *function = topology_find(&captured->topology, bdf);
    uint64_t size = sysfs_resource_size(resource);
    Facts *facts;
    Bar *bar;

    if (!function || size == 0 || line >= TOPOLOGY_BARS + BARSHIFT_BARS ||
        (line == TOPOLOGY_ROM && sysfs_resource_is_rom_copy(resource))) {
        return;
    }
    facts = &captured->facts[function - captured->topology.functions];
    if (line >= TOPOLOGY_BARS) { /* of all virtual functions together */
        if (facts->vfs > 0) {
            facts->vf_bars[line - TOPOLOGY_BARS].kernel_size_bytes = size / facts->vfs;
        }
        return;
    }
    bar = &function->bars[line];
    if (bar->kind == BAR_NONE) {
        bar->kind = line == TOPOLOGY_ROM                             ? BAR_ROM
                    : (resource->flags & SYSFS_RESOURCE_IO) != 0     ? BAR_IO
                    : (resource->flags & SYSFS_RESOURCE_MEM64) != 0  ? BAR_MEM64
                                                                     : BAR_MEM32;
        bar->prefetchable = (resource->flags & SYSFS_RESOURCE_PREFETCH) != 0;
    }
    bar->kernel = resource->start == 0 ? range_empty() : sysfs_resource_range(resource);
    bar->kernel_size_bytes = size;
}

/* "Expansion ROM at fe000000 [disabled] [size=512K]" of lspci */
static void rom_apply(Function *function, const char *line)
{
    const char *text = strstr(line, "[size=");
    char number[24];
    uint64_t size;

    if (function && strstr(line, "Expansion ROM at ") && !strstr(line, "[virtual]") && text &&
        sscanf(text, "[size=%23[0-9KMGTPE]]", number) == 1 &&
        capture_size_parse(number, &size) == 0) {
        function->bars[TOPOLOGY_ROM].kind = BAR_ROM;
        function->bars[TOPOLOGY_ROM].kernel_size_bytes = size;
    }
}

static void extras_read(Captured *captured, FILE *file)
{
    CLEANUP(memory_free) char *line = NULL;
    Function *function = NULL;
    size_t size = 0;

    while (getline(&line, &size, file) >= 0) {
        char word[BDF_SIZE] = "";
        char bdf[BDF_SIZE];
        SysfsResource resource;
        int nr = capture_text_resource(line, bdf, &resource);

        if (nr >= 0) {
            resource_apply(captured, bdf, nr, &resource);
        } else if (sscanf(line, "%15s", word) == 1 && bdf_normalise(word, bdf) == 0) {
            function = topology_find(&captured->topology, bdf);
        } else {
            rom_apply(function, line);
        }
    }
}

/*
 * Enhanced Allocation (PCIe r6.0, sec 7.8.5) puts BARs above 4 GiB whatever they look like. Below a
 * port only 64-bit prefetchable ones can lie there.
 */
static void bars_lift(Captured *captured)
{
    for (size_t i = 0; i < captured->topology.function_count; i++) {
        Function *function = &captured->topology.functions[i];

        for (int nr = 0; nr < BARSHIFT_BARS - 1 && !function->is_bridge; nr++) {
            Bar *bar = &function->bars[nr];
            bool wide = bar->kind == BAR_MEM64 ||
                        (bar->kind == BAR_MEM32 && function->bars[nr + 1].kind == BAR_NONE);

            if (wide && !range_is_empty(bar->kernel) && bar->kernel.start > UINT32_MAX &&
                (bar->kind == BAR_MEM32 || (!bar->prefetchable && function->parent >= 0))) {
                bar->kind = BAR_MEM64;
                bar->prefetchable = true;
                captured->facts[i].lifted |= 1u << nr;
            }
        }
    }
}

/* Return: 0, -E2BIG */
static int window_add(Captured *captured, const char *line, const IomemWindow *window)
{
    if (window->domain != captured->topology.functions[0].domain) {
        return 0;
    }
    if (window->range.end == 0) {
        captured->windows_hidden = true;
        return 0;
    }
    if (captured->window_count == TOPOLOGY_HOST_WINDOWS_MAX) {
        return -E2BIG;
    }
    /* Addresses of ports are written with four digits, those of memory with eight or more */
    captured->windows[captured->window_count++] = (HostWindow) {
        .io = strchr(line, '-') - (line + strspn(line, " ")) == 4,
        .domain = window->domain, .bus = window->bus, .range = window->range,
    };
    return 0;
}

/* Those of copies of /proc/iomem and /proc/ioports, wherever they stand in the text */
static int windows_read(Captured *captured, const char *name, FILE *file, char *why)
{
    CLEANUP(memory_free) char *line = NULL;
    size_t size = 0;
    int inside = -1;
    int result = 0;

    while (result == 0 && getline(&line, &size, file) >= 0) {
        IomemWindow window;
        int kind = iomem_window_line(line, &inside, &window);

        inside = kind < 0 ? -1 : inside;
        result = kind > 0 ? window_add(captured, line, &window) : 0;
    }
    if (result < 0) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s: too many host bridge windows", name);
    }
    return result;
}

static int duplicates_check(const Topology *topology, const char *name, char *why)
{
    for (size_t i = 1; i < topology->function_count; i++) {
        if (strcmp(topology->functions[i - 1].bdf, topology->functions[i].bdf) == 0) {
            snprintf(why, CAPTURE_WHY_SIZE, "%s: %s stands there twice", name,
                     topology->functions[i].bdf);
            return -EINVAL;
        }
    }
    return 0;
}

static int source_read(Captured *captured, const ConfigSource *source, const char *name, char *why)
{
    char cause[CONFIG_WHY_SIZE];
    int result = topology_read(&captured->topology, source, cause);

    if (result == 0) {
        result = facts_read(captured, source, cause);
    }
    if (result < 0) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s: %s", name, cause);
        return result;
    }
    if (captured->topology.function_count == 0) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s: no function in it", name);
        return -ENODEV;
    }
    return duplicates_check(&captured->topology, name, why);
}

static int text_read(Captured *captured, const char *name, FILE *file, char *why)
{
    CLEANUP(fd_close) int fd = memfd_create("capture", MFD_CLOEXEC);
    CLEANUP(file_close) FILE *filtered = fd < 0 ? NULL : fdopen(dup(fd), "w");
    char path[64];
    ConfigSource source = { .root = "", .dump = path };
    int result;

    if (!filtered) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s: %s", name, strerror(errno));
        return -EIO;
    }
    result = capture_text_filter(file, name, filtered, why);
    fflush(filtered);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (result == 0) {
        result = source_read(captured, &source, name, why);
    }
    if (result < 0) {
        return result;
    }
    rewind(file);
    capture_add_sizes(&captured->topology, file);
    rewind(file);
    extras_read(captured, file);
    rewind(file);
    return windows_read(captured, name, file, why);
}

static void folder_resources_read(Captured *captured, const char *root)
{
    for (size_t i = 0; i < captured->topology.function_count; i++) {
        SysfsResource resources[SYSFS_RESOURCES_MAX];
        const char *bdf = captured->topology.functions[i].bdf;
        int count = sysfs_resources_read(root, bdf, resources);

        for (int line = TOPOLOGY_BARS; line < count; line++) {
            resource_apply(captured, bdf, line, &resources[line]);
        }
    }
}

static int folder_windows_read(Captured *captured, const char *folder, const char *name, char *why)
{
    char path[PATH_MAX];
    CLEANUP(file_close) FILE *file = NULL;

    snprintf(path, sizeof(path), "%s/proc/%s", folder, name);
    file = fopen(path, "re");
    if (!file) {
        int result = -errno;

        snprintf(why, CAPTURE_WHY_SIZE, "%s/proc/%s: %s", folder, name, strerror(errno));
        return result;
    }
    return windows_read(captured, folder, file, why);
}

static int folder_read(Captured *captured, const char *name, char *why)
{
    ConfigSource source = { .root = name };
    int result = source_read(captured, &source, name, why);

    if (result < 0) {
        return result;
    }
    captured->topology.host_window_count = 0;
    folder_resources_read(captured, name);
    result = folder_windows_read(captured, name, "iomem", why);
    return result == 0 ? folder_windows_read(captured, name, "ioports", why) : result;
}

int captured_read(Captured *captured, const char *name, char *why)
{
    CLEANUP(file_close) FILE *file = NULL;
    struct stat what;
    int result;

    memset(captured, 0, sizeof(*captured));
    if (stat(name, &what) < 0 || (!S_ISDIR(what.st_mode) && !(file = fopen(name, "re")))) {
        result = -errno;
        snprintf(why, CAPTURE_WHY_SIZE, "%s: %s", name, strerror(errno));
        return result;
    }
    result = file ? text_read(captured, name, file, why) : folder_read(captured, name, why);
    if (result == 0) {
        bars_lift(captured);
    }
    return result;
}
