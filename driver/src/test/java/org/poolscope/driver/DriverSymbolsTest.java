package org.poolscope.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.poolscope.driver.TestDriver.Target;
import org.poolscope.model.Progress;
import org.poolscope.symbols.store.SymbolFinder;

/** A driver without symbols of its own, and its PDB file as GNU's linker writes it. */
class DriverSymbolsTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void thePdbFileNamesTheFunctions(Target target) throws Exception {
        Path pdb = TestDriver.folder().resolve("named-" + target + ".pdb");
        Path built = TestDriver.compile(target, "wrappers", "-O2", "-s", "-Wl,--pdb=" + pdb);
        Path driver = Files.copy(built, folder.resolve("named.sys"));
        List<String> named = functions(DriverFile.read(TestDriver.compile(target, "wrappers", "-O2")));

        assertThat(functions(DriverFile.read(driver))).contains("sub_").doesNotContain("TwoLevelsA");

        Path elsewhere = Files.createDirectory(folder.resolve("symbols"));
        Files.copy(pdb, elsewhere.resolve(pdb.getFileName()));
        SymbolFinder finder = SymbolFinder.along(elsewhere.toString(), Map.of(), Progress.NONE);
        assertThat(functions(DriverFile.read(driver, finder))).contains("TwoLevelsA", "OneLevelB").allMatch(name -> named.contains(name) || name.equals("sub_"));

        Path beside = Files.copy(pdb, folder.resolve(pdb.getFileName()));
        assertThat(functions(DriverFile.read(driver))).contains("TwoLevelsA", "OneLevelB");

        Path other = TestDriver.folder().resolve("other-" + target + ".pdb");
        TestDriver.compile(target, "branches", "-O2", "-s", "-Wl,--pdb=" + other);
        Files.delete(beside);
        Files.copy(other, beside);
        assertThat(DriverFile.read(driver).warnings()).singleElement().asString().contains("of another build");
        assertThat(functions(DriverFile.read(driver))).doesNotContain("TwoLevelsA");
    }

    /** The functions' names, {@code sub_} for those without one. */
    private static List<String> functions(DriverFile driver) {
        return driver.sites().stream().map(site -> site.function().replaceAll("^sub_.*", "sub_")).distinct().toList();
    }
}
