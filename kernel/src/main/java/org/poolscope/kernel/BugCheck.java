package org.poolscope.kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Why a system stopped.
 *
 * @param code the stop code
 * @param name its name, {@code null} for a code without one
 * @param parameters the four parameters, as addresses are written: those of 32-bit kernels zero-extended; empty when not recorded
 */
public record BugCheck(int code, String name, List<Long> parameters) {

    /** Set by systems that stop a second time or on request of a live debugger; not part of the code's name. */
    private static final int FLAG = 0x1000_0000;

    /** Copies the list. */
    public BugCheck {
        parameters = List.copyOf(parameters);
    }

    /** A stop by its code, with the name Microsoft gives it. */
    static BugCheck of(int code, List<Long> parameters) {
        String name = nameOf(code);
        return new BugCheck(code, name == null && (code & FLAG) != 0 && code > 0 ? nameOf(code & ~FLAG) : name, parameters);
    }

    private static String nameOf(int code) {
        String wanted = "0x%08x ".formatted(code);
        try (InputStream in = BugCheck.class.getResourceAsStream("bugchecks.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(wanted)) {
                    return line.substring(wanted.length());
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
