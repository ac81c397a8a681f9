package org.poolscope.diagnosis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;

/**
 * The most each pool may grow to: as the user says, else as the evidence says, else by the version of Windows; and never more
 * than what
 * holds it (physical memory for nonpaged pool, the commit limit for paged pool).
 */
public final class PoolLimits {

    /** Limits nobody gave: the evidence alone decides. */
    public static final PoolLimits BY_EVIDENCE = new PoolLimits(Map.of(), null);

    /**
     * A limit and where it comes from.
     *
     * @param bytes the limit
     * @param source where it comes from, as a clause
     */
    public record Limit(long bytes, String source) {
    }

    private record Version(long nonPaged, double shareOfMemory, long paged, String note) {
    }

    private static final Map<String, Version> VERSIONS = load();

    private final Map<PoolKind, Long> given;
    private final String version;

    private PoolLimits(Map<PoolKind, Long> given, String version) {
        this.given = given;
        this.version = version;
    }

    /**
     * Limits as the user gives them.
     *
     * @param given bytes for the pools of which the user knows the limit
     * @param version one of {@link #versions()}, or {@code null}
     * @throws IllegalArgumentException when there is no such version
     */
    public static PoolLimits of(Map<PoolKind, Long> given, String version) {
        if (version != null && !VERSIONS.containsKey(version)) {
            throw new IllegalArgumentException("no limits are known for '" + version + "'; known are " + String.join(", ",
                    VERSIONS.keySet()));
        }
        return new PoolLimits(given.isEmpty() ? Map.of() : new EnumMap<>(given), version);
    }

    /** The versions of Windows whose limits are known, oldest first. */
    public static List<String> versions() {
        return List.copyOf(VERSIONS.keySet());
    }

    private static Map<String, Version> load() {
        Map<String, Version> versions = new LinkedHashMap<>();
        try (InputStream in = PoolLimits.class.getResourceAsStream("pool-limits.tsv");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] field = line.split("\t");
                if (!line.startsWith("#")) {
                    versions.put(field[0], new Version(Long.parseLong(field[1]), field[2].equals("-") ? 0
                            : Double.parseDouble(field[2]),
                            Long.parseLong(field[3]), field[4]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return versions;
    }

    /** The limit of one pool of a machine; empty when nothing says. */
    Optional<Limit> of(PoolKind pool, List<MemoryCounters> counters) {
        if (given.containsKey(pool)) {
            return Optional.of(new Limit(given.get(pool), "the limit given"));
        }
        Limit known = null;
        for (MemoryCounters totals : counters) {
            if (totals.maximumBytes(pool) != null && totals.maximumBytes(pool) > 0) {
                known = new Limit(totals.maximumBytes(pool), "the limit in " + totals.seenAt().file());
            }
        }
        Long holder = null;
        for (MemoryCounters totals : counters) {
            Long bytes = pool == PoolKind.NONPAGED ? totals.physicalBytes() : totals.commitLimitBytes();
            holder = bytes == null ? holder : bytes;
        }
        if (known == null && version != null) {
            Version limits = VERSIONS.get(version);
            long most = pool == PoolKind.PAGED ? limits.paged : limits.nonPaged;
            if (pool == PoolKind.NONPAGED && limits.shareOfMemory > 0 && holder != null) {
                most = Math.min(most, (long) (limits.shareOfMemory * holder));
            }
            known = new Limit(most, limits.note);
        }
        if (known != null && holder != null && holder > 0 && holder < known.bytes) {
            return Optional.of(new Limit(holder, pool == PoolKind.NONPAGED ? "physical memory" : "the commit limit"));
        }
        return Optional.ofNullable(known);
    }
}
