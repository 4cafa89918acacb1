/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in a saved state, and which states a function takes.
 */

#include <string.h>

#include <linux/pci_regs.h>

#include "observation.h"
#include "placement.h"
#include "rebar-size.h"
#include "state.h"

#define CONTENT UINT64_C(0x1122334455667788)
#define PAGE_BYTES UINT64_C(4096)

/* Any BARs */

static const struct {
    const char *name;
    const char *properties;
} layouts[] = {
    { "default", "" },
    { "several-resizable", ",bar0=16K:mem32:control,bar1=1M:mem32:rebar=1M-16M,"
                           "bar2=2G:mem64:pref:rebar=256M-16G,bar4=64M:mem64:pref:rebar=64M+4G" },
    { "pattern-and-io", ",bar0=4K:mem32:control,bar1=64K:mem32:pattern,"
                        "bar2=1T:mem64:pref:pattern,bar4=256:io:pattern,bar5=4:io" },
    { "memory-behind-the-control-registers", ",bar0=64K:mem64:control:ram" },
    { "rom", ",rom=64K" },
    { "identity", ",vendor-id=0x1b36,device-id=0x11,class=0x020000,revision=3,serial=99,"
                  "subsystem-vendor-id=1,subsystem-id=2" },
    { "small-ledger", ",ledger-depth=16" },
};

static void resize_all_to_largest(const Function *function)
{
    unsigned rebar = capability_find(function, PCI_EXT_CAP_ID_REBAR);
    unsigned count =
        rebar ? (config_read(function, rebar + REBAR_CONTROL(0), 4) & REBAR_CONTROL_COUNT) >> 5 : 0;

    for (unsigned i = 0; i < count; i++) {
        uint32_t sizes = config_read(function, rebar + REBAR_CAPABILITY(i), 4) >>
                         REBAR_CAPABILITY_SIZES_SHIFT;

        config_write(function, rebar + REBAR_CONTROL(i) + 1, 1, g_bit_storage(sizes) - 1);
    }
}

/* The first and the last words behind the header of each BAR, or what is there now */
static void content(const Function *function, uint64_t words[2 * BARSHIFT_BARS], bool write)
{
    for (unsigned i = 0; i < 2 * BARSHIFT_BARS; i++) {
        const FunctionBar *bar = &function->bars[i / 2];
        uint64_t address = bar->base + (i % 2 ? bar->size - 8 : PAGE_BYTES);

        if ((bar->kind != BAR_MEM32 && bar->kind != BAR_MEM64) || bar->size <= PAGE_BYTES) {
            words[i] = 0;
        } else if (write) {
            qtest_write(function->qtest, address, 8, words[i]);
        } else {
            words[i] = qtest_read(function->qtest, address, 8);
        }
    }
}

static void test_layout(gconstpointer data)
{
    const char *properties = data;
    uint64_t words[2 * BARSHIFT_BARS], words_there[2 * BARSHIFT_BARS];
    g_autoptr(GBytes) state = NULL;
    Function here, there;

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        words[i] = CONTENT + i;
    }
    function_start(&here, properties);
    resize_all_to_largest(&here);
    function_place_bars(&here);
    config_write(&here, PCI_ROM_ADDRESS, 4,
                 (uint32_t)here.bars[FUNCTION_ROM].base | PCI_ROM_ADDRESS_ENABLE);
    content(&here, words, true);
    state = state_save(here.qtest);

    function_start_incoming(&there, properties);
    state_load(there.qtest, state, 0);
    assert_observations(observe_function(&there), observe_function(&here));
    memcpy(there.bars, here.bars, sizeof(there.bars));
    assert_bars_reached(&there);
    content(&here, words, false);
    content(&there, words_there, false);
    g_assert_cmpmem(words_there, sizeof(words_there), words, sizeof(words));
    if (here.bars[FUNCTION_ROM].kind != BAR_ABSENT) {
        g_assert_cmphex(qtest_read(there.qtest, there.bars[FUNCTION_ROM].base, 2), ==, 0xaa55);
    }
    function_stop(&there);
    function_stop(&here);
}

/* What memory costs */

/* Bytes of the device's section without the text that tells the properties */
static gsize section_cost(GBytes *state)
{
    gsize length, section = state_section(state, "barshift", &length);
    const uint8_t *bytes = (const uint8_t *)g_bytes_get_data(state, NULL) + section;

    return length - ((gsize)bytes[2] << 8 | bytes[3]);
}

static gsize cost_of(const Function *function)
{
    g_autoptr(GBytes) state = state_save(function->qtest);

    return section_cost(state);
}

static gsize cost_of_untouched(const char *properties)
{
    Function function;
    gsize cost;

    function_start(&function, properties);
    function_place(&function, MEMORY_BASE);
    cost = cost_of(&function);
    function_stop(&function);
    return cost;
}

static void test_untouched_memory_costs_nothing(void)
{
    gsize smallest = cost_of_untouched(",size=1M,rebar=off");

    g_assert_cmpuint(cost_of_untouched(""), ==, smallest);
    g_assert_cmpuint(cost_of_untouched(",size=1T,rebar=off"), ==, smallest);
}

/* A read through the mapping touches a page as a write does */
static void test_zero_costs_nothing(void)
{
    gsize untouched = cost_of_untouched("");
    Function function;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    for (unsigned i = 1; i <= 100; i++) {
        qtest_read(function.qtest, MEMORY_BASE + i * MIB, 8);
        qtest_write(function.qtest, MEMORY_BASE + GIB + i * PAGE_BYTES, 8, 0);
    }
    g_assert_cmpuint(cost_of(&function), ==, untouched);
    function_stop(&function);
}

