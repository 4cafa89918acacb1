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
    "base-lies, header-stale, content-lost, content-aliased, old-answers, scratch-lost, " \
    "size-lies, stuck-bit, dead-mapping, bar-ignored, resize-not-decoded, " \
    "resize-while-decoding, reset-keeps-size, ledger-drops, capability-loop, interrupt-lost, " \
    "wrong-vector, dma-unstoppable, dma-shifted"

#define WORD_NAMES "pref, rebar=SIZES, ram, pattern, none, control or nonconforming"

#define CONTROL ",bar0=16K:mem32:control"

static const PropertyCase property_cases[] = {
    { "/property/size/refuses-no-power-of-two", "barshift,size=3G",
      "property 'size': '3G' is not a power of two" },
    { "/property/size/refuses-zero", "barshift,size=0",
      "property 'size': '0' is not a power of two" },
    { "/property/size/refuses-what-is-no-size", "barshift,size=lots",
      "property 'size': 'lots' is not a size" },
    { "/property/size/refuses-less-than-the-header-page", "barshift,size=2K,rebar=off",
      "property 'size': '2K': a memory BAR has at least 4 KiB, its header page" },
    { "/property/size/refuses-above-1-tib", "barshift,size=2T,rebar=off",
      "property 'size': '2T': memory is behind at most 1 TiB; 'pattern' has no limit" },
    { "/property/size/refuses-what-is-not-in-the-set", "barshift,size=2G,rebar=256M-1G",
      "property 'size': '2G': the size is not one of 'rebar'" },
    { "/property/size/refuses-what-is-not-in-the-default-set", "barshift,size=32G",
      "property 'size': '32G': the size is not one of 'rebar'" },
    { "/property/size/refuses-a-bar-beside-it", "barshift,size=2G" CONTROL,
      "property 'size': not together with 'bar0', which says it" },
    { "/property/rebar/refuses-a-bar-beside-it", "barshift,rebar=2G,bar5=16K:mem32:control",
      "property 'rebar': not together with 'bar5', which says it" },
    { "/property/rebar/refuses-nothing", "barshift,rebar=",
      "property 'rebar': rebar names no size (256M-16G, 256M+1G+4G)" },
    { "/property/rebar/refuses-what-is-no-size", "barshift,rebar=256M-lots",
      "property 'rebar': 'lots' is not a size" },
    { "/property/rebar/refuses-an-empty-part", "barshift,rebar=256M+",
      "property 'rebar': '' is not a size" },
    { "/property/rebar/refuses-no-power-of-two", "barshift,rebar=256M+3G",
      "property 'rebar': '3G' is not a power of two" },
    { "/property/rebar/refuses-below-1-mib", "barshift,rebar=4K-1G",
      "property 'rebar': '4K' is below 1 MiB, the smallest resizable size" },
    { "/property/rebar/refuses-more-memory-than-1-tib", "barshift,rebar=1G-8E",
      "property 'size': '2G': memory is behind at most 1 TiB; 'pattern' has no limit" },
    { "/property/rebar/refuses-a-range-backwards", "barshift,rebar=16G-256M",
      "property 'rebar': '16G-256M' has its larger size first" },
    { "/property/rebar/asks-for-a-size-up-to-512-gib", "barshift,rebar=1T,size=1T",
      "property 'rebar': '1T' has no size from 1 MiB to 512 GiB" },
    { "/property/bar/refuses-nothing", "barshift,bar0=", "property 'bar0': '' is not a size" },
    { "/property/bar/refuses-no-power-of-two", "barshift,bar0=3K:mem32",
      "property 'bar0': '3K' is not a power of two" },
    { "/property/bar/refuses-no-kind", "barshift,bar0=16K",
      "property 'bar0': '16K': after the size and ':' expected io, mem32 or mem64, not ''" },
    { "/property/bar/refuses-an-unknown-kind", "barshift,bar0=16K:mem16",
      "property 'bar0': '16K:mem16': after the size and ':' expected io, mem32 or mem64, not "
      "'mem16'" },
    { "/property/bar/refuses-an-unknown-word", "barshift,bar0=16K:mem32:fast",
      "property 'bar0': '16K:mem32:fast': 'fast' is none of " WORD_NAMES },
    { "/property/bar/refuses-an-empty-word", "barshift,bar0=16K:mem32:",
      "property 'bar0': '16K:mem32:': '' is none of " WORD_NAMES },
    { "/property/bar/refuses-a-second-backing", "barshift,bar0=16K:mem32:ram:none",
      "property 'bar0': '16K:mem32:ram:none': 'none' is a second backing" },
    { "/property/bar/refuses-less-than-the-header-page", "barshift,bar0=2K:mem32",
      "property 'bar0': '2K:mem32': a memory BAR has at least 4 KiB, its header page" },
    { "/property/bar/refuses-32-bits-above-2-gib", "barshift,bar0=4G:mem32",
      "property 'bar0': '4G:mem32': a 32-bit BAR has at most 2 GiB" },
    { "/property/bar/refuses-32-bits-that-grow-above-2-gib", "barshift,bar0=1G:mem32:rebar=1G-4G",
      "property 'bar0': '1G:mem32:rebar=1G-4G': a 32-bit BAR has at most 2 GiB" },
    { "/property/bar/refuses-32-bits-prefetchable", "barshift,bar0=1M:mem32:pref",
      "property 'bar0': '1M:mem32:pref': PCIe wants a prefetchable BAR to be mem64; "
      "'nonconforming' allows mem32" },
    { "/property/bar/refuses-much-memory", "barshift,bar0=2T:mem64",
      "property 'bar0': '2T:mem64': memory is behind at most 1 TiB; 'pattern' has no limit" },
    { "/property/bar/refuses-a-size-out-of-its-set", "barshift,bar0=4M:mem64:rebar=1M-2M",
      "property 'bar0': '4M:mem64:rebar=1M-2M': the size is not one of 'rebar'" },
    { "/property/bar/refuses-an-empty-set", "barshift,bar0=4M:mem64:rebar=",
      "property 'bar0': rebar names no size (256M-16G, 256M+1G+4G)" },
    { "/property/bar/asks-for-a-size-up-to-512-gib", "barshift,bar0=1T:mem64:pattern:rebar=1T-8E",
      "property 'bar0': '1T-8E' has no size from 1 MiB to 512 GiB" },
    { "/property/io/refuses-more-than-256-bytes", "barshift,bar1=512:io" CONTROL,
      "property 'bar1': '512:io': PCI allows an I/O BAR 256 bytes; 'nonconforming' allows more" },
    { "/property/io/refuses-more-than-64-kib", "barshift,bar1=128K:io:nonconforming" CONTROL,
      "property 'bar1': '128K:io:nonconforming': an I/O BAR has 4 bytes to 64 KiB" },
    { "/property/io/refuses-less-than-4-bytes", "barshift,bar1=2:io" CONTROL,
      "property 'bar1': '2:io': an I/O BAR has 4 bytes to 64 KiB" },
    { "/property/io/refuses-prefetchable", "barshift,bar1=64:io:pref" CONTROL,
      "property 'bar1': '64:io:pref': 'pref' is for memory BARs" },
    { "/property/io/refuses-resizable", "barshift,bar1=64:io:rebar=1M" CONTROL,
      "property 'bar1': '64:io:rebar=1M': 'rebar' is for memory BARs" },
    { "/property/io/refuses-control-registers", "barshift,bar1=64:io:control" CONTROL,
      "property 'bar1': '64:io:control': 'control' is for memory BARs" },
    { "/property/io/refuses-memory", "barshift,bar1=64:io:ram" CONTROL,
      "property 'bar1': '64:io:ram': an I/O BAR cannot have memory: pattern or none" },
    { "/property/layout/refuses-64-bits-in-the-last-slot", "barshift,bar5=1M:mem64" CONTROL,
      "property 'bar5': mem64 takes the next slot too, and this is the last" },
    { "/property/layout/refuses-a-slot-taken-twice", "barshift,bar1=1M:mem64,bar2=1M:mem32" CONTROL,
      "property 'bar2': the slot belongs to 'bar1', which is mem64" },
    { "/property/layout/asks-for-control-registers", "barshift,bar1=1M:mem64",
      "properties 'bar0' to 'bar5': one needs 'control', for the control registers" },
    { "/property/layout/refuses-control-registers-twice", "barshift,bar1=1M:mem32:control" CONTROL,
      "property 'bar1': 'bar0' has 'control' already" },
    { "/property/rom/refuses-no-power-of-two", "barshift,rom=3K",
      "property 'rom': 3072 is no power of two from 2K to 16M" },
    { "/property/rom/refuses-less-than-2-kib", "barshift,rom=1K",
      "property 'rom': 1024 is no power of two from 2K to 16M" },
    { "/property/rom/refuses-more-than-16-mib", "barshift,rom=32M",
      "property 'rom': 33554432 is no power of two from 2K to 16M" },
    { "/property/rom/refuses-a-file-beside-it", "barshift,rom=64K,romfile=efi-virtio.rom",
      "property 'rom': not together with 'romfile'" },
    { "/property/identity/refuses-a-long-vendor-id", "barshift,vendor-id=0x10000",
      "property 'vendor-id': 0x10000 has more than 16 bits" },
    { "/property/identity/refuses-a-long-device-id", "barshift,device-id=0x12345",
      "property 'device-id': 0x12345 has more than 16 bits" },
    { "/property/identity/refuses-a-long-revision", "barshift,revision=256",
      "property 'revision': 0x100 has more than 8 bits" },
    { "/property/identity/refuses-a-long-class", "barshift,class=0x1000000",
      "property 'class': 0x1000000 has more than 24 bits" },
    { "/property/identity/refuses-a-long-subsystem-vendor-id",
      "barshift,subsystem-vendor-id=0x10000",
      "property 'subsystem-vendor-id': 0x10000 has more than 16 bits" },
    { "/property/identity/refuses-a-long-subsystem-id", "barshift,subsystem-id=0x10000",
      "property 'subsystem-id': 0x10000 has more than 16 bits" },
    { "/property/msix/refuses-more-than-64", "barshift,msix=65",
      "property 'msix': 65 is not 0 to 64" },
    { "/property/msix/refuses-a-bar-when-no-slot-is-free",
      "barshift,bar1=64:io,bar2=1M:mem64,bar4=1M:mem64,msix=4" CONTROL,
      "property 'msix': 4: no slot is free for a BAR with the table; 'msix-bar' puts it into "
      "another" },
    { "/property/msix-bar/asks-for-msix", "barshift,msix-bar=0",
      "property 'msix-bar': 0: there is no table, 'msix' is 0" },
    { "/property/msix-bar/refuses-an-absent-one", "barshift,msix=4,msix-bar=5",
      "property 'msix-bar': 5: there is no such BAR" },
    { "/property/msix-bar/refuses-an-upper-half", "barshift,msix=4,msix-bar=3",
      "property 'msix-bar': 3: there is no such BAR" },
    { "/property/msix-bar/refuses-what-is-no-bar", "barshift,msix=4,msix-bar=6",
      "property 'msix-bar': 6: there is no such BAR" },
    { "/property/msix-bar/refuses-an-io-bar", "barshift,bar1=256:io,msix=4,msix-bar=1" CONTROL,
      "property 'msix-bar': 1: the table cannot be in an I/O BAR" },
    { "/property/msix-bar/refuses-one-without-room",
      "barshift,bar1=4K:mem32,msix=4,msix-bar=1" CONTROL,
      "property 'msix-bar': 1: it has no room for the table behind its header page" },
    { "/property/msix-offset/asks-for-msix", "barshift,msix-offset=8K",
      "property 'msix-offset': 8192: there is no table, 'msix' is 0" },
    { "/property/msix-offset/refuses-no-multiple-of-8", "barshift,msix=4,msix-offset=4100",
      "property 'msix-offset': 4100 is no multiple of 8" },
    { "/property/msix-offset/refuses-the-header-page", "barshift,msix=4,msix-offset=4088",
      "property 'msix-offset': 4088: the first 4 KiB of a BAR are its header page" },
    { "/property/msix-offset/refuses-zero", "barshift,msix=4,msix-offset=0",
      "property 'msix-offset': 0: the first 4 KiB of a BAR are its header page" },
    { "/property/msix-offset/refuses-beyond-the-bar",
      "barshift,bar1=8K:mem32,msix=64,msix-bar=1,msix-offset=7168" CONTROL,
      "property 'msix-offset': 7168: table and pending bits are not within the 8192 bytes of BAR "
      "1" },
    { "/property/msix-offset/refuses-far-beyond-the-bar", "barshift,msix=4,msix-offset=1E",
      "property 'msix-offset': 1152921504606846976: table and pending bits are not within the "
      "16384 bytes of BAR 1" },
    { "/property/msix-offset/refuses-what-a-resize-hides",
      "barshift,msix=4,msix-bar=2,msix-offset=256M",
      "property 'msix-offset': 268435456: table and pending bits are not within the 268435456 "
      "bytes of BAR 2 at its smallest size" },
    { "/property/msix-offset/refuses-above-4-gib",
      "barshift,bar2=8G:mem64:pattern,msix=4,msix-bar=2,msix-offset=4294967232" CONTROL,
      "property 'msix-offset': 4294967232: table and pending bits are not within the first 4 "
      "GiB" },
    { "/property/msi/refuses-no-power-of-two", "barshift,msi=3",
      "property 'msi': 3 is not 0, 1, 2, 4, 8, 16 or 32" },
    { "/property/msi/refuses-more-than-32", "barshift,msi=64",
      "property 'msi': 64 is not 0, 1, 2, 4, 8, 16 or 32" },
    { "/property/vfs/refuses-more-than-16", "barshift,bus=above,vfs=17",
      "property 'vfs': 17 is not 0 to 16" },
    { "/property/vfs/refuses-the-root-bus", "barshift,vfs=1",
      "property 'vfs': 1: virtual functions are for device 0 below a port" },
    { "/property/vfs/come-from-their-physical-function-only", "barshift-vf",
      "Parameter 'driver' expects a pluggable device type" },
    { "/property/vf-bar/refuses-no-virtual-function", "barshift,vf-bar2=1M:mem64",
      "property 'vf-bar2': '1M:mem64': there is no virtual function, 'vfs' is 0" },
    { "/property/vf-bar/refuses-an-io-bar",
      "barshift,bus=above,vfs=1,vf-bar0=16K:mem64:control,vf-bar3=64:io",
      "property 'vf-bar3': '64:io': a virtual function has memory BARs only" },
    { "/property/vf-bar/refuses-what-no-bar-can-be",
      "barshift,bus=above,vfs=1,vf-bar0=16K:mem64:fast",
      "property 'vf-bar0': '16K:mem64:fast': 'fast' is none of " WORD_NAMES },
    { "/property/vf-bar/refuses-less-than-a-page", "barshift,bus=above,vfs=1,vf-bar0=2K:mem64",
      "property 'vf-bar0': '2K:mem64': a memory BAR has at least 4 KiB, its header page" },
    { "/property/vf-bar/asks-for-control-registers", "barshift,bus=above,vfs=1,vf-bar0=1M:mem64",
      "properties 'vf-bar0' to 'vf-bar5': one needs 'control', for the control registers" },
    { "/property/vf-bar/refuses-a-slot-taken-twice",
      "barshift,bus=above,vfs=1,vf-bar0=16K:mem64:control,vf-bar1=1M:mem32",
      "property 'vf-bar1': the slot belongs to 'vf-bar0', which is mem64" },
    { "/property/ledger-depth/refuses-too-few", "barshift,ledger-depth=15",
      "property 'ledger-depth': 15 is not 16 to 65536" },
    { "/property/ledger-depth/refuses-too-many", "barshift,ledger-depth=65537",
      "property 'ledger-depth': 65537 is not 16 to 65536" },
    { "/property/fault/refuses-an-unknown-name", "barshift,fault=base-lies+nonsense",
      "property 'fault': 'nonsense' is none of " FAULT_NAMES },
    { "/property/bus/refuses-a-conventional-one", "barshift,bus=conventional",
      "barshift needs a PCI Express bus" },
};

static void test_property(gconstpointer data)
{
    const PropertyCase *row = data;
    const char *const arguments[] = {
        "-device", "i82801b11-bridge,id=conventional", "-device", "pcie-root-port,id=above",
        "-device", row->device, NULL,
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
