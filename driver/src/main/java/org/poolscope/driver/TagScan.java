package org.poolscope.driver;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.poolscope.driver.TagUse.Confidence;
import org.poolscope.driver.TagUse.Source;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFolder;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/**
 * Which driver files use which tags.
 *
 * @param uses the uses, by tag, the surest first
 * @param drivers how many drivers were looked at
 * @param others how many other files were found beside them
 * @param failures what could not be read, each as a sentence that begins with the file
 */
public record TagScan(List<TagUse> uses, int drivers, int others, List<String> failures) {

    private static final int MOST_FILES = 500_000;

    public TagScan {
        uses = List.copyOf(uses);
        failures = List.copyOf(failures);
    }

    private record FileResult(boolean isDriver, List<TagUse> uses, List<String> failures) {
        static final FileResult OTHER = new FileResult(false, List.of(), List.of());
    }

    /**
     * Scans all drivers among files and below folders, on all processors. Drivers are told by their content, whatever their names;
     * a program that is named itself is looked at even when it seems not to run in the kernel.
     *
     * @throws EvidenceException when there is nothing to scan
     */
    public static TagScan of(List<Path> places, Progress progress) throws EvidenceException {
        return of(places, true, progress);
    }

    /**
     * Scans all drivers among files and below folders as {@link #of(List, Progress)} does.
     *
     * @param literals whether tags are looked for among literals too, rather than at call sites only
     * @throws EvidenceException when there is nothing to scan
     */
    public static TagScan of(List<Path> places, boolean literals, Progress progress) throws EvidenceException {
        List<String> failures = new ArrayList<>();
        List<Path> files = files(places, failures);
        AtomicInteger done = new AtomicInteger();
        List<FileResult> results = new ArrayList<>();
        try (ExecutorService workers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            Map<Path, Future<FileResult>> running = new HashMap<>();
            for (Path file : largestFirst(files)) {
                running.put(file, workers.submit(() -> {
                    FileResult result = scan(file, places.contains(file), literals);
                    progress.at("scanning " + file.getFileName(), done.incrementAndGet(), files.size());
                    return result;
                }));
            }
            for (Path file : files) {
                results.add(running.get(file).get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EvidenceException(places.getFirst(), "", "the scan was interrupted", "Run it again", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        List<TagUse> uses = new ArrayList<>();
        int drivers = 0;
        for (FileResult result : results) {
            uses.addAll(result.uses());
            failures.addAll(result.failures());
            drivers += result.isDriver() ? 1 : 0;
        }
        uses.sort(TagScan::inOrder);
        return new TagScan(uses, drivers, results.size() - drivers, failures);
    }

    private static List<Path> files(List<Path> places, List<String> failures) throws EvidenceException {
        List<Path> files = new ArrayList<>();
        for (Path place : places) {
            if (!Files.isDirectory(place)) {
                if (!Files.exists(place)) {
                    throw new EvidenceException(place, "", "no such file or folder", "Check the path");
                }
                files.add(place);
                continue;
            }
            files.addAll(EvidenceFolder.files(place, MOST_FILES, (file, reason) -> failures.add(file + ": " + reason)));
        }
        if (files.size() > MOST_FILES) {
            failures.add(places.getFirst() + ": more than " + MOST_FILES + " files: the rest is not looked at");
        }
        files.sort(null);
        return files;
    }

    /** The order in which no processor is left with a large file when the others are done. */
    private static List<Path> largestFirst(List<Path> files) {
        Map<Path, Long> sizes = new HashMap<>();
        for (Path file : files) {
            sizes.put(file, file.toFile().length());
        }
        List<Path> ordered = new ArrayList<>(files);
        ordered.sort((a, b) -> Long.compare(sizes.get(b), sizes.get(a)));
        return ordered;
    }

    private static int inOrder(TagUse one, TagUse other) {
        int order = one.tag().compareTo(other.tag());
        order = order != 0 ? order : one.source().compareTo(other.source());
        return order != 0 ? order : one.file().compareTo(other.file());
    }

    private static FileResult scan(Path file, boolean named, boolean literals) {
        try {
            PeImage image = PeImage.readIfImage(file).orElse(null);
            if (image == null || !named && !image.runsInKernel()) {
                return FileResult.OTHER;
            }
            DriverFile driver = DriverFile.of(image, Map.of());
            List<TagUse> uses = uses(file, driver, literals ? driver.literals() : List.of());
            return new FileResult(true, uses, driver.warnings().stream().map(warning -> file + ": " + warning).toList());
        } catch (EvidenceException e) {
            return new FileResult(false, List.of(), List.of(e.getMessage()));
        } catch (RuntimeException e) {
            // One file that confuses us must not hide what a thousand others say.
            return new FileResult(false, List.of(), List.of(file + ": an error in Poolscope itself (" + e + "). Please report it"));
        }
    }

    /** What one driver uses, once for each tag and source. */
    static List<TagUse> uses(Path file, DriverFile driver, List<TagLiteral> literals) {
        Map<PoolTag, Map<Source, Integer>> counts = new TreeMap<>();
        for (CallSite site : driver.sites()) {
            if (site.isAllocation() && site.tag() != null && !site.passedOn()) {
                count(counts, site.tag(), Source.CALL_SITE);
            }
        }
        for (TagLiteral literal : literals) {
            count(counts, literal.tag(), literal.inCode() ? Source.CODE_LITERAL : Source.DATA_LITERAL);
        }
        boolean unknown = driver.sites().stream().anyMatch(site -> site.isAllocation() && !site.passedOn() && !site.tagUnknown().isEmpty());
        List<TagUse> uses = new ArrayList<>();
        counts.forEach((tag, sources) -> sources.forEach((source, sites) -> {
            Confidence confidence = switch (source) {
                case CALL_SITE -> Confidence.HIGH;
                case CODE_LITERAL -> unknown || driver.image().architecture() == Architecture.ARM64 ? Confidence.MEDIUM : Confidence.LOW;
                case DATA_LITERAL -> Confidence.LOW;
            };
            uses.add(new TagUse(tag, file, source, sites, confidence));
        }));
        return uses;
    }

    private static void count(Map<PoolTag, Map<Source, Integer>> counts, PoolTag tag, Source source) {
        counts.computeIfAbsent(tag, key -> new EnumMap<>(Source.class)).merge(source, 1, Integer::sum);
    }

    /** How many tags calls allocate with. */
    public long tagsOfCallSites() {
        return uses.stream().filter(use -> use.source() == Source.CALL_SITE).map(TagUse::tag).distinct().count();
    }

    /**
     * Writes the tags of call sites as a {@code localtag.txt} for PoolMon ({@code poolmon /c}), in the columns of Microsoft's
     * {@code pooltag.txt}: tag, driver, description. Tags that cannot be typed are left out, and those that name no owner.
     *
     * @param namesAnOwner whether a tag tells who allocates, rather than being one that many drivers use
     * @return how many lines were written
     */
    public int writeLocalTags(Writer out, Predicate<PoolTag> namesAnOwner) throws IOException {
        int lines = 0;
        String before = "";
        for (TagUse use : uses) {
            boolean told = use.source() == Source.CALL_SITE && use.tag().isPrintable() && namesAnOwner.test(use.tag());
            String row = use.tag() + " - " + use.binary() + " - ";
            if (told && !row.equals(before)) {
                out.write(row + use.sites() + (use.sites() == 1 ? " call site" : " call sites") + "\r\n");
                lines++;
                before = row;
            }
        }
        return lines;
    }
}
