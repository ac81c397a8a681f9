package org.poolscope.symbols;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where builds call one field by different names: the built-in tables have one of them, symbol files the one of their build. */
final class Synonyms {

    private static final Map<String, List<String>> NAMES = read();

    private Synonyms() {
    }

    /** Other paths that may lead to a field of a structure. */
    static List<String> of(String type, String path) {
        return NAMES.getOrDefault(type + "." + path, List.of());
    }

    private static Map<String, List<String>> read() {
        Map<String, List<String>> names = new HashMap<>();
        try (InputStream in = Synonyms.class.getResourceAsStream("synonyms.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#") && !line.isBlank()) {
                    String[] words = line.strip().split(" +");
                    names.put(words[0], List.of(words).subList(1, words.length));
                }
            }
            return Map.copyOf(names);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
