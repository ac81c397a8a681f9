package org.poolscope.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is found in drivers that a compiler made, against what their sources say of themselves. */
class CallSiteTruthTest {

    static Stream<Arguments> drivers() {
        return Stream.of("direct", "wrappers", "branches", "framework").flatMap(source -> Stream.of(TestDriver.Target.values())
                .flatMap(target -> Stream.of("-O0", "-O2", "-Os").map(level -> Arguments.of(source, target, level))));
    }

    @BeforeAll
    static void compile() {
        TestDriver.compileAll(drivers());
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("drivers")
    void findsEverySiteAndNothingElse(String source, TestDriver.Target target, String level) throws Exception {
        DriverFile driver = DriverFile.read(TestDriver.compile(target, source, level));

        Truth truth = Truth.of(TestDriver.source(source));
        Truth said = Truth.said(driver.sites());
        assertThat(driver.warnings()).isEmpty();
        assertThat(said.sites()).isEqualTo(truth.sites());
        assertThat(said.frees()).isEqualTo(truth.frees());
    }

    @ParameterizedTest
    @MethodSource("targets")
    void findsFrameworkFunctionsInATableInsideTheDriver(TestDriver.Target target) throws Exception {
        DriverFile driver = DriverFile.read(TestDriver.compile(target, "framework", "-O2", "-DTABLE_INSIDE"));

        assertThat(Truth.said(driver.sites()).sites()).isEqualTo(Truth.of(TestDriver.source("framework")).sites());
    }

    /** A driver without symbols: the same sites, functions named by their place. */
    @ParameterizedTest
    @MethodSource("targets")
    void findsTheSameWithoutSymbols(TestDriver.Target target) throws Exception {
        List<CallSite> named = DriverFile.read(TestDriver.compile(target, "wrappers", "-O2")).sites();
        List<CallSite> nameless = DriverFile.read(TestDriver.compile(target, "wrappers", "-O2", "-s")).sites();

        assertThat(nameless.stream().filter(site -> !site.passedOn()).map(CallSiteTruthTest::withoutName))
                .containsExactlyElementsOf(named.stream().filter(site -> !site.passedOn()).map(CallSiteTruthTest::withoutName).toList());
        assertThat(nameless).filteredOn(site -> !site.function().startsWith("Allocate") && !site.function().startsWith("Driver"))
                .allMatch(site -> site.function().equals("sub_" + Integer.toHexString(site.functionRva())));
    }

    static Stream<TestDriver.Target> targets() {
        return Stream.of(TestDriver.Target.values());
    }

    private static String withoutName(CallSite site) {
        return Integer.toHexString(site.rva()) + " " + site.api() + " " + site.tag() + " " + site.pool() + " " + site.sizes() + " " + site.via();
    }
}
