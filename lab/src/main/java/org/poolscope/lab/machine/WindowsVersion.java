package org.poolscope.lab.machine;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.poolscope.model.Architecture;
import org.poolscope.symbols.BuiltInLayouts;
import org.poolscope.symbols.KernelVersion;
import org.poolscope.symbols.TypeLayouts;

/** The systems a machine can be made of. */
public enum WindowsVersion {
    /** Windows XP SP2, 32-bit. */
    XP_SP2(Architecture.X86, KernelVersion.servicePack(2600, 2), 5, 1, 0x200, "2600.xpsp_sp2_rtm.040803-2158", 1, 0x290,
            "modules-xp.txt"),
    /** Windows Server 2003 SP1, 32-bit. */
    SERVER_2003_SP1(Architecture.X86, KernelVersion.servicePack(3790, 1), 5, 2, 0x100, "3790.srv03_sp1_rtm.050324-1447", 3, 0x318,
            "modules-server-2003.txt"),
    /** Windows Server 2003 SP1, 64-bit. Its structures are those of Volatility 2's listings; its variables are not published. */
    SERVER_2003_SP1_X64(Architecture.X64, KernelVersion.servicePack(3790, 1), 5, 2, 0x100, "3790.srv03_sp1_rtm.050324-1447", 3,
            0x318, "modules-server-2003.txt"),
    /** Windows 7 SP1, 64-bit; as a machine it may serve files. Its kernel variables stand where update 24540 keeps them. */
    WINDOWS_7_SP1(Architecture.X64, KernelVersion.revision(7601, 24540), 6, 1, 0x100,
            "7601.24540.amd64fre.win7sp1_ldr.191126-1707", 1, 0x340,
            "modules-windows-7.txt"),
    /** Windows 8.1, 64-bit. From here on everything stands where {@link KernelTable} says. */
    WINDOWS_8_1(9600, 6, 3, 0x360, "winblue_ltsb"),
    /** Windows 10 1607, the first whose kernel address space is laid out anew at each start. */
    WINDOWS_10_1607(14393, 10, 0, 0x370, "rs1_release"),
    /** Windows 10 1809, the last whose pools are pages of blocks. */
    WINDOWS_10_1809(17763, 10, 0, 0x380, "rs5_release"),
    /** Windows 10 2004 to 22H2; its pools are segment heaps, as those of all that follow. */
    WINDOWS_10_2004(19041, 10, 0, 0x380, "vb_release"),
    /** Windows Server 2022. */
    SERVER_2022(20348, 10, 0, 0x380, "fe_release"),
    /** Windows 11. */
    WINDOWS_11(22000, 10, 0, 0x380, "co_release");

    private static final int SERVER_BUILD = 20348;
    private static final int SEGMENT_HEAPS_SINCE = 18362;
    private static final int MOVED_SINCE = 14393;
    private static final int HIGHEST_ADDRESS_BIT = 45;

    private final Architecture architecture;
    private final KernelVersion version;
    private final int major;
    private final int minor;
    private final int servicePackWord;
    private final String buildLab;
    private final int productType;
    private final int debuggerDataSize;
    private final String modules;
    private final KernelTable table;

    WindowsVersion(int build, int major, int minor, int debuggerDataSize, String branch) {
        this.table = KernelTable.of(build);
        this.architecture = Architecture.X64;
        this.version = KernelVersion.revision(build, table.revision());
        this.major = major;
        this.minor = minor;
        this.servicePackWord = 0;
        this.buildLab = build + "." + table.revision() + ".amd64fre." + branch + ".220101-1200";
        this.productType = build == SERVER_BUILD ? 3 : 1;
        this.debuggerDataSize = debuggerDataSize;
        this.modules = "modules-windows-10.txt";
    }

    WindowsVersion(Architecture architecture, KernelVersion version, int major, int minor, int servicePackWord, String buildLab,
            int productType, int debuggerDataSize, String modules) {
        this.architecture = architecture;
        this.version = version;
        this.major = major;
        this.minor = minor;
        this.servicePackWord = servicePackWord;
        this.buildLab = buildLab;
        this.productType = productType;
        this.debuggerDataSize = debuggerDataSize;
        this.modules = modules;
        this.table = null;
    }

    /** The systems from Windows 8.1 on. */
    public static List<WindowsVersion> modern() {
        return Stream.of(values()).filter(WindowsVersion::isModern).toList();
    }

    /** The system from Windows 8.1 on whose build number begins a variant's name; empty for the variants of earlier systems. */
    public static Optional<WindowsVersion> modern(String variant) {
        return modern().stream().filter(version -> variant.split("-")[0].equals(Integer.toString(version.build()))).findFirst();
    }

    /** The system of a case's variant: a build number, {@code x64}, {@code 2003-x64}, or any other, which is of 32 bits. */
    public static WindowsVersion ofVariant(String variant) {
        Optional<WindowsVersion> modern = modern(variant);
        if (modern.isPresent()) {
            return modern.get();
        }
        return switch (variant) {
            case "x64" -> WINDOWS_7_SP1;
            case "2003-x64" -> SERVER_2003_SP1_X64;
            default -> SERVER_2003_SP1;
        };
    }

    /** The processor architecture. */
    public Architecture architecture() {
        return architecture;
    }

    /** The build number. */
    public int build() {
        return version.build();
    }

    /** The build with its service pack or update. */
    public KernelVersion version() {
        return version;
    }

    /** The layouts of this version's structures. */
    public TypeLayouts layouts() {
        return table != null ? table : BuiltInLayouts.forBuild(architecture, version);
    }

    /** The table of a system from Windows 8.1 on; {@code null} for earlier ones. */
    KernelTable table() {
        return table;
    }

    /** Whether it is Windows 8.1 or later. */
    public boolean isModern() {
        return table != null;
    }

    /** Whether its pools are segment heaps. */
    public boolean hasSegmentHeaps() {
        return version.build() >= SEGMENT_HEAPS_SINCE;
    }

    /**
     * What its kernel mixes into page table entries that are not valid: nothing on processors without the L1TF flaw, on which some of the
     * lab's machines run.
     */
    long invalidMask() {
        return this == WINDOWS_10_1809 || this == SERVER_2022 ? 1L << HIGHEST_ADDRESS_BIT : 0;
    }

    /** Whether the parts of its kernel lie elsewhere at each start. */
    boolean isMoved() {
        return version.build() >= MOVED_SINCE;
    }

    int major() {
        return major;
    }

    int minor() {
        return minor;
    }

    /** {@code CmNtCSDVersion}: the service pack in the second byte. */
    int servicePackWord() {
        return servicePackWord;
    }

    String buildLab() {
        return buildLab;
    }

    /** 1 workstation, 3 server. */
    int productType() {
        return productType;
    }

    /** {@code KDDEBUGGER_DATA64.Header.Size} of this version. */
    int debuggerDataSize() {
        return debuggerDataSize;
    }

    /** The resource that lists what such a machine has loaded. */
    String modules() {
        return modules;
    }

    /** Whether the pool header's type is the pool's number plus one (before Vista) or has an in-use bit. */
    boolean poolTypePlusOne() {
        return major < 6;
    }

    /**
     * Whether object headers name their type by an index and have an info mask (Windows 7 on) instead of pointers and offsets.
     */
    boolean typeIndexes() {
        return version.build() >= 7600;
    }
}
