/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "snapshot-key.h"

#include "file-digests.h"
#include "qemu-firmware.h"

#include <string.h>

/* Options whose values are files that the guest gets to see */
static const char *const file_options[] = { "-kernel", "-initrd", "-bios", NULL };

typedef struct KeyParts {
    FileDigests *digests;
    GChecksum *checksum;
} KeyParts;

/* With its end, so that two words are not one */
static void add_word(KeyParts *key, const char *word)
{
    g_checksum_update(key->checksum, (const guchar *)word, (gssize)strlen(word) + 1);
}

/* @file: (nullable): that there is none counts, too */
static gboolean add_file(KeyParts *key, const char *file, GError **error)
{
    g_autofree char *digest = file == NULL ? g_strdup("none")
                                           : file_digest(key->digests, file, error);

    if (digest != NULL) {
        add_word(key, digest);
    }
    return digest != NULL;
}

static gboolean add_command(KeyParts *key, const Scenario *scenario, const MachineParts *parts,
                            GError **error)
{
    MachineParts neutral = *parts;
    g_auto(GStrv) command = NULL;

    neutral.qemu = "qemu";
    neutral.disks = NULL;
    neutral.console = "console";
    neutral.qmp = "qmp";
    neutral.link = "link";
    command = machine_command(scenario, &neutral);
    for (guint i = 0; command[i] != NULL; i++) {
        if (i > 0 && g_strv_contains(file_options, command[i - 1])) {
            if (!add_file(key, command[i], error)) {
                return FALSE;
            }
        } else {
            add_word(key, command[i]);
        }
    }
    return TRUE;
}

/* The guest has measured its processor's clock, which is the host's. */
static void add_processor(KeyParts *key)
{
    g_autofree char *text = NULL;
    const char *model = NULL;

    if (g_file_get_contents("/proc/cpuinfo", &text, NULL, NULL)) {
        model = strstr(text, "model name");
    }
    if (model != NULL) {
        *strchrnul(text + (model - text), '\n') = '\0';
    }
    add_word(key, model == NULL ? "" : model);
}

static gboolean add_all(KeyParts *key, const Scenario *scenario, const MachineParts *parts,
                        const char *cache, GCancellable *cancellable, GError **error)
{
    g_autofree char *qemu = qemu_program(parts->qemu, error);
    g_autofree char *digest = qemu == NULL ? NULL : file_digest(key->digests, qemu, error);
    g_auto(GStrv) firmware = NULL;

    if (digest == NULL) {
        return FALSE;
    }
    add_word(key, digest);
    firmware = qemu_firmware_files(qemu, digest, cache, cancellable, error);
    for (guint i = 0; firmware != NULL && firmware[i] != NULL; i++) {
        if (!add_file(key, firmware[i], error)) {
            return FALSE;
        }
    }
    return firmware != NULL && add_file(key, parts->device, error) &&
           add_file(key, machine_needs_modules(scenario) ? parts->modules : NULL, error) &&
           add_command(key, scenario, parts, error);
}

char *snapshot_base_key(const Scenario *scenario, const MachineParts *parts, const char *cache,
                        GError **error)
{
    g_autofree char *known = g_build_filename(cache, "digests", NULL);
    g_autoptr(FileDigests) digests = file_digests_open(known);
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *memory =
        g_strdup_printf("%" G_GUINT64_FORMAT, scenario->machine.memory_bytes);
    KeyParts key = { .digests = digests, .checksum = checksum };

    add_word(&key, "barshift base " G_STRINGIFY(SNAPSHOT_FORMAT));
    add_word(&key, memory);
    return add_file(&key, parts->kernel, error) && add_file(&key, parts->initrd, error) &&
                   add_file(&key, machine_needs_modules(scenario) ? parts->modules : NULL, error)
               ? g_strconcat(SNAPSHOT_BASE_PREFIX, g_checksum_get_string(checksum), NULL)
               : NULL;
}

char *snapshot_key(const Scenario *scenario, const MachineParts *parts, const char *prepared,
                   const char *cache, GCancellable *cancellable, GError **error)
{
    g_autofree char *known = g_build_filename(cache, "digests", NULL);
    g_autoptr(FileDigests) digests = file_digests_open(known);
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    KeyParts key = { .digests = digests, .checksum = checksum };

    add_word(&key, "barshift snapshot " G_STRINGIFY(SNAPSHOT_FORMAT));
    add_word(&key, prepared);
    add_processor(&key);
    return add_all(&key, scenario, parts, cache, cancellable, error)
               ? g_strdup(g_checksum_get_string(checksum))
               : NULL;
}
