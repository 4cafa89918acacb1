/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Playing with a guest that nobody can ask. What it does is seen in QEMU: in the ledgers of the
 * device models and in the PCI tree. A step is over when the guest has done what was to be done,
 * and nothing has changed for a while.
 */
#include "config-space.h"
#include "device-bars.h"
#include "error.h"
#include "json-member.h"
#include "ledger-records.h"
#include "observation-outside.h"
#include "run.h"

#include <stdio.h>

#define POLL_US (200 * 1000)
#define BOOT_QUIET_FACTOR 4 /* between firmware and kernel nobody touches a function either */

gboolean run_is_outside(const Run *run)
{
    const Disk *disk = run->options->parts.disk;

    return disk != NULL && disk->outside;
}

typedef struct Reader {
    Qmp *qmp;
    guint64 base; /* 0: not there yet */
    GError *error;
} Reader;

static gboolean read_config(guint bus, guint slot, guint function, guint32 *words, gpointer data)
{
    Reader *reader = data;
    g_autofree char *command = config_space_command(reader->base, bus, slot, function);
    g_autofree char *text = NULL;

    if (reader->base == 0 || reader->error != NULL) {
        return FALSE;
    }
    text = qmp_human(reader->qmp, command, &reader->error);
    return text != NULL && config_space_parse(text, words);
}

Observation *run_read_config(Run *run, JsonNode *pci, const char *memory_map, GError **error)
{
    Reader reader = { .qmp = vm_qmp(run->vm), .base = config_space_find(memory_map) };
    g_autoptr(Observation) observation =
        observation_new_outside(run->scenario, pci, read_config, &reader);

    run->config_space = reader.base;
    if (reader.error != NULL) {
        g_propagate_error(error, reader.error);
        return NULL;
    }
    return g_steal_pointer(&observation);
}

/* What is looked at again and again: the tree with its addresses, and who has seen how much. */
typedef struct Glance {
    JsonNode *pci;
    GHashTable *ledgers; /* JsonNode by Function, of those that are there */
    GHashTable *written; /* set of Function without a ledger: one of its BARs has an address */
    GString *text;       /* the same as long as nothing has happened */
} Glance;

static void glance_clear(Glance *glance)
{
    g_clear_pointer(&glance->pci, json_node_unref);
    g_clear_pointer(&glance->ledgers, g_hash_table_unref);
    g_clear_pointer(&glance->written, g_hash_table_unref);
    if (glance->text != NULL) {
        g_string_free(glance->text, TRUE);
    }
}

/* Between two questions to QEMU a function can leave; the next glance sees it gone. */
static gboolean has_left(Run *run, const Function *function)
{
    g_autoptr(JsonNode) pci = run_query_pci(run, NULL);
    g_autofree char *bdf = pci == NULL ? NULL : pci_find_bdf(pci, function->name);

    return pci != NULL && bdf == NULL;
}

static gboolean add_ledger(Glance *glance, Run *run, Function *function, GError **error)
{
    g_autoptr(GError) cause = NULL;
    JsonNode *ledger = run_query_ledger(run, function, &cause);

    if (ledger == NULL && has_left(run, function)) {
        return TRUE;
    }
    if (ledger == NULL) {
        g_propagate_error(error, g_steal_pointer(&cause));
        vm_explain(run->vm, error);
        return FALSE;
    }
    g_hash_table_insert(glance->ledgers, function, ledger);
    g_string_append_printf(glance->text, " %" G_GINT64_FORMAT,
                           json_member_int(json_node_get_object(ledger), "total", 0));
    return TRUE;
}

/* Of a function without a ledger */
static gboolean add_header(Glance *glance, Run *run, Function *function, const char *bdf,
                           GError **error)
{
    Reader reader = { .qmp = vm_qmp(run->vm), .base = run->config_space };
    guint32 words[CONFIG_SPACE_WORDS];
    guint bus, slot, number;

    if (sscanf(bdf, "%*x:%x:%x.%x", &bus, &slot, &number) == 3 &&
        read_config(bus, slot, number, words, &reader)) {
        for (guint nr = 0; nr < BARSHIFT_BARS; nr++) {
            guint64 address = config_space_bar(words, nr);

            g_string_append_printf(glance->text, " %" G_GINT64_MODIFIER "x", address);
            if (address != 0) {
                g_hash_table_add(glance->written, function);
            }
        }
    }
    if (reader.error != NULL) {
        g_propagate_error(error, reader.error);
        vm_explain(run->vm, error);
        return FALSE;
    }
    return TRUE;
}

