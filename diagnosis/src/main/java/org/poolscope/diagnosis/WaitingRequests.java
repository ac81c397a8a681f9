package org.poolscope.diagnosis;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.kernel.objects.Irp;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.pool.IrpBlocks;

/**
 * The requests that wait in one driver, with all that they hold of one pool: packets, buffers and descriptions, whatever their tags.
 *
 * @param driver the driver's object
 * @param requests how many wait in it and hold something of the pool
 * @param bytes what they hold
 * @param tags the tags of it, those with most bytes first
 * @param longest how long the thread of one of them has waited at the most; {@code null} where the image does not tell
 * @param process the program whose threads sent most of them; {@code null} where the image does not tell
 * @param ofProcess how many of them it sent
 */
record WaitingRequests(String driver, long requests, long bytes, List<PoolTag> tags, Duration longest, String process, long ofProcess) {

    /** Fewer are what a driver has in its hands at any time. */
    private static final long MANY = 100;
    /** What belongs to requests in one driver, of what belongs to requests at all. */
    private static final double MOST = 0.5;

    private static final class Tally {
        private final Map<PoolTag, Long> tags = new HashMap<>();
        private final Map<String, Long> processes = new HashMap<>();
        private long requests;
        private long bytes;
        private Duration longest;

        WaitingRequests in(String driver) {
            Optional<Map.Entry<String, Long>> process = processes.entrySet().stream().max(Map.Entry.comparingByValue());
            return new WaitingRequests(driver, requests, bytes, tags.entrySet().stream().sorted(Map.Entry.<PoolTag, Long>comparingByValue().reversed())
                    .map(Map.Entry::getKey).toList(), longest, process.map(Map.Entry::getKey).orElse(null), process.map(Map.Entry::getValue).orElse(0L));
        }
    }

    /** The driver whose requests hold most of a pool; empty when they are few, or many drivers' requests share in it. */
    static Optional<WaitingRequests> of(OpenPool pool, PoolKind kind) {
        Map<String, Tally> drivers = new HashMap<>();
        Set<Long> counted = new HashSet<>();
        long all = 0;
        for (Irp irp : pool.irpBlocks().irps()) {
            if (irp.completed() || irp.driver() == null) {
                continue;
            }
            Tally tally = drivers.computeIfAbsent(irp.driver(), any -> new Tally());
            long before = tally.bytes;
            for (IrpBlocks.Link link : pool.irpBlocks().of(irp)) {
                if (link.block().pool() == kind && counted.add(link.block().address())) {
                    tally.bytes += link.block().size();
                    tally.tags.merge(link.block().tag(), link.block().size(), Long::sum);
                }
            }
            all += tally.bytes - before;
            if (tally.bytes > before) {
                tally.requests++;
                if (irp.process() != null) {
                    tally.processes.merge(irp.process(), 1L, Long::sum);
                }
            }
            if (irp.waited() != null && (tally.longest == null || irp.waited().compareTo(tally.longest) > 0)) {
                tally.longest = irp.waited();
            }
        }
        long total = all;   // what a lambda takes must not change
        return drivers.entrySet().stream().max(Comparator.comparingLong(entry -> entry.getValue().bytes))
                .filter(entry -> entry.getValue().requests >= MANY && entry.getValue().bytes >= MOST * total)
                .map(entry -> entry.getValue().in(entry.getKey()));
    }
}
