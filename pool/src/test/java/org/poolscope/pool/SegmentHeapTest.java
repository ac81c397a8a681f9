package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.Irp;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.machine.ModernKernel;
import org.poolscope.model.Address;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;
import org.poolscope.symbols.SymbolTable;
import org.poolscope.symbols.isf.IsfReader;

/** Segment heaps of the kernels that have them, laid out from their symbol tables, read with the built-in ones. */
class SegmentHeapTest {

    @TempDir
    private Path folder;

    /** What a block is: its size, tag, state, pool and kind. */
    private static String of(long size, String tag, String state, boolean paged, String kind) {
        return size + " " + tag + " " + state + (paged ? " paged " : " nonpaged ") + kind;
    }

    static Map<Long, String> truth(ModernKernel.Truth truth) {
        Map<Long, String> blocks = new TreeMap<>();
        truth.big().forEach(one -> blocks.put(one.address(), of(one.bytes(), one.tag(), "allocated", one.paged(), "big")));
        for (ModernKernel.HeapBlock one : truth.heapBlocks()) {
            boolean big = blocks.containsKey(one.address());
            blocks.put(one.address(), of(one.bytes(), one.tag(), one.state(), one.paged(), big ? "big" : "segment"));
        }
        return blocks;
    }

    static Map<Long, String> walked(PoolBlocks blocks) {
        Map<Long, String> found = new TreeMap<>();
        for (BlockCursor block = blocks.cursor(); block.next();) {
            if (block.state() == BlockState.DAMAGED) {
                continue;
            }
            boolean free = block.state() == BlockState.FREE;
            String before = found.put(block.address(), of(block.size(), free ? "" : block.tag().toString(), block.state().word(),
                    block.pool() == PoolKind.PAGED, block.kind().word()));
            assertThat(before).as(Address.text(block.address())).isNull();
        }
        return found;
    }

    /** Every block that was written is found, and no other; returns what was written. */
    private static Map<Long, String> assertFoundAsWritten(PoolBlocks blocks, ModernKernel.Truth truth) {
        Map<Long, String> expected = truth(truth);
        Map<Long, String> found = walked(blocks);
        found.keySet().removeIf(address -> isPieceOfFreeRange(found.get(address), address, expected));
        assertThat(found).isEqualTo(expected);
        return expected;
    }

    static ModernKernel.Truth write(Path file, int build, String pdb) throws Exception {
        SymbolTable symbols = IsfReader.read(RealEvidence.path("symbols/ntkrnlmp.pdb-" + pdb + "-1.json.xz"));
        return ModernKernel.write(file, symbols, build, ImageFormat.RAW);
    }

    @ParameterizedTest
    @CsvSource({"19041, 5278AFF86C341677D7D7835C85B7B844", "20348, 879AD95F3461091BB6318FA98072AD8E",
        "22000, 0CE4A95C0CD782A7596B034D8648E585"})
    void everyBlockIsFoundAsItWasWritten(int build, String pdb) throws Exception {
        ModernKernel.Truth truth = write(folder.resolve("memory.raw"), build, pdb);
        try (KernelImage image = KernelImage.open(folder.resolve("memory.raw"))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            assertThat(blocks.damage()).isEmpty();
            assertThat(blocks.warnings()).isEmpty();
            assertThat(assertFoundAsWritten(blocks, truth)).hasSizeGreaterThan(2500);
            everyAddressLeadsToItsBlock(blocks, truth);
            lostBlocksAreToldFromHeldOnes(image, blocks, truth);
        }
    }

    /** A kernel no table has the variables of: the root of the heaps is found by what it holds. */
    @Test
    void heapsAreFoundWithoutSymbols() throws Exception {
        String guid = "5278AFF86C341677D7D7835C85B7B844";
        Path table = Files.writeString(folder.resolve("table.json"), RealEvidence.text("symbols/ntkrnlmp.pdb-" + guid + "-1.json.xz")
                .replace(guid, guid.replace('8', '9')));
        Path file = folder.resolve("memory.dmp");
        ModernKernel.Truth truth = ModernKernel.write(file, IsfReader.read(table), 19041, ImageFormat.BITMAP_DUMP);
        try (KernelImage image = KernelImage.open(file)) {
            assertThat(image.variables().value().orElseThrow().symbol("ExPoolState")).isEmpty();
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            assertFoundAsWritten(blocks, truth);
        }
    }

