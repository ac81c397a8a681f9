package org.poolscope.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.StringTokenizer;
import java.util.function.Consumer;

/** A table that comes with the program: a row a line, words between blanks; lines that begin with {@code #} are remarks. */
final class DataFile {

    private DataFile() {
    }

    /** Hands out the rows of a table as their words. */
    static void rows(String file, Consumer<String[]> row) {
        String text = text(file);
        int end;
        for (int begin = 0; begin < text.length(); begin = end + 1) {
            end = text.indexOf('\n', begin);
            end = end < 0 ? text.length() : end;
            if (text.charAt(begin) != '#') {
                String[] words = words(text.substring(begin, end));
                if (words.length > 0) {
                    row.accept(words);
                }
            }
        }
    }

    private static String text(String file) {
        try (InputStream in = DataFile.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String[] words(String line) {
        StringTokenizer tokens = new StringTokenizer(line);
        String[] words = new String[tokens.countTokens()];
        for (int i = 0; i < words.length; i++) {
            words[i] = tokens.nextToken();
        }
        return words;
    }
}
