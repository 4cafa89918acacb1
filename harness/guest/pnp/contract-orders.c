/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Written from the sources and not from the models, and looser: what the sources leave open has one
 * place.
 */
#include <string.h>

#include "contract-orders.h"

/* What is not its default follows, as ".count = EACH_STREAM" */
#define ENTRY(place_, driver_, callback_, source_, ...) \
    { .place = place_, .driver = driver_, .callback = callback_, .source = source_, __VA_ARGS__ }

#define QUERY(...) ENTRY(__VA_ARGS__, .request = PNP_QUERY_STOP)
#define CANCEL(...) ENTRY(__VA_ARGS__, .request = PNP_CANCEL_STOP)
#define NEEDS(...) ENTRY(__VA_ARGS__, .request = PNP_QUERY_REQUIREMENTS)
#define FILTER(...) ENTRY(__VA_ARGS__, .request = PNP_FILTER_REQUIREMENTS)
#define STOP(...) ENTRY(__VA_ARGS__, .request = PNP_STOP)
#define START(...) ENTRY(__VA_ARGS__, .request = PNP_START)
#define SURPRISE(...) ENTRY(__VA_ARGS__, .request = PNP_SURPRISE_REMOVAL)
#define REMOVE(...) ENTRY(__VA_ARGS__, .request = PNP_REMOVE)

#define MAY_END_ .rules = MAY_END
#define AFTER_ .rules = AFTER_FAILURE

static const ContractEntry wdm[] = {
    QUERY(1, "filter", "IRP_MN_QUERY_STOP_DEVICE", "query-stop", MAY_END_),
    QUERY(2, "function", "IRP_MN_QUERY_STOP_DEVICE", "query-stop", MAY_END_),
    QUERY(3, "bus", "IRP_MN_QUERY_STOP_DEVICE", "query-stop", MAY_END_),
    CANCEL(1, "bus", "IRP_MN_CANCEL_STOP_DEVICE", "cancel-stop"),
    CANCEL(2, "function", "IRP_MN_CANCEL_STOP_DEVICE", "cancel-stop"),
    CANCEL(3, "filter", "IRP_MN_CANCEL_STOP_DEVICE", "cancel-stop"),
    NEEDS(1, "filter", "IRP_MN_QUERY_RESOURCE_REQUIREMENTS", "requirements"),
    NEEDS(2, "function", "IRP_MN_QUERY_RESOURCE_REQUIREMENTS", "requirements"),
    NEEDS(3, "bus", "IRP_MN_QUERY_RESOURCE_REQUIREMENTS", "requirements"),
    FILTER(1, "bus", "IRP_MN_FILTER_RESOURCE_REQUIREMENTS", "filter-requirements"),
    FILTER(2, "function", "IRP_MN_FILTER_RESOURCE_REQUIREMENTS", "filter-requirements"),
    FILTER(3, "filter", "IRP_MN_FILTER_RESOURCE_REQUIREMENTS", "filter-requirements"),
    STOP(1, "filter", "IRP_MN_STOP_DEVICE", "stop"),
    STOP(2, "function", "IRP_MN_STOP_DEVICE", "stop"),
    STOP(3, "bus", "IRP_MN_STOP_DEVICE", "stop"),
    START(1, "function", "release-old", "start", .rules = IF_STARTED),
    START(2, "bus", "IRP_MN_START_DEVICE", "start", MAY_END_),
    START(3, "function", "IRP_MN_START_DEVICE", "start", MAY_END_),
    START(4, "filter", "IRP_MN_START_DEVICE", "start", MAY_END_),
    SURPRISE(1, "filter", "IRP_MN_SURPRISE_REMOVAL", "surprise-removal"),
    SURPRISE(1, "function", "IRP_MN_SURPRISE_REMOVAL", "surprise-removal"),
    SURPRISE(1, "bus", "IRP_MN_SURPRISE_REMOVAL", "surprise-removal"),
    REMOVE(1, "filter", "IRP_MN_REMOVE_DEVICE", "rebalance"),
    REMOVE(1, "function", "IRP_MN_REMOVE_DEVICE", "rebalance"),
    REMOVE(1, "bus", "IRP_MN_REMOVE_DEVICE", "rebalance"),
};

