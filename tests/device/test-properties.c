/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties that make no legal function: QEMU ends, and its message names property, value and
 * rule.
 */

#include <string.h>

#include "function.h"

typedef struct PropertyCase {
    const char *path;
    const char *device;
    const char *message;
} PropertyCase;

#define FAULT_NAMES \
    "base-lies, header-stale, content-lost, old-answers, scratch-lost, size-lies, stuck-bit, " \
    "dead-mapping"

static const PropertyCase property_cases[] = {
    { "/property/size/refuses-no-power-of-two", "barshift,size=3G",
      "property 'size': 3 GiB is not a power of two" },
    { "/property/size/refuses-zero", "barshift,size=0",
      "property 'size': 0 B is not a power of two" },
    { "/property/size/refuses-below-1-mib", "barshift,size=512K,rebar=off",
      "property 'size': 512 KiB is below 1 MiB" },
    { "/property/size/refuses-above-1-tib", "barshift,size=2T,rebar=off",
      "property 'size': 2 TiB is above 1 TiB" },
    { "/property/size/refuses-what-is-not-in-the-set", "barshift,size=2G,rebar=256M-1G",
      "property 'size': 2 GiB is not one of rebar=256M-1G" },
    { "/property/size/refuses-what-is-not-in-the-default-set", "barshift,size=32G",
      "property 'size': 32 GiB is not one of rebar=256M-16G" },
    { "/property/rebar/refuses-nothing", "barshift,rebar=",
      "property 'rebar': no size given (256M-16G, 256M+1G+4G or off)" },
    { "/property/rebar/refuses-what-is-no-size", "barshift,rebar=256M-lots",
      "property 'rebar': 'lots' in '256M-lots' is not a size" },
    { "/property/rebar/refuses-an-empty-part", "barshift,rebar=256M+",
      "property 'rebar': '' in '256M+' is not a size" },
    { "/property/rebar/refuses-no-power-of-two", "barshift,rebar=256M+3G",
      "property 'rebar': '3G' in '256M+3G' is not a power of two" },
    { "/property/rebar/refuses-below-1-mib", "barshift,rebar=4K-1G",
      "property 'rebar': '4K' in '4K-1G' is below 1 MiB" },
    { "/property/rebar/refuses-above-1-tib", "barshift,rebar=1G-8E",
      "property 'rebar': '8E' in '1G-8E' is above 1 TiB" },
    { "/property/rebar/refuses-a-range-backwards", "barshift,rebar=16G-256M",
      "property 'rebar': '16G-256M' in '16G-256M' has its larger size first" },
    { "/property/rebar/asks-for-a-size-up-to-512-gib", "barshift,rebar=1T,size=1T",
      "property 'rebar': '1T' has no size from 1 MiB to 512 GiB" },
    { "/property/fault/refuses-an-unknown-name", "barshift,fault=base-lies+nonsense",
      "property 'fault': 'nonsense' is none of " FAULT_NAMES },
    { "/property/bus/refuses-a-conventional-one", "barshift,bus=conventional",
      "barshift needs a PCI Express bus" },
};

static void test_property(gconstpointer data)
{
    const PropertyCase *row = data;
    const char *const arguments[] = {
        "-device", "i82801b11-bridge,id=conventional", "-device", row->device, NULL,
    };
    g_autofree char *expected = g_strdup_printf("-device %s: %s\n", row->device, row->message);
    g_autofree char *text = NULL;
    int status;

    text = qtest_refusal(NULL, arguments, &status);
    g_assert_cmpint(status, ==, 1);
    g_assert_nonnull(strstr(text, "-device"));
    g_assert_cmpstr(strstr(text, "-device"), ==, expected);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(property_cases); i++) {
        g_test_add_data_func(property_cases[i].path, &property_cases[i], test_property);
    }
    return g_test_run();
}
