package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.kernel.KernelImage;
import org.poolscope.logs.KnownEvent;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;

/**
 * A pool ran empty, or is about to: by the file server's events 2017 to 2020, by the memory manager's totals against their limits,
 * or by the share of physical memory it takes.
 */
final class PoolExhaustedRule implements Rule {

    static final String ID = "pool-exhausted";

    private static final int FIRST_EVENTS_SHOWN = 4;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<Finding> found = new ArrayList<>();
        for (PoolKind pool : PoolKind.values()) {
            PoolPressure pressure = PoolPressure.of(subject, pool);
            if (pressure.isHigh()) {
                found.add(finding(pressure, subject, earlier));
            }
        }
        return found;
    }

    private Finding finding(PoolPressure pressure, Case subject, List<Finding> earlier) {
        PoolKind pool = pressure.pool();
        String name = pool == PoolKind.PAGED ? "Paged pool" : "Nonpaged pool";
        String figures = pressure.counters().map(totals -> figures(totals, pressure)).orElse("");
        boolean elsewhen = ranEmptyElsewhen(pressure);
        String title = switch (pressure.state()) {
            case EXHAUSTED -> name + (elsewhen ? " ran empty" : " is exhausted");
            case NEAR_LIMIT -> name + " is close to its limit";
            default -> name + " takes up much of physical memory";
        } + (figures.isEmpty() ? "" : elsewhen ? "; " + figures + " in the totals at hand" : ": " + figures);
        Finding.Builder finding = Finding.of(this, pressure.state() == PoolPressure.State.EXHAUSTED ? Severity.CRITICAL : Severity.WARNING,
                confidence(pressure), title);
        finding.clause(clause(pressure, name))
                .explanation(explanation(pressure))
                .pool(pool)
                .evidence(seen(pressure));
        Optional<String> image = imageWithTags(subject);
        finding.next("See which tags hold the pool, the biggest first.", image.map(file -> "poolscope poolused " + subject.word(file)
                + (pool == PoolKind.PAGED ? " --sort paged" : " --sort nonpaged")).orElse(pool == PoolKind.PAGED ? "!poolused 5" : "!poolused 3"));
        if (image.isEmpty() || !isExplained(pool, earlier)) {
            finding.next("Watch which tag grows: take a snapshot now and another after an hour.", "poolmon -n poolsnap.log");
        }
        return finding.build();
    }

    /** An image whose table by tag was read. */
    private static Optional<String> imageWithTags(Case subject) {
        return subject.facts(PoolSnapshot.class).stream().filter(table -> table.source().equals(KernelImage.TAG_TABLE))
                .map(table -> table.seenAt().file()).findFirst();
    }

    /** Whether a finding says what holds the pool. */
    private static boolean isExplained(PoolKind pool, List<Finding> earlier) {
        return earlier.stream().anyMatch(one -> one.severity().isProblem() && one.pool() == pool && (!one.tags().isEmpty() || one.rule().equals(FragmentationRule.ID)));
    }

    private static List<Provenance> seen(PoolPressure pressure) {
        List<Provenance> seen = new ArrayList<>();
        List<LoggedEvent> events = pressure.events();
        for (int i = 0; i < events.size(); i++) {
            // A server that ran dry says so every minute: when it began and how long it lasted is enough.
            if (i < FIRST_EVENTS_SHOWN || i == events.size() - 1) {
                LoggedEvent event = events.get(i);
                seen.add(event.seenAt().quoting("event " + event.id() + " of " + event.source() + ": " + text(event)));
            }
        }
        pressure.counters().ifPresent(totals -> seen.add(totals.seenAt().quoting(totals.source() + ": " + figures(totals, pressure))));
        return seen;
    }

    /** Binary logs hold no texts. */
    private static String text(LoggedEvent event) {
        return event.message().isEmpty() ? KnownEvent.of(event).map(KnownEvent::meaning).orElse("") : event.message();
    }

    /** Whether events say that it ran empty, and the totals are of a moment when it was not. */
    private static boolean ranEmptyElsewhen(PoolPressure pressure) {
        return pressure.state() == PoolPressure.State.EXHAUSTED && pressure.totals() == PoolPressure.Totals.DISAGREE;
    }

    private static String clause(PoolPressure pressure, String name) {
        Optional<Double> share = pressure.totals() == PoolPressure.Totals.AGREE
                ? pressure.counters().map(totals -> totals.usedShare(pressure.pool())) : Optional.empty();
        return switch (pressure.state()) {
            case EXHAUSTED -> name + (ranEmptyElsewhen(pressure) ? " ran empty" : " is exhausted")
                    + share.map(value -> " (" + Quantity.percent(value) + " of its limit)").orElse("");
            case NEAR_LIMIT -> name + " is close to its limit" + share.map(value -> " (" + Quantity.percent(value) + " of it)").orElse("");
            default -> name + " takes up much of physical memory";
        };
    }

    private static String figures(MemoryCounters totals, PoolPressure pressure) {
        PoolKind pool = pressure.pool();
        Long maximum = totals.maximumBytes(pool);
        String used = Quantity.count(totals.usedBytes(pool) / 1024) + " KB";
        if (maximum != null && totals.usedShare(pool) >= 0.05) {
            return used + " of " + Quantity.count(maximum / 1024) + " KB used (" + Quantity.percent(totals.usedShare(pool)) + ")";
        }
        Long physical = totals.physicalBytes();
        // A pool ends long before memory does on 32-bit systems: beside "exhausted" a share of memory would only confuse.
        return physical == null || pressure.state() == PoolPressure.State.EXHAUSTED ? used + " used"
                : used + " of " + Quantity.count(physical / 1024) + " KB of memory ("
                        + Quantity.percent((double) totals.usedBytes(pool) / physical) + ")";
    }

    private static Confidence confidence(PoolPressure pressure) {
        if (pressure.events().isEmpty()) {
            return Confidence.high("the memory manager's own totals show it");
        }
        return Confidence.high(switch (pressure.totals()) {
            case AGREE -> "the event log says so and the memory manager's totals agree";
            case NONE -> "the file server logged that the pool was empty";
            case TELL_NO_LIMIT -> "the file server logged that the pool was empty; the totals do not tell how much it may hold";
            case DISAGREE -> "the file server logged that the pool was empty; the totals are of another moment, when it was not";
        });
    }

    private static String explanation(PoolPressure pressure) {
        StringBuilder text = new StringBuilder();
        if (!pressure.events().isEmpty()) {
            LoggedEvent first = pressure.events().getFirst();
            text.append("The file server logged event ").append(first.id());
            if (first.time() != null) {
                text.append(" at ").append(first.timeText());
            }
            if (first.computer() != null) {
                text.append(" on ").append(first.computer());
            }
            if (pressure.occurrences() > 1) {
                text.append(", and ").append(Quantity.count(pressure.occurrences() - 1, "such event", "such events")).append(" more");
                LoggedEvent last = pressure.events().getLast();
                if (last.time() != null && !last.time().equals(first.time())) {
                    text.append(", the last at ").append(last.timeText());
                }
            }
            text.append(". ");
        }
        pressure.counters().ifPresent(totals -> {
            List<MemoryCounters.PagedPoolUse> pools = totals.pagedPools();
            if (pressure.pool() == PoolKind.PAGED && pools.size() > 1) {
                text.append("All ").append(pools.size()).append(" paged pools together; the fullest holds ")
                        .append(Quantity.bytes(pools.stream().mapToLong(MemoryCounters.PagedPoolUse::usedBytes).max().orElseThrow()))
                        .append(". ");
            }
        });
        text.append(switch (pressure.state()) {
            case EXHAUSTED -> "Allocations from this pool fail: file sharing stops, programs get errors, the machine seems to hang.";
            case NEAR_LIMIT -> "The next large request may fail.";
            default -> "What this pool holds cannot be paged out or used by programs.";
        });
        return text.toString();
    }
}
