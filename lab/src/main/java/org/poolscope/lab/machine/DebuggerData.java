package org.poolscope.lab.machine;

import java.util.Map;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.symbols.BuiltInLayouts;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * Writes the kernel's debugger data block (KDBG) and what belongs to it. Its fields take 64 bits also on 32-bit systems, where
 * pointers are sign-extended; most hold the address of the variable they are named after.
 */
final class DebuggerData {

    /** Fields named otherwise than the variable they lead to. */
    private static final Map<String, String> RENAMED = Map.of("MmPagedPoolInformation", "MmPagedPoolInfo", "KiBugcheckData",
            "KiBugCheckData");

    private static final long SECRET_NEVER = 0x9d3c_51a7_0e64_b82fL;
    private static final long SECRET_ALWAYS = 0x0041_c6f2_93b5_7d18L;

    private final Machine machine;
    private final KernelSpace space;
    private final KernelVariables variables;
    private final TypeLayouts layouts;

    DebuggerData(Machine machine, TypeLayouts layouts) {
        this.machine = machine;
        this.space = machine.space();
        this.variables = machine.variables();
        this.layouts = layouts;
    }

    /** Writes the block; its address. */
    long write() {
        WindowsVersion version = machine.spec().version();
        StructLayout layout = BuiltInLayouts.common("_KDDEBUGGER_DATA64");
        int size = version.debuggerDataSize();
        Struct block = new Struct(space, layout, variables.at("KdDebuggerDataBlock", 0x340));
        long list = variables.at("KdpDebuggerDataListHead");
        space.initList(list);
        space.insertTail(list, block.address());
        block.set("Header.OwnerTag", 0x4742444b).set("Header.Size", size);
        block.set("KernBase", extended(machine.kernel().base()));
        block.set("PaeEnabled", machine.spec().pae() ? 1 : 0);
        block.set("MmPageSize", 4096);
        for (FieldLayout field : layout.fields()) {
            String variable = RENAMED.getOrDefault(field.name(), field.name());
            // of the variables later kernels no longer have, the block says nothing
            if (field.offset() >= 0x48 && field.offset() + field.bytes() <= size && isAddress(field)
                    && (!version.isModern() || variables.has(variable))) {
                block.set(field.name(), extended(variables.at(variable)));
            }
        }
        offsets(block, size);
        if (version.isMoved()) {
            block.set("PteBase", machine.plan().pageTables());
        }
        buildStrings(version);
        if (layouts.find("_DBGKD_GET_VERSION64").isPresent()) {
            new Struct(space, layouts.get("_DBGKD_GET_VERSION64"), variables.at("KdVersionBlock", 0x28)).set("MajorVersion", 0xf)
                    .set("MinorVersion", version.build()).set("KernBase", machine.kernel().base());
        }
        if (version.isModern() && !machine.isDump()) {
            encode(space, block.address(), size, variables.at("KdpDataBlockEncoded"), variables.at("KiWaitNever"),
                    variables.at("KiWaitAlways"));
        }
        return block.address();
    }

    /** Hides the block, as kernels from Windows 8 on keep it while they run. */
    static void encode(KernelSpace space, long block, int size, long flag, long never, long always) {
        space.put8(flag, 1);
        space.put64(never, SECRET_NEVER);
        space.put64(always, SECRET_ALWAYS);
        for (int i = 0; i < size; i += 8) {
            long mixed = Long.reverseBytes(space.u64(block + i) ^ SECRET_ALWAYS) ^ flag;
            space.put64(block + i, Long.rotateRight(mixed, (int) (SECRET_NEVER & 0xff)) ^ SECRET_NEVER);
        }
    }

    private static boolean isAddress(FieldLayout field) {
        return field.type().equals("u64") && !switch (field.name()) {
            case "MmPageSize", "MmSessionBase", "MmSessionSize", "MmSystemParentTablePage", "MmVirtualTranslationBase",
                    "KiNormalSystemCall",
                    "EtwpDebuggerData", "VfCrashDataBlock" -> true;
            default -> false;
        };
    }

    private void offsets(Struct block, int size) {
        if (size < 0x318) {
            return;
        }
        block.set("SizeEProcess", layouts.get("_EPROCESS").size());
        block.set("SizeEThread", layouts.get("_ETHREAD").size());
        block.set("SizePrcb", layouts.get("_KPRCB").size());
        StructLayout process = layouts.get("_KPROCESS");
        block.set("OffsetEprocessDirectoryTableBase", process.offset("DirectoryTableBase"));
        block.set("OffsetPrcbCurrentThread", layouts.get("_KPRCB").offset("CurrentThread"));
        block.set("OffsetPrcbNumber", layouts.get("_KPRCB").offset("Number"));
    }

    private void buildStrings(WindowsVersion version) {
        if (variables.has("NtBuildLabEx")) {
            space.putAscii(variables.at("NtBuildLabEx", 128), version.buildLab() + "\0");
        }
        long lab = variables.at("NtBuildLab", 64);
        space.putAscii(lab, version.buildLab() + "\0");
        space.put32(variables.at("NtBuildNumber"), 0xf000_0000 | version.build());
        space.put32(variables.at("CmNtCSDVersion"), version.servicePackWord());
    }

    private long extended(long address) {
        return space.pointerSize() == 4 ? (int) address : address;
    }
}
