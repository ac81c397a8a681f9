package org.poolscope.driver;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.poolscope.driver.code.CodeMap;
import org.poolscope.driver.code.TagText;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.driver.pe.Section;
import org.poolscope.model.Architecture;
import org.poolscope.model.PoolTag;

/** Finds what reads like a tag in the code and the data of a driver, tags of its call sites left out. */
final class TagLiterals {

    private static final int MOST = 10_000;
    /** How far apart the two halves of a number are loaded on ARM64, in instructions. */
    private static final int ARM64_REACH = 6;
    private static final Set<Integer> LINKER_MARKS = Set.of(PoolTag.parse("RSDS").key(), PoolTag.parse("NB10").key(),
            PoolTag.parse("GCTL").key(), PoolTag.parse("PGI\\x00").key(), PoolTag.parse("PGU\\x00").key(), PoolTag.parse("LTCG").key());
    private static final Set<String> NOT_DATA = Set.of(".rsrc", ".reloc", ".pdata", ".xdata", ".edata", ".idata", ".didat");

    private final PeImage image;
    private final byte[] content;
    private final Set<PoolTag> known = new HashSet<>();
    private final List<TagLiteral> found = new ArrayList<>();

    private TagLiterals(PeImage image, List<CallSite> sites) {
        this.image = image;
        this.content = image.content();
        sites.stream().filter(site -> site.tag() != null).forEach(site -> known.add(site.tag()));
    }

    /** Finds them; {@code map} is {@code null} for processors whose code is not followed. */
    static List<TagLiteral> find(PeImage image, CodeMap map, List<CallSite> sites) {
        TagLiterals literals = new TagLiterals(image, sites);
        if (map != null) {
            for (int rva : map.tagLiterals()) {
                literals.add(LittleEndian.i32(image.content(), image.offset(rva)), rva, true);
            }
        } else if (image.architecture() == Architecture.ARM64) {
            literals.arm64();
        }
        for (Section section : image.sections()) {
            if (mayHold(section)) {
                literals.data(section.rva(), section.offset(), section.dataSize());
            }
        }
        return List.copyOf(literals.found);
    }

    /** Whether a section holds data of the program, in which a tag may stand. */
    static boolean mayHold(Section section) {
        return !section.isCode() && !NOT_DATA.contains(section.name()) && !section.name().startsWith("/") && !section.name().startsWith(".debug");
    }

    private void add(int key, int rva, boolean inCode) {
        PoolTag tag = new PoolTag(key);
        if (found.size() < MOST && !known.contains(tag)) {
            found.add(new TagLiteral(tag, rva, inCode));
        }
    }

    /** Aligned groups of four that are no part of a longer text. */
    private void data(int rva, int offset, int size) {
        if (image.isLoaded() && image.available(rva) < size) {
            return;   // pages are missing: what stands there is not known
        }
        for (int at = 4; at <= size - 8; at += 4) {
            int key = LittleEndian.i32(content, offset + at);
            boolean alone = !isText(content[offset + at - 1]) && !isText(content[offset + at + 4]);
            if (alone && key >= 0 && isStrong(key) && !isLinkers(key)) {
                add(key, rva + at, false);
            }
        }
    }

    /** Text of four letters and digits: in data, anything less is chance more often than not. */
    private static boolean isStrong(int key) {
        int letters = 0;
        for (int i = 0; i < 4; i++) {
            int value = key >>> 8 * i & 0xff;
            letters += Character.isLetterOrDigit(value) && value < 0x80 ? 1 : 0;
        }
        return letters >= 3 && TagText.isPlausible(key);
    }

    /** Names of sections, and of debug records, that linkers leave in data. */
    private static boolean isLinkers(int key) {
        return (key & 0xff) == '.' || LINKER_MARKS.contains(key);
    }

    private static boolean isText(byte value) {
        return value >= 0x20 && value < 0x7f;
    }

    /**
     * ARM64 code builds a number of 32 bits from two halves ({@code movz}, {@code movk}), or loads it from among the code (Arm
     * Architecture Reference Manual, "Move wide (immediate)").
     */
    private void arm64() {
        for (PeImage.CodeRange range : image.codeRanges()) {
            for (int at = range.rva() & 3; at <= range.length() - 4; at += 4) {
                int word = LittleEndian.i32(content, range.offset() + at);
                if ((word & 0xffe0_0000) == 0x5280_0000) {
                    upperHalf(range, at, word);
                } else if (word >= 0 && isStrong(word)) {
                    add(word, range.rva() + at, true);
                }
            }
        }
    }

    private void upperHalf(PeImage.CodeRange range, int at, int lower) {
        for (int i = 1; i <= ARM64_REACH && at + 4 * i <= range.length() - 4; i++) {
            int word = LittleEndian.i32(content, range.offset() + at + 4 * i);
            if ((word & 0xffe0_001f) == (0x72a0_0000 | lower & 0x1f)) {
                int key = lower >>> 5 & 0xffff | (word >>> 5 & 0xffff) << 16;
                if (TagText.isPlausible(key)) {
                    add(key, range.rva() + at, true);
                }
                return;
            }
        }
    }
}
