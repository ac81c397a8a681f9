package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.poolscope.memory.LittleEndian;
import org.poolscope.model.Architecture;
import org.poolscope.symbols.BuiltInLayouts;
import org.poolscope.symbols.KernelVersion;

/** One page at a time: chains that hold, chains that are broken, and pages that are no pool. */
class PageRepairTest {

    private static final long ADDRESS = 0x8550_0000L;

    private static final PageRepair.Surroundings NOTHING = new PageRepair.Surroundings() {
        @Override
        public boolean isListed(long entry) {
            return false;
        }

        @Override
        public boolean beginsWithPageAddress(long page) {
            return false;
        }
    };

    private final Page page = new Page(8, 0x100);

    @Test
    void readsAChain() {
        page.block(4, 1, "Io  ").block(10, 0, "Free").block(2, 2, "Mup ").rest("Thre");
        assertThat(page.read()).containsExactly("0 ALLOCATED Io  ", "4 FREE Free", "14 ALLOCATED Mup ", "16 ALLOCATED Thre");
        assertThat(page.damage).isEmpty();
    }

    @Test
    void aWrongSizeIsToldByTheNextHeader() {
        page.block(4, 1, "Io  ").block(10, 1, "IoNm").block(2, 1, "Mup ").rest("Thre");
        page.flip(4, 16 + 6);
        assertThat(page.read()).containsExactly("0 ALLOCATED Io  ", "4 ALLOCATED IoNm", "14 ALLOCATED Mup ", "16 ALLOCATED Thre");
        assertThat(page.damage).singleElement().satisfies(one -> {
            assertThat(one.address()).isEqualTo(ADDRESS + 4 * 8);
            assertThat(one.reason()).isEqualTo("the header gives its block 592 bytes, the next header says 80");
        });
    }

    @Test
    void aWrongPreviousSizeIsToldByTheBlockBefore() {
        page.block(4, 1, "Io  ").block(10, 1, "IoNm").block(2, 1, "Mup ").rest("Thre");
        page.flip(14, 1);
        assertThat(page.read()).hasSize(4);
        assertThat(page.damage).singleElement().satisfies(one -> {
            assertThat(one.address()).isEqualTo(ADDRESS + 14 * 8);
            assertThat(one.reason()).isEqualTo("the header says that the block before has 64 bytes, it has 80");
        });
    }

    @Test
    void aHeaderThatIsGoneLeavesAGap() {
        page.block(4, 1, "Io  ").block(10, 1, "IoNm").block(2, 1, "Mup ").block(8, 1, "Mup ").rest("Thre");
        page.wipe(4);
        page.flip(14, 0);
        page.flip(14, 5);
        assertThat(page.read()).containsExactly("0 ALLOCATED Io  ", "4 DAMAGED \\x00\\x00\\x00\\x00", "14 ALLOCATED Mup ", "16 ALLOCATED Mup ",
                "24 ALLOCATED Thre");
        assertThat(page.damage).singleElement().satisfies(one -> assertThat(one.reason()).isEqualTo(
                "no header can be trusted in the next 80 bytes"));
    }

    @Test
    void twoBlocksOfWhichOneIsDamagedAreStillAPage() {
        for (int bit : new int[] {0, 3, 16, 20}) {
            Page two = new Page(8, 0x100);
            two.block(500, 1, "MmPt").rest(0, "Free");
            two.flip(bit < 16 ? 500 : 0, bit);
            assertThat(two.read()).as("bit %d", bit).containsExactly("0 ALLOCATED MmPt", "500 FREE Free");
            assertThat(two.damage).hasSize(1);
        }
    }

