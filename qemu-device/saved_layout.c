/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What properties have made of the function for good.
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "migration/qemu-file-types.h"
#include "barshift.h"
#include "saved_layout.h"

#define TEXT_BYTES_MAX 4096

static void G_GNUC_PRINTF(3, 4) add(GString *text, const char *property, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_string_append_printf(text, "%s=", property);
    g_string_append_vprintf(text, format, arguments);
    g_string_append_c(text, '\n');
    va_end(arguments);
}

static const char *on_off(bool on)
{
    return on ? "on" : "off";
}

static void add_bars(GString *text, const BarshiftState *s)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        const BarshiftBar *bar = &s->bars[nr];
        g_autofree char *property = g_strdup_printf("bar%u", nr);
        BarSpec given = bar->spec;
        g_autofree char *value = NULL;

        given.size_bytes = bar->given_bytes;
        value = bar_present(bar) ? bar_spec_text(&given) : NULL;
        add(text, property, "%s", value ? value : "");
    }
}

static void add_identity(GString *text, const uint8_t *config)
{
    add(text, "vendor-id", "0x%x", pci_get_word(config + PCI_VENDOR_ID));
    add(text, "device-id", "0x%x", pci_get_word(config + PCI_DEVICE_ID));
    add(text, "revision", "0x%x", config[PCI_REVISION_ID]);
    add(text, "class", "0x%x", pci_get_long(config + PCI_CLASS_REVISION) >> 8);
    add(text, "subsystem-vendor-id", "0x%x", pci_get_word(config + PCI_SUBSYSTEM_VENDOR_ID));
    add(text, "subsystem-id", "0x%x", pci_get_word(config + PCI_SUBSYSTEM_ID));
}

static void add_interrupts(GString *text, const Interrupts *interrupts)
{
    add(text, "msix", "%" PRIu32, interrupts->msix_vectors);
    if (interrupts->msix_vectors) {
        add(text, "msix-bar", "%u", interrupts->table_bar);
        add(text, "msix-offset", "0x%" PRIx32, interrupts->table_offset);
    }
    add(text, "msi", "%" PRIu32, interrupts->msi_vectors);
    add(text, "intx", "%s", on_off(interrupts->intx));
}

/* A property that is not here may differ between where a state is saved and where it is loaded */
static GString *layout_text(BarshiftState *s)
{
    GString *text = g_string_new(NULL);

    add(text, "tag", "%" PRIu32, s->tag);
    add_bars(text, s);
    add(text, "rom", "%" PRIu64, s->rom_bytes);
    add_identity(text, PCI_DEVICE(s)->config);
    add(text, "serial", "0x%" PRIx64, s->identity.serial);
    add_interrupts(text, &s->interrupts);
    add(text, "flr", "%s", on_off(s->power.flr));
    add(text, "no-soft-reset", "%s", on_off(s->power.no_soft_reset));
    add(text, "aer", "%s", on_off(s->aer.enabled));
    add(text, "vfs", "%" PRIu32, s->sriov.count);
    add(text, "ledger-depth", "%" PRIu32, s->ledger_depth);
    return text;
}

static int put_layout(QEMUFile *f, void *pv, size_t size, const VMStateField *field,
                      JSONWriter *vmdesc)
{
    g_autoptr(GString) text = layout_text(pv);

    qemu_put_be32(f, text->len);
    qemu_put_buffer(f, (const uint8_t *)text->str, text->len);
    return 0;
}

/* Same lines: the first that differs differs in its value */
static bool compare(const char *here, const char *saved)
{
    g_auto(GStrv) our_lines = g_strsplit(here, "\n", -1);
    g_auto(GStrv) their_lines = g_strsplit(saved, "\n", -1);

    for (unsigned i = 0; our_lines[i] && their_lines[i]; i++) {
        unsigned name = strcspn(our_lines[i], "=");

        if (g_str_equal(our_lines[i], their_lines[i])) {
            continue;
        }
        if (strncmp(our_lines[i], their_lines[i], name + 1) != 0) {
            break;
        }
        error_report("barshift: property '%.*s': '%s' here, but '%s' where the state was saved",
                     name, our_lines[i], our_lines[i] + name + 1, their_lines[i] + name + 1);
        return false;
    }
    if (!g_str_equal(here, saved)) {
        error_report("barshift: the saved state is of a function with other properties");
        return false;
    }
    return true;
}

static int get_layout(QEMUFile *f, void *pv, size_t size, const VMStateField *field)
{
    uint32_t length = qemu_get_be32(f);
    g_autoptr(GString) here = layout_text(pv);
    g_autofree char *saved = NULL;

    if (length > TEXT_BYTES_MAX) {
        error_report("barshift: the layout of the saved state is longer than %d bytes: %" PRIu32,
                     TEXT_BYTES_MAX, length);
        return -EINVAL;
    }
    saved = g_malloc0(length + 1);
    if (qemu_get_buffer(f, (uint8_t *)saved, length) != length) {
        return -EIO;
    }
    return compare(here->str, saved) ? 0 : -EINVAL;
}

static const VMStateInfo info_layout = {
    .name = "layout",
    .get = get_layout,
    .put = put_layout,
};

const VMStateDescription vmstate_saved_layout = {
    .name = "barshift-layout",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        { .name = "layout", .info = &info_layout, .size = sizeof(BarshiftState),
          .flags = VMS_SINGLE },
        VMSTATE_END_OF_LIST()
    }
};