/* The places of START are behind those of STOP, which a START without a STOP brings first */
static const ContractEntry kmdf[] = {
    QUERY(1, "kmdf", "static-stop-remove", "kmdf-states", MAY_END_),
    QUERY(2, "kmdf", "special-files", "kmdf-states", MAY_END_),
    QUERY(4, "function", "EvtDeviceQueryStop", "kmdf-states", MAY_END_),
    QUERY(5, "kmdf", "stay-in-d0", "kmdf-states", MAY_END_),
    FILTER(1, "function", "EvtDeviceFilterRemoveResourceRequirements", "kmdf-up"),
    FILTER(2, "function", "EvtDeviceFilterAddResourceRequirements", "kmdf-up"),
    STOP(10, "function", "EvtDeviceSelfManagedIoSuspend", "kmdf-irps"),
    STOP(20, "kmdf", "queues-stop", "kmdf-irps"),
    STOP(30, "function", "EvtIoStop", "kmdf-irps", .count = EACH_REQUEST,
         .word = "WdfRequestStopActionSuspend"),
    STOP(40, "function", "EvtDmaEnablerSelfManagedIoStop", "kmdf-dma", .rules = IF_DMA),
    STOP(41, "function", "EvtDmaEnablerDisable", "kmdf-dma", .rules = IF_DMA),
    STOP(42, "function", "EvtDmaEnablerFlush", "kmdf-dma", .rules = IF_DMA),
    STOP(50, "function", "EvtDeviceD0ExitPreInterruptsDisabled", "kmdf-irps"),
    STOP(60, "function", "EvtInterruptDisable", "kmdf-irps", .count = EACH_INTERRUPT),
    STOP(80, "function", "EvtDeviceD0Exit", "kmdf-power", .word = "WdfPowerDeviceD3Final"),
    STOP(100, "function", "EvtDeviceReleaseHardware", "kmdf-release"),
    START(100, "function", "EvtDriverDeviceAdd", "kmdf-rebalance", .rules = IF_FIRST),
    START(110, "function", "EvtDeviceRemoveAddedResources", "kmdf-up"),
    START(120, "function", "EvtDevicePrepareHardware", "kmdf-prepare", MAY_END_),
    START(140, "function", "EvtDeviceD0Entry", "kmdf-up", MAY_END_,
          .word = "WdfPowerDeviceD3Final"),
    START(150, "function", "EvtInterruptEnable", "kmdf-up", MAY_END_,
          .count = EACH_INTERRUPT),
    START(160, "function", "EvtDeviceD0EntryPostInterruptsEnabled", "kmdf-up", MAY_END_),
    START(170, "function", "EvtDmaEnablerFill", "kmdf-up", .rules = MAY_END | IF_DMA),
    START(171, "function", "EvtDmaEnablerEnable", "kmdf-up", .rules = MAY_END | IF_DMA),
    START(172, "function", "EvtDmaEnablerSelfManagedIoStart", "kmdf-up",
          .rules = MAY_END | IF_DMA),
    START(180, "function", "EvtChildListScanForChildren", "kmdf-up", .rules = IF_CHILDREN),
    START(190, "function", "EvtIoResume", "kmdf-up", .rules = IN_ORDER, .count = EACH_HELD),
    START(195, "kmdf", "queues-start", "kmdf-up"),
    START(200, "function", "EvtDeviceSelfManagedIoInit", "kmdf-up",
          .rules = MAY_END | IF_FIRST),
    START(200, "function", "EvtDeviceSelfManagedIoRestart", "kmdf-up",
          .rules = MAY_END | IF_RESTART),
    START(300, "function", "EvtDeviceReleaseHardware", "kmdf-prepare", AFTER_),
    START(310, "kmdf", "interfaces-disable", "kmdf-states", AFTER_),
    START(320, "kmdf", "queues-purge", "kmdf-states", AFTER_),
    START(330, "function", "EvtDeviceSelfManagedIoFlush", "kmdf-states", AFTER_),
    SURPRISE(1, "function", "EvtDeviceSurpriseRemoval", "kmdf-states"),
    SURPRISE(2, "kmdf", "interfaces-disable", "kmdf-states", .rules = IF_PULLED),
    SURPRISE(3, "kmdf", "queues-purge", "kmdf-states", .rules = IF_PULLED),
    SURPRISE(4, "function", "EvtDeviceSelfManagedIoFlush", "kmdf-states", .rules = IF_PULLED),
    REMOVE(1, "function", "EvtDeviceSelfManagedIoCleanup", "kmdf-states"),
};

