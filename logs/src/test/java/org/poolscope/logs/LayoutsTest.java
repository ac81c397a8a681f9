package org.poolscope.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.TagUsage;

/** A listing printed in each layout the samples show is read back as it was. The layouts are copied from the samples by eye. */
class LayoutsTest {

    private static final int TRIES = 60;

    /** One row: what the kernel counts, for both pools. */
    record Row(String tag, long[] nonPaged, long[] paged, String description) {

        PoolUse counted(long[] use) {
            return new PoolUse(use[0], use[1], use[0] - use[1], use[2]);
        }

        PoolUse outstanding(long[] use) {
            return PoolUse.outstanding(use[0] - use[1], use[2]);
        }
    }

    @Provide
    Arbitrary<List<Row>> rows() {
        Arbitrary<String> tags = Arbitraries.strings().withChars("ABCDEFabcdef0123456789+-$@").ofMinLength(1).ofMaxLength(4)
                .filter(tag -> !tag.matches("[-0-9]+.?|TOTA"));
        Arbitrary<String> described = Arbitraries.of("", "Io parsing names , Binary: nt!io", "1394 OHCI host controller driver",
                "File objects", "UNKNOWN pooltag '%s', please update pooltag.txt", "UNKNOWN pooltag '%s'");
        return Combinators.combine(tags, use(), use(), described)
                // A number that fills its column cannot be told from a description that begins with digits.
                .as((tag, nonPaged, paged, words) -> new Row(tag, nonPaged, paged,
                        paged[2] > 9_999_999 && words.startsWith("1394") ? "" : words.formatted(tag))).list().ofMinSize(1)
                        .ofMaxSize(30)
                .map(LayoutsTest::oncePerTag);
    }

    private static List<Row> oncePerTag(List<Row> rows) {
        Map<PoolTag, Row> unique = new LinkedHashMap<>();
        rows.forEach(row -> unique.putIfAbsent(PoolTag.parse(row.tag), row));
        return new ArrayList<>(unique.values());
    }

    /** Allocations, frees, bytes: nothing outstanding holds no bytes. */
    private static Arbitrary<long[]> use() {
        Arbitrary<Long> counts = Arbitraries.longs().between(0, 9_999_999);
        return Combinators.combine(counts, counts, Arbitraries.longs().between(8, 99_999_999)).as((a, b, bytes) -> {
            long allocs = Math.max(a, b);
            long frees = Math.min(a, b);
            return new long[] {allocs, frees, allocs == frees ? 0 : bytes};
        });
    }

