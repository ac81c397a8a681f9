package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.poolscope.memory.PhysicalMemory;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.TagUsage;
import org.poolscope.symbols.KernelVersion;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * The pool tracker: what each tag allocated and freed, kept in up to three kinds of tables of one form.
 *
 * <ul>
 * <li>The base table, a hash table with open addressing of 2<sup>n</sup> + 1 entries; the last one takes what finds no place.
 * <li>The expansion, a plain array that takes tags once the base table is full.
 * <li>One base table a processor, from Windows Vista on; {@code ExPoolTagTables} has a pointer to each, the first of which is the
 * base table.
 * </ul>
 *
 * Each session has a table of the same form in its own space, for what it allocates in session pool; only symbols name it.
 *
 * <p>Only the base table's address is told (by the debugger data block). The others and all sizes come from symbols, or are found
 * near {@code PoolTrackTable}: the size by the mask that stands there too, which is smaller by two.
 */
final class TrackerTables {

    private static final int SMALLEST_SIZE = 65;
    private static final int LARGEST_SIZE = (1 << 20) + 1;
    private static final int PROCESSOR_LIMIT = 2048;

    /** Windows Vista. */
    private static final int FIRST_PER_PROCESSOR = 6000;

    private static final int EXPANSION_LIMIT = 1 << 20;

    /** Entries of a sound table that look odd, beside one in twenty of those in use. */
    private static final int TOLERATED = 4;

    private final VirtualMemory memory;
    private final KernelVariables variables;
    private final TrackerLayout layout;
    private final Consumer<String> warnings;
    private final boolean perProcessor;
    private boolean complete = true;

    private TrackerTables(VirtualMemory memory, KernelVariables variables, StructLayout layout, boolean perProcessor,
            Consumer<String> warnings) {
        this.memory = memory;
        this.variables = variables;
        this.layout = new TrackerLayout(layout);
        this.perProcessor = perProcessor;
        this.warnings = warnings;
    }

    /**
     * All tags of all tables.
     *
     * @param complete whether every table was found and could be read
     */
    record Totals(long table, List<TagUsage> rows, boolean complete) {
    }

    static Answer<Totals> read(VirtualMemory memory, KernelVariables variables, TypeLayouts layouts, KernelVersion version,
            Consumer<String> warnings) {
        Optional<StructLayout> layout = layouts.find("_POOL_TRACKER_TABLE");
        OptionalLong variable = variables.told("PoolTrackTable");
        if (variable.isEmpty()) {
            return Answer.none("the kernel does not say where its pool tracker table is");
        }
        if (layout.isEmpty()) {
            return Answer.none("the layout of the pool tracker table is not known for " + layouts);
        }
        OptionalLong table = variables.pointerAt(variable);
        if (table.isEmpty() || !memory.isReadable(table.getAsLong(), layout.get().size())) {
            return Answer.none("the pool tracker table is not in the image");
        }
        return new TrackerTables(memory, variables, layout.get(), version.build() >= FIRST_PER_PROCESSOR, warnings)
                .read(variable.getAsLong(), table.getAsLong());
    }

