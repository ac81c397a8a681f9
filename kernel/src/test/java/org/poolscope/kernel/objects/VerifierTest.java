package org.poolscope.kernel.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.TinyKernel;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;
import org.poolscope.symbols.KernelVersion;

/** Driver Verifier's books painted byte by byte, offsets from the public symbols. */
class VerifierTest {

    private static final long DATA = 0x8046_3000L;
    private static final long HEAD = 0x8046_5120L;
    private static final long CODE = 0xf900_1a2cL;

    @TempDir
    private Path folder;

    private void ask(TinyKernel kernel, int build, Check check) throws EvidenceException {
        try (KernelImage image = KernelImage.open(TinyKernel.write(folder, kernel.fullDump(build)))) {
            KernelObjects objects = KernelObjects.of(image).value().orElseThrow();
            check.of(objects.verifier(Progress.NONE).value().orElseThrow(), objects);
        }
    }

    private interface Check {
        void of(VerifierBooks books, KernelObjects objects);
    }

    /** Server 2003 SP1 with pool tracking, and 255 - 1 + 3 allocations of mup.sys on two pages. */
    private static TinyKernel server2003() {
        TinyKernel kernel = new TinyKernel(5, 2).variable(0x268, 0x100).debuggerData(0x248, DATA);
        kernel.u32(DATA, 0x209 | 0x4000).u32(DATA + 0x10, 1000).u32(DATA + 0x14, 900).u32(DATA + 0x28, 100).u32(DATA + 0x6c, 0);
        kernel.u32(DATA + 0x40, 2).u32(DATA + 0x44, 256).u32(DATA + 0x50, 0x100).u32(DATA + 0x54, 0x4000);
        entry(kernel, 0x8210_0010L, "mup.sys", 0xf900_0000L);
        entry(kernel, 0x8210_0110L, "idle.sys", 0);
        kernel.link(HEAD, 0x8210_0010L, 0x8210_0110L);
        kernel.u32(0x8210_0010L + 0x28, 0x8220_0000L).u32(0x8210_0010L + 0x2c, 2);
        kernel.u32(0x8210_0010L + 0x38, 2).u32(0x8210_0010L + 0x3c, 256).u32(0x8210_0010L + 0x48, 0x100)
                .u32(0x8210_0010L + 0x4c, 0x4000);
        page(kernel, 0x8220_0000L, 0x8220_3000L, 0x8210_0010L, 3);
        page(kernel, 0x8220_3000L, 0, 0x8210_0010L, 255);
        return kernel;
    }

    private static void entry(TinyKernel kernel, long at, String name, long start) {
        kernel.u32(at + 8, start == 0 ? 0 : 1).u32(at + 0x18, start).u32(at + 0x1c, start == 0 ? 0 : start + 0x1_a000)
                .u32(at + 0x24, 0x98761940L).u32(at + 0x54, 0);
        kernel.string(at + 0x10, at + 0x80, name);
    }

    /** A page of the books: a header, then entries in use, then free ones, which link to each other inside the page. */
    private static void page(TinyKernel kernel, long page, long next, long owner, int used) {
        kernel.u32(page, next).u32(page + 4, owner).u32(page + 8, 0x98761940L).u32(page + 0xffc, 0);
        for (int i = 1; i < 256; i++) {
            long entry = page + 16L * i;
            if (i <= used) {
                kernel.u32(entry, 0x8300_0000L + page % 0x10_0000 * 256 + 64L * i).u32(entry + 4, i == 1 ? CODE + 0x100 : CODE)
                        .u32(entry + 8, i == 1 ? 100 : 36).bytes(entry + 12, "Io  ".getBytes(StandardCharsets.US_ASCII));
            } else {
                kernel.u32(entry, i == 255 ? 0 : entry + 16 | i & 1).u32(entry + 4, CODE).u32(entry + 8, 36).u32(entry + 12, 1);
            }
        }
    }

