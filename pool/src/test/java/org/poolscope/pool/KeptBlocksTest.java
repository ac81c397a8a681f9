package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.kernel.KernelImage;
import org.poolscope.memory.LittleEndian;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;

/** What was kept in passing is what the image holds, on a running kernel. */
class KeptBlocksTest {

    private static final int PAGES = 200;

    private static KernelImage image;
    private static PoolBlocks blocks;

    @BeforeAll
    static void open() throws Exception {
        image = KernelImage.open(RealEvidence.image("nt52-after.raw"));
        blocks = PoolBlocks.walk(image, Progress.NONE);
    }

    @AfterAll
    static void close() {
        if (image != null) {
            image.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Io", "CM", "Thre", "Pool", "File"})
    void aProfileIsTheSameFromWhatWasKept(String name) throws EvidenceException {
        PoolTag tag = PoolTag.parse(name);
        PoolBlocks keeping = PoolBlocks.walk(image, tag, Progress.NONE);
        assertThat(keeping.groups()).allSatisfy(group -> assertThat(group.kept(tag.key())).isNotNull());
        assertThat(keeping.groups()).allSatisfy(group -> assertThat(group.kept(tag.key() + 1)).isNull());
        assertThat(ContentProfile.of(image, keeping, tag, 0, 0, Progress.NONE)).isPresent()
                .isEqualTo(ContentProfile.of(image, blocks, tag, 0, 0, Progress.NONE));
    }

    @Test
    void eachBlockOfTheTagIsKeptWithItsWords() {
        Kept kept = new Kept(PoolTag.parse("CM").key(), Long.MAX_VALUE);
        KeptBlocks.Cursor block = kept.built.cursor();
        List<Integer> numbers = new ArrayList<>();
        while (block.next()) {
            GatheredBlocks gathered = new GatheredBlocks(2, 2);
            block.addTo(gathered);
            gathered.takeWide(0);
            long place = kept.places.get(block.block());
            assertThat(gathered.column()[0]).isEqualTo(blocks.memory().bytes().get(LittleEndian.U64, place));
            numbers.add(block.block());
        }
        assertThat(numbers).isSorted().hasSizeGreaterThan(100).containsExactlyElementsOf(kept.numbers);
    }

    @Test
    void whatThereIsNoRoomForIsNotKept() {
        int words = new Kept(PoolTag.parse("CM").key(), Long.MAX_VALUE).words;
        assertThat(new Kept(PoolTag.parse("CM").key(), words).built).isNotNull();
        assertThat(new Kept(PoolTag.parse("CM").key(), words - 1).built).isNull();
    }

    @Test
    void aPageThatWasNotTakenMakesTheGroupReadFromTheImage() {
        KeptBlocks.Builder builder = new KeptBlocks.Builder(1, new KeptBlocks.Budget(1));
        builder.miss();
        assertThat(builder.build()).isNull();
        assertThat(builder.build()).isNotNull();
    }

    /** The blocks of a tag on some pages, read again, and what was kept of them. */
    private static final class Kept {

        private final List<Long> places = new ArrayList<>();
        private final List<Integer> numbers = new ArrayList<>();
        private final KeptBlocks built;
        private int words;

        Kept(int key, long room) {
            PageParser parser = new PageParser(blocks.memory().bytes(), blocks.format());
            PageGroup.Builder group = new PageGroup.Builder(PAGES, parser.mostBlocks());
            KeptBlocks.Builder kept = new KeptBlocks.Builder(key, new KeptBlocks.Budget(room));
            TaggedBlocks wanted = new TaggedBlocks(blocks, 0, key);
            for (int page = 0; wanted.next() && page < PAGES; page++) {
                group.makeRoom();
                long offset = wanted.offset() & -Words.PAGE | blocks.groups()[0].offset[0] & Words.PAGE_MASK;
                int count = parser.read(offset, group.place, group.tag, group.blocks);
                kept.takePage(parser, group, count);
                for (int block = group.blocks; block < group.blocks + count; block++) {
                    int unit = group.place[block] & PageParser.UNIT_MASK;
                    places.add(offset + ((long) unit << blocks.format().unitShift()) + blocks.headerSize());
                    if ((group.tag[block] & Integer.MAX_VALUE) == key && group.place[block] >>> PageParser.STATE_SHIFT == BlockState.ALLOCATED.ordinal()) {
                        numbers.add(block);
                        int end = block + 1 < group.blocks + count ? group.place[block + 1] & PageParser.UNIT_MASK : parser.mostBlocks();
                        words += 1 + Math.min(KeptBlocks.MOST_WORDS, parser.dataWords(end - unit));
                    }
                }
                group.add(offset, offset, (byte) 0, count);
            }
            built = kept.build();
        }
    }
}
