package org.poolscope.lab.machine;

import org.poolscope.model.Architecture;
import org.poolscope.symbols.BuiltInLayouts;
import org.poolscope.symbols.KernelVersion;

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
            "modules-windows-7.txt");

    private final Architecture architecture;
    private final KernelVersion version;
    private final int major;
    private final int minor;
    private final int servicePackWord;
    private final String buildLab;
    private final int productType;
    private final int debuggerDataSize;
    private final String modules;

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
    }

    /** The system of a case's variant {@code x64}, {@code 2003-x64}, or any other, which is of 32 bits. */
    public static WindowsVersion ofVariant(String variant) {
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
    public BuiltInLayouts layouts() {
        return BuiltInLayouts.forBuild(architecture, version);
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
