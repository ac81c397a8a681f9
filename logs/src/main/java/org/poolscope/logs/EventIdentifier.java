package org.poolscope.logs;

/**
 * The 32-bit number an event is logged under: severity in bits 30 and 31, a customer bit, the facility, and the id everybody
 * quotes in the low 16 bits (Windows SDK, "Event Identifiers"). {@code 0xC00007E4} is error 2020.
 *
 * @param value the number, 0 to 2^32 - 1
 */
public record EventIdentifier(long value) {

    /** The two severity bits. */
    public enum Severity {
        /** It worked. */
        SUCCESS,
        /** For information. */
        INFORMATION,
        /** A warning. */
        WARNING,
        /** An error. */
        ERROR
    }

    /** The id as Event Viewer shows it. */
    public int id() {
        return (int) (value & 0xffff);
    }

    /** How bad it is. */
    public Severity severity() {
        return Severity.values()[(int) (value >>> 30) & 3];
    }

    /** Which part of the system defined it. */
    public int facility() {
        return (int) (value >>> 16) & 0xfff;
    }
}