static gboolean glance_take(Glance *glance, Run *run, GError **error)
{
    g_autofree char *tree = NULL;

    glance->pci = run_query_pci(run, error);
    if (glance->pci == NULL) {
        return FALSE;
    }
    glance->ledgers =
        g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)json_node_unref);
    glance->written = g_hash_table_new(NULL, NULL);
    tree = json_to_string(glance->pci, FALSE);
    glance->text = g_string_new(tree);
    for (guint i = 0; i < run->scenario->functions->len; i++) {
        Function *function = g_ptr_array_index(run->scenario->functions, i);
        g_autofree char *bdf = pci_find_bdf(glance->pci, function->name);

        if (bdf != NULL && !(function->device == DEVICE_BARSHIFT
                                 ? add_ledger(glance, run, function, error)
                                 : add_header(glance, run, function, bdf, error))) {
            return FALSE;
        }
    }
    return TRUE;
}

/* (nullable): what the guest has not done yet; "fut", of the function that lacks it */
typedef const char *Missing(Run *run, const Glance *glance, gconstpointer data);

typedef struct Wait {
    Missing *missing;
    gconstpointer data;
    double quiet_seconds;
    double timeout_seconds;
    const char *what; /* the guest has not done by then */
} Wait;

static gboolean fail_wait(Run *run, const Wait *wait, const char *missing, GError **error)
{
    if (missing != NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_DEADLINE,
                    "the guest has not %s %s within %.0f s", wait->what, missing,
                    wait->timeout_seconds);
    } else {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_DEADLINE,
                    "within %.0f s there were never %.0f s without a change of a BAR or a ledger",
                    wait->timeout_seconds, wait->quiet_seconds);
    }
    vm_explain(run->vm, error);
    return FALSE;
}

static gboolean wait_quiet(Run *run, const Wait *wait, GError **error)
{
    gint64 deadline_us = deadline_in(wait->timeout_seconds);
    g_autofree char *before = NULL;
    gint64 since_us = g_get_monotonic_time();

    for (;;) {
        Glance glance = { 0 };
        gboolean taken = glance_take(&glance, run, error);
        gint64 now_us = g_get_monotonic_time();
        const char *missing = taken ? wait->missing(run, &glance, wait->data) : NULL;

        if (taken && g_strcmp0(before, glance.text->str) != 0) {
            since_us = now_us;
            g_free(before);
            before = g_strdup(glance.text->str);
        }
        glance_clear(&glance);
        if (!taken) {
            return FALSE;
        }
        if (missing == NULL &&
            now_us - since_us >= (gint64)(wait->quiet_seconds * G_USEC_PER_SEC)) {
            return TRUE;
        }
        if (now_us >= deadline_us) {
            return fail_wait(run, wait, missing, error);
        }
        g_usleep(POLL_US);
    }
}

static gboolean has_record(JsonNode *ledger, const char *event, const char *behind)
{
    JsonArray *records = json_member_array(json_node_get_object(ledger), "records");
    gboolean seen = behind == NULL;

    for (guint i = 0; i < json_array_length(records); i++) {
        const char *name = json_member_string(json_array_object(records, i), "event", "");

        if (seen && g_str_equal(name, event)) {
            return TRUE;
        }
        seen = seen || g_str_equal(name, behind);
    }
    return FALSE;
}

static gboolean is_mapped(JsonNode *ledger)
{
    g_autoptr(GPtrArray) bars = device_bars_parse(ledger);

    for (guint i = 0; bars != NULL && i < bars->len; i++) {
        if (!((const DeviceBar *)g_ptr_array_index(bars, i))->mapped) {
            return FALSE;
        }
    }
    return bars != NULL;
}

/*
 * The firmware switches decoding on, and a kernel switches it off for a moment to learn the sizes
 * of the BARs. Where none of ours is there at boot, the disk must at least have been read.
 */
static const char *missing_after_boot(Run *run, const Glance *glance, gconstpointer data)
{
    gboolean any = FALSE;

    (void)data;
    for (guint i = 0; i < run->scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(run->scenario->functions, i);
        JsonNode *ledger = g_hash_table_lookup(glance->ledgers, function);

        if (ledger != NULL) {
            any = TRUE;
            if (!is_mapped(ledger) || !has_record(ledger, "decode-off", "decode-on")) {
                return function->name;
            }
        }
    }
    return any || run_disk_was_read(run) ? NULL : "the disk";
}