    /**
     * The tags of the session pool of the session whose address space this is. Published symbols name the variables
     * {@code ExpSessionPoolTrackTable} and {@code ExpSessionPoolTrackTableSize} from Windows 7 up to Windows 10 2004; no built-in table
     * has their places, so the kernel's symbol file is needed. Session pool is paged pool, and counted as such.
     *
     * @param memory an address space with the session in it
     */
    static Answer<Totals> readSession(VirtualMemory memory, KernelVariables variables, TypeLayouts layouts, Consumer<String> warnings) {
        Optional<StructLayout> layout = layouts.find("_POOL_TRACKER_TABLE");
        OptionalLong size = variables.numberAt(variables.symbol("ExpSessionPoolTrackTableSize"));
        if (variables.symbol("ExpSessionPoolTrackTable").isEmpty() || size.isEmpty() || layout.isEmpty()) {
            return Answer.none("no published fact says where this kernel keeps the table of session pool,"
                    + " and no symbol file that names ExpSessionPoolTrackTable was found");
        }
        OptionalLong table = variables.pointerAt(variables.symbol("ExpSessionPoolTrackTable"));
        if (table.isEmpty() || !memory.isReadable(table.getAsLong(), layout.get().size())) {
            return Answer.none("the table of session pool is not in the address space of this image, as no process of a session ran"
                    + " when it was taken");
        }
        TrackerTables tables = new TrackerTables(memory, variables, layout.get(), false, warnings);
        if (size.getAsLong() <= 0 || size.getAsLong() > LARGEST_SIZE || !tables.isTable(table.getAsLong(), (int) size.getAsLong())) {
            return Answer.none("what stands where the table of session pool should be does not read as one");
        }
        TagTotals totals = new TagTotals(tables.layout);
        if (tables.add(totals, table.getAsLong(), (int) size.getAsLong())) {
            tables.complete = false;
            warnings.accept("the table of session pool is full; tags in its expansion are missing");
        }
        return Answer.of(new Totals(table.getAsLong(), totals.rows(), tables.complete));
    }

    private Answer<Totals> read(long variable, long base) {
        Neighbourhood near = new Neighbourhood(memory, variable);
        int size = size(near, base);
        if (size == 0) {
            return Answer.none("the size of the pool tracker table cannot be told");
        }
        TagTotals totals = new TagTotals(layout);
        boolean full = true;
        for (long table : tables(near, base, size)) {
            full &= add(totals, table, size);
        }
        expansion(near, totals, full);
        List<TagUsage> rows = totals.rows();
        if (totals.negative() > 0) {
            complete = false;
            warnings.accept("%d tags have fewer bytes than none by the tracker: a part of its tables is missing"
                    .formatted(totals.negative()));
        }
        return Answer.of(new Totals(base, rows, complete));
    }

    /** The size of the base table; 0 when it cannot be told. */
    private int size(Neighbourhood near, long base) {
        OptionalLong told = variables.numberAt(variables.symbol("PoolTrackTableSize"));
        if (told.isPresent() && told.getAsLong() > 0 && told.getAsLong() <= LARGEST_SIZE) {
            return (int) told.getAsLong();
        }
        int size = size(near, base, true);
        if (size == 0) {
            size = size(near, base, false);
        }
        if (size > 0) {
            return size;
        }
        // No size to be seen: the largest table that still looks like one.
        for (int power = SMALLEST_SIZE - 1; power < LARGEST_SIZE && isTable(base, power + 1); power *= 2) {
            size = power + 1;
        }
        if (size > 0) {
            complete = false;
            warnings.accept("the size of the pool tracker table was guessed from its content: %d entries".formatted(size));
        }
        return size;
    }

    /**
     * The largest number nearby that is by two more than another one and fits the table; usually one more than a power of two.
     */
    private int size(Neighbourhood near, long base, boolean usual) {
        int size = 0;
        for (long word : near.between(SMALLEST_SIZE, LARGEST_SIZE)) {
            if (usual == (Long.bitCount(word - 1) == 1) && near.holds(word - 2) && isTable(base, (int) word)) {
                size = (int) word;
            }
        }
        return size;
    }

    /** Whether entries look like entries: empty, or with a tag. Drivers do use odd tags, now and then. */
    private boolean isTable(long base, int size) {
        int looked = 0;
        int used = 0;
        int bad = 0;
        for (int i = 0; i < size; i++) {
            long entry = base + (long) i * layout.size;
            if (memory.isReadable(entry, layout.size)) {
                looked++;
                int key = memory.u32(entry + layout.key);
                used += key == 0 ? 0 : 1;
                boolean good = key == 0 ? counter(entry, 0) == 0 && counter(entry, 3) == 0 : BigPageTable.looksLikeTag(key);
                bad += good ? 0 : 1;
                if (bad > TOLERATED + used / 20) {
                    return false;
                }
            }
        }
        return looked * 2 >= size;
    }

