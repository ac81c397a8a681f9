package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.poolscope.kernel.KernelImage;
import org.poolscope.memory.LittleEndian;
import org.poolscope.memory.PagedMemory;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/** One run over the blocks of a tag, counting what stands at each place. */
final class ContentScan {

    /** Places profiled at most; structures with recognisable fields beyond are rare, and the rest is often a buffer. */
    private static final int MOST_PLACES = KeptBlocks.MOST_WORDS;
    /** Places that tell structures apart. */
    private static final int CLUSTER_PLACES = 64;
    private static final double TELLING_SHARE = 0.02;
    /** Upper halves of times between 1990 and 2100, in 100 ns since 1601. */
    private static final long EARLIEST = 0x01b4_1e2aL;
    private static final long LATEST = 0x0230_0000L;
    /** Blocks kept whole, to read strings with their buffers. */
    private static final int MOST_EXAMPLES = 64;
    private static final int PROGRESS_EVERY = 1 << 16;
    /** Blocks looked at one after the other, before the others are shared among processors. */
    private static final int FIRST_BLOCKS = 1 << 16;
    private static final int MOST_SHAPES = 4096;
    /** Words of blocks gathered before they are counted, place by place: few enough for a processor's own cache. */
    private static final int GATHERED_WORDS = 1 << 14;

    private final PagedMemory memory;
    private final MemorySegment bytes;
    private final PoolBlocks blocks;
    private final PoolTag tag;
    private final Progress progress;
    private final int word;
    private final PointerTargets targets;
    private final boolean wide;
    private final long kernelStart;

    ContentScan(KernelImage image, PoolBlocks blocks, PoolTag tag, Progress progress) {
        this.memory = blocks.memory();
        this.bytes = memory.bytes();
        this.blocks = blocks;
        this.tag = tag;
        this.progress = progress;
        this.wide = memory.pointerSize() == Long.BYTES;
        this.word = memory.pointerSize();
        this.kernelStart = memory.directory().mode().kernelStart();
        this.targets = new PointerTargets(image, blocks);
    }

