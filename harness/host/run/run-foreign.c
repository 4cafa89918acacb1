/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions of QEMU's own devices, which nothing in the guest need have a driver for. */
#include "error.h"
#include "run.h"

/* By the monitor, which takes each property as text, whatever its type. */
gboolean run_add_foreign(Run *run, const Function *function, GError **error)
{
    g_autofree char *option = machine_function_option(function);
    g_autofree char *line = g_strconcat("device_add ", option, NULL);
    g_autofree char *refusal = qmp_human(vm_qmp(run->vm), line, error);

    if (refusal != NULL && g_strstrip(refusal)[0] != '\0') {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "%s", refusal);
        return FALSE;
    }
    return refusal != NULL;
}

/* The kernel forgets a BAR that it has no room for, and enables the function without. */
static GHashTable *mapped_functions(Run *run, GHashTable *functions, GError **error)
{
    g_autoptr(JsonNode) pci = run_query_pci(run, error);
    GHashTable *mapped = pci == NULL ? NULL : g_hash_table_new(NULL, NULL);
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, functions);
    while (mapped != NULL && g_hash_table_iter_next(&iterator, &key, NULL)) {
        if (pci_is_mapped(pci, ((const Function *)key)->name)) {
            g_hash_table_add(mapped, key);
        }
    }
    return mapped;
}

gboolean run_enable_foreign(Run *run, GHashTable *functions, GError **error)
{
    g_autoptr(GString) addresses =
        run_function_addresses(run, functions, DEVICE_FOREIGN, error);
    g_autoptr(GuestReply) reply = NULL;
    g_autoptr(GHashTable) mapped = NULL;

    if (addresses == NULL || addresses->len == 0) {
        return addresses != NULL;
    }
    reply = run_guest(run, error, "enable-functions%s", addresses->str);
    if (!run_check_reply(reply, "enable-functions", error)) {
        return FALSE;
    }
    if (reply->status != 0 && run->step->detail == NULL) {
        run_detail(run, "%s", g_strstrip(reply->err->str));
    }
    mapped = mapped_functions(run, functions, error);
    return mapped != NULL && run_note_started(run, mapped, reply->out->str, error);
}
