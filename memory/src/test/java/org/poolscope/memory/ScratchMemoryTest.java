package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScratchMemoryTest {

    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {PAGE, 4 << 20})
    void whatIsFilledIsThereAndTheRestIsZero(long size) throws Exception {
        byte[] pages = new byte[16 * PAGE];
        pages[0] = 7;
        try (ScratchMemory scratch = ScratchMemory.create(folder.resolve("image"), size, PAGE)) {
            assertThat(scratch.bytes().byteSize()).isEqualTo(size);
            assertThat(scratch.fill(size - PAGE, pages, PAGE)).isTrue();
            assertThat(scratch.bytes().get(LittleEndian.U8, size - PAGE)).isEqualTo((byte) 7);
            assertThat(scratch.bytes().get(LittleEndian.U8, size - 1)).isZero();
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).as("it has no name").isEmpty();
            }
        }
    }

    @Test
    void onlySoMuchIsWritten() throws Exception {
        byte[] pages = new byte[4 * PAGE];
        try (ScratchMemory scratch = ScratchMemory.create(folder.resolve("image"), 4 << 20, 2 * PAGE)) {
            assertThat(scratch.fill(0, pages, 4 * PAGE)).as("zeros take no room").isTrue();
            Arrays.fill(pages, (byte) 1);
            assertThat(scratch.fill(0, pages, 2 * PAGE)).isTrue();
            assertThat(scratch.fill(2 * PAGE, pages, PAGE)).isFalse();
        }
    }

    @Test
    void whereTheImageCannotBeWrittenBesideTemporaryFilesDo() throws Exception {
        try (ScratchMemory scratch = ScratchMemory.create(Path.of("/proc/self/image"), 4 << 20, PAGE)) {
            assertThat(scratch.bytes().byteSize()).isEqualTo(4 << 20);
        }
    }
}
