package org.poolscope.logs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.poolscope.logs.TagEntry.Use;
import org.poolscope.model.Fact;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;
import org.poolscope.model.TagPattern;

/**
 * Which driver uses which tag, and what for: the user's own {@code pooltag.txt}, or the small one that is part of the program.
 * What it says is a hint, never proof: tags are not registered anywhere, and two drivers may use the same one.
 */
public final class TagDatabase implements Fact {

    private static final TagDatabase BUILT_IN = loadBuiltIn();

    private final Provenance seenAt;
    private final List<TagEntry> entries;
    private final Map<Integer, List<TagEntry>> exact = new HashMap<>();
    private final List<TagEntry> patterns = new ArrayList<>();

    /**
     * A database of these rows.
     *
     * @param seenAt where it was found
     * @param entries its rows, in order; a tag may stand in several
     */
    public TagDatabase(Provenance seenAt, List<TagEntry> entries) {
        this.seenAt = seenAt;
        this.entries = List.copyOf(entries);
        for (TagEntry entry : this.entries) {
            if (entry.pattern().isExact()) {
                exact.computeIfAbsent(PoolTag.parse(entry.pattern().toString()).key(), unused -> new ArrayList<>(1)).add(entry);
            } else {
                patterns.add(entry);
            }
        }
        // Stable: rows that say equally much stay in the order of the file.
        patterns.sort(Comparator.comparingInt((TagEntry entry) -> entry.pattern().fixedBytes()).reversed());
    }

    /** The database that is part of the program: the most common tags, described in our own words. */
    public static TagDatabase builtIn() {
        return BUILT_IN;
    }

    private static TagDatabase loadBuiltIn() {
        String file = "built-in tag database";
        List<TagEntry> entries = new ArrayList<>();
        for (List<String> row : DataTable.rows("tags.tsv", 4)) {
            String tag = row.get(0);
            String binary = row.get(1).equals("-") ? null : row.get(1);
            entries.add(new TagEntry(new Provenance(file, "tag '" + tag + "'"), TagPattern.parse(tag), binary, row.get(3),
                    Use.valueOf(row.get(2).toUpperCase(Locale.ROOT))));
        }
        return new TagDatabase(new Provenance(file, ""), entries);
    }

    @Override
    public Provenance seenAt() {
        return seenAt;
    }

    /** All rows, in order. */
    public List<TagEntry> entries() {
        return entries;
    }

    /**
     * The rows about a tag, the most specific first, those that say equally much in the order of the file. A tag that begins with
     * a blank, as Windows NT 4 had them ({@code ' CM '}), is looked up without it when nothing names it as it is.
     */
    public List<TagEntry> lookup(PoolTag tag) {
        List<TagEntry> found = new ArrayList<>(exact.getOrDefault(tag.key(), List.of()));
        for (TagEntry entry : patterns) {
            if (entry.pattern().matches(tag)) {
                found.add(entry);
            }
        }
        if (found.isEmpty() && tag.byteAt(0) == ' ' && tag.byteAt(1) != ' ') {
            return lookup(new PoolTag(tag.key() >>> 8 | ' ' << 24));
        }
        return found;
    }

    /** What is known of the use of a tag: the most specific row that says something decides. */
    public Use use(PoolTag tag) {
        for (TagEntry entry : lookup(tag)) {
            if (entry.use() != Use.UNKNOWN) {
                return entry.use();
            }
        }
        return Use.UNKNOWN;
    }

    /** Whether many drivers use the tag, so that it never names an owner by itself. */
    public boolean isShared(PoolTag tag) {
        return use(tag) == Use.SHARED;
    }

    /**
     * This database with another one behind it: of rows that say equally much about a tag, this one's come first. A user's own
     * database goes before the {@linkplain #builtIn() built-in} one.
     */
    public TagDatabase before(TagDatabase other) {
        List<TagEntry> joined = new ArrayList<>(entries);
        joined.addAll(other.entries);
        return new TagDatabase(seenAt, joined);
    }
}