/* Neighbours make one run. What a smaller size hides is saved, too. */
static void test_content_costs_its_pages(void)
{
    gsize untouched = cost_of_untouched("");
    Function function;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    for (unsigned i = 1; i <= 5; i++) {
        qtest_write(function.qtest, MEMORY_BASE + i * PAGE_BYTES, 8, i == 4 ? 0 : CONTENT);
    }
    qtest_write(function.qtest, MEMORY_BASE + 2 * GIB - 8, 8, CONTENT);
    decode_set(&function, false);
    config_write(&function, capability_find(&function, PCI_EXT_CAP_ID_REBAR) + REBAR_CONTROL(0) + 1,
                 1, 8);
    g_assert_cmpuint(cost_of(&function), ==, untouched + 3 * 16 + 5 * PAGE_BYTES);
    function_stop(&function);
}

/* Functions that are not the same */

static const struct {
    const char *name;
    const char *here; /* where the state is saved */
    const char *there;
    const char *message;
} mismatches[] = {
    { "size", "", ",size=4G",
      "property 'bar2': '4G:mem64:pref:rebar=256M-16G:ram' here, but "
      "'2G:mem64:pref:rebar=256M-16G:ram' where the state was saved" },
    { "sizes", "", ",rebar=256M-1G+2G+8G",
      "property 'bar2': '2G:mem64:pref:rebar=256M-2G+8G:ram' here, but "
      "'2G:mem64:pref:rebar=256M-16G:ram'" },
    { "not-resizable", "", ",rebar=off",
      "property 'bar2': '2G:mem64:pref:ram' here, but '2G:mem64:pref:rebar=256M-16G:ram'" },
    { "no-such-bar", "", ",bar0=16K:mem32:control",
      "property 'bar2': '' here, but '2G:mem64:pref:rebar=256M-16G:ram'" },
    { "backing", ",bar0=16K:mem32:control,bar1=1M:mem32:ram",
      ",bar0=16K:mem32:control,bar1=1M:mem32:pattern",
      "property 'bar1': '1M:mem32:pattern' here, but '1M:mem32:ram'" },
    { "rom", ",rom=64K", "", "property 'rom': '0' here, but '65536'" },
    { "ledger-depth", "", ",ledger-depth=16", "property 'ledger-depth': '16' here, but '256'" },
    { "vendor-id", "", ",vendor-id=0x1b36",
      "property 'vendor-id': '0x1b36' here, but '0x1af4'" },
    { "class", "", ",class=0x020000", "property 'class': '0x20000' here, but '0x120000'" },
    { "serial", ",serial=5", "", "property 'serial': '0x0' here, but '0x5'" },
    { "msix", ",msix=4,msix-bar=2", ",msix=8,msix-bar=2", "property 'msix': '8' here, but '4'" },
    { "msix-bar", ",msix=4,msix-bar=2", ",msix=4,msix-bar=0,msix-offset=0x1000",
      "property 'msix-bar': '0' here, but '2'" },
    { "msix-offset", ",msix=4,msix-bar=2", ",msix=4,msix-bar=2,msix-offset=0x2000",
      "property 'msix-offset': '0x2000' here, but '0x1000'" },
    { "msi", ",msi=4", "", "property 'msi': '0' here, but '4'" },
    { "intx", "", ",intx=on", "property 'intx': 'on' here, but 'off'" },
    { "flr", "", ",flr=off", "property 'flr': 'off' here, but 'on'" },
    { "no-soft-reset", "", ",no-soft-reset=off",
      "property 'no-soft-reset': 'off' here, but 'on'" },
    { "aer", ",aer=off", "", "property 'aer': 'on' here, but 'off'" },
    { "tag", ",tag=8", "", "property 'tag': '7' here, but '8'" },
};

static void test_mismatch(gconstpointer data)
{
    unsigned i = GPOINTER_TO_UINT(data);
    g_autoptr(GBytes) state = NULL;
    Function here, there;

    function_start(&here, mismatches[i].here);
    state = state_save(here.qtest);
    function_start_incoming(&there, mismatches[i].there);
    state_assert_refused(there.qtest, state, mismatches[i].message);
    function_stop(&here);
}

/* The same BAR may be written in many ways */
static void test_spelling_does_not_matter(void)
{
    g_autoptr(GBytes) state = NULL;
    Function here, there;

    function_start(&here, ",size=2048M,rebar=16G+256M-8G");
    state = state_save(here.qtest);
    function_start_incoming(&there,
                            ",bar0=16K:mem32:control,bar2=2G:mem64:ram:pref:rebar=256M-16G");
    state_load(there.qtest, state, 0);
    function_stop(&there);
    function_stop(&here);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(layouts); i++) {
        g_autofree char *path = g_strconcat("/saved-state/layout/", layouts[i].name, NULL);

        g_test_add_data_func(path, layouts[i].properties, test_layout);
    }
    g_test_add_func("/saved-state/memory/untouched-costs-nothing",
                    test_untouched_memory_costs_nothing);
    g_test_add_func("/saved-state/memory/zero-costs-nothing", test_zero_costs_nothing);
    g_test_add_func("/saved-state/memory/content-costs-its-pages", test_content_costs_its_pages);
    for (size_t i = 0; i < G_N_ELEMENTS(mismatches); i++) {
        g_autofree char *path = g_strconcat("/saved-state/mismatch/", mismatches[i].name, NULL);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_mismatch);
    }
    g_test_add_func("/saved-state/spelling-does-not-matter", test_spelling_does_not_matter);
    return g_test_run();
}
