package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results come one by one and in order, however long the jobs take, and a failure ends everything. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InOrderTest {

    private static final int JOBS = 5_000;

    /** Jobs by number; each takes another time. */
    private static final class Jobs implements Supplier<Consumer<int[]>> {

        private final Deque<Integer> waiting = new ArrayDeque<>();
        private int given;

        synchronized void add(int count) {
            IntStream.range(0, count).forEach(i -> waiting.add(given++));
        }

        @Override
        public synchronized Consumer<int[]> get() {
            Integer number = waiting.poll();
            return number == null ? null : to -> {
                for (int i = 0; i < number * 31 % 64; i++) {
                    Thread.onSpinWait();
                }
                to[0] = number;
            };
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void resultsAreTakenOneByOneAndInOrder(int threads) {
        Jobs jobs = new Jobs();
        jobs.add(10);
        List<Integer> taken = new ArrayList<>();
        AtomicInteger inside = new AtomicInteger();
        new InOrder<>(threads, () -> new int[1], jobs, result -> {
            assertThat(inside.incrementAndGet()).isOne();
            taken.add(result[0]);
            // What is taken last leads to more work, like a block that is reached late.
            if (taken.size() % 10 == 0 && taken.size() < JOBS) {
                jobs.add(10);
            }
            inside.decrementAndGet();
        }).run();
        assertThat(taken).isEqualTo(IntStream.range(0, JOBS).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFailureEndsItAndIsSeen(boolean ofTaker) {
        Jobs jobs = new Jobs();
        jobs.add(JOBS);
        Supplier<Consumer<int[]>> failing = () -> {
            Consumer<int[]> job = jobs.get();
            return job == null ? null : result -> {
                job.accept(result);
                fail(!ofTaker && result[0] == 1000);
            };
        };
        AtomicInteger last = new AtomicInteger();
        assertThatThrownBy(() -> new InOrder<>(2, () -> new int[1], failing, result -> {
            last.set(result[0]);
            fail(ofTaker && result[0] == 1000);
        }).run()).hasStackTraceContaining("a thousand");
        assertThat(last).hasValueLessThanOrEqualTo(1000);
    }

    private static void fail(boolean here) {
        if (here) {
            throw new IllegalStateException("a thousand");
        }
    }
}
