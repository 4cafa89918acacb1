/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One protocol on two filters on the miniport. The miniport is not asked and not told before it is
 * paused; what it has is rebuilt from nothing.
 */
#include "models.h"

#define OBJECTION(level, callback_, ...) \
    STEP(level, callback_, WORK_DECIDE, "ndis-event", .detail = "NetEventQueryRemoveDevice", \
         .may_fail = true, .without = OPTION_OBJECTION_IGNORED), \
    STEP(level, callback_, WORK_DECIDE, "ndis-event", .detail = "NetEventQueryRemoveDevice", \
         .with = OPTION_OBJECTION_IGNORED)

static const ModelStep query_stop[] = {
    OBJECTION("lower-filter", "FilterNetPnPEvent"),
    OBJECTION("upper-filter", "FilterNetPnPEvent"),
    OBJECTION("protocol", "ProtocolNetPnPEvent"),
};

static const ModelStep cancel_stop[] = {
    STEP("lower-filter", "FilterNetPnPEvent", WORK_NONE, "ndis-event",
         .detail = "NetEventCancelRemoveDevice"),
    STEP("upper-filter", "FilterNetPnPEvent", WORK_NONE, "ndis-event",
         .detail = "NetEventCancelRemoveDevice"),
    STEP("protocol", "ProtocolNetPnPEvent", WORK_NONE, "ndis-event",
         .detail = "NetEventCancelRemoveDevice"),
};

static const ModelStep filter_requirements[] = {
    STEP("miniport", "MiniportFilterResourceRequirements", WORK_NONE, "ndis-pnp-irp",
         .with = OPTION_FILTER_CALLED),
};

static const ModelStep stop[] = {
    STEP("protocol", "pause", WORK_NONE, "ndis-stop"),
    STEP("upper-filter", "pause", WORK_NONE, "ndis-stop"),
    STEP("lower-filter", "pause", WORK_NONE, "ndis-stop"),
    PART("miniport", "MiniportPause", WORK_REJECT_IO, "ndis-pause",
         .detail = "NDIS_STATUS_PAUSED"),
    PART("miniport", "MiniportPause", WORK_DRAIN_IO, "ndis-pause"),
    STEP("miniport", "MiniportPause", WORK_DECLARE_PENDING, "bench"),
    STEP("protocol", "ProtocolUnbindAdapterEx", WORK_NONE, "ndis-stop"),
    STEP("upper-filter", "FilterDetach", WORK_NONE, "ndis-stop"),
    STEP("lower-filter", "FilterDetach", WORK_NONE, "ndis-stop"),
    PART("miniport", "MiniportHaltEx", WORK_STOP_DMA, "ndis-halt", .when = STEP_DMA,
         .detail = "NdisHaltDeviceStopped"),
    PART("miniport", "MiniportHaltEx", WORK_DISABLE_INTERRUPTS, "ndis-halt",
         .detail = "NdisHaltDeviceStopped"),
    PART("miniport", "MiniportHaltEx", WORK_QUIET, "ndis-halt"),
    STEP("miniport", "MiniportHaltEx", WORK_RELEASE_HARDWARE, "ndis-halt"),
};

static const ModelStep start[] = {
    PART("miniport", "MiniportInitializeEx", WORK_PREPARE_HARDWARE, "ndis-initialize",
         .may_fail = true),
    PART("miniport", "MiniportInitializeEx", WORK_START_DMA, "ndis-initialize",
         .when = STEP_DMA, .may_fail = true),
    PART("miniport", "MiniportInitializeEx", WORK_ENABLE_INTERRUPTS, "ndis-initialize",
         .may_fail = true),
    STEP("miniport", "MiniportInitializeEx", WORK_UNPREPARE_HARDWARE, "ndis-initialize",
         .when = STEP_AFTER_FAILURE),
    STEP("lower-filter", "attach", WORK_NONE, "ndis-start"),
    STEP("upper-filter", "attach", WORK_NONE, "ndis-start"),
    STEP("protocol", "bind", WORK_NONE, "ndis-start"),
    STEP("miniport", "MiniportRestart", WORK_RELEASE_IO, "ndis-start"),
};

static const ModelStep surprise_removal[] = {
    PART("ndis", "IRP_MN_SURPRISE_REMOVAL", WORK_FAIL_IO, "surprise-removal"),
    PART("ndis", "IRP_MN_SURPRISE_REMOVAL", WORK_UNPREPARE_HARDWARE, "surprise-removal"),
    STEP("ndis", "IRP_MN_SURPRISE_REMOVAL", WORK_DISABLE_INTERFACES, "surprise-removal"),
};

static const ModelStep remove_device[] = {
    STEP("ndis", "IRP_MN_REMOVE_DEVICE", WORK_CLOSE_HANDLES, "rebalance"),
};

const DriverModel model_ndis = {
    .name = "ndis",
    .title = "an NDIS miniport with filters and a protocol",
    .may_refuse = true,
    .rejects_io = true,
    .options = OPTION_OBJECTION_IGNORED | OPTION_FILTER_CALLED,
    STEPS(PNP_QUERY_STOP, query_stop),
    STEPS(PNP_CANCEL_STOP, cancel_stop),
    STEPS(PNP_FILTER_REQUIREMENTS, filter_requirements),
    STEPS(PNP_STOP, stop),
    STEPS(PNP_START, start),
    STEPS(PNP_SURPRISE_REMOVAL, surprise_removal),
    STEPS(PNP_REMOVE, remove_device),
};
