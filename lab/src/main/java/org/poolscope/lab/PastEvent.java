package org.poolscope.lab;

import java.time.LocalDateTime;
import java.util.List;

/**
 * An entry of a machine's System log, before it is written in one form or another.
 *
 * @param time when, by the machine's clock, to the second
 * @param isError whether it is an error; all others are information
 * @param source who logged it
 * @param identifier the event's identifier with severity and facility; its low 16 bits are the id that is shown
 * @param category the number of its category; 0 for none
 * @param strings what is put into the event's text
 * @param words its binary data, as 32-bit words; empty when it has none
 * @param description its text, as viewers put it together
 */
record PastEvent(LocalDateTime time, boolean isError, String source, int identifier, int category, List<String> strings,
        List<Integer> words, String description) {

    PastEvent {
        strings = List.copyOf(strings);
        words = List.copyOf(words);
    }

    /** An entry for information, without data or category. */
    static PastEvent of(LocalDateTime time, String source, int identifier, String description, String... strings) {
        return new PastEvent(time, false, source, identifier, 0, List.of(strings), List.of(), description);
    }

    /** The id that is shown. */
    int id() {
        return identifier & 0xffff;
    }

    /** Severity and facility. */
    int qualifiers() {
        return identifier >>> 16;
    }

    /** Its level since Vista: 2 for errors, 4 for information. */
    int level() {
        return isError ? 2 : 4;
    }

    /** The words, each its lowest byte first. */
    byte[] data() {
        byte[] bytes = new byte[4 * words.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (words.get(i / 4) >>> 8 * (i % 4));
        }
        return bytes;
    }
}
