/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-group.h"

#define MEMORY_MIN (128 * 1024 * 1024ull)
#define MEMORY_MAX (2 * 1024 * 1024 * 1024ull) /* q35 puts more above 4 GiB */
#define HOLE64_MIN (1024 * 1024 * 1024ull)
#define HOLE64_MAX (32 * 1024 * 1024ull * 1024 * 1024) /* within the CPU's 46 address bits */

static const char *const machine_keys[] = { "memory", "hole64", "hotplug", "iommu", NULL };
static const char *const hotplugs[] = { "native", "acpi", NULL };
static const char *const switches[] = { "off", "on", NULL };

gboolean scenario_read_machine(Scenario *scenario, const KeyFile *file, const char *group,
                               GError **error)
{
    Machine *machine = &scenario->machine;
    guint hotplug = machine->hotplug;
    guint iommu = machine->iommu;

    if (!key_file_check_keys(file, group, machine_keys, error) ||
        !key_file_get_size(file, group, "memory", &machine->memory_bytes, error) ||
        !key_file_get_size(file, group, "hole64", &machine->hole64_bytes, error) ||
        !key_file_get_choice(file, group, "hotplug", hotplugs, &hotplug, error) ||
        !key_file_get_choice(file, group, "iommu", switches, &iommu, error)) {
        return FALSE;
    }
    machine->hotplug = hotplug;
    machine->iommu = iommu;
    if (machine->memory_bytes < MEMORY_MIN || machine->memory_bytes > MEMORY_MAX) {
        return key_file_fail(file, group, "memory", error,
                             "the guest needs 128M to 2G, below the 64-bit window");
    }
    if (machine->hole64_bytes < HOLE64_MIN || machine->hole64_bytes > HOLE64_MAX) {
        return key_file_fail(file, group, "hole64", error, "expected 1G to 32T");
    }
    return TRUE;
}
