package org.poolscope.diagnosis;

import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.poolscope.diagnosis.trend.Trend;
import org.poolscope.model.Counter;
import org.poolscope.model.CounterSeries;
import org.poolscope.model.Quantity;

/**
 * A process that opens handles, or is charged pool, and gives nothing back, as counter logs show it ({@code \Process(*)\Handle Count} and
 * the two counters of pool): a leak that no driver is at fault for.
 */
final class GrowingProcessRule implements Rule {

    static final String ID = "process-grows";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");
    private static final long HANDLES = 1000;
    private static final double BYTES = 1 << 20;
    /** Of what the process has at the end; a large process grows a little, always. */
    private static final double SHARE = 0.2;
    /** A process that has lost so much at once is another one of the same name, or was restarted. */
    private static final double LOST = 0.5;
    private static final int MOST_FINDINGS = 4;

    private record Growing(CounterSeries series, Trend trend, int from, int to) {

        private boolean handles() {
            return series.counter() == Counter.PROCESS_HANDLES;
        }

        /** How far it is beyond what is worth telling: figures of both kinds can be compared. */
        private double weight() {
            return trend.growth() / (handles() ? HANDLES : BYTES);
        }

        private String amount(double value) {
            return handles() ? Quantity.count(Math.round(value), "handle", "handles") : Quantity.bytes(Math.round(value));
        }

        private String what() {
            return switch (series.counter()) {
                case PROCESS_HANDLES -> "handles";
                case PROCESS_POOL_PAGED_BYTES -> "paged pool charged to it";
                default -> "nonpaged pool charged to it";
            };
        }
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<Boots> starts = subject.once(PoolTrends.class, PoolTrends::of).boots();
        List<Growing> growing = new ArrayList<>();
        for (CounterSeries series : subject.facts(CounterSeries.class)) {
            if (isOfProcess(series)) {
                growing(series, starts).ifPresent(growing::add);
            }
        }
        growing.sort(Comparator.comparingDouble(Growing::weight).reversed());
        return growing.stream().limit(MOST_FINDINGS).map(this::finding).toList();
    }

    private static boolean isOfProcess(CounterSeries series) {
        boolean counted = switch (series.counter()) {
            case PROCESS_HANDLES, PROCESS_POOL_PAGED_BYTES, PROCESS_POOL_NONPAGED_BYTES -> true;
            default -> false;
        };
        // The sum over all processes is nobody's.
        return counted && series.instance() != null && !series.instance().toLowerCase(Locale.ROOT).startsWith("_total");
    }

    /** The longest time in which it was one process of one run of the machine, if that leaks. */
    private static Optional<Growing> growing(CounterSeries series, List<Boots> starts) {
        int longest = 0;
        int from = 0;
        int best = 0;
        double last = Double.NaN;
        for (int i = 0; i <= series.size(); i++) {
            boolean ends = i == series.size() || !Double.isNaN(series.values()[i]) && series.values()[i] < LOST * last
                    || i > from && isStartBetween(starts, series, i);
            if (ends) {
                if (i - from > longest) {
                    longest = i - from;
                    best = from;
                }
                from = i;
            }
            last = i < series.size() && !Double.isNaN(series.values()[i]) ? series.values()[i] : last;
        }
        Trend trend = Trend.of(series.times(), series.values(), best, best + longest);
        Growing found = new Growing(series, trend, best, best + longest);
        return trend.isLeak() && found.weight() >= 1 && trend.growth() >= SHARE * trend.end() ? Optional.of(found) : Optional.empty();
    }

    private static boolean isStartBetween(List<Boots> starts, CounterSeries series, int sample) {
        return starts.stream().anyMatch(start -> start.isBetween(series.taken(sample - 1), series.taken(sample)));
    }

    private Finding finding(Growing growing) {
        Trend trend = growing.trend();
        CounterSeries series = growing.series();
        String pace = growing.amount(trend.perHour()) + " an hour";
        String since = TIME.format(PoolTrends.time(trend.began()));
        return Finding.of(this, Severity.WARNING, PoolTrends.isClear(trend)
                ? Confidence.high("in " + trend.samples() + " samples it grows steadily, and nothing that comes to rest explains them as well")
                : Confidence.medium("in " + trend.samples() + " samples it grows beyond its noise; more of them would tell more"),
                "Process " + series.instance() + " leaks: the " + growing.what() + " grow" + (growing.handles() ? "" : "s") + " by " + pace
                        + " since " + since + ", to " + growing.amount(trend.end()))
                .clause("process " + series.instance() + " leaks " + (growing.handles() ? "handles" : growing.what()) + ", " + pace)
                .explanation("From " + TIME.format(series.taken(growing.from())) + " to " + TIME.format(series.taken(growing.to() - 1))
                        + " it grows by " + growing.amount(trend.perHourLow()) + " to " + growing.amount(trend.perHourHigh()) + " an hour (95%). "
                        + (growing.handles() ? "The kernel keeps an object alive for each open handle, so pool grows with them."
                                : "What is charged to a process belongs to objects it holds; it is freed when the process ends."))
                .evidence(series.seenAt())
                .next("Restart the program: its handles are closed and the objects freed. If the pool falls, it was the cause.")
                .next("See of which type its handles are: take a kernel dump and look.", "poolscope handles MEMORY.DMP --by process")
                .build();
    }
}
