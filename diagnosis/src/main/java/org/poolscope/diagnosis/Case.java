package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.model.Fact;
import org.poolscope.model.ShellWord;

/**
 * All evidence of one machine, read: the facts, the files they came from, and what could not be read.
 *
 * <p>Facts may hold open files (a dump stays mapped so that rules can ask it deeper questions); closing the case closes them.
 */
public final class Case implements AutoCloseable {

    private final String name;
    private final List<String> given;
    private final List<CaseFile> files;
    private final List<Fact> facts;
    private final List<CaseWarning> warnings;
    private final Map<Class<?>, Object> analyses = new HashMap<>();

    Case(String name, List<String> given, List<CaseFile> files, List<Fact> facts, List<CaseWarning> warnings) {
        this.name = name;
        this.given = List.copyOf(given);
        this.files = List.copyOf(files);
        this.facts = List.copyOf(facts);
        this.warnings = List.copyOf(warnings);
    }

    /** What the user called it: the names of what was handed in. */
    public String name() {
        return name;
    }

    /** The files and folders that were handed in, as a user types them. */
    List<String> given() {
        return given;
    }

    /** The files, in the order they were read. */
    public List<CaseFile> files() {
        return files;
    }

    /** A file as a word of a command that can be pasted where the user is. */
    String word(String file) {
        return ShellWord.of(files.stream().filter(one -> one.name().equals(file)).map(CaseFile::path).findFirst().orElse(file));
    }

    /** What could not be read or trusted, so far: of some images it shows only when their pages are asked for. */
    public List<CaseWarning> warnings() {
        List<CaseWarning> all = new ArrayList<>(warnings);
        for (OpenKernelImage open : facts(OpenKernelImage.class)) {
            open.image().image().damage().ifPresent(damage -> {
                // What was known when it was read counted less of the same.
                all.removeIf(warning -> warning.where().file().equals(open.seenAt().file()) && uncounted(warning.message()).equals(uncounted(damage)));
                all.add(new CaseWarning(open.seenAt(), damage));
            });
        }
        return all;
    }

    /** The facts of one kind, in the order they were read. */
    public <T extends Fact> List<T> facts(Class<T> kind) {
        List<T> found = new ArrayList<>();
        for (Fact fact : facts) {
            if (kind.isInstance(fact)) {
                found.add(kind.cast(fact));
            }
        }
        return found;
    }

    private static String uncounted(String message) {
        return message.replaceAll("\\d+", "");
    }

    /**
     * An analysis that several rules build on, made at the first call and kept.
     *
     * @param kind the analysis
     * @param make makes it from this case
     */
    <T> T once(Class<T> kind, Function<Case, T> make) {
        Object kept = analyses.get(kind);
        if (kept == null) {
            kept = make.apply(this);
            analyses.put(kind, kept);
        }
        return kind.cast(kept);
    }

    /** Closes what the facts hold open. */
    @Override
    public void close() {
        for (Fact fact : facts) {
            if (fact instanceof AutoCloseable open) {
                try {
                    open.close();
                } catch (Exception e) {
                    // Nothing was written: a mapping that cannot be released costs nothing but address space.
                    continue;
                }
            }
        }
    }
}
