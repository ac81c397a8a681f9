package org.poolscope.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.poolscope.driver.pe.Import;
import org.poolscope.driver.pe.PeImage;

/** Drivers that others compiled: the calls of pool functions are those that {@code objdump -d} shows for the same import slots. */
class WineCallsTest {

    /** Allocates only when its first argument says so. */
    private static final String CONDITIONAL = "StorPortExtendedFunction";
    private static final Set<CallSite.Via> DIRECT_WAYS = Set.of(CallSite.Via.CALL, CallSite.Via.THUNK);
    private static final Pattern LINE = Pattern.compile("^\\s*([0-9a-f]+):\\t[0-9a-f ]+\\t(.*)$", Pattern.MULTILINE);
    private static final Pattern THROUGH_SLOT = Pattern.compile(
            "(?:bnd |rex\\.W )?(call|jmp)\\s+[DQ]WORD PTR (?:\\[rip[^\\]]*\\]\\s*# (?:0x)?|ds:0x)([0-9a-f]+).*");
    private static final Pattern DIRECT = Pattern.compile("call\\s+(?:0x)?([0-9a-f]+).*");

    @Test
    void callsAreThoseThatObjdumpShows() throws Exception {
        Tool.need("objdump", "binutils");
        int calls = 0;
        for (Path file : Stream.concat(Tool.wineDrivers().stream(), ours()).toList()) {
            DriverFile driver = DriverFile.read(file);
            Set<String> shown = shownByObjdump(driver.image());
            Set<String> found = new TreeSet<>();
            for (CallSite site : driver.sites()) {
                if (site.through().isEmpty() && !site.api().equals(CONDITIONAL) && DIRECT_WAYS.contains(site.via())) {
                    found.add(Integer.toHexString(site.rva()) + " " + site.api());
                }
            }
            assertThat(found).as(file.toString()).isEqualTo(shown);
            calls += shown.size();
        }
        assertThat(calls).isGreaterThan(100);
    }

    private static Stream<Path> ours() {
        return Stream.of(TestDriver.Target.values()).flatMap(target -> Stream.of("direct", "wrappers", "branches")
                .map(source -> TestDriver.compile(target, source, "-O2")));
    }

    private static Set<String> shownByObjdump(PeImage image) {
        Map<Long, String> slots = new HashMap<>();
        for (Import each : image.imports()) {
            if (each.name() != null && !PoolFunctions.named(each.name()).isEmpty() && !each.name().equals(CONDITIONAL)) {
                slots.put(image.address(each.slotRva()), each.name());
            }
        }
        Map<Long, String> thunks = new HashMap<>();
        Set<String> calls = new TreeSet<>();
        List<Matcher> lines = LINE.matcher(Tool.run("objdump", "-d", "-w", "-M", "intel", image.path().toString())).results()
                .map(line -> LINE.matcher(line.group())).filter(Matcher::find).toList();
        for (Matcher line : lines) {
            Matcher through = THROUGH_SLOT.matcher(line.group(2));
            if (through.matches() && slots.containsKey(Long.parseLong(through.group(2), 16))) {
                String name = slots.get(Long.parseLong(through.group(2), 16));
                long at = Long.parseLong(line.group(1), 16);
                if (through.group(1).equals("call")) {
                    calls.add(Integer.toHexString(image.rva(at)) + " " + name);
                } else {
                    thunks.put(at, name);
                }
            }
        }
        for (Matcher line : lines) {
            Matcher direct = DIRECT.matcher(line.group(2));
            if (direct.matches() && thunks.containsKey(Long.parseLong(direct.group(1), 16))) {
                calls.add(Integer.toHexString(image.rva(Long.parseLong(line.group(1), 16))) + " "
                        + thunks.get(Long.parseLong(direct.group(1), 16)));
            }
        }
        return calls;
    }

    @Test
    void everyImportIsTheOneThatObjdumpShows() throws Exception {
        Tool.need("objdump", "binutils");
        for (Path file : Tool.wineDrivers()) {
            PeImage image = PeImage.read(file);
            Set<String> ours = new HashSet<>();
            image.imports().stream().filter(each -> !each.delayed()).forEach(each -> ours.add(each.toString()));

            assertThat(ours).as(file.toString()).isEqualTo(importsByObjdump(file));
        }
    }

    private static Set<String> importsByObjdump(Path file) {
        Set<String> imports = new HashSet<>();
        String library = "";
        for (String line : Tool.run("objdump", "-p", file.toString()).split("\n")) {
            Matcher name = Pattern.compile("\tDLL Name: (.+)").matcher(line);
            Matcher entry = Pattern.compile("\t[0-9a-f]+\t +\\d+  (\\S+)\\s*").matcher(line);
            if (name.matches()) {
                library = name.group(1);
            } else if (line.startsWith("There is an export table") || line.startsWith("The Export Tables")) {
                break;
            } else if (!library.isEmpty() && entry.matches()) {
                imports.add(library + "!" + entry.group(1));
            }
        }
        return imports;
    }
}
