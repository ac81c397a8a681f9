package org.poolscope.lab.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A module to load.
 *
 * @param name its base name
 * @param size {@code SizeOfImage} in bytes
 * @param timeDateStamp the linker's time stamp
 * @param path its full name
 */
public record ModuleSpec(String name, int size, int timeDateStamp, String path) {

    static List<ModuleSpec> resource(String file) {
        try (InputStream in = ModuleSpec.class.getResourceAsStream(file);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            List<ModuleSpec> modules = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#") && !line.isBlank()) {
                    String[] columns = line.strip().split("\\s+", 4);
                    modules.add(new ModuleSpec(columns[0], Integer.decode(columns[1]), (int) Long.parseLong(columns[2], 16),
                            columns[3]));
                }
            }
            return modules;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
