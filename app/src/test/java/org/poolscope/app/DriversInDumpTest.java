package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.poolscope.driver.TestDriver;
import org.poolscope.driver.TestDriver.Target;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.driver.pe.Section;
import org.poolscope.lab.Dice;
import org.poolscope.lab.image.Access;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.machine.KernelModule;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.MemoryFigures;
import org.poolscope.lab.machine.ModuleSpec;
import org.poolscope.lab.machine.StopState;
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.lab.machine.WindowsVersion;
import org.poolscope.model.PoolKind;

/** A driver that a compiler made, loaded on a machine of the lab, leaks: the dump alone tells at which call site. */
class DriversInDumpTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE = 4096;
    private static final int BLOCKS = 30_000;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void theCallSiteIsFoundInTheMemoryOfTheDump(Target target) throws Exception {
        // branches.c: Many allocates with 'Man0' twice, 16 bytes paged and 20 bytes nonpaged.
        Path dump = dump(TestDriver.compile(target, "branches", "-O2"), target, "Man0", 20);

        JsonNode finding = finding("tag-call-sites", dump);

        assertThat(finding.get("title").asText()).matches("Tag 'Man0' is used by 2 call sites in driver branch\\.sys; only one of them allocates "
                + "0x14 bytes nonpaged, as the blocks are: branch!\\w+\\+0x[0-9a-f]+");
        assertThat(finding.get("driver").asText()).isEqualTo("branch.sys");
        assertThat(finding.get("confidence").asText()).isEqualTo("high");
        assertThat(finding.get("evidence").toString()).contains("driver branch.sys at 0x");

        // The driver's file beside the dump says the same, with the names that its symbols have.
        Path file = Files.copy(TestDriver.compile(target, "branches", "-O2"), folder.resolve("branch.sys"));
        assertThat(finding("tag-call-sites", dump, file).get("title").asText()).contains("branch!Many+0x");
    }

    @ParameterizedTest
    @EnumSource
    void thePdbFileNamesTheFunctionsOfADriverInTheDump(Target target) throws Exception {
        // wrappers.c exports what it says it does, and no more: TwoLevelsB allocates 60 bytes with 'W2ba'.
        Path pdb = TestDriver.folder().resolve("in-dump-" + target + ".pdb");
        Path dump = dump(TestDriver.compile(target, "wrappers", "-O2", "-s", "-Wl,--pdb=" + pdb), target, "W2ba", 60);
        Path symbols = Files.createDirectory(folder.resolve("symbols"));

        assertThat(finding("tag-call-sites", dump, "--symbols", symbols).get("title").asText()).contains("branch!sub_");

        // A PDB file of that name, of another build.
        Path other = TestDriver.folder().resolve("in-dump-other-" + target + ".pdb");
        TestDriver.compile(target, "branches", "-O2", "-s", "-Wl,--pdb=" + other);
        Files.copy(other, symbols.resolve(pdb.getFileName()));
        assertThat(finding("tag-call-sites", dump, "--symbols", symbols).get("title").asText()).contains("branch!sub_");

        Files.copy(pdb, symbols.resolve(pdb.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        assertThat(finding("tag-call-sites", dump, "--symbols", symbols).get("title").asText()).contains("branch!TwoLevelsB+0x");
    }

    @ParameterizedTest
    @EnumSource
    void theMapOfARetaggedDriverNamesTheSite(Target target) throws Exception {
        Path copy = folder.resolve("retagged.sys");
        Path map = folder.resolve("map.json");
        Path driver = Files.copy(TestDriver.compile(target, "branches", "-O2"), folder.resolve("branch.sys"));
        assertThat(CommandRun.of("retag", driver, "-o", copy, "--map", map).status()).isZero();
        String tag = "";
        for (JsonNode entry : JSON.readTree(map.toFile()).get("tags")) {
            tag = entry.get("originalTag").asText().equals("Earl") ? entry.get("tag").asText() : tag;
        }

        JsonNode finding = finding("tag-map", dump(copy, target, tag, 36), "--tag-map", map);

        assertThat(finding.get("title").asText()).matches("Tag '" + tag + "' is branch!Early\\+0x[0-9a-f]+, size 0x24, paged");
        assertThat(finding.get("confidence").asText()).isEqualTo("high");
    }

    private static JsonNode finding(String rule, Object... evidence) throws IOException {
        Object[] arguments = new Object[evidence.length + 3];
        arguments[0] = "diagnose";
        System.arraycopy(evidence, 0, arguments, 1, evidence.length);
        arguments[evidence.length + 1] = "--format";
        arguments[evidence.length + 2] = "json";
        CommandRun run = CommandRun.of(arguments);
        for (JsonNode finding : JSON.readTree(run.out()).get("findings")) {
            if (finding.get("rule").asText().equals(rule)) {
                return finding;
            }
        }
        throw new AssertionError("no finding of " + rule + ": " + run.out() + run.err());
    }

    /** A machine on which a driver is loaded, and has lost many blocks. */
    private Path dump(Path driver, Target target, String tag, int size) throws Exception {
        PeImage image = PeImage.read(driver);
        WindowsVersion version = target == Target.X86 ? WindowsVersion.SERVER_2003_SP1 : WindowsVersion.WINDOWS_7_SP1;
        Path file = folder.resolve("MEMORY.DMP");
        try (Machine machine = Machine.create(file, MachineSpec.of(version, 3_000), new Dice(1))) {
            KernelModule module = machine.load(new ModuleSpec("branch.sys", (int) image.sizeOfImage(), (int) image.timeDateStamp(),
                    "\\SystemRoot\\system32\\drivers\\branch.sys"));
            load(image, machine.space(), module.base());
            TagAccount account = machine.pools().tag(tag);
            PoolKind pool = size == 20 ? PoolKind.NONPAGED : PoolKind.PAGED;
            for (int i = 0; i < BLOCKS; i++) {
                machine.pools().allocateZeroed(pool, account, size);
            }
            machine.stop(StopState.requested(Instant.parse("2009-03-04T05:06:07Z"), 86_400), MemoryFigures.relaxed(machine));
        }
        return file;
    }

    /** Does what the loader does, but for the imports. */
    private static void load(PeImage image, KernelSpace space, long base) {
        byte[] memory = new byte[(int) (image.sizeOfImage() + PAGE - 1) / PAGE * PAGE];
        System.arraycopy(image.content(), 0, memory, 0, 0x400);
        for (Section section : image.sections()) {
            System.arraycopy(image.content(), section.offset(), memory, section.rva(), section.dataSize());
        }
        for (int place : image.relocations()) {
            if (space.pointerSize() == 8) {
                LittleEndian.put64(memory, place, LittleEndian.i64(memory, place) - image.base() + base);
            } else {
                LittleEndian.put32(memory, place, (int) (LittleEndian.u32(memory, place) - image.base() + base));
            }
        }
        for (int page = 0; page < memory.length; page += PAGE) {
            if (!space.isMapped(base + page)) {
                space.map(base + page, 1, Access.CODE);
            }
            space.putBytes(base + page, memory, page, PAGE);
        }
    }
}
