/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "accel.h"

#include "error.h"
#include "vm.h"

#include <unistd.h>

/* A boot takes well under 2 s under a working KVM, and about 2 s even without it. */
#define ACCEL_BOOT_SECONDS 8.0

static const char accel_kvm_node[] = "/dev/kvm";

static char *cache_path(void)
{
    return g_build_filename(g_get_user_cache_dir(), "barshift", "accel", NULL);
}

/* What an answer depends on: the host's boot, QEMU and the guest's kernel. */
static char *cache_key(const MachineParts *parts)
{
    g_autofree char *boot = NULL;

    if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL)) {
        return NULL;
    }
    return g_strdup_printf("%s %s %s", g_strstrip(boot), parts->qemu, parts->kernel);
}

static const char *cache_read(const char *key)
{
    g_autofree char *path = cache_path();
    g_autofree char *text = NULL;
    const char *answer;

    if (key == NULL || !g_file_get_contents(path, &text, NULL, NULL) ||
        !g_str_has_suffix(g_strchomp(text), key)) {
        return NULL;
    }
    answer = g_str_has_prefix(text, "kvm ") ? "kvm" : "tcg";
    return answer;
}

/* A cache that cannot be written costs the next run a probe, nothing else. */
static void cache_write(const char *key, const char *answer)
{
    g_autofree char *path = cache_path();
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *text = g_strdup_printf("%s %s\n", answer, key);

    if (key != NULL && g_mkdir_with_parents(folder, 0755) == 0) {
        g_file_set_contents(path, text, -1, NULL);
    }
}

static gboolean boots_under_kvm(const MachineParts *parts, GCancellable *cancellable,
                                GError **error)
{
    g_autoptr(GPtrArray) nothing = g_ptr_array_new();
    const Scenario bare = {
        .machine = { .memory_bytes = 256 * 1024 * 1024, .hole64_bytes = 1024 * 1024 * 1024 },
        .ports = nothing,
        .functions = nothing,
    };
    g_autoptr(RunFolder) folder = run_folder_new(FALSE, error);
    g_autoptr(Vm) vm = NULL;
    MachineParts kvm = *parts;

    if (folder == NULL) {
        return FALSE;
    }
    kvm.accel = "kvm";
    vm = vm_start(&bare, &kvm, folder, cancellable, error);
    return vm != NULL &&
           guest_wait_hello(vm_guest(vm), deadline_in(ACCEL_BOOT_SECONDS), error);
}

const char *accel_probe(const MachineParts *parts, GCancellable *cancellable, GError **error)
{
    g_autofree char *key = cache_key(parts);
    const char *answer = cache_read(key);
    g_autoptr(GError) cause = NULL;

    if (access(accel_kvm_node, R_OK | W_OK) != 0) {
        return "tcg";
    }
    if (answer != NULL) {
        return answer;
    }
    answer = boots_under_kvm(parts, cancellable, &cause) ? "kvm" : "tcg";
    if (g_error_matches(cause, RUNNER_ERROR, RUNNER_ERROR_INTERRUPTED)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return NULL;
    }
    /* any other error says nothing about KVM */
    if (cause == NULL || g_error_matches(cause, RUNNER_ERROR, RUNNER_ERROR_DEADLINE)) {
        cache_write(key, answer);
    }
    return answer;
}
