/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tool "bar-resize": resizes a BAR through the kernel, or behind the kernel's back. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "rebar-write.h"
#include "sysfs.h"
#include "tool.h"

#define MIB_LOG2 20
#define WHY_SIZE 512
#define NOT_SUPPORTED_BY_KERNEL 524 /* the kernel's ENOTSUPP, which no C library knows */

typedef struct Resize {
    const Tool *tool;
    char bdf[BDF_SIZE];
    int bar_nr;
    const char *size_text;
    uint64_t size_bytes;
    unsigned size_log2_mib;
    bool by_config;
    bool decoding;
    bool bound;
    int users; /* of the kernel's enable count; before the resize */
    bool was_decoding;
    char why[WHY_SIZE]; /* the size was refused; empty: it was not */
} Resize;

static int __attribute__((format(printf, 2, 3)))
resize_stop(const Resize *resize, const char *format, ...)
{
    char text[WHY_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return tool_stop(resize->tool, EXIT_FAILED, "%s BAR %d: %s", resize->bdf, resize->bar_nr,
                     text);
}

static int size_parse(Resize *resize, const char *text)
{
    static const char units[] = "KMGT";
    const char *unit;
    char *end;

    resize->size_text = text;
    resize->size_bytes = strtoull(text, &end, 10);
    unit = *end == '\0' ? NULL : strchr(units, *end);
    if (text[0] < '1' || text[0] > '9' || (*end != '\0' && (!unit || end[1] != '\0'))) {
        return tool_stop(resize->tool, EXIT_USAGE, "%s: not a size", text);
    }
    resize->size_bytes <<= unit ? 10 * (unit - units + 1) : 0;
    /* The file wants the exponent of 2 in MiB, PCIe r6.0 sec 7.8.6 */
    if ((resize->size_bytes & (resize->size_bytes - 1)) != 0 ||
        resize->size_bytes >> MIB_LOG2 == 0) {
        return tool_stop(resize->tool, EXIT_USAGE, "%s: not a power of two of at least 1 MiB",
                         text);
    }
    resize->size_log2_mib = (unsigned)__builtin_ctzll(resize->size_bytes >> MIB_LOG2);
    return EXIT_OK;
}

static bool decodes_memory(const Resize *resize)
{
    uint8_t command = 0;

    return tool_config(resize->tool, resize->bdf, PCI_COMMAND, &command, 1) == 0 &&
           (command & PCI_COMMAND_MEMORY) != 0;
}

static int decode(const Resize *resize, bool on)
{
    const ConfigSource source = { .root = resize->tool->root };
    char why[CONFIG_WHY_SIZE] = "";
    int result = config_decode(&source, resize->bdf, PCI_COMMAND_MEMORY, on, why);

    return result == 0 ? EXIT_OK
                       : resize_stop(resize, "memory decode %s: %s", on ? "on" : "off",
                                     result == -EIO ? why : strerror(-result));
}

static int switch_off(Resize *resize)
{
    const char *root = resize->tool->root;

    resize->users = sysfs_number_read(root, resize->bdf, "enable");
    resize->was_decoding = decodes_memory(resize);
    if (resize->users > 0) {
        sysfs_enable(root, resize->bdf, false);
    }
    return resize->was_decoding && decodes_memory(resize) ? decode(resize, false) : EXIT_OK;
}

static int switch_back(const Resize *resize)
{
    int result;

    if (resize->users <= 0) {
        return resize->was_decoding ? decode(resize, true) : EXIT_OK;
    }
    result = sysfs_enable(resize->tool->root, resize->bdf, true);
    if (result < 0) {
        tool_stop(resize->tool, EXIT_FAILED, "%s: enable after the resize: %s", resize->bdf,
                  strerror(-result));
    }
    return EXIT_OK;
}

static const char *meaning(int error)
{
    switch (error) {
    case EBUSY: return "EBUSY: a driver is bound or memory decode is on";
    case EINVAL: return "EINVAL: the function does not offer this size";
    case ENOSPC: return "ENOSPC: the windows above have no room, and the kernel moves nobody";
    case EOPNOTSUPP: return "EOPNOTSUPP: not resizable";
    case NOT_SUPPORTED_BY_KERNEL:
        return "ENOTSUPP: not resizable, or firmware's assignment is kept";
    case EPERM:
    case EACCES: return "EPERM: needs root";
    default: return strerror(error);
    }
}

static int resize_by_kernel(Resize *resize)
{
    char path[PATH_MAX];
    char value[BDF_SIZE];
    int result;

    tool_path(resize->tool, path, "devices/%s/resource%d_resize", resize->bdf, resize->bar_nr);
    if (access(path, F_OK) != 0) {
        return tool_stop(resize->tool, EXIT_ENVIRONMENT, "%s BAR %d: EOPNOTSUPP: not resizable",
                         resize->bdf, resize->bar_nr);
    }
    snprintf(value, sizeof(value), "%u", resize->size_log2_mib);
    result = tool_write(path, value);
    if (result < 0) {
        snprintf(resize->why, sizeof(resize->why), "resize to %s: %s", resize->size_text,
                 meaning(-result));
    }
    return EXIT_OK;
}

/* Where the bus is empty then, the kernel may make the windows above larger */
static int find_again(const Resize *resize)
{
    const Tool *tool = resize->tool;
    char path[PATH_MAX];
    CLEANUP(memory_free) char *device = NULL;
    size_t count;
    int status;

    tool_path(tool, path, "devices/%s", resize->bdf);
    device = realpath(path, NULL);
    if (!device) {
        return tool_stop(tool, EXIT_ENVIRONMENT, "%s: %s", path, strerror(errno));
    }
    *strrchr(device, '/') = '\0';
    status = tool_remove(tool, resize->bdf);
    if (status == EXIT_OK) {
        status = tool_rescan_below(tool, device, &count);
    }
    if (status == EXIT_OK && !tool_is_present(tool, resize->bdf)) {
        status = tool_stop(tool, EXIT_FAILED, "%s: the kernel does not find it again",
                           resize->bdf);
    }
    return status;
}

static int resize_by_config(Resize *resize)
{
    const ConfigSource source = { .root = resize->tool->root };
    char why[CONFIG_WHY_SIZE];
    int result = rebar_write(&source, resize->bdf, resize->bar_nr, resize->size_bytes, 0,
                             resize->decoding, why);

    if (result == -EIO) {
        return tool_stop(resize->tool, EXIT_ENVIRONMENT, "%s", why);
    }
    if (result < 0) {
        snprintf(resize->why, sizeof(resize->why), "%s", why);
        return EXIT_OK;
    }
    return find_again(resize);
}

/* Size of the BAR that the kernel has assigned; 0 when it has no address */
static uint64_t kernel_size(const Resize *resize)
{
    SysfsResource resources[SYSFS_RESOURCES_MAX];
    int count = sysfs_resources_read(resize->tool->root, resize->bdf, resources);

    return count > resize->bar_nr ? sysfs_resource_size(&resources[resize->bar_nr]) : 0;
}

static int resize_check(const Resize *resize)
{
    uint64_t size_bytes = kernel_size(resize);

    if (resize->why[0] != '\0') {
        return resize_stop(resize, "%s", resize->why);
    }
    if (size_bytes != resize->size_bytes) {
        return resize_stop(resize, "expected %llu bytes after the resize, observed %llu",
                           (unsigned long long)resize->size_bytes, (unsigned long long)size_bytes);
    }
    fprintf(resize->tool->out, "%s BAR %d now %llu bytes\n", resize->bdf, resize->bar_nr,
            (unsigned long long)size_bytes);
    return EXIT_OK;
}

static int resize_run(Resize *resize)
{
    bool as_it_is = resize->bound || resize->decoding;
    char path[PATH_MAX];
    int status;

    tool_path(resize->tool, path, "devices/%s/driver", resize->bdf);
    if (!resize->bound && access(path, F_OK) == 0) {
        return resize_stop(resize, "EBUSY: a driver is bound");
    }
    status = as_it_is ? EXIT_OK : switch_off(resize);
    if (status == EXIT_OK) {
        status = (resize->by_config ? resize_by_config : resize_by_kernel)(resize);
    }
    if (status == EXIT_OK && !as_it_is) {
        status = switch_back(resize);
    }
    return status == EXIT_OK ? resize_check(resize) : status;
}

/* Return: how many of the arguments are options */
static int options_parse(Resize *resize, int argc, char **argv)
{
    int i;

    for (i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--config") == 0) {
            resize->by_config = true;
        } else if (strcmp(argv[i], "--decoding") == 0) {
            resize->decoding = true;
        } else if (strcmp(argv[i], "--bound") == 0) {
            resize->bound = true;
        } else {
            break;
        }
    }
    return i;
}

int tool_bar_resize(const Tool *tool, int argc, char **argv)
{
    Resize resize = { .tool = tool };
    int taken = options_parse(&resize, argc, argv);
    const char *bar;
    int status;

    if (argc - taken != 3) {
        return TOOL_MISUSED;
    }
    argv += taken;
    bar = argv[1];
    if (bar[0] < '0' || bar[0] > '5' || bar[1] != '\0') {
        return TOOL_MISUSED;
    }
    resize.bar_nr = bar[0] - '0';
    status = tool_bdf(tool, argv[0], resize.bdf);
    if (status == EXIT_OK) {
        status = size_parse(&resize, argv[2]);
    }
    if (status == EXIT_OK) {
        status = tool_function(tool, argv[0], resize.bdf);
    }
    return status == EXIT_OK ? resize_run(&resize) : status;
}
