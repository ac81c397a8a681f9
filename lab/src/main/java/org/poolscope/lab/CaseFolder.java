package org.poolscope.lab;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;

/** The folder a case is written to, and the truth beside it. */
final class CaseFolder {

    private static final Charset WINDOWS = Charset.forName("windows-1252");

    private final Path folder;
    private final Path truth;
    private final List<Path> files = new ArrayList<>();

    /**
     * Makes the folder, or takes one in which a case was made before and clears that away.
     *
     * @throws IOException when it cannot be made, or holds files that are no case of the lab's: evidence of two machines must not
     *     mix
     */
    CaseFolder(Path folder) throws IOException {
        Path whole = folder.toAbsolutePath().normalize();
        if (whole.getFileName() == null) {
            throw new IOException("a case cannot be made in the root folder: its truth stands beside the folder");
        }
        this.folder = Files.createDirectories(whole);
        this.truth = whole.resolveSibling(whole.getFileName() + ".truth.json");
        List<String> old = Truth.filesOf(truth);
        try (DirectoryStream<Path> there = Files.newDirectoryStream(whole)) {
            for (Path other : there) {
                if (!old.contains(other.getFileName().toString())) {
                    throw new IOException("the folder " + whole + " holds other files (" + other.getFileName()
                            + "); a case needs a folder of its own");
                }
            }
        }
        for (String name : old) {
            Files.deleteIfExists(whole.resolve(Path.of(name).getFileName()));
        }
        Files.deleteIfExists(truth);
    }

    /** The path of a file to be written. */
    Path file(String name) {
        Path file = folder.resolve(name);
        files.add(file);
        return file;
    }

    /** Opens a text file of the kind Windows tools write: lines end with CR LF, the code page is 1252. */
    BufferedWriter text(String name) throws IOException {
        return Files.newBufferedWriter(file(name), WINDOWS);
    }

    /** Builds a machine, up to and with its stop. */
    @FunctionalInterface
    interface MachineBuilder {

        /** Builds it. */
        void build(Machine machine) throws IOException;
    }

    /**
     * Makes a machine and writes its memory to a file of the folder.
     *
     * @return the truth about it
     */
    Truth image(String name, MachineSpec spec, Dice dice, MachineBuilder builder) throws IOException {
        try (Machine machine = Machine.create(file(name), spec, dice)) {
            builder.build(machine);
            return MachineTruth.machine(machine, name);
        } catch (InternalError e) {
            // How the virtual machine tells that a page of a mapped file could not be written.
            throw new IOException("cannot write " + folder.resolve(name) + ": the disk is full, or was taken away", e);
        }
    }

    /** Writes the truth beside the folder. */
    LabResult finish(Truth found) throws IOException {
        found.put("files", files.stream().map(file -> file.getFileName().toString()).toList());
        found.write(truth);
        return new LabResult(folder, files, truth);
    }
}
