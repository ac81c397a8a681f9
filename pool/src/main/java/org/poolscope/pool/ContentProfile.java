package org.poolscope.pool;

import java.util.List;
import java.util.Optional;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/**
 * What the blocks of a tag hold, offset by offset.
 *
 * @param tag the tag
 * @param blocks allocated blocks of the tag (and size, where one was asked for)
 * @param sampled how many of them were looked at
 * @param size the size of the blocks profiled, header included for blocks that share a page; the most frequent one when none was asked
 *     for
 * @param dataLength bytes at the beginning of a block that its owner uses; what lies behind differs in kind from block to block, as
 *     leftovers of earlier owners do
 * @param fields what each place holds, by offset, up to {@code dataLength} and beyond; leftovers stand beyond it only
 * @param clusters the different structures that hide under the tag, the most frequent first
 */
public record ContentProfile(PoolTag tag, long blocks, long sampled, long size, int dataLength, List<Field> fields, List<Cluster> clusters) {

    /**
     * One place.
     *
     * @param offset bytes from the beginning of the data
     * @param size its bytes
     * @param kind what it holds
     * @param values the most frequent values, the most frequent first
     * @param distinct how many different values there are; {@code null} when very many
     * @param minimum the lowest value, for numbers and times; else {@code null}
     * @param maximum the highest value, for numbers and times; else {@code null}
     * @param target what it leads to, when it is a pointer, or a string with its buffer, and all lead to the same kind of thing
     * @param targetShare the share of blocks in which it leads there; where the field has too many values to count, as those that come first tell it
     */
    public record Field(int offset, int size, FieldKind kind, List<Value> values, Integer distinct, Long minimum, Long maximum,
            Optional<PointerTarget> target, double targetShare) {

        /** The same in the midst of the owner's data, where it cannot be told from a union, or from text. */
        private Field mixed() {
            return new Field(offset, size, FieldKind.MIXED, values, distinct, minimum, maximum, target, targetShare);
        }
    }

    /**
     * A value that occurs.
     *
     * @param value the value
     * @param count in how many blocks; where the field has too many values to count, in how many of the blocks that come first
     * @param target what it leads to, when it is a pointer
     */
    public record Value(long value, long count, Optional<PointerTarget> target) {
    }

    /**
     * Blocks of the same size with pointers at the same places. Some of the pointers may be null in some of the blocks.
     *
     * @param size their size
     * @param pointersAt offsets at which they have pointers or null, among the first 64 places
     * @param blocks how many there are
     */
    public record Cluster(long size, List<Integer> pointersAt, long blocks) {
    }

    public ContentProfile {
        int data = dataLength;
        fields = fields.stream().map(field -> field.kind() == FieldKind.LEFTOVER && field.offset() < data ? field.mixed() : field).toList();
        clusters = List.copyOf(clusters);
    }

    /** The driver most pointers lead to, and in what share of the blocks; empty when they lead to nobody in particular. */
    public Optional<Field> ownerField() {
        return fields.stream().filter(field -> field.offset() < dataLength && field.kind() == FieldKind.POINTER
                        && field.target().map(PointerTarget::driver).isPresent())
                .max((left, right) -> Double.compare(left.targetShare(), right.targetShare()));
    }

    /**
     * Profiles the blocks of a tag.
     *
     * @param size only blocks of this size, header included where they have one; 0 for the most frequent size
     * @param most look at so many blocks at most, spread evenly; 0 for all
     * @return the profile; empty when there is no such block
     */
    public static Optional<ContentProfile> of(KernelImage image, PoolBlocks blocks, PoolTag tag, long size, long most, Progress progress) {
        return new ContentScan(image, blocks, tag, progress).run(size, most);
    }
}