/* Between those of KMDF. Of streams and circuits neither is said to come first */
static const ContractEntry acx[] = {
    QUERY(3, "acx", "running-streams", "acx-streams", MAY_END_),
    STOP(70, "function", "EvtAcxStreamPowerDown", "acx-streams", .count = EACH_STREAM),
    STOP(70, "function", "EvtAcxCircuitPowerDown", "acx-circuit", .count = EACH_SUBDEVICE),
    STOP(90, "function", "EvtAcxStreamReleaseHardware", "acx-streams", .count = EACH_STREAM),
    STOP(90, "function", "EvtAcxCircuitReleaseHardware", "acx-circuit",
         .count = EACH_SUBDEVICE),
    START(130, "function", "EvtAcxCircuitPrepareHardware", "acx-streams", MAY_END_,
          .count = EACH_SUBDEVICE),
    START(130, "function", "EvtAcxStreamPrepareHardware", "acx-streams",
          .rules = MAY_END | IF_RESTART, .count = EACH_STREAM),
    START(145, "function", "EvtAcxCircuitPowerUp", "acx-streams", MAY_END_,
          .count = EACH_SUBDEVICE),
    START(180, "function", "EvtAcxStreamPowerUp", "acx-streams",
          .rules = MAY_END | IF_RESTART, .count = EACH_STREAM),
};

/* An objection that is ignored is an event like any other */
#define OBJECTION(place_, driver_, callback_) \
    QUERY(place_, driver_, callback_, "ndis-event", .word = "NetEventQueryRemoveDevice", \
          MAY_END_, .without = OPTION_OBJECTION_IGNORED), \
    QUERY(place_, driver_, callback_, "ndis-event", .word = "NetEventQueryRemoveDevice", \
          .rules = TOLERATED, .with = OPTION_OBJECTION_IGNORED)

