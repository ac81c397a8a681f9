package org.poolscope.lab.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Where the parts of the kernel lie in virtual memory, by version: the columns of {@code virtual-plan.txt}. */
final class VirtualPlan {

    private final Map<String, Long> places;

    private VirtualPlan(Map<String, Long> places) {
        this.places = places;
    }

    static VirtualPlan of(WindowsVersion version) {
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

    /** Where the page tables appear. */
    long pageTables() {
        return place("pageTables");
    }
}
