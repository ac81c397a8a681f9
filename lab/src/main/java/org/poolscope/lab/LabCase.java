package org.poolscope.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.poolscope.lab.machine.WindowsVersion;

/** A practice case the lab can make: the evidence of one machine, and the truth about it. */
public interface LabCase {

    /** The name on the command line. */
    String name();

    /** What is wrong with the machine (or that nothing is), in a sentence. */
    String description();

    /** Variants of the case, the default one first; never empty. */
    List<String> variants();

    /** The builds of Windows 8.1 and later that the case can be made for, each a variant of its name; none for some cases. */
    default List<Integer> builds() {
        return WindowsVersion.modern().stream().map(WindowsVersion::build).filter(build -> variants().contains(build.toString())).toList();
    }

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