    /** Requests that were given back still look like requests; only the heap knows that they are none. */
    @Test
    void requestsGivenBackAreNotOutstanding() throws Exception {
        ModernKernel.Truth truth = write(folder.resolve("memory.raw"), 19041, "5278AFF86C341677D7D7835C85B7B844");
        try (KernelImage image = KernelImage.open(folder.resolve("memory.raw"))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            List<Irp> all = KernelObjects.of(image).value().orElseThrow().irps(Progress.NONE).value().orElseThrow();
            IrpBlocks linked = IrpBlocks.of(image, blocks, WalkTotals.of(blocks), all);
            List<Long> expected = truth.heapBlocks().stream().filter(one -> one.tag().equals("Irp ")).map(ModernKernel.HeapBlock::address)
                    .toList();
            assertThat(linked.irps()).extracting(Irp::address).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(expected).hasSizeGreaterThan(20);
            assertThat(all).hasSizeGreaterThan(expected.size());
            assertThat(linked.of(PoolTag.parse("Irp ")).owned()).isEqualTo(expected.size());
        }
    }

    /** What a driver leaks: every block of its tag is lost, and of one kind. */
    @Test
    void aLeakingDriversBlocksAreLostAndProfiled() throws Exception {
        ModernKernel.Truth truth = write(folder.resolve("memory.raw"), 22000, "0CE4A95C0CD782A7596B034D8648E585");
        long count = truth.heapBlocks().stream().filter(one -> one.tag().equals("Leak")).count();
        try (KernelImage image = KernelImage.open(folder.resolve("memory.raw"))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            Reachability.Row lost = Reachability.of(image, blocks, Progress.NONE).rows().stream()
                    .filter(row -> row.tag().equals(PoolTag.parse("Leak"))).findFirst().orElseThrow();
            assertThat(lost.blocks()).isEqualTo(count + 2).isGreaterThan(800);
            assertThat(lost.unreferencedBlocks()).isEqualTo(count + 2);
            assertThat(WalkTotals.of(blocks).against(image.tagTable().value(), Optional.empty())).filteredOn(one -> one.walked().blocks() > 0)
                    .isNotEmpty().allMatch(WalkTotals.Comparison::agrees);
            ModernKernel.HeapBlock held = truth.heapBlocks().stream().filter(one -> one.held()).toList().get(40);
            assertThat(References.to(image, blocks, held.address())).isPresent();
        }
    }

    /** Units of a segment that are free, and mapped nevertheless. */
    private static boolean isPieceOfFreeRange(String block, long address, Map<Long, String> expected) {
        return block.startsWith("4096  free") && (address & 0xfff) == 16 && !expected.containsKey(address);
    }

    private static void everyAddressLeadsToItsBlock(PoolBlocks blocks, ModernKernel.Truth truth) {
        for (ModernKernel.HeapBlock one : truth.heapBlocks().stream().filter(block -> !block.state().equals("free")).toList()) {
            boolean big = truth.big().stream().anyMatch(other -> other.address() == one.address());
            long header = big ? 0 : blocks.headerSize();
            for (long at : new long[] {one.address(), one.address() + one.bytes() - header - 1, one.address() - header}) {
                assertThat(blocks.blockAt(at)).as(Address.text(at)).map(PoolBlock::address).contains(one.address());
                assertThat(blocks.address(blocks.find(at))).isEqualTo(one.address());
            }
        }
    }

    /** Half of the blocks hang on chains that begin in a driver's data; nothing refers to the others. */
    private static void lostBlocksAreToldFromHeldOnes(KernelImage image, PoolBlocks blocks, ModernKernel.Truth truth) {
        Reachability reached = Reachability.of(image, blocks, Progress.NONE);
        int held = 0;
        for (ModernKernel.HeapBlock one : truth.heapBlocks()) {
            if (one.state().equals("allocated")) {
                assertThat(reached.isReached(one.address())).as(Address.text(one.address())).isEqualTo(one.held());
                held += one.held() ? 1 : 0;
            }
        }
        assertThat(held).isGreaterThan(500);
        assertThat(reached.rows().stream().mapToLong(Reachability.Row::unreferencedBlocks).sum()).isEqualTo(truth.heapBlocks().stream()
                .filter(one -> one.state().equals("allocated") && !one.held()).count() + 4);
    }
}
