/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "platform.h"

#include "accel.h"
#include "built.h"
#include "error.h"
#include "kernel-choice.h"
#include "qemu-choice.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A kernel or a QEMU, before each is put together with each. */
typedef struct Part {
    char *name, *word, *path;
    gboolean built_in; /* QEMU: it has the device */
} Part;

static void part_free(gpointer data)
{
    Part *part = data;

    g_free(part->name);
    g_free(part->word);
    g_free(part->path);
    g_free(part);
}

static void platform_free(gpointer data)
{
    Platform *platform = data;

    g_free(platform->label);
    g_free(platform->kernel_name);
    g_free(platform->kernel_word);
    g_free(platform->kernel);
    g_free(platform->modules);
    g_free(platform->qemu_name);
    g_free(platform->qemu);
    g_free(platform->device);
    g_free(platform);
}

/* Does another one of @words end in the same folders and name? */
static gboolean is_ambiguous(char *const *words, const char *word, const char *name)
{
    for (guint i = 0; words[i] != NULL; i++) {
        gsize length = strlen(words[i]), end = strlen(name);

        if (words[i] != word && length >= end && g_str_equal(words[i] + length - end, name) &&
            (length == end || words[i][length - end - 1] == '/')) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Without its folder, or with as many as it takes to tell it from the others. */
static char *short_name(char *const *words, const char *word)
{
    const char *slash = strrchr(word, '/');
    const char *name = slash == NULL ? word : slash + 1;

    while (name > word && is_ambiguous(words, word, name)) {
        slash = g_strrstr_len(word, name - word - 1, "/");
        name = slash == NULL ? word : slash + 1;
    }
    return g_strdup(name);
}

static char **split_list(const char *option, const char *list, GError **error)
{
    g_auto(GStrv) words = g_strsplit(list, ",", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        const char *const *others = (const char *const *)words + i + 1;

        if (words[i][0] == '\0') {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s '%s': an empty name", option,
                        list);
            return NULL;
        }
        if (g_strv_contains(others, words[i])) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: '%s' is there twice", option,
                        words[i]);
            return NULL;
        }
    }
    return g_steal_pointer(&words);
}

static GPtrArray *disk_alone(const Disk *disk)
{
    GPtrArray *kernels = g_ptr_array_new_with_free_func(part_free);
    Part *kernel = g_new0(Part, 1);

    kernel->name = g_path_get_basename(disk->image);
    kernel->word = g_strdup(disk->image);
    g_ptr_array_add(kernels, kernel);
    return kernels;
}

static GPtrArray *find_kernels(const PlatformsAsked *asked, GError **error)
{
    const char *list = asked->kernels != NULL ? asked->kernels : g_getenv("BARSHIFT_KERNEL");
    g_autoptr(GPtrArray) kernels = g_ptr_array_new_with_free_func(part_free);
    g_auto(GStrv) words = NULL;

    if (asked->disk != NULL) {
        return disk_alone(asked->disk);
    }
    if (list == NULL || list[0] == '\0') {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "no kernel; give --kernel FILE, or start through ./barshift, which fetches "
                    "the distribution's");
        return NULL;
    }
    words = split_list("--kernel", list, error);
    for (guint i = 0; words != NULL && words[i] != NULL; i++) {
        Part *kernel = g_new0(Part, 1);

        g_ptr_array_add(kernels, kernel);
        kernel->path = kernel_choice_find(words[i], asked->kernels != NULL, error);
        if (kernel->path == NULL) {
            return NULL;
        }
        kernel->word = kernel_choice_word(kernel->path);
        kernel->name = kernel_choice_is_file(words[i]) ? short_name(words, words[i])
                                                       : g_strdup(words[i]);
    }
    return words == NULL ? NULL : g_steal_pointer(&kernels);
}

static GPtrArray *find_qemus(const PlatformsAsked *asked, GCancellable *cancellable,
                             GError **error)
{
    g_autoptr(GPtrArray) qemus = g_ptr_array_new_with_free_func(part_free);
    const char *list = asked->qemus != NULL ? asked->qemus : BARSHIFT_QEMU;
    g_auto(GStrv) words = split_list("--qemu", list, error);

    for (guint i = 0; words != NULL && words[i] != NULL; i++) {
        Part *qemu = g_new0(Part, 1);

        g_ptr_array_add(qemus, qemu);
        qemu->path = g_strdup(words[i]);
        qemu->name = short_name(words, words[i]);
        /* the device was built for the one that is not given */
        if (asked->qemus != NULL &&
            !qemu_choice_check(words[i], BARSHIFT_DEVICE, &qemu->built_in, cancellable, error)) {
            return NULL;
        }
    }
    return words == NULL ? NULL : g_steal_pointer(&qemus);
}

