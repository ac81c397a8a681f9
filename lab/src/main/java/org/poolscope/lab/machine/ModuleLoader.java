package org.poolscope.lab.machine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.lab.image.Access;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/** Puts module images into memory and on the list of loaded modules. */
final class ModuleLoader {

    private static final int PAGE = 4096;
    private static final int DRIVER_DATA_PAGES = 1;
    private static final int OWN_DATA_PAGES = 16;
    private static final int BEHIND_LAST_SYMBOL = 0x20000;
    private static final String KERNEL_PDB = "339E74133576439CBCDF7E0229DA3773-1";

    private final KernelSpace space;
    private final WindowsVersion version;
    private final TypeLayouts layouts;
    private final VirtualPlan plan;
    private final Map<String, KernelModule> modules = new LinkedHashMap<>();
    private long nextDriver;
    private long nextSession;

    ModuleLoader(KernelSpace space, WindowsVersion version, VirtualPlan plan) {
        this.space = space;
        this.version = version;
        this.layouts = version.layouts();
        this.plan = plan;
        this.nextDriver = plan.drivers();
        this.nextSession = plan.session();
    }

    /** Maps the large pages that hold kernel and HAL, and writes both images. */
    KernelModule loadKernel(ModuleSpec kernel, ModuleSpec hal) {
        if (version.isModern()) {
            return loadModern(kernel, hal);
        }
        for (long at = plan.kernelArea(); at < plan.kernelArea() + plan.kernelLargeBytes(); at += space.tables().largePage()) {
            space.mapLarge(at, Access.DATA);
        }
        List<PortableExecutable.Section> sections = kernelSections(kernel);
        KernelModule nt = image(kernel, plan.kernelBase(), sections, data(sections), true);
        List<PortableExecutable.Section> halSections = driverSections(hal);
        image(hal, plan.halBase(), halSections, data(halSections), false);
        return nt;
    }

    /** The later kernels are larger than what a case needs of them: only pages that hold something are mapped. */
    private KernelModule loadModern(ModuleSpec kernel, ModuleSpec hal) {
        KernelTable table = version.table();
        int own = (int) (table.end() + PAGE & -PAGE) + BEHIND_LAST_SYMBOL;
        ModuleSpec whole = new ModuleSpec(kernel.name(), own + OWN_DATA_PAGES * PAGE, kernel.timeDateStamp() + version.build(), kernel.path());
        PortableExecutable.Section data = section("ALMOSTRO", own, OWN_DATA_PAGES * PAGE);
        List<PortableExecutable.Section> sections = List.of(section(".text", 0x1000, 0x200000), section("POOLCODE", 0x201000, 0x4000),
                section(".data", 0x205000, own - 0x205000), data);
        space.map(plan.kernelBase(), 2, Access.CODE);
        space.map(plan.kernelBase() + own, OWN_DATA_PAGES, Access.DATA);
        KernelModule nt = image(whole, plan.kernelBase(), sections, data, true);
        loadAt(hal, plan.halBase());
        return nt;
    }

    /** The section with the variables the lab places itself: on x64 one behind all of the kernel's own. */
    private static PortableExecutable.Section data(List<PortableExecutable.Section> sections) {
        return sections.stream().filter(s -> s.name().equals("ALMOSTRO")).findFirst()
                .orElseGet(() -> sections.stream().filter(s -> s.name().equals(".data")).findFirst().orElseThrow());
    }

    private List<PortableExecutable.Section> kernelSections(ModuleSpec kernel) {
        int size = kernel.size();
        return switch (version) {
            case XP_SP2 -> List.of(
                    section(".text", 0x1000, 0x6e000), section("POOLMI", 0x70000, 0x2000), section("POOLCODE", 0x72000, 0x3000),
                    section(".data", 0x78000, 0x20000), section("PAGE", 0x98000, 0xe0000),
                    section("INIT", 0x1e0000, size - 0x1e0000));
            case SERVER_2003_SP1, SERVER_2003_SP1_X64 -> List.of(
                    section(".text", 0x1000, 0x80000), section("POOLMI", 0x82000, 0x2000), section("POOLCODE", 0x84000, 0x4000),
                    section(".data", 0x8a000, 0x28000), section("PAGE", 0xb2000, 0x120000),
                    section("INIT", 0x210000, size - 0x210000));
            default -> List.of(
                    section(".text", 0x1000, 0x19f000), section("POOLCODE", 0x1a0000, 0x4000),
                    section(".rdata", 0x1a4000, 0x3c000), section(".data", 0x1e0000, 0xc4000), section("PAGE", 0x2a4000,
                    0x290000),
                    section("PAGEDATA", 0x534000, 0x20000), section("ALMOSTRO", 0x5a2000, size - 0x5a2000));
        };
    }

    private static PortableExecutable.Section section(String name, int rva, int size) {
        return new PortableExecutable.Section(name, rva, size);
    }

