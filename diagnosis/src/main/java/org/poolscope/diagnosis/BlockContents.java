package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.pool.BlockCursor;
import org.poolscope.pool.BlockKind;
import org.poolscope.pool.BlockState;
import org.poolscope.pool.ContentProfile;

/**
 * What the blocks of an accused tag hold, as a structure, and a few of them byte by byte.
 *
 * @param file the image
 * @param profile the structure
 * @param samples some of the blocks the profile is of, spread over the pool
 */
public record BlockContents(String file, ContentProfile profile, List<Sample> samples) implements Exhibit {

    private static final int BLOCKS_LOOKED_AT = 50_000;
    private static final int MOST_SAMPLES = 4;
    private static final int MOST_BYTES = 512;

    /**
     * One block.
     *
     * @param address where its data begins
     * @param size its size, header included where it has one
     * @param lost whether nothing points to it
     * @param bytes its data, the first {@value BlockContents#MOST_BYTES} bytes of it at most, as far as the image holds them
     */
    public record Sample(long address, long size, boolean lost, byte[] bytes) {

        public Sample {
            bytes = bytes.clone();
        }

        @Override
        public byte[] bytes() {
            return bytes.clone();
        }
    }

    public BlockContents {
        samples = List.copyOf(samples);
    }

    /** What the blocks of a tag hold; empty when none is in use. */
    public static Optional<BlockContents> of(OpenPool pool, PoolTag tag) {
        return ContentProfile.of(pool.image(), pool.blocks(), tag, 0, BLOCKS_LOOKED_AT, Progress.NONE)
                .map(profile -> new BlockContents(pool.file(), profile, samples(pool, profile)));
    }

    /** Lost blocks where there are any: a block still in use may be caught in the middle of a change. */
    private static List<Sample> samples(OpenPool pool, ContentProfile profile) {
        boolean lost = pool.reachability().rows().stream().anyMatch(row -> row.tag().equals(profile.tag()) && row.unreferencedBlocks() >= MOST_SAMPLES);
        // The profile is of one size, though the tag may have blocks of many.
        long every = Math.max(1, Math.min(profile.blocks(), profile.sampled()) / (MOST_SAMPLES + 1));
        List<Sample> samples = new ArrayList<>();
        long met = 0;
        for (BlockCursor block = pool.blocks().cursor(); samples.size() < MOST_SAMPLES && block.next();) {
            if (block.key() != profile.tag().key() || block.state() != BlockState.ALLOCATED || block.size() != profile.size()) {
                continue;
            }
            boolean isLost = !pool.reachability().isReached(block.address());
            if (++met >= every * (samples.size() + 1) && isLost == lost) {
                int length = (int) Math.min(MOST_BYTES, block.size() - (block.kind().hasHeader()
                        ? pool.blocks().headerSize() : 0));
                samples.add(new Sample(block.address(), block.size(), isLost, read(pool, block.address(), length)));
            }
        }
        return samples;
    }

    private static byte[] read(OpenPool pool, long address, int length) {
        VirtualMemory memory = pool.image().memory().value().orElse(null);
        if (memory == null) {
            return new byte[0];
        }
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            if (memory.locate(address + i) < 0) {
                return Arrays.copyOf(bytes, i);
            }
            bytes[i] = (byte) memory.u8(address + i);
        }
        return bytes;
    }
}