    @Test
    void theBooksOfServer2003() throws EvidenceException {
        ask(server2003(), 3790, (books, objects) -> {
            VerifierSettings settings = books.settings();
            assertThat(settings.options())
                    .containsExactly("special pool", "pool tracking", "force pending I/O requests", "0x4000");
            assertThat(settings.tracksPool()).isTrue();
            assertThat(settings.allocationsAttempted()).isEqualTo(1000);
            assertThat(settings.allocationsFailed()).isEqualTo(100);
            assertThat(settings.nonPagedAllocations()).isEqualTo(256);
            assertThat(settings.nonPagedBytes()).isEqualTo(0x4000);
            assertThat(books.drivers()).extracting(VerifiedDriver::name).containsExactly("mup.sys", "idle.sys");
            assertThat(books.drivers().getFirst().allocations()).isEqualTo(258);
            assertThat(books.drivers().getFirst().nonPagedBytes()).isEqualTo(0x4000);
            List<VerifiedAllocation> all = new ArrayList<>();
            books.allocations().forEachRemaining(all::add);
            assertThat(all).hasSize(258).allSatisfy(one -> {
                assertThat(one.driver().name()).isEqualTo("mup.sys");
                assertThat(one.tag()).isEqualTo(PoolTag.parse("Io  "));
            });
            assertThat(books.sites()).containsExactly(
                    new AllocationSite("mup.sys", PoolTag.parse("Io  "), CODE, "mup.sys+0x1a2c", 256, 256 * 36),
                    new AllocationSite("mup.sys", PoolTag.parse("Io  "), CODE + 0x100, "mup.sys+0x1b2c", 2, 200));
            assertThat(objects.warnings()).isEmpty();
        });
    }

    @Test
    void aChainThatRunsInACircleOrAwayIsSaid() throws EvidenceException {
        ask(server2003().u32(0x8220_3000L, 0x8220_0000L), 3790, (books, objects) -> {
            assertThat(books.sites()).extracting(AllocationSite::allocations).containsExactly(256L, 2L);
            assertThat(objects.warnings()).singleElement().asString().contains("circle");
        });
        ask(server2003().without(0x8220_3000L), 3790, (books, objects) -> {
            assertThat(books.sites()).extracting(AllocationSite::allocations).containsExactly(2L, 1L);
            assertThat(objects.warnings()).hasSize(2).anySatisfy(warning -> assertThat(warning).contains("cannot be read"))
                    .anySatisfy(warning -> assertThat(warning).contains("counts 258", "3 were found"));
        });
    }

    @Test
    void booksWithoutAListAreFoundByContent() throws EvidenceException {
        ask(server2003().link(HEAD), 3790, (books, objects) -> {
            assertThat(books.drivers()).extracting(VerifiedDriver::name).containsExactly("mup.sys");
            assertThat(books.sites()).extracting(AllocationSite::allocations).containsExactly(256L, 2L);
            assertThat(objects.warnings()).anySatisfy(warning -> assertThat(warning).contains("by content"));
        });
    }

    @Test
    void theBooksOfXpAreOneArray() throws EvidenceException {
        TinyKernel kernel = new TinyKernel(5, 1).debuggerData(0x248, DATA).u32(DATA, 8).u32(DATA + 0x10, 9).u32(DATA + 0x44, 3)
                .u32(DATA + 0x6c, 0);
        long at = 0x8210_0010L;
        entry(kernel, at, "mup.sys", 0xf900_0000L);
        kernel.link(HEAD, at).u32(at + 0x30, 0x8220_0000L).u32(at + 0x34, 128).u32(at + 0x44, 3);
        for (int i = 0; i < 128; i++) {
            boolean used = i % 50 == 7;
            kernel.u32(0x8220_0000L + 16 * i, used ? 0x8300_0000L + 64L * i : i + 1).u32(0x8220_0004L + 16 * i, CODE)
                    .u32(0x8220_0008L + 16 * i, 36).bytes(0x8220_000cL + 16 * i, "Io  ".getBytes(StandardCharsets.US_ASCII));
        }
        ask(kernel, 2600, (books, objects) -> {
            assertThat(books.sites()).extracting(AllocationSite::allocations).containsExactly(3L);
            assertThat(objects.warnings()).isEmpty();
        });
        ask(kernel.u32(at + 0x34, 0x8000_0000L), 2600, (books, objects) -> {
            assertThat(books.sites()).extracting(AllocationSite::allocations).containsExactly(3L);
            assertThat(objects.warnings()).isNotEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle", "nt52-x64-boot"})
    void aSystemWithoutVerifierSaysSo(String name) throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.image(name + ".raw"))) {
            VerifierBooks books = KernelObjects.of(image).value().orElseThrow().verifier(Progress.NONE).value().orElseThrow();
            assertThat(books.settings().level()).isZero();
            assertThat(books.settings().options()).isEmpty();
            assertThat(books.drivers()).isEmpty();
        }
    }