gboolean run_outside_boot(Run *run, double timeout_seconds, GError **error)
{
    const Wait wait = {
        .missing = missing_after_boot,
        .quiet_seconds = run->options->parts.disk->quiet_seconds * BOOT_QUIET_FACTOR,
        .timeout_seconds = timeout_seconds,
        .what = "found and enabled",
    };

    return wait_quiet(run, &wait, error);
}

/* Only the guest writes BARs. */
static const char *missing_after_hot_add(Run *run, const Glance *glance, gconstpointer data)
{
    const GPtrArray *device = data;

    (void)run;
    for (guint i = 0; i < device->len; i++) {
        const Function *function = g_ptr_array_index(device, i);
        JsonNode *ledger = g_hash_table_lookup(glance->ledgers, function);

        if (ledger != NULL ? !has_record(ledger, "bar-write", NULL)
                           : !g_hash_table_contains(glance->written, function)) {
            return function->name;
        }
    }
    return NULL;
}

static const char *missing_nothing(Run *run, const Glance *glance, gconstpointer data)
{
    (void)run;
    (void)glance;
    (void)data;
    return NULL;
}

/* What was to begin together with the guest's work begins now. */
static gboolean settle(Run *run, Missing *missing, gconstpointer data, GError **error)
{
    const Wait wait = {
        .missing = missing,
        .data = data,
        .quiet_seconds = run->options->parts.disk->quiet_seconds,
        .timeout_seconds = run->options->timeout_seconds,
        .what = "looked at",
    };

    return run_begin_meanwhile(run, error) && wait_quiet(run, &wait, error);
}

gboolean run_outside_arrival(Run *run, const GPtrArray *device, GError **error)
{
    return settle(run, missing_after_hot_add, device, error);
}

gboolean run_outside_departure(Run *run, const GPtrArray *device, GError **error)
{
    return run_begin_meanwhile(run, error) && run_detach(run, device, error) &&
           settle(run, missing_nothing, NULL, error);
}

/* Says what a newcomer lacks; TRUE when each of its BARs has an address. */
static gboolean has_addresses(Run *run, const Observation *now, const Function *function)
{
    const FunctionState *state = observation_find(now, function);
    gboolean decodes = TRUE;

    for (guint i = 0; state != NULL && i < state->bars->len; i++) {
        const BarState *bar = g_ptr_array_index(state->bars, i);

        if (!function_state_counts(state, bar)) {
            continue;
        }
        if (bar_state_place(bar)->state != VIEW_ASSIGNED) {
            run_detail(run, "%s has no address in BAR %u", function->name, bar->nr);
            return FALSE;
        }
        decodes &= function_state_decodes(state, bar);
    }
    if (state != NULL && !decodes) {
        run_detail(run, "%s has addresses, and nobody has switched decoding on", function->name);
    }
    return state != NULL && state->bars->len != 0;
}

gboolean run_outside_start(Run *run, GHashTable *functions, GError **error)
{
    g_autoptr(Observation) now = run_observe(run, error);

    for (guint i = 0; now != NULL && i < run->scenario->functions->len; i++) {
        Function *function = g_ptr_array_index(run->scenario->functions, i);

        if (g_hash_table_contains(functions, function) && has_addresses(run, now, function)) {
            g_hash_table_add(run->story.served, function);
        }
    }
    return now != NULL;
}

/* Who was switched off for a moment since was stopped, and by the guest, for nobody else could. */
void run_outside_note_stopped(Run *run, const Observation *after)
{
    for (guint i = 0; i < run->scenario->functions->len; i++) {
        Function *function = g_ptr_array_index(run->scenario->functions, i);
        g_autoptr(GArray) records = NULL;

        if (observation_find(run->story.before, function) == NULL ||
            g_hash_table_contains(run->story.newcomers, function) ||
            g_hash_table_contains(run->story.removed, function)) {
            continue;
        }
        records = ledger_records_between(run->story.before, after, function);
        for (guint r = 0; r < records->len; r++) {
            if (ledger_record_is(&g_array_index(records, LedgerRecord, r), "decode-off")) {
                g_hash_table_add(run->story.stopped, function);
            }
        }
    }
}