static const ContractEntry ndis[] = {
    OBJECTION(1, "lower-filter", "FilterNetPnPEvent"),
    OBJECTION(2, "upper-filter", "FilterNetPnPEvent"),
    OBJECTION(3, "protocol", "ProtocolNetPnPEvent"),
    CANCEL(1, "lower-filter", "FilterNetPnPEvent", "ndis-event",
           .word = "NetEventCancelRemoveDevice"),
    CANCEL(1, "upper-filter", "FilterNetPnPEvent", "ndis-event",
           .word = "NetEventCancelRemoveDevice"),
    CANCEL(2, "protocol", "ProtocolNetPnPEvent", "ndis-event",
           .word = "NetEventCancelRemoveDevice"),
    FILTER(1, "miniport", "MiniportFilterResourceRequirements", "ndis-pnp-irp",
           .with = OPTION_FILTER_CALLED),
    STOP(1, "protocol", "pause", "ndis-stop"),
    STOP(2, "upper-filter", "pause", "ndis-stop"),
    STOP(3, "lower-filter", "pause", "ndis-stop"),
    STOP(4, "miniport", "MiniportPause", "ndis-pause", .word = "NDIS_STATUS_PAUSED"),
    STOP(5, "protocol", "ProtocolUnbindAdapterEx", "ndis-stop"),
    STOP(6, "upper-filter", "FilterDetach", "ndis-stop"),
    STOP(6, "lower-filter", "FilterDetach", "ndis-stop"),
    STOP(7, "miniport", "MiniportHaltEx", "ndis-halt", .word = "NdisHaltDeviceStopped"),
    START(1, "miniport", "MiniportInitializeEx", "ndis-initialize", MAY_END_),
    START(2, "lower-filter", "attach", "ndis-start"),
    START(3, "upper-filter", "attach", "ndis-start"),
    START(4, "protocol", "bind", "ndis-start"),
    START(5, "miniport", "MiniportRestart", "ndis-start"),
    SURPRISE(1, "ndis", "IRP_MN_SURPRISE_REMOVAL", "surprise-removal"),
    REMOVE(1, "ndis", "IRP_MN_REMOVE_DEVICE", "rebalance"),
};

static const ContractEntry storport[] = {
    QUERY(1, "class", "IRP_MN_QUERY_STOP_DEVICE", "classpnp", MAY_END_),
    QUERY(2, "class", "ClassStopDevice", "classpnp", MAY_END_),
    QUERY(3, "storport", "IRP_MN_QUERY_STOP_DEVICE", "query-stop", MAY_END_),
    CANCEL(1, "storport", "IRP_MN_CANCEL_STOP_DEVICE", "cancel-stop"),
    CANCEL(2, "class", "IRP_MN_CANCEL_STOP_DEVICE", "classpnp"),
    NEEDS(1, "miniport", "SRB_FUNCTION_PNP", "storport-pnp",
          .word = "StorQueryResourceRequirements"),
    FILTER(1, "miniport", "SRB_FUNCTION_PNP", "storport-pnp",
           .word = "StorFilterResourceRequirements"),
    STOP(1, "storport", "queue-hold", "bench", .without = OPTION_IO_REJECTED),
    STOP(1, "storport", "queue-reject", "bench", .with = OPTION_IO_REJECTED),
    STOP(2, "storport", "drain", "storport-control"),
    STOP(3, "miniport", "SRB_FUNCTION_FLUSH", "storport-control"),
    STOP(4, "miniport", "SRB_FUNCTION_PNP", "storport-pnp", .word = "StorStopDevice",
         .without = OPTION_ADAPTER_FIRST),
    STOP(5, "miniport", "HwStorAdapterControl", "storport-control", .word = "ScsiStopAdapter",
         .without = OPTION_STOP_ADAPTER_SKIPPED),
    STOP(6, "miniport", "SRB_FUNCTION_PNP", "storport-pnp", .word = "StorStopDevice",
         .with = OPTION_ADAPTER_FIRST),
    STOP(7, "storport", "release-resources", "storport-control"),
    START(1, "miniport", "HwStorFindAdapter", "storahci", MAY_END_,
          .without = OPTION_FIND_ADAPTER_SKIPPED),
    START(1, "miniport", "HwStorFindAdapter", "storahci", .rules = MAY_END | IF_FIRST,
          .with = OPTION_FIND_ADAPTER_SKIPPED),
    START(2, "miniport", "HwStorInitialize", "storport-control", MAY_END_),
    START(3, "storport", "queue-release", "holding"),
    START(4, "storport", "release-resources", "bench", AFTER_),
    SURPRISE(1, "storport", "IRP_MN_SURPRISE_REMOVAL", "surprise-removal"),
    REMOVE(1, "storport", "IRP_MN_REMOVE_DEVICE", "rebalance"),
};