    private static void holds(Collected listing, List<Row> rows, boolean counted) {
        PoolSnapshot snapshot = listing.one(PoolSnapshot.class);
        assertThat(snapshot.rows()).extracting(TagUsage::tag).containsExactlyElementsOf(
                rows.stream().map(row -> PoolTag.parse(row.tag)).toList());
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            TagUsage read = snapshot.rows().get(i);
            assertThat(read.nonPaged()).as(row.tag).isEqualTo(counted ? row.counted(row.nonPaged)
                    : row.outstanding(row.nonPaged));
            assertThat(read.paged()).as(row.tag).isEqualTo(counted ? row.counted(row.paged) : row.outstanding(row.paged));
            boolean unknown = row.description.startsWith("UNKNOWN") || row.description.isEmpty();
            assertThat(read.description()).as(row.tag)
                    .isEqualTo(unknown ? null : row.description.replace(" , Binary: nt!io", ""));
            assertThat(read.binary()).as(row.tag).isEqualTo(row.description.endsWith("nt!io") ? "nt!io" : null);
        }
        assertThat(listing.lost()).isEmpty();
    }

    private static String print(String head, List<Row> rows, String format, boolean wide) {
        StringBuilder text = new StringBuilder("kd> !poolused\n").append(head).append("\n\n");
        for (Row row : rows) {
            long[] n = row.nonPaged;
            long[] p = row.paged;
            text.append(wide ? format(format, row.tag, n[0], n[1], n[0] - n[1], n[2], p[0], p[1], p[0] - p[1], p[2],
                    row.description)
                    : format(format, row.tag, n[0] - n[1], n[2], p[0] - p[1], p[2], row.description)).append('\n');
        }
        return text.toString();
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    @Property(tries = TRIES)
    void poolUsedOfOldDebuggers(@ForAll("rows") List<Row> rows) {
        holds(Collected.from(print("   Sorting by  Tag\n\n  Pool Used:\n            NonPaged            Paged\n"
                + " Tag    Allocs     Used    Allocs     Used", rows, " %-4s%9d%9d%10d%9d%s", false)), rows, false);
    }

    @Property(tries = TRIES)
    void poolUsedOfWindows10(@ForAll("rows") List<Row> rows) {
        holds(Collected.from(print(" Sorting by NonPaged Pool Consumed\n\n               NonPaged                  Paged\n"
                + " Tag     Allocs         Used     Allocs         Used", rows, " %-4s%10d%13d%11d%13d\t%s", false)), rows,
                false);
    }

    @Property(tries = TRIES)
    void poolUsedWithFrees(@ForAll("rows") List<Row> rows) {
        holds(Collected.from(print("  Pool Used:\n            NonPaged                    Paged\n"
                + " Tag    Allocs    Frees     Diff     Used   Allocs    Frees     Diff     Used",
                rows, " %-4s%9d%9d%9d%9d%9d%9d%9d%9d%s", true)), rows, true);
    }

    @Property(tries = TRIES)
    void poolUsedWithCollapsedBlanks(@ForAll("rows") List<Row> rows) {
        holds(Collected.from(print("NonPaged Paged\n\nTag Allocs Frees Diff Used Allocs Frees Diff Used", rows,
                "%s %d %d %d %d %d %d %d %d %s", true)), rows, true);
    }

    private static void poolMon(String head, List<Row> rows, String format, boolean changes, boolean drivers) {
        StringBuilder text = new StringBuilder(head).append("\n\n");
        for (Row row : rows) {
            String driver = row.description.endsWith("nt!io") ? "[nt!io - Io parsing names]" : "Unknown Driver";
            line(text, format, row.tag, "Nonp", row.nonPaged, changes, drivers ? driver : "");
            line(text, format, row.tag, "Paged", row.paged, changes, drivers ? driver : "");
        }
        Collected collected = Collected.from(text.toString());
        PoolSnapshot snapshot = collected.one(PoolSnapshot.class);
        assertThat(snapshot.rows()).hasSameSizeAs(rows);
        for (int i = 0; i < rows.size(); i++) {
            TagUsage read = snapshot.rows().get(i);
            Row row = rows.get(i);
            assertThat(read.tag()).isEqualTo(PoolTag.parse(row.tag));
            assertThat(read.nonPaged()).isEqualTo(row.counted(row.nonPaged));
            assertThat(read.paged()).isEqualTo(row.counted(row.paged));
            assertThat(read.binary()).isEqualTo(drivers && row.description.endsWith("nt!io") ? "nt!io" : null);
        }
        assertThat(collected.lost()).isEmpty();
    }

    private static void line(StringBuilder text, String format, String tag, String type, long[] use, boolean changes,
            String driver) {
        long each = use[0] == use[1] ? 0 : use[2] / (use[0] - use[1]);
        text.append(changes ? format(format, tag, type, use[0], 12345, use[1], -7, use[0] - use[1], use[2], 0, each, driver)
                : format(format, tag, type, use[0], use[1], use[0] - use[1], use[2], each, driver)).append('\n');
    }

    @Property(tries = TRIES)
    void poolMonScreen(@ForAll("rows") List<Row> rows) {
        poolMon(" Tag  Type     Allocs            Frees            Diff   Bytes      Per Alloc  Mapped_Driver", rows,
                " %-4s %-5s %9d (%4d) %9d (%4d) %5d %7d (%6d) %6d %s", true, true);
    }

    @Property(tries = TRIES)
    void poolMonSnapshot(@ForAll("rows") List<Row> rows) {
        poolMon("Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc", rows, "%-4s %-5s %9d %9d %9d %8d %10d%s",
                false, false);
    }

    @Property(tries = TRIES)
    void poolMonWithCollapsedBlanks(@ForAll("rows") List<Row> rows) {
        poolMon("Tag Type Allocs Frees Diff Bytes Per Alloc Mapped_Driver", rows, "%s %s %d (%d) %d (%d) %d %d (%d) %d %s", true,
                true);
    }

    @Property(tries = TRIES)
    void vmTotals(@ForAll("pages") long nonPaged, @ForAll("pages") long paged, @ForAll("pages") long available) {
        long physical = 2_000_000;
        for (String form : List.of("      %-20s%9d   (%8d Kb)\n", "%-20s %15d (%11d Kb)\n", "%s %d ( %d Kb)\n")) {
            MemoryCounters vm = Collected.from("kd> !vm 1\n" + figure(form, "Physical Memory:", physical)
                    + figure(form, "Available Pages:", available) + figure(form, "NonPagedPool Usage:", nonPaged)
                    + figure(form, "NonPagedPool Max:", physical) + figure(form, "PagedPool 0 Usage:", paged)
                    + figure(form, "PagedPool Usage:", paged) + figure(form, "PagedPool Maximum:", 4_294_967_296L))
                    .one(MemoryCounters.class);
            assertThat(vm.physicalBytes()).isEqualTo(physical * 4096);
            assertThat(vm.availableBytes()).isEqualTo(available * 4096);
            assertThat(vm.nonPagedUsedBytes()).isEqualTo(nonPaged * 4096);
            assertThat(vm.pagedUsedBytes()).isEqualTo(paged * 4096);
            assertThat(vm.pagedPools().getFirst().usedBytes()).isEqualTo(paged * 4096);
            assertThat(vm.pagedMaximumBytes()).isEqualTo(4_294_967_296L * 4096);
            assertThat(vm.impossible()).isEmpty();
        }
    }

    @Provide
    Arbitrary<Long> pages() {
        return Arbitraries.longs().between(0, 2_000_000);
    }

    private static String figure(String form, String label, long pages) {
        return format(form, label, pages, pages * 4);
    }
}
