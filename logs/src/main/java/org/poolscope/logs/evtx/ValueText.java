package org.poolscope.logs.evtx;

import java.nio.charset.Charset;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.poolscope.logs.Sid;
import org.poolscope.logs.XmlElement;

/** Values as text, in the forms Windows renders them ([MS-EVEN6] 2.2.15 and 3.1.4.7.3). */
final class ValueText {

    static final byte NULL = 0x00;
    static final int BINARY_XML = 0x21;
    static final int ARRAY = 0x80;

    private static final int STRING = 0x01;
    private static final int ANSI_STRING = 0x02;
    private static final int SID = 0x13;

    private static final Charset ANSI = Charset.forName("windows-1252");
    private static final DateTimeFormatter SYSTEM_TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'");
    /** 100-nanosecond steps from 1601 to 1970, and a second in such steps. */
    private static final long EPOCH_1601 = 116_444_736_000_000_000L;
    private static final long TICKS = 10_000_000L;
    /** After the year 9999 ISO 8601 has no form for a date. */
    private static final long LAST_TICK = EPOCH_1601 + 253_402_300_800L * TICKS - 1;

    private ValueText() {
    }

    /** The time a FILETIME holds; empty for 0 (never set) and for what is no time. */
    static Optional<Instant> time(long fileTime) {
        if (fileTime <= 0 || fileTime > LAST_TICK) {
            return Optional.empty();
        }
        long ticks = fileTime - EPOCH_1601;
        return Optional.of(Instant.ofEpochSecond(Math.floorDiv(ticks, TICKS), Math.floorMod(ticks, TICKS) * 100));
    }

    /** One value. */
    static String of(ChunkBytes chunk, int type, int at, int length) throws DamagedRecordException {
        chunk.need(at, length);
        if (length == 0) {
            return "";
        }
        if ((type & ARRAY) != 0) {
            return String.join(" ", items(chunk, type, at, length));
        }
        return switch (type) {
            case NULL -> "";
            case STRING -> clean(chunk.text(at, length / 2));
            case ANSI_STRING -> clean(new String(chunk.array(), at, length, ANSI));
            case 0x03, 0x05, 0x07, 0x09 -> Long.toString(signed(chunk, at, length));
            case 0x04, 0x06, 0x08, 0x0a -> Long.toUnsignedString(unsigned(chunk, at, length));
            case 0x0b -> real(Float.intBitsToFloat(chunk.i32(exactly(4, length, at))));
            case 0x0c -> real(Double.longBitsToDouble(chunk.i64(exactly(8, length, at))));
            case 0x0d -> unsigned(chunk, at, length) == 0 ? "false" : "true";
            case 0x0f -> guid(chunk, exactly(16, length, at));
            case 0x10, 0x14, 0x15 -> "0x" + Long.toHexString(unsigned(chunk, at, length));
            case 0x11 -> time(chunk.i64(exactly(8, length, at))).map(Instant::toString).orElse("");
            case 0x12 -> systemTime(chunk, exactly(16, length, at));
            case SID -> Sid.text(chunk.array(), at, length)
                    .orElseThrow(() -> new DamagedRecordException("an account in it is damaged"));
            // Binary data, and the handles and markup no log has been seen to hold.
            default -> HexFormat.of().withUpperCase().formatHex(chunk.array(), at, at + length);
        };
    }

    /** The values of an array. */
    static List<String> items(ChunkBytes chunk, int type, int at, int length) throws DamagedRecordException {
        int single = type & ~ARRAY;
        List<String> items = new ArrayList<>();
        int end = at + length;
        while (at < end) {
            int size = itemLength(chunk, single, at, end);
            items.add(of(chunk, single, at, size));
            at += size;
        }
        return items;
    }

    private static int itemLength(ChunkBytes chunk, int type, int at, int end) throws DamagedRecordException {
        int fixed = switch (type) {
            case 0x03, 0x04 -> 1;
            case 0x05, 0x06 -> 2;
            case 0x07, 0x08, 0x0b, 0x0d, 0x14 -> 4;
            case 0x09, 0x0a, 0x0c, 0x11, 0x15 -> 8;
            case 0x0f, 0x12 -> 16;
            case SID -> at + 2 <= end ? Sid.LENGTH_OF_NONE + 4 * chunk.u8(at + 1) : end;
            case STRING -> textLength(chunk, at, end, 2);
            case ANSI_STRING -> textLength(chunk, at, end, 1);
            default -> end - at;
        };
        if (fixed > end - at) {
            throw new DamagedRecordException("an array in it is cut off");
        }
        return fixed;
    }

    /** Texts of an array end with a zero; the last one may lack it. */
    private static int textLength(ChunkBytes chunk, int at, int end, int unit) throws DamagedRecordException {
        int next = at;
        while (next <= end - unit) {
            boolean zero = unit == 1 ? chunk.u8(next) == 0 : chunk.u16(next) == 0;
            next += unit;
            if (zero) {
                return next - at;
            }
        }
        return end - at;
    }

    /** Without zeros at the end, and without the characters XML forbids, which Windows writes all the same. */
    private static String clean(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == 0) {
            end--;
        }
        int i = 0;
        while (i < end && !XmlElement.isForbidden(text.charAt(i))) {
            i++;
        }
        if (i == end) {
            return text.substring(0, end);
        }
        StringBuilder clean = new StringBuilder(end);
        for (int at = 0; at < end; at++) {
            clean.append(XmlElement.isForbidden(text.charAt(at)) ? '\ufffd' : text.charAt(at));
        }
        return clean.toString();
    }

    /** The length decides, not the type: what a template calls a size stands as 32 or 64 bits. */
    private static long unsigned(ChunkBytes chunk, int at, int length) throws DamagedRecordException {
        return switch (length) {
            case 1 -> chunk.u8(at);
            case 2 -> chunk.u16(at);
            case 4 -> chunk.i32(at) & 0xffff_ffffL;
            case 8 -> chunk.i64(at);
            default -> throw new DamagedRecordException("a number in it has " + length + " bytes");
        };
    }

    private static long signed(ChunkBytes chunk, int at, int length) throws DamagedRecordException {
        int unused = 64 - 8 * length;
        return unsigned(chunk, at, length) << unused >> unused;
    }

    private static int exactly(int needed, int length, int at) throws DamagedRecordException {
        if (length != needed) {
            throw new DamagedRecordException("a value of " + needed + " bytes in it has " + length);
        }
        return at;
    }

    private static String real(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value);
    }

    private static String guid(ChunkBytes chunk, int at) throws DamagedRecordException {
        HexFormat hex = HexFormat.of();
        return "{" + hex.toHexDigits(chunk.i32(at)) + "-" + hex.toHexDigits((short) chunk.u16(at + 4)) + "-"
                + hex.toHexDigits((short) chunk.u16(at + 6)) + "-" + hex.formatHex(chunk.array(), at + 8, at + 10) + "-"
                + hex.formatHex(chunk.array(), at + 10, at + 16) + "}";
    }

    /** Year, month, day of the week, day, hour, minute, second, millisecond, 16 bits each. */
    private static String systemTime(ChunkBytes chunk, int at) throws DamagedRecordException {
        try {
            return LocalDateTime.of(chunk.u16(at), chunk.u16(at + 2), chunk.u16(at + 6), chunk.u16(at + 8), chunk.u16(at + 10),
                    chunk.u16(at + 12), chunk.u16(at + 14) * 1_000_000).format(SYSTEM_TIME);
        } catch (DateTimeException e) {
            return "";
        }
    }
}
