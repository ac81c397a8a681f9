package org.poolscope.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.poolscope.pool.ContentProfile;

/**
 * Places of a profile as lines to read: neighbours that say the same become one line, and a sequence of lines that comes again and again is
 * shown once. Data without a pattern would fill pages otherwise.
 *
 * @param offset where it begins
 * @param size bytes of one place, or of all that stands again
 * @param count how many neighbours of this size
 * @param kind what it holds, in words
 * @param what more about it
 * @param first the first of the places; {@code null} where what stands before comes again and again
 */
public record FoldedFields(int offset, int size, int count, String kind, String what, ContentProfile.Field first) {

    /** A sequence of more lines than this is not looked for: structures of a few words repeat, not pages. */
    private static final int LONGEST = 8;
    /** A sequence that comes fewer times in a row is shorter to read as it is. */
    private static final int OFTEN = 3;

    private static FoldedFields of(ContentProfile.Field field, Function<ContentProfile.Field, String> what) {
        return new FoldedFields(field.offset(), field.size(), 1, field.kind().words(), what.apply(field), field);
    }

    private int end() {
        return offset + size * count;
    }

    private boolean saysTheSameAs(FoldedFields other) {
        return size == other.size && count == other.count && kind.equals(other.kind) && what.equals(other.what);
    }

    /** Its bytes: {@code 8 x 4} for eight neighbours of four bytes. */
    public String sizeText() {
        return count == 1 ? Integer.toString(size) : count + " x " + size;
    }

    /**
     * Folds a profile's places.
     *
     * @param what what is said of a place besides its kind
     */
    public static List<FoldedFields> of(List<ContentProfile.Field> fields, Function<ContentProfile.Field, String> what) {
        List<FoldedFields> places = neighbours(fields, what);
        List<FoldedFields> lines = new ArrayList<>();
        int at = 0;
        while (at < places.size()) {
            int length = 0;
            int times = 1;
            for (int tried = 2; tried <= LONGEST && length == 0; tried++) {
                times = times(places, at, tried);
                length = times >= OFTEN ? tried : 0;
            }
            if (length == 0) {
                lines.add(places.get(at++));
                continue;
            }
            lines.addAll(places.subList(at, at + length));
            int again = places.get(at + length).offset();
            lines.add(new FoldedFields(again, places.get(at + length * times - 1).end() - again, 1, "and so on",
                    (times - 1) + " times more, the same every " + (again - places.get(at).offset()) + " bytes", null));
            at += length * times;
        }
        return lines;
    }

    /** The same without folding: a line for each place. */
    public static List<FoldedFields> unfolded(List<ContentProfile.Field> fields, Function<ContentProfile.Field, String> what) {
        return fields.stream().map(field -> of(field, what)).toList();
    }

    private static List<FoldedFields> neighbours(List<ContentProfile.Field> fields, Function<ContentProfile.Field, String> what) {
        List<FoldedFields> places = new ArrayList<>();
        for (ContentProfile.Field field : fields) {
            FoldedFields one = of(field, what);
            FoldedFields last = places.isEmpty() ? null : places.getLast();
            if (last != null && last.end() == one.offset && last.size == one.size && last.kind.equals(one.kind) && last.what.equals(one.what)) {
                places.set(places.size() - 1, new FoldedFields(last.offset, last.size, last.count + 1, last.kind, last.what, last.first));
            } else {
                places.add(one);
            }
        }
        return places;
    }

    /** How many times the lines from here on come one after another, with nothing in between. */
    private static int times(List<FoldedFields> places, int at, int length) {
        if (at + length >= places.size()) {
            return 1;
        }
        int stride = places.get(at + length).offset() - places.get(at).offset();
        int times = 1;
        while (at + length * (times + 1) <= places.size()) {
            for (int i = 0; i < length; i++) {
                FoldedFields first = places.get(at + i);
                FoldedFields again = places.get(at + length * times + i);
                if (!first.saysTheSameAs(again) || again.offset() != first.offset() + stride * times) {
                    return times;
                }
            }
            times++;
        }
        return times;
    }
}
