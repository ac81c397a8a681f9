package org.poolscope.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;
import org.poolscope.symbols.store.SymbolFinder;

/** Real small dumps and symbol files that belong to them, or do not. */
class SymbolFilesTest {

    private static final String STOPPED = "dumps/triage-19041-x64-bugcheck-7e.dmp";

    /** Shared, so that each table is parsed once. */
    @TempDir
    static Path folder;

    private SymbolFinder finder(String path) {
        return SymbolFinder.along(path, Map.of("POOLSCOPE_CACHE", folder.toString()), Progress.NONE);
    }

    /** The dump does not hold the kernel's headers: where the variables stand tells the build, and its symbol file. */
    @Test
    void aSmallDumpIsKnownByWhereItsVariablesStand() throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.path(STOPPED))) {
            KernelSymbols symbols = image.symbols().value().orElseThrow();
            assertThat(symbols.identity().orElseThrow().key()).isEqualTo("5278AFF86C341677D7D7835C85B7B844-1");
            assertThat(symbols.isInferred()).isTrue();
            assertThat(image.version()).hasToString("19041.804");
            assertThat(image.warnings()).isEmpty();
        }
        try (KernelImage image = KernelImage.open(RealEvidence.path("dumps/triage-19041-x64-with-pool-totals.dmp"))) {
            assertThat(image.symbols().value().orElseThrow().identity()).as("a revision that is not among the known ones")
                    .isEmpty();
        }
    }

    @Test
    void itsSymbolsNameTheFunctionsOnItsCallStack() throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.path(STOPPED), finder(RealEvidence.path("symbols").toString()))) {
            List<String> stack = image.stack().value().orElseThrow().stream().map(StackPlace::text).toList();
            assertThat(stack.getFirst()).isEqualTo("amdppm.sys+0x334c");
            // the way from the thread's start to the driver that is being started, as the plug and play manager goes it
            assertThat(stack).containsSubsequence("Wdf01000.sys+0xa866", "ntoskrnl.exe!IofCallDriver+0x55",
                    "ntoskrnl.exe!PnpAsynchronousCall+0xea", "ntoskrnl.exe!PnpSendIrp+0x9e", "ntoskrnl.exe!PnpStartDevice+0x88",
                    "ntoskrnl.exe!PnpStartDeviceNode+0xec", "ntoskrnl.exe!PipProcessStartPhase1+0x73",
                    "ntoskrnl.exe!PipProcessDevNodeTree+0x319", "ntoskrnl.exe!PiProcessStartSystemDevices+0x60",
                    "ntoskrnl.exe!PnpDeviceActionWorker+0x4cc", "ntoskrnl.exe!ExpWorkerThread+0x105",
                    "ntoskrnl.exe!PspSystemThreadStartup+0x55", "ntoskrnl.exe!KiStartSystemThread+0x28");
            assertThat(stack).noneMatch(place -> place.contains("MiState") || place.contains("Lock+0x60"));
        }
    }

    @Test
    void symbolsOfAnotherKernelAreNotUsedAndTheUserIsTold() throws EvidenceException {
        Path other = RealEvidence.path("symbols/ntkrnlmp.pdb-606FF669409B00F7FC8C61A9C1670129-1.json.xz");
        try (KernelImage image = KernelImage.open(RealEvidence.path(STOPPED), finder(other.toString()))) {
            assertThat(image.symbols().value().orElseThrow().table()).isEmpty();
            assertThat(image.warnings()).singleElement().asString().contains("606FF669").contains("5278AFF8");
        }
        try (KernelImage image = KernelImage.open(RealEvidence.path("dumps/triage-19041-x64-with-pool-totals.dmp"),
                finder(other.toString()))) {
            assertThat(image.symbols().value().orElseThrow().table()).isEmpty();
            assertThat(image.warnings()).singleElement().asString().contains("does not tell which symbol file");
        }
    }

    /** A file that names the right GUID and moves one variable: the kernel's own words are against it. */
    @Test
    void aTamperedFileWithTheRightNameIsNotUsed() throws EvidenceException, IOException {
        String table = RealEvidence.text("symbols/ntkrnlmp.pdb-5278AFF86C341677D7D7835C85B7B844-1.json.xz");
        int at = table.indexOf("\"address\": ", table.indexOf("\"PspCidTable\": {"));
        Path tampered = Files.writeString(folder.resolve("table.json"),
                table.substring(0, at + 11) + "1" + table.substring(at + 11));
        try (KernelImage image = KernelImage.open(RealEvidence.path(STOPPED), finder(tampered.toString()))) {
            assertThat(image.symbols().value().orElseThrow().table()).isEmpty();
            assertThat(image.warnings()).singleElement().asString().contains("elsewhere than the kernel says");
        }
    }

    /** What is told with the symbol file is what is told without it: both know this kernel. */
    @Test
    void theSameTablesAreReadWithAndWithoutAFile() throws EvidenceException {
        try (KernelImage with = KernelImage.open(RealEvidence.path(STOPPED), finder(RealEvidence.path("symbols").toString()));
                KernelImage without = KernelImage.open(RealEvidence.path(STOPPED))) {
            assertThat(with.info()).isEqualTo(without.info());
            for (String type : List.of("_POOL_HEADER", "_POOL_TRACKER_TABLE", "_EPROCESS", "_KLDR_DATA_TABLE_ENTRY",
                    "_MI_SYSTEM_INFORMATION", "_OBJECT_HEADER", "_HANDLE_TABLE", "_IRP")) {
                without.layouts().get(type).fields().forEach(field -> assertThat(with.layouts().get(type).offset(field.name()))
                        .as(type + "." + field.name()).isEqualTo(field.offset()));
            }
        }
    }
}
