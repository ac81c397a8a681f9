package org.poolscope.memory;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;

/**
 * Reads the memory of VMware's machines: a {@code .vmem} file with the state file of the same name beside it, which tells the hole
 * in the memory; or a state file that holds the memory itself.
 */
final class VmwareReader {

    private static final String MEMORY = ".vmem";
    private static final List<String> STATES = List.of(".vmss", ".vmsn");

    private VmwareReader() {
    }

    /** The state file that belongs to a memory file: its name with another ending, told by its content. */
    static Optional<Path> stateOf(Path memory) {
        return sibling(memory, List.of(MEMORY), STATES, VmwareReader::isState);
    }

    /** The memory file that belongs to a state file. */
    static Optional<Path> memoryOf(Path state) {
        return sibling(state, STATES, List.of(MEMORY), Files::isRegularFile);
    }

    private static boolean isState(Path path) {
        try {
            return VmwareStateReader.recognises(EvidenceFile.open(path));
        } catch (EvidenceException e) {
            return false;
        }
    }

    private interface Test {
        boolean of(Path path);
    }

    private static Optional<Path> sibling(Path path, List<String> from, List<String> to, Test test) {
        String name = path.toAbsolutePath().getFileName().toString();
        String lower = name.toLowerCase(Locale.ROOT);
        if (from.stream().noneMatch(lower::endsWith)) {
            return Optional.empty();
        }
        String stem = lower.substring(0, lower.length() - MEMORY.length());
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(path.toAbsolutePath().getParent(), other -> {
            String its = other.getFileName().toString().toLowerCase(Locale.ROOT);
            return its.length() == lower.length() && its.startsWith(stem) && to.stream().anyMatch(its::endsWith);
        })) {
            folder.forEach(found::add);
        } catch (IOException e) {
            return Optional.empty();   // a folder that cannot be listed has no siblings to show
        }
        found.sort(null);
        return found.stream().filter(test::of).findFirst();
    }

    /** A memory file, with what its state file tells. What that cannot tell, the page tables do. */
    static ImageContent beside(MemorySegment memory, VmwareState state) {
        PageRuns.Builder runs = new PageRuns.Builder(memory.byteSize());
        for (VmwareState.Region region : state.regions()) {
            runs.add(region.firstPage(), region.pages(), offset(region.filePage()));
        }
        PageRuns map = runs.build();
        if (map.presentPages() == 0) {
            ImageContent content = RawReader.read(memory);
            content.directories().addAll(state.directories());
            return content;
        }
        return content(memory, runs, map, state);
    }

    /**
     * A state file that holds the memory.
     *
     * @throws EvidenceException when it does not
     */
    static ImageContent inside(Path path, MemorySegment file) throws EvidenceException {
        VmwareState state = VmwareStateReader.read(path, file);
        if (state.memory() == null) {
            throw new EvidenceException(path, "",
                    "this VMware state file holds no memory, and the .vmem file it belongs to is not beside it",
                    "Put both into one folder, with one name before .vmem and .vmss or .vmsn");
        }
        long start = state.memory().offset();
        PageRuns.Builder runs = new PageRuns.Builder(file.byteSize());
        for (VmwareState.Region region : state.regions()) {
            runs.add(region.firstPage(), region.pages(), start + offset(region.filePage()));
        }
        if (state.regions().isEmpty()) {
            runs.add(0, state.memory().size() >> PhysicalMemory.PAGE_SHIFT, start);
        }
        return content(file, runs, runs.build(), state);
    }

    /** The offset of a page of a file; -1 for one that no file has. */
    private static long offset(long page) {
        return page < 0 || page > PageRuns.Builder.PAGE_LIMIT ? -PageRuns.Builder.PAGE_LIMIT << PhysicalMemory.PAGE_SHIFT
                : page << PhysicalMemory.PAGE_SHIFT;
    }

    private static ImageContent content(MemorySegment file, PageRuns.Builder runs, PageRuns map, VmwareState state) {
        ImageContent content = new ImageContent(ImageFormat.VMWARE);
        if (runs.missingPages() > 0) {
            content.warnings().add("the memory is cut short: %d of %d pages are missing"
                    .formatted(runs.missingPages(), runs.missingPages() + map.presentPages()));
        }
        if (runs.overlapping()) {
            content.warnings().add("some pages are in more than one region; the first place of each is used");
        }
        if (!state.damage().isEmpty()) {
            content.warnings().add("the state file is damaged: " + state.damage());
        }
        content.directories().addAll(state.directories());
        content.physical(new PhysicalMemory(file, map));
        return content;
    }
}