static char *label(const Part *kernel, gboolean several_kernels, const Part *qemu,
                   gboolean several_qemus)
{
    return g_strconcat(several_kernels ? kernel->name : "", several_kernels ? "/" : "",
                       several_qemus ? qemu->name : "", several_qemus ? "/" : "", NULL);
}

/* With a guest of the user's own, KVM is tried with ours, which is known to boot in a moment. */
static const char *probe(const Platform *platform, const MachineParts *shared,
                         GCancellable *cancellable, GError **error)
{
    MachineParts parts = platform_parts(platform, shared);

    if (parts.disk != NULL) {
        parts.disk = NULL;
        parts.kernel = g_getenv("BARSHIFT_KERNEL");
    }
    return parts.kernel == NULL || parts.kernel[0] == '\0'
               ? "tcg"
               : accel_probe(&parts, cancellable, error);
}

static gboolean choose_accel(Platform *platform, const PlatformsAsked *asked,
                             GCancellable *cancellable, GError **error)
{
    const MachineParts shared = { .append = asked->append };

    platform->accel = "tcg";
    if (asked->accel != NULL && !g_str_equal(asked->accel, "auto")) {
        platform->accel = asked->accel;
    } else if (!asked->dry_run) {
        platform->accel = probe(platform, &shared, cancellable, error);
    }
    return platform->accel != NULL;
}

static void add_platform(GPtrArray *platforms, const PlatformsAsked *asked,
                             const GPtrArray *kernels, const Part *kernel, const GPtrArray *qemus,
                             const Part *qemu)
{
    Platform *platform = g_new0(Platform, 1);

    platform->disk = asked->disk;
    platform->label = label(kernel, kernels->len > 1, qemu, qemus->len > 1);
    platform->kernel_name = g_strdup(kernel->name);
    platform->kernel_word = g_strdup(kernel->word);
    platform->kernel = g_strdup(kernel->path);
    platform->modules = g_strdup(asked->modules);
    platform->qemu_name = g_strdup(qemu->name);
    platform->qemu = g_strdup(qemu->path);
    platform->device = qemu->built_in ? NULL : g_strdup(BARSHIFT_DEVICE);
    g_ptr_array_add(platforms, platform);
}

static gboolean check_modules(PlatformsAsked *asked, guint kernels, GError **error)
{
    gboolean option = asked->modules != NULL;

    if (asked->disk != NULL) {
        return TRUE;
    }
    asked->modules = option ? asked->modules : g_getenv("BARSHIFT_MODULES");
    if (asked->modules == NULL || asked->modules[0] == '\0') {
        asked->modules = NULL;
        return TRUE;
    }
    if (kernels > 1) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "modules '%s': they are of one kernel, and %u are given", asked->modules,
                    kernels);
        return FALSE;
    }
    if (access(asked->modules, R_OK) != 0) {
        g_set_error(error, RUNNER_ERROR, option ? RUNNER_ERROR_USAGE : RUNNER_ERROR_ENVIRONMENT,
                    "modules '%s': %s; expected a cpio archive", asked->modules,
                    g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

GPtrArray *platforms_find(const PlatformsAsked *asked, GCancellable *cancellable, GError **error)
{
    g_autoptr(GPtrArray) platforms = g_ptr_array_new_with_free_func(platform_free);
    g_autoptr(GPtrArray) kernels = find_kernels(asked, error);
    g_autoptr(GPtrArray) qemus = NULL;
    PlatformsAsked checked = *asked;

    if (kernels == NULL || !check_modules(&checked, kernels->len, error) ||
        !built_check(BARSHIFT_DEVICE, error) || !built_check(BARSHIFT_INITRD, error) ||
        (asked->disk != NULL &&
         (!built_check(BARSHIFT_BUNDLE, error) || !built_check(BARSHIFT_SEED, error))) ||
        (qemus = find_qemus(asked, cancellable, error)) == NULL) {
        return NULL;
    }
    for (guint i = 0; i < kernels->len * qemus->len; i++) {
        add_platform(platforms, &checked, kernels, g_ptr_array_index(kernels, i / qemus->len),
                     qemus, g_ptr_array_index(qemus, i % qemus->len));
        if (!choose_accel(g_ptr_array_index(platforms, i), asked, cancellable, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&platforms);
}

MachineParts platform_parts(const Platform *platform, const MachineParts *shared)
{
    MachineParts parts = *shared;

    parts.qemu = platform->qemu;
    parts.device = platform->device;
    parts.disk = platform->disk;
    parts.kernel = platform->kernel;
    parts.initrd = BARSHIFT_INITRD;
    parts.modules = platform->modules;
    parts.accel = platform->accel;
    return parts;
}