    /** Windows 7 SP1 for x64: a tree of two drivers, the second below the first; one driver is not loaded. */
    @Test
    void theBooksOfWindows7() {
        long kernel = 0xffff_f800_0280_0000L;
        long pool = 0xffff_fa80_0100_0000L;
        WidePicture picture = new WidePicture().variable("MmVerifierData", kernel + 0x100)
                .variable("ViTargetDriversAvl", kernel + 0x400)
                .variable("VfSuspectDriversList", kernel + 0x500);
        picture.u32(kernel + 0x100, 8).u32(kernel + 0x110, 50).u32(kernel + 0x144, 4)
                .u64(kernel + 0x158, 144).u64(kernel + 0x190, 0);
        picture.u64(kernel + 0x400 + 0x20, pool).u32(kernel + 0x400 + 0x28, 1);
        picture.u64(pool + 0x10, pool + 0x1000).u64(pool + 0x1000 + 8, pool + 0x1100).u64(pool + 0x1100 + 0x18, 0);
        picture.u64(pool + 0x1000 + 0x20 + 0x28, 0).u64(pool + 0x1100 + 0x20 + 0x28, pool + 0x2000);
        long data = pool + 0x2000;
        picture.u64(data, pool + 0x3000).u64(data + 0x30, 1).u64(data + 0x38, pool + 0x10000 | 1).u32(data + 0x54, 4)
                .u64(data + 0x68, 144).u64(data + 0xf8, 0);
        suspect(picture, pool + 0x3000, "leaky.sys");
        suspect(picture, pool + 0x3100, "absent.sys");
        picture.link(kernel + 0x500, pool + 0x3000, pool + 0x3100);
        long page = pool + 0x10000;
        picture.u64(page, 0).u64(page + 8, data).u64(page + 16, 0x9876_1940L).u64(page + 0xff8, 0);
        for (int i = 1; i <= 4; i++) {
            picture.u64(page + 32L * i, pool + 0x20000 + 0x40L * i).u64(page + 32L * i + 8, 0xffff_f880_0123_4567L)
                    .u64(page + 32L * i + 16, 36).ascii(page + 32L * i + 24, "Io  ");
        }
        List<String> warnings = new ArrayList<>();
        picture.as(KernelVersion.revision(7601, 24540), warnings::add, space -> {
            LoadedModule driver = new LoadedModule("leaky.sys", 0xffff_f880_0123_0000L, 0x10000, null, null);
            VerifierBooks books = new VerifierReader(space, CodePlaces.of(List.of(driver))).read(Progress.NONE)
                    .value().orElseThrow();
            assertThat(books.drivers()).extracting(VerifiedDriver::name).containsExactly("leaky.sys", "absent.sys");
            assertThat(books.drivers().getFirst().allocations()).isEqualTo(4);
            assertThat(books.drivers().getLast().allocations()).isNull();
            assertThat(books.sites()).containsExactly(new AllocationSite("leaky.sys", PoolTag.parse("Io  "),
                    0xffff_f880_0123_4567L, "leaky.sys+0x4567", 4, 144));
            assertThat(warnings).isEmpty();
        });
    }

    private static void suspect(WidePicture picture, long at, String name) {
        picture.u32(at + 0x10, 1).string(at + 0x18, at + 0x40, name);
    }

    /** Server 2003 for x64: the head of a chain holds 39 bits of the address of its first page. */
    @Test
    void packedChainsOfServer2003X64() {
        long kernel = 0xffff_f800_0100_0000L;
        long entry = 0xffff_fadf_e100_0010L;
        long page = 0xffff_fadf_e200_0000L;
        WidePicture picture = new WidePicture().variable("MmVerifierData", kernel + 0x100)
                .variable("MiSuspectDriverList", kernel + 0x400);
        picture.u32(kernel + 0x100, 8).u32(kernel + 0x110, 50).u32(kernel + 0x144, 1).u64(kernel + 0x190, 0);
        picture.link(kernel + 0x400, entry).string(entry + 0x18, entry + 0x100, "leaky.sys").u32(entry + 0x74, 1)
                .u64(entry + 0x98, 0);
        picture.u64(entry + 0x50, (page >>> 4 & 0x7f_ffff_ffffL) << 25 | 0x0102_0001).u64(entry + 0x58, 0xe000_0000_0000_0000L);
        picture.u64(page, 0).u64(page + 8, entry).u64(page + 16, 1).u64(page + 0xff8, 0);
        picture.u64(page + 32, page + 0x10_0000).u64(page + 40, kernel + 0x4567).u64(page + 48, 36).ascii(page + 56, "Io  ");
        List<String> warnings = new ArrayList<>();
        picture.as(KernelVersion.servicePack(3790, 2), warnings::add, space -> {
            VerifierBooks books = new VerifierReader(space, CodePlaces.of(List.of())).read(Progress.NONE).value().orElseThrow();
            assertThat(books.sites()).extracting(AllocationSite::allocations).containsExactly(1L);
            assertThat(books.sites().getFirst().callerSymbol()).isNull();
            assertThat(warnings).isEmpty();
        });
    }
}
