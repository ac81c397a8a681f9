package org.poolscope.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A practice case the lab can make: the evidence of one machine, and the truth about it. */
public interface LabCase {

    /** The name on the command line. */
    String name();

    /** What is wrong with the machine (or that nothing is), in a sentence. */
    String description();

    /** Variants of the case, the default one first; never empty. */
    List<String> variants();

    /**
     * Makes the case. The same options give the same files, byte for byte.
     *
     * @param folder the folder for the evidence, made when it is not there; the truth goes beside it, to a file of the same name
     *     with {@code .truth.json} behind it, where no analysis of the folder looks
     * @throws IOException when the files cannot be written, or the disk has too little room
     * @throws IllegalArgumentException when the case has no such variant
     */
    LabResult write(Path folder, LabOptions options) throws IOException;
}
