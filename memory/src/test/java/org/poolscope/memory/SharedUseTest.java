package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Several threads ask one address space, and fight over the slots of its caches. */
class SharedUseTest {

    private static final int TABLES = 64;

    @Test
    void everyThreadGetsRightAnswers() throws Exception {
        // 64 page tables of x86, each page holds its own address; every fifth page is not there
        MemoryPicture picture = new MemoryPicture();
        for (int table = 0; table < TABLES; table++) {
            picture.u32(0x1000 + 4 * (0x200 + table), 0x10_0000 + table * 4096 | 0x63);
            for (int entry = 0; entry < 1024; entry += 16) {
                long frame = 0x100_0000L + (long) (table * 64 + entry / 16) * 4096;
                long va = 0x8000_0000L + ((long) table << 22) + ((long) entry << 12);
                picture.u32(0x10_0000 + table * 4096 + 4 * entry, (va >> 16) % 5 == 0 ? 0x80 : frame | 0x63);
                picture.u32(frame + 0x10, va);
            }
        }
        PagedMemory memory = PagedMemory.of(picture.physical(), PagingMode.X86, 0x1000);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Integer>> results = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                int seed = thread;
                results.add(threads.submit(() -> wrongAnswers(memory, new Random(seed))));
            }
            for (Future<Integer> result : results) {
                assertThat(result.get()).isZero();
            }
        }
    }

    private static int wrongAnswers(PagedMemory memory, Random random) {
        int wrong = 0;
        for (int i = 0; i < 500_000; i++) {
            long va = 0x8000_0000L + ((long) random.nextInt(TABLES) << 22) + ((long) random.nextInt(64) << 16);
            long at = memory.locate(va + 0x10);
            long expected = (va >> 16) % 5 == 0 ? -1 : va;
            long actual = at < 0 ? Absence.of(at) == Absence.DEMAND_ZERO ? -1 : -2
                    : Integer.toUnsignedLong(memory.bytes().get(LittleEndian.U32, at));
            wrong += actual == expected ? 0 : 1;
        }
        return wrong;
    }
}