    /** The base table and those of the other processors. */
    private Set<Long> tables(Neighbourhood near, long base, int size) {
        Set<Long> tables = new LinkedHashSet<>();
        tables.add(base);
        OptionalLong array = variables.symbol("ExPoolTagTables");
        if (array.isEmpty() && perProcessor) {
            array = processorTables(near, base);
        }
        for (int i = 0; array.isPresent() && i < PROCESSOR_LIMIT; i++) {
            OptionalLong table = variables.pointerAt(OptionalLong.of(array.getAsLong() + (long) i * memory.pointerSize()));
            if (table.isEmpty()) {
                break;
            }
            if (!isTable(table.getAsLong(), size)) {
                complete = false;
                warnings.accept("the pool tracker table of processor %d cannot be read; its share is missing".formatted(i));
                continue;
            }
            tables.add(table.getAsLong());
        }
        return tables;
    }

    /** The array of tables: its first pointer is the base table, and it is not the variable {@code PoolTrackTable} itself. */
    private static OptionalLong processorTables(Neighbourhood near, long base) {
        for (int i = 0; i < near.size(); i++) {
            if (near.distance(i) != 0 && near.value(i) == base) {
                return OptionalLong.of(near.address(i));
            }
        }
        return OptionalLong.empty();
    }

    /** Adds a table's entries; says whether no entry was free. */
    private boolean add(TagTotals totals, long table, int entries) {
        int missing = 0;
        boolean full = true;
        for (int i = 0; i < entries; i++) {
            long entry = table + (long) i * layout.size;
            if (!memory.isReadable(entry, layout.size)) {
                missing++;
                continue;
            }
            int key = memory.u32(entry + layout.key);
            if (key == 0) {
                full &= i == entries - 1;
                continue;
            }
            int row = totals.row(key);
            for (int counter = 0; counter < layout.offsets.length; counter++) {
                totals.add(row, counter, counter(entry, counter));
            }
        }
        if (missing > 0) {
            complete = false;
            warnings.accept("%d of %d entries of a pool tracker table are not in the image; tags may be missing"
                    .formatted(missing, entries));
        }
        return full && missing == 0;
    }

    private long counter(long entry, int counter) {
        long at = entry + layout.offsets[counter];
        return layout.widths[counter] == Integer.BYTES ? Integer.toUnsignedLong(memory.u32(at)) : memory.u64(at);
    }

    /**
     * Adds the expansion, if the kernel has one. Without symbols it is looked for only when the base table is full, which is when
     * the kernel makes one: a page-aligned array of tags next to its length.
     */
    private void expansion(Neighbourhood near, TagTotals totals, boolean full) {
        if (variables.symbol("PoolTrackTableExpansion").isPresent()) {
            OptionalLong table = variables.pointerAt(variables.symbol("PoolTrackTableExpansion"));
            long size = variables.numberAt(variables.symbol("PoolTrackTableExpansionSize")).orElse(0);
            if (table.isPresent() && size > 0 && size <= EXPANSION_LIMIT) {
                add(totals, table.getAsLong(), (int) size);
            }
            return;
        }
        if (!full) {
            return;
        }
        for (int i = 0; i < near.size(); i++) {
            long table = memory.canonical(near.value(i));
            long size = sizeBeside(near, i);
            if (size > 0 && (table & PhysicalMemory.PAGE_SIZE - 1) == 0 && memory.isReadable(table, size * layout.size)
                    && memory.u32(table + layout.key) != 0 && isTable(table, (int) size)) {
                add(totals, table, (int) size);
                return;
            }
        }
        complete = false;
        warnings.accept("the pool tracker table is full and its expansion was not found; tags may be missing");
    }

    /** A plausible length in one of the words next to a pointer, or 0. */
    private long sizeBeside(Neighbourhood near, int rank) {
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < near.size(); i++) {
            if (Math.abs(near.distance(i) - near.distance(rank)) == 1 && near.value(i) >= SMALLEST_SIZE
                    && near.value(i) <= EXPANSION_LIMIT) {
                sizes.add(near.value(i));
            }
        }
        return sizes.isEmpty() ? 0 : sizes.getFirst();
    }
}