static const ContractEntry wddm[] = {
    QUERY(1, "dxgkrnl", "IRP_MN_QUERY_STOP_DEVICE", "bench", MAY_END_,
          .with = OPTION_QUERY_REFUSED),
    QUERY(1, "dxgkrnl", "IRP_MN_QUERY_STOP_DEVICE", "bench", .without = OPTION_QUERY_REFUSED),
    CANCEL(1, "dxgkrnl", "IRP_MN_CANCEL_STOP_DEVICE", "cancel-stop"),
    STOP(1, "dxgkrnl", "gpu-idle", "wddm-threads"),
    STOP(1, "dxgkrnl", "evict", "wddm-threads"),
    STOP(2, "miniport", "DxgkDdiStopDeviceAndReleasePostDisplayOwnership", "wddm-post",
         .rules = IF_POST_DISPLAY | TOLERATED),
    STOP(3, "miniport", "DxgkDdiStopDevice", "wddm-stop", .rules = OR_ABOVE),
    START(1, "miniport", "DxgkDdiAddDevice", "wddm-remove", .rules = IF_FIRST),
    START(2, "miniport", "DxgkDdiStartDevice", "wddm-start", MAY_END_),
    START(3, "dxgkrnl", "resume", "bench"),
    SURPRISE(1, "dxgkrnl", "IRP_MN_SURPRISE_REMOVAL", "surprise-removal"),
    REMOVE(1, "miniport", "DxgkDdiRemoveDevice", "wddm-remove"),
};

/* The four at place 1 of STOP have no documented order. Nothing starts a stream again */
static const ContractEntry portcls[] = {
    QUERY(1, "adapter", "IAdapterPnpManagement::GetSupportedRebalanceType",
          "portcls-rebalance", MAY_END_),
    QUERY(2, "portcls", "rebalance-requirements", "portcls-rebalance", MAY_END_),
    QUERY(3, "adapter", "IAdapterPnpManagement::PnpQueryStop", "portcls-rebalance"),
    QUERY(4, "portcls", "creates-hold", "portcls-rebalance"),
    CANCEL(1, "adapter", "IAdapterPnpManagement::PnpCancelStop", "portcls-cancel"),
    CANCEL(2, "portcls", "creates-release", "portcls-cancel"),
    STOP(1, "subdevice", "IMiniportPnpNotify::PnpStop", "portcls-notify",
         .count = EACH_SUBDEVICE),
    STOP(1, "portcls", "stream-stop", "portcls-rebalance", .count = EACH_STREAM),
    STOP(1, "portcls", "ioctls-stop", "portcls-rebalance"),
    STOP(1, "portcls", "pending-cancel", "portcls-rebalance"),
    STOP(1, "portcls", "interfaces-off", "portcls-rebalance"),
    STOP(2, "adapter", "IAdapterPnpManagement::PnpStop", "portcls-stop"),
    START(1, "adapter", "start-device", "bench", MAY_END_),
    START(2, "adapter", "register-subdevice", "portcls-stop", .count = EACH_SUBDEVICE),
    START(3, "portcls", "resume", "bench"),
    SURPRISE(1, "portcls", "IRP_MN_SURPRISE_REMOVAL", "surprise-removal"),
    REMOVE(1, "portcls", "IRP_MN_REMOVE_DEVICE", "rebalance"),
};

#define ORDERS(array) .name = #array, .entries = array, .count = sizeof(array) / sizeof(array[0])

static const ContractOrders all[] = {
    { ORDERS(wdm), .takes_start = true },
    { ORDERS(kmdf), .takes_start = true, .simulates_stop = true },
    { ORDERS(acx), .base = &all[1], .takes_start = true, .simulates_stop = true },
    { ORDERS(ndis) },
    { ORDERS(storport) },
    { ORDERS(wddm) },
    { ORDERS(portcls), .streams_stay = true },
};

const ContractOrders *contract_orders_find(const char *name)
{
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (strcmp(all[i].name, name) == 0) {
            return &all[i];
        }
    }
    return NULL;
}
