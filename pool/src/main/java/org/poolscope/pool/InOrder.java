package org.poolscope.pool;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Does jobs on several threads, and hands what comes of them on one after the other, in the order in which the jobs were given out, to
 * somebody who need not expect two threads at once.
 *
 * @param <R> what takes the result of a job; there are a few, used over and over
 */
final class InOrder<R> {

    /** Results each thread may be ahead. */
    private static final int AHEAD = 4;

    /** Nobody waits longer than this without looking again. */
    private static final long PAUSE_MILLIS = 100;

    private final int threads;
    private final R[] results;
    private final boolean[] done;
    private final Supplier<Consumer<R>> jobs;
    private final Consumer<R> taker;
    /** Jobs given out, and results taken. */
    private long given;
    private long taken;
    private boolean taking;
    private boolean failed;

    /**
     * @param jobs gives the next job, or {@code null} while there is none: there may be one again once a result was taken. Called by one
     *        thread at a time, but also while a result is taken
     * @param taker takes results
     */
    @SuppressWarnings("unchecked")
    InOrder(int threads, Supplier<R> results, Supplier<Consumer<R>> jobs, Consumer<R> taker) {
        this.threads = threads;
        this.results = (R[]) new Object[threads == 1 ? 1 : AHEAD * threads];
        Arrays.setAll(this.results, i -> results.get());
        this.done = new boolean[this.results.length];
        this.jobs = jobs;
        this.taker = taker;
    }

    /** Does all jobs. */
    void run() {
        IntStream.range(0, threads).parallel().forEach(thread -> {
            try {
                work();
            } catch (RuntimeException | Error failure) {
                synchronized (this) {
                    failed = true;
                    notifyAll();
                }
                throw failure;
            }
        });
    }

    private void work() {
        for (Runnable step = next(); step != null; step = next()) {
            step.run();
        }
    }

    /** What to do next; {@code null} when nothing is left. */
    private synchronized Runnable next() {
        for (;;) {
            if (failed) {
                return null;
            }
            if (!taking && done[slot(taken)]) {
                taking = true;
                return this::take;
            }
            Consumer<R> job = given - taken < results.length ? jobs.get() : null;
            if (job != null) {
                int slot = slot(given++);
                return () -> fill(job, slot);
            }
            if (given == taken) {
                notifyAll();
                return null;
            }
            try {
                wait(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                // Whoever asked for all this is not to get half of it.
                throw new IllegalStateException("interrupted while others worked", e);
            }
        }
    }

    private int slot(long number) {
        return (int) (number % results.length);
    }

    private void fill(Consumer<R> job, int slot) {
        job.accept(results[slot]);
        synchronized (this) {
            done[slot] = true;
            notifyAll();
        }
    }

    private void take() {
        taker.accept(results[slot(taken)]);
        synchronized (this) {
            done[slot(taken++)] = false;
            taking = false;
            notifyAll();
        }
    }
}
