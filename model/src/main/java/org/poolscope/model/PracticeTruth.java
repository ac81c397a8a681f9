package org.poolscope.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The truth about a practice case, which {@code poolscope lab} writes beside the case's folder: whoever looks at a folder of cases asks nobody about
 * it, for it is no evidence, and would give the answer away. It is known by what it says, as all files are, and by its name besides: what else is
 * called so is somebody's evidence, and is told when it cannot be read.
 */
final class PracticeTruth {

    private static final String NAME = ".truth.json";
    private static final int HEAD_BYTES = 4096;
    private static final String TEXT = "\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"";
    /** What every truth begins with: of one machine, and of a fleet. */
    private static final Pattern HEAD = Pattern.compile("\\s*+\\{\\s*+\"case\"\\s*+:\\s*+\"[a-z-]++\"\\s*+,\\s*+(?:"
            + "\"description\"\\s*+:\\s*+" + TEXT + "\\s*+,\\s*+\"variant\"\\s*+:\\s*+" + TEXT + "\\s*+,\\s*+\"scale\"\\s*+:"
            + "|\"machines\"\\s*+:\\s*+\\d++\\s*+,\\s*+\"leakTag\"\\s*+:)", Pattern.DOTALL);

    private PracticeTruth() {
    }

    /** Whether a file is the truth about a practice case; a file that cannot be read is not. */
    static boolean is(Path file) {
        Path name = file.getFileName();
        if (name == null || !name.toString().endsWith(NAME)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return HEAD.matcher(new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8)).lookingAt();
        } catch (IOException e) {
            return false;
        }
    }
}
