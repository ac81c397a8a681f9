package org.poolscope.driver;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.poolscope.driver.TagMap.OtherUse;
import org.poolscope.driver.code.CodeMap;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.driver.pe.Section;
import org.poolscope.model.PoolTag;

/**
 * Finds where a driver names a tag without giving it to a pool function: where it compares the tag of a block, keeps it in a structure, or has a
 * table of tags. Such code goes on looking for the old tag in a copy whose sites have new ones.
 */
final class OtherUses {

    private static final int MOST = 10_000;
    private static final int PROTECTED = 0x8000_0000;
    /** The table for numbers that may be wanted, by their lower half: most bytes of code are ruled out by it. */
    private static final int HALVES = 1 << 16;

    private final DriverFile driver;
    private final PeImage image;
    private final Set<PoolTag> tags;
    private final boolean[] halves = new boolean[HALVES];
    /** Places that are tags of call sites. */
    private final Set<Integer> ofSites = new HashSet<>();
    private final Map<Integer, OtherUse> found = new TreeMap<>();

    private OtherUses(DriverFile driver, Set<PoolTag> tags) {
        this.driver = driver;
        this.image = driver.image();
        this.tags = tags;
        tags.forEach(tag -> halves[tag.key() & HALVES - 1] = true);
        driver.sites().stream().filter(site -> site.patch() != null).forEach(site -> ofSites.add(site.patch().rva()));
    }

    /** The other uses of some tags, with or without their protected bit, in the order of their places. */
    static List<OtherUse> find(DriverFile driver, Set<PoolTag> tags) {
        OtherUses uses = new OtherUses(driver, tags);
        if (!tags.isEmpty() && driver.map() != null) {
            uses.code();
            uses.data();
        }
        return List.copyOf(uses.found.values());
    }

    private boolean isWanted(int offset) {
        int number = LittleEndian.i32(image.content(), offset);
        return halves[number & HALVES - 1] && tags.contains(new PoolTag(number & ~PROTECTED));
    }

    private void code() {
        for (PeImage.CodeRange range : image.codeRanges()) {
            for (int at = 0; at <= range.length() - 4; at++) {
                int rva = range.rva() + at;
                if (isWanted(range.offset() + at) && !ofSites.contains(rva)) {
                    CodeMap.Holder holder = driver.map().holder(rva);
                    if (holder == CodeMap.Holder.NO_INSTRUCTION) {
                        add(rva, range.offset() + at, section(rva), "bytes");
                    } else if (holder != null) {
                        add(rva, range.offset() + at, driver.place(holder.instruction()), holder.operation());
                    }
                }
            }
        }
    }

    /** Aligned numbers in data: a tag at an odd place there is more likely part of a text. */
    private void data() {
        for (Section section : image.sections()) {
            for (int at = -section.rva() & 3; TagLiterals.mayHold(section) && at <= section.dataSize() - 4; at += 4) {
                if (isWanted(section.offset() + at)) {
                    add(section.rva() + at, section.offset() + at, section.name(), "data");
                }
            }
        }
    }

    private void add(int rva, int offset, String place, String use) {
        if (found.size() < MOST) {
            found.put(rva, new OtherUse(new PoolTag(LittleEndian.i32(image.content(), offset)), rva, offset, place, use));
        }
    }

    private String section(int rva) {
        return image.section(rva).map(Section::name).orElse("");
    }
}
