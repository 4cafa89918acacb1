/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk-options.h"

#include "error.h"
#include "shell-word.h"
#include "size.h"

#include <string.h>

#define QUIET_SECONDS 5.0
#define QUIET_SECONDS_MAX 600
#define MEMORY_DEFAULT (2048ull << 20)
#define MEMORY_MIN (128ull << 20)
#define MEMORY_MAX (2048ull << 20) /* q35 puts more above 4 GiB, where the 64-bit window is */

void disk_options_add(GOptionContext *context, DiskGiven *given)
{
    const GOptionEntry entries[] = {
        { "disk", 0, 0, G_OPTION_ARG_FILENAME, &given->image,
          "Boot a guest of your own from this disk, which is never written (docs/disk.md)",
          "IMAGE" },
        { "disk-format", 0, 0, G_OPTION_ARG_STRING, &given->format,
          "raw or qcow2 (default: what its first bytes tell)", "FORMAT" },
        { "disk-bus", 0, 0, G_OPTION_ARG_STRING, &given->bus, "virtio or sata (default: virtio)",
          "BUS" },
        { "memory", 0, 0, G_OPTION_ARG_STRING, &given->memory,
          "With --disk: memory that the guest has at least (default: 2G)", "SIZE" },
        { "cpu", 0, 0, G_OPTION_ARG_STRING, &given->cpu,
          "With --disk: processor of QEMU, where the scenario has none of its own", "MODEL" },
        { "outside", 0, 0, G_OPTION_ARG_NONE, &given->outside,
          "With --disk: no agent is in the guest; tell what happens from outside", NULL },
        { "quiet", 0, 0, G_OPTION_ARG_DOUBLE, &given->quiet_seconds,
          "With --outside: a step is over when nothing has changed for so long, the boot when it "
          "was four times as long (default: 5)", "SECONDS" },
        { NULL, 0, 0, 0, NULL, NULL, NULL },
    };

    g_option_context_add_main_entries(context, entries, NULL);
}

G_GNUC_PRINTF(2, 3)
static gboolean usage_error(GError **error, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, text);
    return FALSE;
}

/* An option that would have no effect would seem to have one. */
static gboolean check_without_disk(const DiskGiven *given, GError **error)
{
    const struct {
        const char *option, *value;
    } others[] = {
        { "--disk-format", given->format },
        { "--disk-bus", given->bus },
        { "--memory", given->memory },
        { "--cpu", given->cpu },
        { "--outside", given->outside ? "" : NULL },
    };

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        if (others[i].value != NULL) {
            return usage_error(error, "%s is for a guest of your own; --disk IMAGE is missing",
                               others[i].option);
        }
    }
    return TRUE;
}

static gboolean check_rivals(const DiskRivals *rivals, GError **error)
{
    const struct {
        const char *option, *value;
    } others[] = {
        { "--kernel", rivals->kernel },
        { "--modules", rivals->modules },
        { "--append", rivals->append },
    };

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        if (others[i].value != NULL) {
            return usage_error(error, "--disk and %s exclude each other: what is on the disk "
                               "brings its own kernel", others[i].option);
        }
    }
    return TRUE;
}

static gboolean read_bus(const DiskGiven *given, DiskBus *bus, GError **error)
{
    if (given->bus == NULL || g_str_equal(given->bus, disk_bus_names[DISK_VIRTIO])) {
        *bus = DISK_VIRTIO;
        return TRUE;
    }
    *bus = DISK_SATA;
    return g_str_equal(given->bus, disk_bus_names[DISK_SATA]) ||
           usage_error(error, "--disk-bus %s: expected virtio or sata", given->bus);
}

static gboolean read_memory(const DiskGiven *given, guint64 *memory_bytes, GError **error)
{
    g_autoptr(GError) cause = NULL;

    *memory_bytes = MEMORY_DEFAULT;
    if (given->memory != NULL && !size_parse(given->memory, memory_bytes, &cause)) {
        return usage_error(error, "--memory: %s", cause->message);
    }
    return (*memory_bytes >= MEMORY_MIN && *memory_bytes <= MEMORY_MAX) ||
           usage_error(error, "--memory %s: expected 128M to 2G, below the 64-bit window",
                       given->memory);
}

/* It becomes a part of an option of QEMU's. */
static gboolean check_cpu(const DiskGiven *given, GError **error)
{
    return given->cpu == NULL ||
           (given->cpu[0] != '\0' && given->cpu[0] != '-' && !strpbrk(given->cpu, " \t")) ||
           usage_error(error, "--cpu '%s': expected a model, as 'qemu-system-x86_64 -cpu help' has "
                       "it, and properties: MODEL,KEY=VALUE without spaces", given->cpu);
}

static gboolean read_quiet(const DiskGiven *given, double *quiet_seconds, GError **error)
{
    *quiet_seconds = given->quiet_seconds == 0 ? QUIET_SECONDS : given->quiet_seconds;
    if (given->quiet_seconds != 0 && !given->outside) {
        return usage_error(error, "--quiet is for a guest that cannot be asked; --outside is "
                           "missing");
    }
    return (*quiet_seconds > 0 && *quiet_seconds <= QUIET_SECONDS_MAX) ||
           usage_error(error, "--quiet: expected more than 0 and at most %d seconds",
                       QUIET_SECONDS_MAX);
}

gboolean disk_options_read(const DiskGiven *given, const DiskRivals *rivals, Disk **disk,
                           GError **error)
{
    g_autoptr(Disk) read = g_new0(Disk, 1);

    *disk = NULL;
    if (!read_quiet(given, &read->quiet_seconds, error)) {
        return FALSE;
    }
    if (given->image == NULL) {
        return check_without_disk(given, error);
    }
    if (!check_rivals(rivals, error) || !read_bus(given, &read->bus, error) ||
        !read_memory(given, &read->memory_bytes, error) || !check_cpu(given, error)) {
        return FALSE;
    }
    read->format = disk_check(given->image, given->format, error);
    if (read->format == NULL) {
        return FALSE;
    }
    read->image = g_canonicalize_filename(given->image, NULL);
    read->cpu = g_strdup(given->cpu);
    read->outside = given->outside;
    *disk = g_steal_pointer(&read);
    return TRUE;
}

static void append_option(GString *text, const char *option, const char *value)
{
    if (value != NULL) {
        shell_append_word(text, option);
        shell_append_word(text, value);
    }
}

void disk_options_append(const DiskGiven *given, GString *text)
{
    append_option(text, "--disk", given->image);
    append_option(text, "--disk-format", given->format);
    append_option(text, "--disk-bus", given->bus);
    append_option(text, "--memory", given->memory);
    append_option(text, "--cpu", given->cpu);
    if (given->outside) {
        g_string_append(text, " --outside");
    }
    if (given->quiet_seconds != 0) {
        g_string_append_printf(text, " --quiet %g", given->quiet_seconds);
    }
}
