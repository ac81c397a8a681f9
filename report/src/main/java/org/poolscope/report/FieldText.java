package org.poolscope.report;

import java.time.Instant;
import java.util.stream.Collectors;
import org.poolscope.model.Address;
import org.poolscope.model.Quantity;
import org.poolscope.pool.ContentProfile;
import org.poolscope.pool.FieldKind;

/** What a place of a profile holds, in words: the same from the command and on the pages. */
public final class FieldText {

    /** From 1601, where the kernel's times begin. */
    private static final long SECONDS_TO_1970 = 11_644_473_600L;
    /** Below any time a kernel keeps: some blocks have none. */
    private static final long UNSET = 0x0100_0000_0000_0000L;
    /** Of what was not looked at as a whole nobody says that it is all. */
    private static final double NEARLY = 0.99;
    /** Of values above this one looks for bits and bytes, not for how many. */
    private static final long LARGEST_COUNT = 0xffff;

    private FieldText() {
    }

    /** What is said of a place besides its kind: where it leads, its range, its values. */
    public static String of(ContentProfile.Field field) {
        if (field.kind() == FieldKind.POINTER || field.kind() == FieldKind.UNICODE_STRING) {
            return field.target().map(target -> target + " (" + share(field) + ")").orElse("to various things")
                    + (field.distinct() == null ? "" : ", " + Quantity.count(field.distinct(), "place", "places"));
        }
        if (field.kind() == FieldKind.TIME) {
            return (field.minimum() < UNSET ? "up to " : time(field.minimum()) + " to ") + time(field.maximum()) + " UTC";
        }
        String text = field.kind() == FieldKind.CONSTANT ? characters(field.values().getFirst().value()) : "";
        if (!text.isEmpty()) {
            return Address.text(field.values().getFirst().value()) + " \"" + text + "\"";
        }
        boolean large = field.kind() == FieldKind.FEW_VALUES && field.maximum() > LARGEST_COUNT;
        String range = field.minimum() == null ? "" : large ? Address.text(field.minimum()) + " to " + Address.text(field.maximum())
                : Quantity.count(field.minimum()) + " to " + Quantity.count(field.maximum());
        String values = field.values().isEmpty() || field.distinct() == null || field.distinct() > 8 ? ""
                : field.values().stream().map(value -> Address.text(value.value())).collect(Collectors.joining(" "));
        return range.isEmpty() ? values : values.isEmpty() ? range : range + ": " + values;
    }

    /** In what share of the blocks a pointer leads there. Of very many values only those that come first were looked at. */
    private static String share(ContentProfile.Field field) {
        return field.distinct() != null ? Quantity.percent(field.targetShare())
                : field.targetShare() > NEARLY ? "nearly all" : "about " + Quantity.percent(field.targetShare());
    }

    /** A time in 100 ns since 1601, to the second. */
    private static String time(long fileTime) {
        return Instant.ofEpochSecond(Math.floorDiv(fileTime, 10_000_000L) - SECONDS_TO_1970).toString().substring(0, 19)
                .replace('T', ' ');
    }

    /** A constant that is text: four characters of one byte, or two of two bytes; else nothing. */
    private static String characters(long value) {
        boolean wide = (value & 0xff00_ff00L) == 0;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4; i += wide ? 2 : 1) {
            char c = (char) (value >>> 8 * i & 0xff);
            if (c <= ' ' || c > '~') {
                return "";
            }
            text.append(c);
        }
        return text.toString();
    }

    /** The same for readers who see what stands there in a block: of text and of data without a pattern only where it leads. */
    static String besideAnExample(ContentProfile.Field field) {
        return switch (field.kind()) {
            case ASCII, UTF16, OPAQUE, MIXED, LEFTOVER -> field.target().isEmpty() ? "" : of(field);
            default -> of(field);
        };
    }
}
