package org.poolscope.driver.pe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.poolscope.driver.CallSite;
import org.poolscope.driver.DriverFile;
import org.poolscope.driver.TestDriver;
import org.poolscope.driver.TestDriver.Target;
import org.poolscope.model.EvidenceException;

/** Images in memory, as the loader leaves them: at another address, imports resolved, the names of the imports thrown away. */
class LoadedImageTest {

    private static final long BASE_X86 = 0xf8400000L;
    private static final long BASE_X64 = 0xfffff880_01000000L;

    @ParameterizedTest
    @EnumSource
    void hasTheSameCallSitesAsItsFile(Target target) throws Exception {
        for (String source : List.of("direct", "wrappers", "branches")) {
            PeImage file = PeImage.read(TestDriver.compile(target, source, "-O2"));
            Machine machine = new Machine(file, target == Target.X86 ? BASE_X86 : BASE_X64);

            PeImage loaded = PeImage.loaded(Path.of("driver.sys"), machine.base, machine, machine.names());

            assertThat(loaded.isLoaded()).isTrue();
            assertThat(loaded.address(0x1000)).isEqualTo(machine.base + 0x1000);
            assertThat(told(DriverFile.of(loaded, file.symbols()).sites())).isEqualTo(told(DriverFile.of(file, Map.of()).sites()));
        }
    }

    private static List<String> told(List<CallSite> sites) {
        return sites.stream().map(site -> Integer.toHexString(site.rva()) + " " + site.api() + " " + site.tag() + " " + site.pool() + " "
                + site.sizes() + " " + site.function()).toList();
    }

    @Test
    void readsWhatIsThereOfIt() throws Exception {
        PeImage file = PeImage.read(TestDriver.compile(Target.X64, "direct", "-O2"));
        Machine machine = new Machine(file, BASE_X64);
        machine.missing.add(0x1000);   // the code's page

        PeImage loaded = PeImage.loaded(Path.of("driver.sys"), machine.base, machine, machine.names());

        assertThat(loaded.offset(0x1010)).isEqualTo(-1);
        assertThat(loaded.codeRanges()).noneMatch(range -> range.contains(0x1010));
        assertThat(DriverFile.of(loaded, Map.of()).sites()).isEmpty();
    }

    @Test
    void saysThatItsHeadersAreNotThere() throws Exception {
        Machine machine = new Machine(PeImage.read(TestDriver.compile(Target.X64, "direct", "-O2")), BASE_X64);
        machine.missing.add(0);

        assertThatThrownBy(() -> PeImage.loaded(Path.of("driver.sys"), machine.base, machine, new ExportNames()))
                .isInstanceOf(EvidenceException.class).hasMessageContaining("first page is not in the dump");
    }

    /** The memory of a machine that has loaded one driver, and a kernel that exports what it imports. */
    private static final class Machine implements ImageMemory {
        private static final int KERNEL = 0x4000_0000;
        private final long base;
        private final byte[] memory;
        private final PeImage file;
        private final Set<Integer> missing = new java.util.HashSet<>();

        Machine(PeImage file, long base) {
            this.file = file;
            this.base = base;
            memory = new byte[(int) file.sizeOfImage()];
            System.arraycopy(file.content(), 0, memory, 0, 0x400);
            for (Section section : file.sections()) {
                System.arraycopy(file.content(), section.offset(), memory, section.rva(), Math.min(section.dataSize(), memory.length - section.rva()));
            }
            boolean wide = file.architecture() == org.poolscope.model.Architecture.X64;
            for (int place : file.relocations()) {
                if (wide) {
                    LittleEndian.put64(memory, place, LittleEndian.i64(memory, place) - file.base() + base);
                } else {
                    LittleEndian.put32(memory, place, (int) (LittleEndian.u32(memory, place) - file.base() + base));
                }
            }
            for (Import each : file.imports()) {
                if (wide) {
                    LittleEndian.put64(memory, each.slotRva(), address(each));
                } else {
                    LittleEndian.put32(memory, each.slotRva(), (int) address(each));
                }
            }
            forgetNames();
        }

        /** What happens to a section that is thrown away after the driver has started. */
        private void forgetNames() {
            int directory = file.importDirectory();
            int slots = file.imports().getFirst().slotRva();
            for (int at = directory; at < slots; at++) {
                memory[at] = 0;
            }
        }

        private long address(Import each) {
            return KERNEL + 16L * (1 + file.imports().indexOf(each));
        }

        ExportNames names() {
            ExportNames names = new ExportNames();
            for (Import each : file.imports()) {
                names.add(address(each), each.library(), each.name());
            }
            return names;
        }

        @Override
        public int read(long address, byte[] into, int from, int length) {
            long at = address - base;
            if (at < 0 || at + length > memory.length || missing.contains((int) at)) {
                return 0;
            }
            System.arraycopy(memory, (int) at, into, from, length);
            return length;
        }
    }
}
