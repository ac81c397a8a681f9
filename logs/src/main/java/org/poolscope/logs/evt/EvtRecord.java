package org.poolscope.logs.evt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.poolscope.logs.EventIdentifier;
import org.poolscope.logs.RecordState;
import org.poolscope.logs.Sid;

/** One record of a log ({@code EVENTLOGRECORD}). What lies outside of it is left out, and {@link #isDamaged} says so. */
public final class EvtRecord {

    private static final int NUMBER = 8;
    private static final int GENERATED = 12;
    private static final int WRITTEN = 16;
    private static final int IDENTIFIER = 20;
    private static final int TYPE = 24;
    private static final int STRINGS = 26;
    private static final int CATEGORY = 28;
    private static final int STRINGS_AT = 36;
    private static final int ACCOUNT_LENGTH = 40;
    private static final int ACCOUNT_AT = 44;
    private static final int DATA_LENGTH = 48;
    private static final int DATA_AT = 52;

    private final long offset;
    private final RecordState state;
    private final ByteBuffer bytes;
    /** Where what the record holds ends: its size follows once more. */
    private final int end;

    EvtRecord(long offset, byte[] bytes, RecordState state) {
        this.offset = offset;
        this.state = state;
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.end = bytes.length - 4;
    }

    /** Where it begins in the file, in bytes. */
    public long offset() {
        return offset;
    }

    /** How it came to be read. */
    public RecordState state() {
        return state;
    }

    /** The number the log gave it. */
    public long number() {
        return bytes.getInt(NUMBER) & 0xffff_ffffL;
    }

    /** When it happened; empty when the record does not say. To the second. */
    public Optional<Instant> generated() {
        return time(GENERATED);
    }

    /** When it was written to the log; empty when the record does not say. */
    public Optional<Instant> written() {
        return time(WRITTEN);
    }

    private Optional<Instant> time(int at) {
        long seconds = bytes.getInt(at) & 0xffff_ffffL;
        return seconds == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds));
    }

    /** The event's identifier: its id, and severity and facility above it. */
    public EventIdentifier identifier() {
        return new EventIdentifier(bytes.getInt(IDENTIFIER) & 0xffff_ffffL);
    }

    /** 1 error, 2 warning, 4 information, 8 and 16 an audited success and failure, 0 success. */
    public int type() {
        return bytes.getShort(TYPE) & 0xffff;
    }

    /** The category, a number of its source's own. */
    public int category() {
        return bytes.getShort(CATEGORY) & 0xffff;
    }

    /** Who logged it. */
    public String source() {
        return text(EvtRing.FIELDS);
    }

    /** The machine's name. */
    public String computer() {
        return text(Math.min(end, EvtRing.FIELDS + 2 * source().length() + 2));
    }

    /** The account it concerns, as {@code S-1-5-18}. */
    public Optional<String> account() {
        return Sid.text(bytes.array(), (int) u32(ACCOUNT_AT), fits(ACCOUNT_AT, ACCOUNT_LENGTH) ? (int) u32(ACCOUNT_LENGTH) : 0);
    }

    /** What goes into the text's {@code %1}, {@code %2} …, as far as it is there. */
    public List<String> strings() {
        List<String> strings = new ArrayList<>();
        int count = count();
        long at = u32(STRINGS_AT);
        while (strings.size() < count && at >= EvtRing.FIELDS && at <= end - 2) {
            String text = text((int) at);
            strings.add(text);
            at += 2L * text.length() + 2;
        }
        return strings;
    }

    private int count() {
        return bytes.getShort(STRINGS) & 0xffff;
    }

    /** The binary data; empty when there are none. */
    public byte[] data() {
        if (!fits(DATA_AT, DATA_LENGTH)) {
            return new byte[0];
        }
        int at = (int) u32(DATA_AT);
        return Arrays.copyOfRange(bytes.array(), at, at + (int) u32(DATA_LENGTH));
    }

    /** Whether strings, data or account lie outside of the record, or its source is empty. */
    public boolean isDamaged() {
        return source().isEmpty() || strings().size() < count() || u32(DATA_LENGTH) > 0 && !fits(DATA_AT, DATA_LENGTH)
                || u32(ACCOUNT_LENGTH) > 0 && account().isEmpty();
    }

    private long u32(int at) {
        return bytes.getInt(at) & 0xffff_ffffL;
    }

    private boolean fits(int offsetAt, int lengthAt) {
        long at = u32(offsetAt);
        long length = u32(lengthAt);
        return length > 0 && at >= EvtRing.FIELDS && at + length <= end;
    }

    /** UTF-16 up to a zero. */
    private String text(int from) {
        int at = from;
        while (at <= end - 2 && bytes.getShort(at) != 0) {
            at += 2;
        }
        return new String(bytes.array(), from, at - from, StandardCharsets.UTF_16LE);
    }
}