    @Test
    void pagesOfOtherThingsAreNoPool() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            Page other = new Page(8, 0x100);
            byte[] content = new byte[4096];
            switch (i % 5) {
                case 0 -> random.nextBytes(content);
                case 1 -> Arrays.fill(content, (byte) i);
                case 2 -> {
                    for (int at = 0; at < content.length; at++) {
                        content[at] = (byte) (0x20 + random.nextInt(0x5f));
                    }
                }
                case 3 -> {
                    for (int at = 0; at < content.length; at += 4) {
                        content[at] = (byte) random.nextInt(40);
                    }
                }
                default -> {
                    for (int at = 0; at < content.length; at += 2) {
                        content[at] = (byte) (0x61 + random.nextInt(26));
                    }
                }
            }
            other.bytes.copyFrom(MemorySegment.ofArray(content));
            assertThat(other.read()).as("page %d", i).isEmpty();
            assertThat(other.damage).isEmpty();
        }
    }

    @Property(tries = 300)
    void oneFlippedBitLosesNoOtherBlock(@ForAll long seed, @ForAll boolean wide, @ForAll @IntRange(max = 31) int bit) {
        Random random = new Random(seed);
        Page sound = new Page(wide ? 16 : 8, 0);
        int units = 4096 / (wide ? 16 : 8);
        List<Integer> starts = new ArrayList<>();
        while (units - sound.next > 40) {
            starts.add(sound.next);
            sound.block(1 + random.nextInt(20), random.nextInt(4) == 0 ? 0 : 3, "Tg" + (char) ('a' + random.nextInt(26)) + " ");
        }
        sound.rest("Last");
        List<String> before = sound.read();
        int struck = starts.get(random.nextInt(starts.size()));
        sound.flip(struck, bit);
        int now = sound.word(struck) >>> 16 & (wide ? 0xff : 0x1ff);
        if (struck + now == units) {
            return;
        }
        List<String> lost = new ArrayList<>(before);
        lost.removeAll(sound.read());
        assertThat(lost).allSatisfy(one -> assertThat(one).startsWith(struck + " "));
    }

    @FuzzTest
    void anythingAtAll(byte[] data) {
        for (int header : new int[] {8, 16}) {
            Page any = new Page(header, 0);
            MemorySegment.copy(MemorySegment.ofArray(data), 0, any.bytes, 0, Math.min(data.length, 4096));
            int last = -1;
            for (String line : any.read()) {
                int unit = Integer.parseInt(line.substring(0, line.indexOf(' ')));
                assertThat(unit).isGreaterThan(last).isLessThan(4096 / header);
                last = unit;
            }
        }
    }

    /** A page under construction. */
    private static final class Page {

        private final int header;
        private final MemorySegment bytes = Arena.ofAuto().allocate(4096, 8);
        private final List<Damage> damage = new ArrayList<>();
        private int next;
        private int previous;

        Page(int header, int filler) {
            this.header = header;
            for (int i = 0; i < 4096; i += 4) {
                bytes.set(LittleEndian.U32, i, filler * i);
            }
        }

        Page block(int units, int type, String tag) {
            long at = (long) next * header;
            bytes.set(LittleEndian.U32, at, header == 8 ? previous | units << 16 | type << 25 : previous | units << 16 | type << 24);
            for (int i = 0; i < 4; i++) {
                bytes.set(LittleEndian.U8, at + 4 + i, (byte) tag.charAt(i));
            }
            previous = units;
            next += units;
            return this;
        }

        Page rest(String tag) {
            return rest(1, tag);
        }

        Page rest(int type, String tag) {
            return block(4096 / header - next, header == 16 && type == 1 ? 3 : type, tag);
        }

        void flip(int unit, int bit) {
            bytes.set(LittleEndian.U32, (long) unit * header, word(unit) ^ 1 << bit);
        }

        int word(int unit) {
            return bytes.get(LittleEndian.U32, (long) unit * header);
        }

        void wipe(int unit) {
            bytes.set(LittleEndian.U64, (long) unit * header, 0);
        }

        /** Each block as its first unit, state and tag. */
        List<String> read() {
            damage.clear();
            HeaderFormat format = HeaderFormat.of(BuiltInLayouts.forBuild(header == 8 ? Architecture.X86 : Architecture.X64,
                    KernelVersion.build(header == 8 ? 3790 : 7601)).get("_POOL_HEADER"),
                    header == 8 ? TypeField.PLUS_ONE : TypeField.IN_USE_BIT);
            PageParser parser = new PageParser(bytes, format);
            char[] places = new char[parser.mostBlocks()];
            int[] tags = new int[parser.mostBlocks()];
            int count = parser.read(0, places, tags, 0);
            if (count == 0) {
                count = Math.max(0, new PageRepair(bytes, NOTHING, format, parser).read(0, ADDRESS, places, tags, 0, damage::add));
            }
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                lines.add((places[i] & PageParser.UNIT_MASK) + " " + BlockState.of(places[i] >>> PageParser.STATE_SHIFT).name() + " "
                        + new org.poolscope.model.PoolTag(tags[i]));
            }
            return lines;
        }
    }
}