    private static List<PortableExecutable.Section> driverSections(ModuleSpec module) {
        int text = Math.max(PAGE, module.size() / 2 / PAGE * PAGE);
        if (module.size() < 3 * PAGE) {
            return List.of(section(".data", PAGE, PAGE));
        }
        int data = PAGE + text;
        int init = data + DRIVER_DATA_PAGES * PAGE;
        List<PortableExecutable.Section> sections = new ArrayList<>();
        sections.add(section(".text", PAGE, text));
        sections.add(section(".data", data, DRIVER_DATA_PAGES * PAGE));
        if (init < module.size()) {
            sections.add(section("INIT", init, module.size() - init));
        }
        return sections;
    }

    private KernelModule image(ModuleSpec spec, long base, List<PortableExecutable.Section> sections,
            PortableExecutable.Section data,
            boolean kernel) {
        PortableExecutable.Directories directories = PortableExecutable.Directories.NONE;
        if (kernel) {
            byte[] exports = PortableExecutable.exports(0x600, "ntoskrnl.exe", spec.timeDateStamp());
            space.putBytes(base + 0x600, exports);
            int debug = 0;
            if (version.typeIndexes()) {
                debug = 0x700;
                String[] pdb = (version.isModern() ? version.table().pdb() : KERNEL_PDB).split("-");
                space.putBytes(base + debug, PortableExecutable.debug(debug, spec.timeDateStamp(), pdb[0], Integer.parseInt(pdb[1]),
                        "ntkrnlmp.pdb"));
            }
            directories = new PortableExecutable.Directories(0x600, exports.length, debug);
        }
        space.putBytes(base, PortableExecutable.headers(version.architecture(), spec, base, sections, directories));
        KernelModule module = new KernelModule(spec, base, base + data.rva(), data.size());
        modules.put(spec.name().toLowerCase(java.util.Locale.ROOT), module);
        return module;
    }

    /**
     * Loads a driver: its header, the first page of its code and its data are in memory, the rest is paged out or was discarded.
     */
    KernelModule load(ModuleSpec spec) {
        boolean session = spec.name().startsWith("win32k") || spec.name().equals("dxg.sys") || spec.name().equals("framebuf.dll")
                || spec.name().equals("TSDDD.dll") || spec.name().equals("cdd.dll");
        long base = session ? nextSession : nextDriver;
        long gap = (spec.size() + PAGE - 1 & -PAGE) + (long) PAGE;
        if (session) {
            nextSession += gap;
        } else {
            nextDriver += gap;
        }
        return loadAt(spec, base);
    }

    private KernelModule loadAt(ModuleSpec spec, long base) {
        List<PortableExecutable.Section> sections = driverSections(spec);
        space.map(base, 1, Access.DATA);
        PortableExecutable.Section data = data(sections);
        if (sections.size() > 1) {
            space.map(base + sections.getFirst().rva(), 1, Access.CODE);
        }
        space.map(base + data.rva(), data.size() / PAGE, Access.DATA);
        return image(spec, base, sections, data, false);
    }

    /** Enters all modules into the list of loaded modules; entries and names are blocks of nonpaged pool. */
    void enterAll(Pools pools, long listHead) {
        space.initList(listHead);
        for (KernelModule module : modules.values()) {
            enter(pools, listHead, module);
        }
    }

    /** Enters one more module. */
    void enter(Pools pools, long listHead, KernelModule module) {
        StructLayout layout = layouts.find("_KLDR_DATA_TABLE_ENTRY").orElseGet(() -> layouts.get("_LDR_DATA_TABLE_ENTRY"));
        TagAccount tag = pools.tag("MmLd");
        ModuleSpec spec = module.spec();
        int nameBytes = 2 * spec.name().length() + 2;
        Struct entry = new Struct(space, layout, pools.allocateZeroed(PoolKind.NONPAGED, tag, layout.size() + nameBytes));
        long name = entry.address() + layout.size();
        space.putWide(name, spec.name());
        long path = pools.allocateZeroed(PoolKind.PAGED, tag, 2 * spec.path().length() + 2);
        space.putWide(path, spec.path());
        space.insertTail(listHead, entry.at("InLoadOrderLinks"));
        entry.set("DllBase", module.base()).set("EntryPoint", module.code(0)).set("SizeOfImage", spec.size())
                .set("Flags", 0x09004000)
                .set("LoadCount", 1).set("TimeDateStamp", spec.timeDateStamp());
        space.putUnicodeString(entry.at("BaseDllName"), nameBytes - 2, nameBytes, name);
        space.putUnicodeString(entry.at("FullDllName"), 2 * spec.path().length(), 2 * spec.path().length() + 2, path);
        module.setEntry(entry.address());
    }

    /** A loaded module by its base name, whatever the case. */
    Optional<KernelModule> find(String name) {
        return Optional.ofNullable(modules.get(name.toLowerCase(java.util.Locale.ROOT)));
    }

    /** All modules, in load order. */
    List<KernelModule> all() {
        return List.copyOf(modules.values());
    }
}
