package org.poolscope.lab.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.lab.Dice;

/** Where the parts of the kernel lie in virtual memory, by version: the columns of {@code virtual-plan.txt}. */
final class VirtualPlan {

    private static final int FIRST_SLOT = 0x120;
    private static final int KERNEL_SLOT = 0x1e0;
    private static final int SLOT_BITS = 39;
    private static final long SLOT = 1L << SLOT_BITS;
    private static final long KERNEL_AREA = 0xffff_f800_0000_0000L;
    private static final int LARGE_PAGE_BITS = 21;

    private final Map<String, Long> places;

    private VirtualPlan(Map<String, Long> places) {
        this.places = places;
    }

    /**
     * The plan of a version.
     *
     * @param dice decides where things lie in systems that choose that at each start
     */
    static VirtualPlan of(WindowsVersion version, Dice dice) {
        return version.isMoved() ? moved(dice) : fixed(version);
    }

    /**
     * From Windows 10 1607 on each part has 512 GB of the kernel's half, or several times that, drawn at start: entries of the top page
     * table. The kernel, drivers and what they share with programs stay where earlier versions have them.
     */
    private static VirtualPlan moved(Dice dice) {
        List<Integer> slots = new ArrayList<>();
        for (int slot = FIRST_SLOT; slot < KERNEL_SLOT; slot += 2) {
            slots.add(slot);
        }
        Map<String, Long> places = new HashMap<>();
        for (String part : List.of("pageTables", "pfnDatabase", "nonPagedStart", "pagedStart", "systemCache", "systemPtes", "session")) {
            places.put(part, address(slots.remove(dice.below(slots.size()))));
        }
        long kernel = KERNEL_AREA + ((long) (0x10 + dice.below(0x4000)) << LARGE_PAGE_BITS);
        places.put("kernelArea", kernel);
        places.put("kernelBase", kernel);
        places.put("halBase", kernel - 0x40_0000);
        places.put("drivers", kernel + 0x4000_0000L);
        places.put("stacks", places.get("systemPtes") + 0x1000_0000L);
        places.put("processorBlocks", places.get("systemPtes") + 0x100_0000L);
        places.put("nonPagedExpansionEnd", places.get("nonPagedStart"));
        places.put("pagedEnd", places.get("pagedStart") + SLOT);
        places.put("kernelLargeBytes", 0L);
        places.put("systemCacheBytes", 0x200_0000L);
        places.put("sharedUserData", 0xffff_f780_0000_0000L);
        places.put("systemRangeStart", 0xffff_8000_0000_0000L);
        return new VirtualPlan(places);
    }

    private static long address(int slot) {
        return 0xffff_0000_0000_0000L | (long) slot << SLOT_BITS;
    }

    private static VirtualPlan fixed(WindowsVersion version) {
        try (InputStream in = VirtualPlan.class.getResourceAsStream("virtual-plan.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            Map<String, Long> places = new HashMap<>();
            int column = -1;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.strip().split("\\s+");
                if (line.startsWith("# place")) {
                    column = Arrays.asList(words).indexOf(version.name()) - 1;
                } else if (!line.startsWith("#")) {
                    places.put(words[0], Long.parseUnsignedLong(words[column], 16));
                }
            }
            return new VirtualPlan(places);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long place(String name) {
        Long value = places.get(name);
        if (value == null) {
            throw new IllegalStateException("virtual-plan.txt has no " + name);
        }
        return value;
    }

    /** Start of the large pages with kernel and HAL. */
    long kernelArea() {
        return place("kernelArea");
    }

    /** Bytes of these large pages. */
    long kernelLargeBytes() {
        return place("kernelLargeBytes");
    }

    /** Where the kernel image begins. */
    long kernelBase() {
        return place("kernelBase");
    }

    /** Where the HAL begins. */
    long halBase() {
        return place("halBase");
    }

    /** Where the range of drivers and kernel stacks begins. */
    long systemPtes() {
        return place("systemPtes");
    }

    /** Where loaded drivers begin. */
    long drivers() {
        return place("drivers");
    }

    /** Where kernel stacks begin. */
    long stacks() {
        return place("stacks");
    }

    /** Where session drivers (win32k.sys) begin. */
    long session() {
        return place("session");
    }

    /** Where the control regions of further processors lie. */
    long processorBlocks() {
        return place("processorBlocks");
    }

    /** The page the kernel shares with programs. */
    long sharedUserData() {
        return place("sharedUserData");
    }

    /** The page frame database, which no image of the lab holds. */
    long pfnDatabase() {
        return place("pfnDatabase");
    }

    /** The part of nonpaged pool made at start. */
    long nonPagedStart() {
        return place("nonPagedStart");
    }

    /** Where the expansion of nonpaged pool ends; the same as its start where all of it is one piece. */
    long nonPagedExpansionEnd() {
        return place("nonPagedExpansionEnd");
    }

    /** Paged pool. */
    long pagedStart() {
        return place("pagedStart");
    }

    /** The end of the range paged pool may take. */
    long pagedEnd() {
        return place("pagedEnd");
    }

    /** The file cache, whose page tables are made at start. */
    long systemCache() {
        return place("systemCache");
    }

    /** Bytes of it for which there are page tables. */
    long systemCacheBytes() {
        return place("systemCacheBytes");
    }

    /** Where the kernel's half begins. */
    long systemRangeStart() {
        return place("systemRangeStart");
    }

    /** Which entry of the top page table leads to itself. */
    int selfSlot() {
        return (int) (pageTables() >>> SLOT_BITS & 0x1ff);
    }

    /** Where the page tables appear. */
    long pageTables() {
        return place("pageTables");
    }
}
