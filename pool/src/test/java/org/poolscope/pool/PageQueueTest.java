package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is put in comes out, in order, and no page is lost when threads put and take at once. */
class PageQueueTest {

    @Test
    void neighboursComeTogetherRoundAndRound() {
        PageQueue queue = new PageQueue(10_000, 2);
        queue.lane(0).add(9_999);
        queue.lane(1).add(70);
        queue.lane(0).add(64);
        queue.lane(0).add(64);
        assertThat(queue.next()).isEqualTo(1);
        assertThat(queue.take(1)).isEqualTo(1L << 70 | 1L << 64);
        queue.lane(0).add(3);
        assertThat(queue.next()).isEqualTo(9_999 / 64);
        assertThat(queue.take(9_999 / 64)).isEqualTo(1L << 9_999);
        assertThat(queue.next()).isZero();
        assertThat(queue.take(0)).isEqualTo(1L << 3);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.next()).isEqualTo(-1);
    }

    @Test
    void nothingIsLostBetweenThreads() {
        int pages = 5_000;
        int rounds = 200;
        PageQueue queue = new PageQueue(pages, 2);
        AtomicIntegerArray given = new AtomicIntegerArray(pages);
        AtomicIntegerArray seen = new AtomicIntegerArray(pages);
        IntStream.range(0, 2).parallel().forEach(thread -> {
            for (int i = 0; i < rounds * pages / 2; i++) {
                int page = (int) ((i * 2_654_435_761L + thread) % pages);
                given.incrementAndGet(page);
                queue.lane(thread).add(page);
                if (i % 16 == 0) {
                    takeOne(queue, given, seen);
                }
            }
        });
        while (!queue.isEmpty()) {
            takeOne(queue, given, seen);
        }
        // A page that was given and never taken after that would differ.
        for (int page = 0; page < pages; page++) {
            assertThat(seen.get(page)).as("page %d", page).isEqualTo(given.get(page));
        }
    }

    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPageTakenWhileItIsPutInDoesNotLeaveTheQueueFullForEver() throws Exception {
        int rounds = 300_000;
        PageQueue queue = new PageQueue(64, 2);
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger taken = new AtomicInteger();
        Thread taker = Thread.ofPlatform().daemon().start(() -> {
            for (int round = 1; round <= rounds; round++) {
                while (begun.get() < round) {
                    Thread.onSpinWait();
                }
                for (int i = 0; i < round % 8 && queue.take(0) == 0; i++) {
                    Thread.onSpinWait();
                }
                taken.set(round);
            }
        });
        int stuck = 0;
        for (int round = 1; round <= rounds; round++) {
            begun.set(round);
            queue.lane(0).add(5);
            while (taken.get() < round) {
                Thread.onSpinWait();
            }
            queue.take(0);
            stuck += queue.isEmpty() ? 0 : 1;
        }
        taker.join();
        assertThat(stuck).isZero();
    }

    /** Whoever takes a page sees all that was given for it before. */
    private static void takeOne(PageQueue queue, AtomicIntegerArray given, AtomicIntegerArray seen) {
        int word = queue.next();
        if (word >= 0) {
            BitSet.valueOf(new long[] {queue.take(word)}).stream().map(bit -> word * 64 + bit)
                    .forEach(page -> seen.accumulateAndGet(page, given.get(page), Math::max));
        }
    }

    @Test
    void whereMostWasPutInComesFirst() {
        PageQueue queue = new PageQueue(5000, 1);
        queue.lane(0).add(3);
        for (int page = 2048; page < 2148; page++) {
            queue.lane(0).add(page);
        }
        assertThat(queue.next(50)).isEqualTo(2048 / Long.SIZE);
        assertThat(queue.next(50)).isNegative();
        assertThat(queue.next(1)).isZero();
        assertThat(queue.next(1)).isNegative();
        // What was offered and not taken is still there.
        assertThat(queue.isEmpty()).isFalse();
        assertThat(queue.take(0)).isEqualTo(1L << 3);
    }
}
