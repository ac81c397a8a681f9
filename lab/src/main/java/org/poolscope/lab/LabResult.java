package org.poolscope.lab;

import java.nio.file.Path;
import java.util.List;

/**
 * A case that was made.
 *
 * @param folder the folder with the evidence
 * @param files the evidence
 * @param truth what is so in the case, beside the folder
 */
public record LabResult(Path folder, List<Path> files, Path truth) {

    public LabResult {
        files = List.copyOf(files);
    }
}
