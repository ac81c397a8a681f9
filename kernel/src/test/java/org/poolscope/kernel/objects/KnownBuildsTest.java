package org.poolscope.kernel.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.poolscope.model.Architecture;
import org.poolscope.symbols.BuiltInLayouts;
import org.poolscope.symbols.KernelVersion;
import org.poolscope.symbols.StructLayout;

/** Every build from XP on has all the fields the readers of this package cannot do without. */
class KnownBuildsTest {

    private static final Map<String, List<String>> NEEDED = Map.ofEntries(
            Map.entry("_EPROCESS", List.of("UniqueProcessId", "ActiveProcessLinks", "ImageFileName", "ObjectTable", "QuotaUsage",
                    "ThreadListHead")),
            Map.entry("_KPROCESS", List.of("DirectoryTableBase")),
            Map.entry("_ETHREAD", List.of("ThreadListEntry", "Cid", "IrpList")),
            Map.entry("_KTHREAD", List.of("InitialStack", "StackLimit", "KernelStack", "State", "WaitTime")),
            Map.entry("_CLIENT_ID", List.of("UniqueThread")),
            Map.entry("_HANDLE_TABLE", List.of("TableCode", "QuotaProcess")),
            Map.entry("_HANDLE_TABLE_ENTRY", List.of()),
            Map.entry("_OBJECT_HEADER", List.of("Body")),
            Map.entry("_OBJECT_HEADER_NAME_INFO", List.of("Directory", "Name")),
            Map.entry("_OBJECT_HEADER_CREATOR_INFO", List.of()),
            Map.entry("_OBJECT_TYPE", List.of("Name", "Key", "Index", "TotalNumberOfObjects", "TotalNumberOfHandles")),
            Map.entry("_OBJECT_DIRECTORY", List.of("HashBuckets")),
            Map.entry("_OBJECT_DIRECTORY_ENTRY", List.of("ChainLink", "Object")),
            Map.entry("_DRIVER_OBJECT", List.of("Type", "Size", "DeviceObject", "DriverStart", "DriverSize", "DriverName")),
            Map.entry("_DEVICE_OBJECT", List.of("Type", "Size", "DriverObject", "NextDevice", "AttachedDevice", "Flags",
                    "DeviceExtension", "DeviceType", "StackSize")),
            Map.entry("_IRP", List.of("Type", "Size", "MdlAddress", "Flags", "AssociatedIrp.SystemBuffer", "ThreadListEntry",
                    "StackCount", "CurrentLocation", "UserBuffer", "Tail.Overlay.Thread")),
            Map.entry("_IO_STACK_LOCATION", List.of("MajorFunction", "MinorFunction", "DeviceObject")),
            Map.entry("_KPRCB", List.of("CurrentThread", "IdleThread")),
            Map.entry("_POOL_HEADER", List.of("PoolType", "PoolTag")),
            Map.entry("_SLIST_HEADER", List.of()),
            Map.entry("_MM_DRIVER_VERIFIER_DATA", List.of("Level", "AllocationsAttempted", "AllocationsSucceeded",
                    "AllocationsSucceededSpecialPool", "AllocationsWithNoTag", "AllocationsFailed",
                    "AllocationsFailedDeliberately", "UnTrackedPool", "CurrentPagedPoolAllocations",
                    "CurrentNonPagedPoolAllocations",
                    "PagedBytes", "NonPagedBytes")),
            Map.entry("_VI_POOL_ENTRY", List.of()),
            Map.entry("_VI_POOL_ENTRY_INUSE", List.of("VirtualAddress", "CallingAddress", "NumberOfBytes", "Tag")));

    private static List<KernelVersion> versions(Architecture architecture) {
        List<KernelVersion> all = new ArrayList<>();
        if (architecture == Architecture.X86) {
            all.add(KernelVersion.servicePack(2600, 0));
            all.add(KernelVersion.servicePack(2600, 3));
        }
        for (int servicePack = 0; servicePack <= 2; servicePack++) {
            all.add(KernelVersion.servicePack(3790, servicePack));
        }
        for (int build : new int[] {6000, 6001, 6002, 7600, 7601, 9200, 9600, 10240, 10586, 14393, 15063, 16299, 17134, 17763,
            18362, 19041, 20348, 22000}) {
            all.add(KernelVersion.build(build));
        }
        return all;
    }

    @Test
    void noneLacksAField() {
        List<String> lacking = new ArrayList<>();
        for (Architecture architecture : List.of(Architecture.X86, Architecture.X64)) {
            for (KernelVersion version : versions(architecture)) {
                BuiltInLayouts layouts = BuiltInLayouts.forBuild(architecture, version);
                NEEDED.forEach((type, fields) -> {
                    Optional<StructLayout> layout = layouts.find(type);
                    if (layout.isEmpty()) {
                        lacking.add(layouts + " " + type);
                    }
                    layout.ifPresent(found -> fields.stream().filter(field -> !found.has(field))
                            .forEach(field -> lacking.add(layouts + " " + type + "." + field)));
                });
                boolean classic = layouts.find("_MI_VERIFIER_DRIVER_ENTRY").isPresent();
                if (!classic && layouts.find("_VF_TARGET_VERIFIED_DRIVER_DATA").isEmpty()) {
                    lacking.add(layouts + " verifier");
                }
            }
        }
        assertThat(lacking).isEmpty();
    }
}
