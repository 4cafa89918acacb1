/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-group.h"

#include <string.h>

#define MEMORY_MIN (128 * 1024 * 1024ull)
#define MEMORY_MAX (2 * 1024 * 1024 * 1024ull) /* q35 puts more above 4 GiB */
#define HOLE64_MIN (1024 * 1024 * 1024ull)
#define HOLE64_MAX (32 * 1024 * 1024ull * 1024 * 1024) /* within the CPU's 46 address bits */

#define PHYS_BITS_MIN 36
#define PHYS_BITS_MAX 52
#define APERTURE_STEP (1024 * 1024ull) /* OVMF takes MiB */
#define APERTURE_MAX (16 * 1024 * 1024ull * 1024 * 1024) /* and no more than this */

static const char *const machine_keys[] = {
    "memory",    "hole64",   "hotplug", "iommu", "firmware", "cpu",
    "phys-bits", "aperture", "append",  NULL,
};
static const char *const hotplugs[] = { "native", "acpi", NULL };
static const char *const switches[] = { "off", "on", NULL };
static const char *const firmwares[] = { "seabios", "ovmf", NULL };

static gboolean read_processor(Machine *machine, const KeyFile *file, const char *group,
                               GError **error)
{
    g_autofree char *bits = key_file_get(file, group, "phys-bits");

    machine->cpu = key_file_get(file, group, "cpu");
    if (machine->cpu != NULL && (machine->cpu[0] == '\0' || strpbrk(machine->cpu, " \t"))) {
        return key_file_fail(file, group, "cpu", error,
                             "expected a model, as 'qemu-system-x86_64 -cpu help' has it, and "
                             "properties: MODEL,KEY=VALUE without spaces");
    }
    if (!key_file_get_number(file, group, "phys-bits", PHYS_BITS_MIN, PHYS_BITS_MAX,
                             &machine->phys_bits, error)) {
        return FALSE;
    }
    return bits == NULL || machine->cpu == NULL ||
           key_file_fail(file, group, "phys-bits", error,
                         "'cpu' stands here too; remove the key, and add ',phys-bits=%s' there",
                         bits);
}

static gboolean read_firmware(Machine *machine, const KeyFile *file, const char *group,
                              GError **error)
{
    g_autofree char *aperture = key_file_get(file, group, "aperture");
    guint firmware = FIRMWARE_SEABIOS;

    if (!key_file_get_choice(file, group, "firmware", firmwares, &firmware, error) ||
        !key_file_get_size(file, group, "aperture", &machine->aperture_bytes, error)) {
        return FALSE;
    }
    machine->firmware = firmware;
    if (aperture != NULL && machine->firmware != FIRMWARE_OVMF) {
        return key_file_fail(file, group, "aperture", error,
                             "only OVMF can be told; 'firmware = ovmf' is missing");
    }
    return aperture == NULL ||
           (machine->aperture_bytes != 0 && machine->aperture_bytes % APERTURE_STEP == 0 &&
            machine->aperture_bytes <= APERTURE_MAX) ||
           key_file_fail(file, group, "aperture", error, "expected 1M to 16T, a multiple of 1M");
}

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
    machine->append = key_file_get(file, group, "append");
    return read_processor(machine, file, group, error) &&
           read_firmware(machine, file, group, error);
}