    Optional<ContentProfile> run(long wantedSize, long most) {
        Map<Long, Long> sizes = sizes();
        long size = wantedSize != 0 ? wantedSize
                : sizes.entrySet().stream().max(Map.Entry.<Long, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                        .map(Map.Entry::getKey).orElse(0L);
        long count = sizes.getOrDefault(size, 0L);
        if (count == 0) {
            return Optional.empty();
        }
        Tally tally = most <= 0 || most >= count ? all(size, count) : spread(size, count, (count + most - 1) / most);
        long asked = wantedSize != 0 ? count : sizes.values().stream().mapToLong(Long::longValue).sum();
        List<ContentProfile.Field> fields = new FieldReader(tally).fields();
        return Optional.of(new ContentProfile(tag, asked, tally.sampled, size, dataLength(fields, tally), fields,
                clusters(sizes, tally, dataLength(fields, tally))));
    }

    /** How many blocks of each size there are. */
    private Map<Long, Long> sizes() {
        long[] small = IntStream.range(0, blocks.groups().length).parallel().collect(() -> new long[Words.PAGE + 1], (counts, group) -> {
            for (TaggedBlocks block = new TaggedBlocks(blocks, group, tag.key()); block.next();) {
                counts[block.size()]++;
            }
        }, (counts, more) -> Arrays.setAll(counts, size -> counts[size] + more[size]));
        Map<Long, Long> sizes = new HashMap<>();
        for (int size = 0; size < small.length; size++) {
            if (small[size] > 0) {
                sizes.put((long) size, small[size]);
            }
        }
        BigBlocks big = blocks.big();
        for (int i = 0; i < big.count(); i++) {
            if ((big.tag(i) & Integer.MAX_VALUE) == tag.key()) {
                sizes.merge(big.size(i), 1L, Long::sum);
            }
        }
        return sizes;
    }

    /** Looks at every so many blocks of a size. */
    private Tally spread(long size, long count, long step) {
        Tally tally = new Tally();
        long number = 0;
        for (BlockCursor block = blocks.cursor(); block.next();) {
            if (block.key() == tag.key() && block.state() == BlockState.ALLOCATED && block.size() == size && number++ % step == 0) {
                tally.add(memory.locate(block.address()), size, block.kind().hasHeader());
                if ((number & PROGRESS_EVERY - 1) == 0) {
                    progress.at("profiling '" + tag + "'", number, count);
                }
            }
        }
        tally.count();
        return tally;
    }

    /**
     * Looks at all blocks of a size, on all processors. Of places with very many values those that come first are kept: which they are must
     * not depend on the number of processors, so the first groups of pages are looked at before the others, and where that did not settle
     * it, all is done again one after the other.
     */
    private Tally all(long size, long count) {
        int groups = blocks.groups().length;
        Tally first = new Tally();
        int done = 0;
        while (done < groups && first.sampled < FIRST_BLOCKS) {
            first.addAll(done++, size);
        }
        first.count();
        AtomicLong seen = new AtomicLong(first.sampled);
        Tally rest = IntStream.range(done, groups).parallel().collect(first::fresh, (part, group) -> {
            long before = part.sampled;
            part.addAll(group, size);
            progress.at("profiling '" + tag + "'", seen.addAndGet(part.sampled - before), count);
        }, Tally::merge);
        first.merge(rest);
        // Allocations of whole pages lie between the groups, and are few.
        return first.inexact || first.sampled < count ? spread(size, count, 1) : first;
    }

    /** Where the data ends: behind the last place that is not a leftover, nor what Driver Verifier keeps at the end of a block. */
    private static int dataLength(List<ContentProfile.Field> fields, Tally tally) {
        int end = 0;
        int limit = verifierEnd(fields);
        for (ContentProfile.Field field : fields) {
            end = field.kind() == FieldKind.LEFTOVER || field.offset() >= limit ? end : field.offset() + field.size();
        }
        return tally.cut && end == fields.getLast().offset() + fields.getLast().size() ? (int) Math.min(Integer.MAX_VALUE, tally.dataBytes) : end;
    }

    /** Where what Driver Verifier keeps at the end of a tracked block begins: a link to its entry, or in XP an index and a link to the driver's. */
    private static int verifierEnd(List<ContentProfile.Field> fields) {
        ContentProfile.Field last = fields.getLast();
        PointerTarget target = last.target().orElse(null);
        return PointerTargets.VERIFIER_ENTRY.equals(target) ? last.offset()
                : PointerTargets.VERIFIED_DRIVER.equals(target) ? last.offset() - last.size() : Integer.MAX_VALUE;
    }

    /** Shapes, told apart by the places that hold pointers in more blocks than chance explains. */
    private List<ContentProfile.Cluster> clusters(Map<Long, Long> sizes, Tally tally, int dataLength) {
        List<ContentProfile.Cluster> found = new ArrayList<>();
        long telling = 0;
        for (int place = 0; place < Math.min(CLUSTER_PLACES, tally.wides.length) && place * word < dataLength; place++) {
            WordStatistics at = tally.wides[place];
            telling |= at.share(at.pointers) >= TELLING_SHARE ? 1L << place : 0;
        }
        for (Shape shape : joined(tally.shapes.values(), telling)) {
            List<Integer> offsets = new ArrayList<>();
            for (int place = 0; place < CLUSTER_PLACES; place++) {
                if ((shape.pointers >>> place & 1) != 0) {
                    offsets.add(place * word);
                }
            }
            found.add(new ContentProfile.Cluster(tally.size, offsets, shape.blocks));
        }
        sizes.forEach((size, count) -> {
            if (size != tally.size) {
                found.add(new ContentProfile.Cluster(size, List.of(), count));
            }
        });
        found.sort(Comparator.comparingLong(ContentProfile.Cluster::blocks).reversed().thenComparing(ContentProfile.Cluster::size));
        return found;
    }

    /**
     * Shapes that differ only in that one has null where the other has a pointer are one structure: they become one shape, with all the
     * pointers of both.
     *
     * @param telling the places that tell structures apart
     */
    private static List<Shape> joined(Collection<Shape> shapes, long telling) {
        Map<Long, Shape> masked = new TreeMap<>();
        shapes.forEach(shape -> masked.computeIfAbsent(shape.pointers & telling, Shape::new).add(shape));
        List<Shape> joined = new ArrayList<>();
        masked.values().stream().sorted(Comparator.comparingInt((Shape shape) -> Long.bitCount(shape.pointers)).reversed()
                .thenComparing(Comparator.comparingLong((Shape shape) -> shape.blocks).reversed())).forEach(shape -> {
            Optional<Shape> same = joined.stream().filter(other -> (other.pointers & ~shape.pointers & ~shape.nulls) == 0
                    && (shape.pointers & ~other.pointers & ~other.nulls) == 0).max(Comparator.comparingLong(other -> other.blocks));
            if (same.isEmpty()) {
                joined.add(shape);
            } else {
                same.get().pointers |= shape.pointers;
                same.get().add(shape);
            }
        });
        return joined;
    }

    /** Blocks with pointers at the same places. */
    private static final class Shape {

        private long pointers;
        /** Places that are zero in all of them. */
        private long nulls = -1;
        private long blocks;

        Shape(long pointers) {
            this.pointers = pointers;
        }

        void add(Shape other) {
            blocks += other.blocks;
            nulls &= other.nulls;
        }
    }

    /** What was counted. Places are as wide as half a pointer on 64-bit systems, whose structures have 32-bit fields too. */
    private final class Tally {

        private WordStatistics[] narrow = new WordStatistics[0];
        private WordStatistics[] wides = new WordStatistics[0];
        private final Map<Long, Shape> shapes = new HashMap<>();
        private Shape last = new Shape(0);
        private final List<byte[]> examples = new ArrayList<>();
        private GatheredBlocks gathered;
        private long sampled;
        private long size;
        private long dataBytes;
        private boolean cut;
        /** Whether others were counted before, which have the same places. */
        private boolean follows;
        /** Whether counting in parts may have come out differently from counting in one go. */
        private boolean inexact;

        void addAll(int group, long wanted) {
            for (TaggedBlocks block = new TaggedBlocks(blocks, group, tag.key()); block.next();) {
                if (block.size() == wanted) {
                    begin(wanted, block.headed());
                    if (wantsExample()) {
                        addExample(block.offset());
                    }
                    block.addTo(room(), bytes);
                }
            }
        }

        /** Takes a block if the image holds it; it is counted when enough of them are gathered, or by {@link #count}. */
        void add(long offset, long blockSize, boolean headed) {
            begin(blockSize, headed);
            if (offset >= 0) {
                if (wantsExample()) {
                    addExample(offset);
                }
                room().add(bytes, offset);
            }
        }

        /** Learns from the first block which places there are. */
        private void begin(long blockSize, boolean headed) {
            if (sampled == 0 && !follows) {
                size = blockSize;
                dataBytes = headed ? size - blocks.headerSize() : size;
                cut = dataBytes > MOST_PLACES * Integer.BYTES;
                int places = (int) Math.min(MOST_PLACES * Integer.BYTES, dataBytes) / Integer.BYTES;
                narrow = filled(places);
                wides = wide ? filled(places / 2) : narrow;
            }
        }

        private boolean wantsExample() {
            return !follows && examples.size() < MOST_EXAMPLES;
        }

        private void addExample(long offset) {
            examples.add(Arrays.copyOf(bytes.asSlice(offset, narrow.length * Integer.BYTES).toArray(LittleEndian.U8), MOST_PLACES * Integer.BYTES));
        }

        /** Where the words of the next block go. */
        private GatheredBlocks room() {
            sampled++;
            if (gathered == null) {
                gathered = new GatheredBlocks(narrow.length, GATHERED_WORDS);
            } else if (gathered.isFull()) {
                count();
            }
            return gathered;
        }

        /** Counts what was gathered, place by place. */
        void count() {
            if (gathered == null) {
                return;
            }
            int count = gathered.count();
            long[] column = gathered.column();
            for (int place = 0; place < narrow.length; place++) {
                gathered.takeNarrow(place);
                narrow[place].add(column, count);
                narrow[place].addKinds(column, count);
                if (!wide) {
                    countPointers(place);
                    if (place + 1 < narrow.length) {
                        gathered.takeWide(place);
                        narrow[place].addTimes(column, count, EARLIEST, LATEST);
                    }
                }
            }
            for (int place = 0; wide && place < wides.length; place++) {
                gathered.takeWide(2 * place);
                wides[place].add(column, count);
                wides[place].addTimes(column, count, EARLIEST, LATEST);
                countPointers(place);
            }
            for (int block = 0; block < count; block++) {
                countShape(gathered.pointers()[block], gathered.nulls()[block]);
            }
            gathered.clear();
        }

        /** Counts the pointers of a place, and notes in which blocks it has one, or null. */
        private void countPointers(int place) {
            long[] column = gathered.column();
            long[] pointers = gathered.pointers();
            long[] nulls = gathered.nulls();
            long bit = place < CLUSTER_PLACES ? 1L << place : 0;
            long last = 0;
            boolean pointer = isPointer(last);
            long found = 0;
            int count = gathered.count();
            for (int block = 0; block < count; block++) {
                long value = column[block];
                if (value != last) {
                    last = value;
                    pointer = isPointer(value);
                }
                found += pointer ? 1 : 0;
                pointers[block] |= pointer ? bit : 0;
                nulls[block] |= value == 0 ? bit : 0;
            }
            wides[place].pointers += found;
        }

        /** Counts a block by where it has pointers. */
        private void countShape(long pointers, long nulls) {
            if (last.blocks == 0 || last.pointers != pointers) {
                last = shapes.size() < MOST_SHAPES ? shapes.computeIfAbsent(pointers, Shape::new)
                        : shapes.getOrDefault(pointers, new Shape(pointers));
            }
            last.blocks++;
            last.nulls &= nulls;
        }

        /** For blocks that come after these: counts nothing yet, and no values at places where these have too many. */
        Tally fresh() {
            Tally next = new Tally();
            next.narrow = fresh(narrow);
            next.wides = wide ? fresh(wides) : next.narrow;
            next.size = size;
            next.dataBytes = dataBytes;
            next.cut = cut;
            next.follows = true;
            return next;
        }

        private static WordStatistics[] fresh(WordStatistics[] places) {
            return Arrays.stream(places).map(WordStatistics::fresh).toArray(WordStatistics[]::new);
        }

        /** Adds what {@link #fresh} ones counted. */
        void merge(Tally others) {
            count();
            others.count();
            inexact |= others.inexact;
            merge(narrow, others.narrow);
            if (wide) {
                merge(wides, others.wides);
            }
            others.shapes.forEach((shape, more) -> shapes.computeIfAbsent(shape, Shape::new).add(more));
            inexact |= shapes.size() >= MOST_SHAPES;
            sampled += others.sampled;
        }

        private void merge(WordStatistics[] places, WordStatistics[] others) {
            for (int i = 0; i < places.length; i++) {
                inexact |= !places[i].merge(others[i]);
            }
        }

        private static WordStatistics[] filled(int count) {
            WordStatistics[] made = new WordStatistics[count];
            Arrays.setAll(made, any -> new WordStatistics());
            return made;
        }
    }

    private boolean isPointer(long value) {
        return Long.compareUnsigned(value, kernelStart) >= 0 && (blocks.pageNumber(value) >= 0 || memory.locate(value) >= 0);
    }

    private static boolean isTime(long upper) {
        return upper >= EARLIEST && upper < LATEST;
    }

    /** Turns counts into fields. */
    private final class FieldReader {

        /** A kind that fits this share of the blocks is what the place holds. */
        private static final double NEARLY_ALL = 0.95;
        /** Of leftovers every kind of thing is some; a place that is zero or opaque in this share of blocks is one thing. */
        private static final double ONE_KIND = 0.90;
        private static final int FEW = 16;
        private static final int FEWEST_LINKS = 16;
        private static final int VALUES_SHOWN = 8;
        /** Strings of the kernel keep little more room than they need; and what is shown of one. */
        private static final int MOST_ROOM = 2048;
        private static final int MOST_CHARACTERS = 48;

        private final Tally tally;

        FieldReader(Tally tally) {
            this.tally = tally;
        }

        List<ContentProfile.Field> fields() {
            List<ContentProfile.Field> fields = new ArrayList<>();
            int at = 0;
            while (at < tally.narrow.length) {
                ContentProfile.Field field = field(at);
                fields.add(field);
                at += field.size() / Integer.BYTES;
            }
            return fields;
        }

        private ContentProfile.Field field(int at) {
            if (wide && at % 2 == 0 && at / 2 < tally.wides.length) {
                WordStatistics whole = tally.wides[at / 2];
                if (isPointerField(whole) || isSparseLink(whole)) {
                    return pointer(at, Long.BYTES, whole);
                }
                if (whole.share(whole.times) >= NEARLY_ALL) {
                    return time(at, whole, whole.minimum(), whole.maximum());
                }
            }
            WordStatistics place = tally.narrow[at];
            if (!wide && (isPointerField(place) || isSparseLink(place))) {
                return pointer(at, Integer.BYTES, place);
            }
            Optional<ContentProfile.Field> string = countedString(at);
            if (string.isPresent()) {
                return string.get();
            }
            if (!wide && place.share(place.times) >= NEARLY_ALL && tally.narrow[at + 1].distinct() != 1 | place.distinct() != 1) {
                long unset = tally.narrow[at + 1].minimum();
                return time(at, place, isTime(unset) ? place.earliest() : unset << 32, place.latest());
            }
            return number(at, Integer.BYTES, kind(place), place);
        }

        private boolean isPointerField(WordStatistics place) {
            long set = place.blocks - place.zero;
            return set > 0 && place.pointers >= NEARLY_ALL * set && place.share(place.pointers + place.zero) >= NEARLY_ALL
                    && (place.share(place.pointers) >= 0.5 || place.pointers >= 1000 && place.share(place.pointers) >= 0.01);
        }

        /**
         * A pointer that few blocks have set, such as the link of a short list, and the others not: so few may be chance, unless they lead into
         * pool, and to several places there. Status codes of errors look like addresses of page tables.
         */
        private boolean isSparseLink(WordStatistics place) {
            long set = place.blocks - place.zero;
            if (set < FEWEST_LINKS || place.pointers < NEARLY_ALL * set || place.share(place.zero) < ONE_KIND) {
                return false;
            }
            long counted = 0;
            long links = 0;
            int targets = 0;
            for (WordStatistics.Value value : place.values()) {
                boolean link = value.value() != 0 && blocks.pageNumber(value.value()) >= 0;
                counted += value.value() == 0 ? 0 : value.count();
                links += link ? value.count() : 0;
                targets += link ? 1 : 0;
            }
            return targets >= FEWEST_LINKS / 2 && links >= NEARLY_ALL * counted;
        }

        /** A length and a room in bytes, both even, and a pointer behind them that leads to characters: a UNICODE_STRING. */
        private Optional<ContentProfile.Field> countedString(int at) {
            WordStatistics place = tally.narrow[at];
            int behind = wide ? at + 2 : at + 1;
            if (place.zero == place.blocks || behind >= tally.narrow.length || wide && at % 2 != 0) {
                return Optional.empty();
            }
            WordStatistics buffer = wide ? tally.wides[behind / 2] : tally.narrow[behind];
            if (!isPointerField(buffer) || !isCounted(place)) {
                return Optional.empty();
            }
            List<String> texts = tally.examples.stream().map(block -> text(block, at, behind)).filter(Objects::nonNull).toList();
            Optional<String> longest = texts.stream().max(Comparator.comparingInt(String::length)).filter(text -> !text.isEmpty());
            if (longest.isEmpty() || 2 * texts.stream().filter(text -> !text.isEmpty()).count() < texts.size()) {
                return Optional.empty();
            }
            ContentProfile.Field to = pointer(behind, word, buffer);
            String example = "\"" + longest.get() + "\"";
            Optional<PointerTarget> target = Optional.of(to.target().map(found -> new PointerTarget(found + ", for instance " + example, found.driver()))
                    .orElse(new PointerTarget("for instance " + example, null)));
            return Optional.of(new ContentProfile.Field(at * Integer.BYTES, (behind - at) * Integer.BYTES + word, FieldKind.UNICODE_STRING, to.values(),
                    to.distinct(), null, null, target, to.targetShare()));
        }

        private static boolean isCounted(WordStatistics lengths) {
            long all = 0;
            long fitting = 0;
            for (WordStatistics.Value value : lengths.values()) {
                long length = value.value() & 0xffff;
                long room = value.value() >>> 16;
                boolean fits = length > 0 && length % 2 == 0 && room % 2 == 0 && room >= length && room <= length + MOST_ROOM;
                all += value.value() == 0 ? 0 : value.count();
                fitting += fits ? value.count() : 0;
            }
            return all > 0 && fitting >= NEARLY_ALL * all;
        }

        /** The string of one block; nothing when it is none or cannot be read, {@code null} when the block has no string there. */
        private String text(byte[] block, int at, int behind) {
            MemorySegment fields = MemorySegment.ofArray(block);
            int length = fields.get(LittleEndian.U32, (long) at * Integer.BYTES) & 0xffff;
            long address = Words.pointer(fields, (long) behind * Integer.BYTES, word);
            if (length == 0 || address == 0) {
                return null;
            }
            byte[] read = new byte[Math.min(length, 2 * MOST_CHARACTERS) & ~1];
            if (memory.read(address, read, 0, read.length) < read.length) {
                return "";
            }
            String text = new String(read, StandardCharsets.UTF_16LE);
            return text.chars().allMatch(c -> c >= ' ' && c < 0x7f) ? text : "";
        }

        private FieldKind kind(WordStatistics place) {
            if (place.distinct() == 1) {
                return FieldKind.CONSTANT;
            }
            if (place.distinct() < 0 && isDense(place)) {
                return FieldKind.COUNTER;
            }
            if (place.share(place.ascii) >= NEARLY_ALL) {
                return FieldKind.ASCII;
            }
            if (place.share(place.utf16) >= NEARLY_ALL) {
                return FieldKind.UTF16;
            }
            if (place.distinct() > 0 && place.distinct() <= FEW && 2L * place.distinct() <= place.blocks) {
                return Long.bitCount(place.varyingBits()) <= 4 && place.maximum() >= WordStatistics.SMALL ? FieldKind.FLAGS : FieldKind.FEW_VALUES;
            }
            if (place.share(place.small) >= NEARLY_ALL) {
                return FieldKind.SMALL_INTEGER;
            }
            return isMixed(place) ? FieldKind.LEFTOVER : FieldKind.OPAQUE;
        }

        private boolean isDense(WordStatistics place) {
            long range = place.maximum() - place.minimum() + 1;
            return tally.sampled >= 1000 && range >= tally.sampled && range <= 2 * tally.sampled;
        }

        /** No kind of thing fits nearly all blocks, and not one bit is the same in all: several earlier owners left it. */
        private boolean isMixed(WordStatistics place) {
            long other = place.blocks - place.small - place.ascii - place.pointers;
            boolean oneKind = place.share(place.zero) >= ONE_KIND || place.share(place.pointers) >= ONE_KIND || place.share(other) >= ONE_KIND
                    || place.share(place.small) >= ONE_KIND;
            boolean constantByte = false;
            for (int i = 0; i < Integer.BYTES; i++) {
                constantByte |= (place.varyingBits() >>> 8 * i & 0xff) == 0;
            }
            return !oneKind && !constantByte;
        }

        private ContentProfile.Field number(int at, int size, FieldKind kind, WordStatistics place) {
            boolean ranged = kind == FieldKind.SMALL_INTEGER || kind == FieldKind.COUNTER || kind == FieldKind.FEW_VALUES;
            return new ContentProfile.Field(at * Integer.BYTES, size, kind, kind == FieldKind.LEFTOVER ? List.of() : values(place), distinct(place),
                    ranged ? place.minimum() : null, ranged ? place.maximum() : null, Optional.empty(), 0);
        }

        /** A time of day. */
        private static ContentProfile.Field time(int at, WordStatistics place, long earliest, long latest) {
            return new ContentProfile.Field(at * Integer.BYTES, Long.BYTES, FieldKind.TIME, List.of(), distinct(place), earliest, latest, Optional.empty(), 0);
        }

        private List<ContentProfile.Value> values(WordStatistics place) {
            return place.distinct() < 0 ? List.of() : place.values().stream().limit(VALUES_SHOWN)
                    .map(value -> new ContentProfile.Value(value.value(), value.count(), Optional.empty())).toList();
        }

        private static Integer distinct(WordStatistics place) {
            return place.distinct() < 0 ? null : place.distinct();
        }

        /** A pointer, named by what most of its values lead to: the same words, or the same driver's things. */
        private ContentProfile.Field pointer(int at, int size, WordStatistics place) {
            List<ContentProfile.Value> values = new ArrayList<>();
            Map<PointerTarget, Long> kinds = new HashMap<>();
            long counted = 0;
            for (WordStatistics.Value value : place.values()) {
                if (value.value() == 0) {
                    continue;
                }
                Optional<PointerTarget> target = targets.describe(value.value());
                if (values.size() < VALUES_SHOWN) {
                    values.add(new ContentProfile.Value(value.value(), value.count(), target));
                }
                counted += value.count();
                target.ifPresent(found -> kinds.merge(PointerTargets.general(found), value.count(), Long::sum));
            }
            long all = counted;
            Optional<Map.Entry<PointerTarget, Long>> most = kinds.entrySet().stream().max(Map.Entry.comparingByValue());
            return new ContentProfile.Field(at * Integer.BYTES, size, FieldKind.POINTER, values, distinct(place), null, null,
                    most.filter(found -> found.getValue() >= 0.5 * all).map(Map.Entry::getKey),
                    most.map(found -> found.getValue() * place.share(place.pointers) / all).orElse(0.0));
        }
    }
}
