package org.poolscope.pool;

import java.util.List;
import java.util.Optional;
import org.poolscope.kernel.FreeLists;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;

/**
 * Whether a pool is full, or only cut into pieces: what is free inside the pages it holds, and which runs of pages it may still take.
 *
 * @param pool the pool; session pool is not part of paged pool here
 * @param limitBytes what it may have at most; {@code null} when the image does not tell
 * @param heldBytes the pages it holds, by the memory manager's books or, where those are silent, by the walk
 * @param seenBytes how many bytes of pages of the pool the image holds, to be looked at
 * @param usedBytes bytes of those in blocks and big allocations that somebody holds
 * @param parkedBytes bytes of blocks on the pool's lookaside lists: free for requests of exactly their size
 * @param free the free blocks
 * @param runs the free pages; empty when the image does not tell where the pool's address space is
 * @param runsUnknown why they are not known, or what they lack; empty when nothing
 * @param lists the pool's own lists of free blocks; empty when the kernel keeps none that are known
 * @param listed how many entries of those lists are free blocks by the walk as well
 * @param pins the tags that stand on pages of which most is free, the one on most pages first
 * @param sparsePages how many pages are mostly free and held by some block
 */
public record Fragmentation(PoolKind pool, Long limitBytes, long heldBytes, long seenBytes, long usedBytes, long parkedBytes, FreeBlocks free,
        Optional<FreeRuns> runs, String runsUnknown, Optional<FreeLists> lists, long listed, List<Pin> pins, long sparsePages) {

    /** Above this share of its limit a pool is short of pages. */
    private static final double SHORT = 0.9;
    /** Were the free blocks joined to pages and given back, a pool below this share of its limit would not be short. */
    private static final double COMFORTABLE = 0.75;
    /** Free pages are cut up when the longest run is shorter than this, of so many times as many free pages. */
    private static final int SHORT_RUN = 16;
    private static final int MANY_RUNS = 64;

    /** What is in no block is told when it is this share of what the pool holds. */
    private static final double TELLING = 0.01;

    private static final int PAGE = Words.PAGE;

    public Fragmentation {
        pins = List.copyOf(pins);
    }

    /**
     * A tag whose blocks hold pages of which most is free.
     *
     * @param pages how many such pages have a block of the tag
     * @param bytes the bytes of its blocks there
     */
    public record Pin(PoolTag tag, long pages, long bytes) {
    }

    /** Why the pool fails, if it does. */
    public enum Verdict {
        /** It has pages left, in long runs. */
        NOT_SHORT("not short"),
        /** It stands at its limit and what it holds is in use. */
        SIZE("size"),
        /** It stands at its limit, and much of what it holds is free, in pieces no page can be given back for. */
        FRAGMENTED("fragmented"),
        /** Pages are left, but no run of more than a few: large requests fail. */
        NO_LONG_RUN("no long run"),
        /** It stands at its limit, and so much of what it holds is not in the image that either may be. */
        NOT_SEEN("not seen"),
        /** The image does not tell the pool's limit. */
        UNKNOWN("unknown");

        private final String word;

        Verdict(String word) {
            this.word = word;
        }

        /** The word in JSON. */
        public String word() {
            return word;
        }
    }

    /** Looks at both pools of an image. */
    public static List<Fragmentation> of(KernelImage image, PoolBlocks blocks) {
        return new FreeSpaceSurvey(image, blocks).pools();
    }

    /** Why the pool fails, if it does. */
    public Verdict verdict() {
        if (limitBytes == null) {
            return Verdict.UNKNOWN;
        }
        if (heldBytes >= SHORT * limitBytes) {
            double comfortable = COMFORTABLE * limitBytes;
            return heldBytes - free.bytes() < comfortable ? Verdict.FRAGMENTED
                    : heldBytes - free.bytes() - unseenBytes() < comfortable ? Verdict.NOT_SEEN : Verdict.SIZE;
        }
        return runs.filter(found -> found.pages() >= MANY_RUNS * (long) SHORT_RUN && found.longest() < SHORT_RUN).isPresent()
                ? Verdict.NO_LONG_RUN : Verdict.NOT_SHORT;
    }

    /** Bytes of pages the pool holds by the memory manager's books, and that are not in the image. */
    public long unseenBytes() {
        return Math.max(0, heldBytes - seenBytes);
    }

    /** Bytes of what was looked at that are in no block: what heaps need for themselves, pages taken before there were books, damage. */
    public long otherBytes() {
        return Math.max(0, heldBytes - unseenBytes() - usedBytes - parkedBytes - free.bytes());
    }

    /** Pages the pool may still take, in bytes; {@code null} when its limit is not known. */
    public Long leftBytes() {
        return limitBytes == null ? null : Long.valueOf(Math.max(0, limitBytes - heldBytes));
    }

    /** The longest run of free pages in bytes, as far as the limit lets the pool take it; {@code null} when not known. */
    public Long longestRunBytes() {
        if (runs.isEmpty()) {
            return null;
        }
        long run = (long) runs.get().longest() * PAGE;
        return leftBytes() == null ? run : Math.min(run, leftBytes());
    }

    /** Share of what the pool holds that is free, 0 to 1. */
    public double freeShare() {
        return heldBytes == 0 ? 0 : Math.min(1, (double) free.bytes() / heldBytes);
    }

    /** The verdict and what it rests on, as a sentence. */
    public String sentence() {
        String name = pool == PoolKind.PAGED ? "Paged pool" : "Nonpaged pool";
        return switch (verdict()) {
            case FRAGMENTED -> name + " fails from fragmentation, not from size: of the " + Quantity.bytes(heldBytes) + " it holds ("
                    + Quantity.percent((double) heldBytes / limitBytes) + " of its limit) " + Quantity.bytes(free.bytes()) + " ("
                    + Quantity.percent(freeShare()) + ") are free, in " + Quantity.count(free.blocks(), "block", "blocks") + " of at most "
                    + Quantity.bytes(free.largest()) + " between blocks in use.";
            case SIZE -> name + " is full: it holds " + Quantity.bytes(heldBytes) + " in whole pages, which is what the memory manager counts as used ("
                    + Quantity.percent((double) heldBytes / limitBytes) + " of its limit); in them " + Quantity.bytes(usedBytes)
                    + " are blocks in use and " + Quantity.bytes(free.bytes()) + " (" + Quantity.percent(freeShare())
                    + ") free blocks, of at most " + Quantity.bytes(free.largest())
                    + (unseenBytes() == 0 ? "" : "; " + Quantity.bytes(unseenBytes()) + " are not in the image")
                    + (otherBytes() < TELLING * heldBytes ? "" : "; " + Quantity.bytes(otherBytes()) + " are in no block that is known") + ".";
            case NOT_SEEN -> name + " holds " + Quantity.bytes(heldBytes) + " (" + Quantity.percent((double) heldBytes / limitBytes)
                    + " of its limit). Whether that is in use or free in pieces the image cannot tell: only " + Quantity.bytes(seenBytes)
                    + " of it could be looked at.";
            case NO_LONG_RUN -> name + " has " + Quantity.bytes(runs.orElseThrow().pages() * PAGE) + " of free pages, but no run longer than "
                    + Quantity.bytes(longestRunBytes()) + ": larger requests fail.";
            case NOT_SHORT -> name + " is not short: it may take " + Quantity.bytes(leftBytes()) + " more"
                    + (longestRunBytes() == null ? "" : ", " + Quantity.bytes(longestRunBytes()) + " of it in one piece") + ".";
            case UNKNOWN -> name + ": the image does not tell its limit.";
        };
    }
}
