package org.poolscope.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.poolscope.model.Architecture;

/** Every row of the data files, for every build it names, against the listings made from Microsoft's public symbols. */
class LayoutFactsTest {

    /** Names of the older listings' columns. Two of them are previews no release corresponds to. */
    private static final Map<String, KernelVersion> LABELS = new HashMap<>();

    static {
        String[] fixed = {"xp_sp2 2600.sp2", "xp_sp3 2600.sp3", "win2003_sp0 3790.sp0", "win2003_sp1 3790.sp1",
            "win2003_sp2 3790.sp2", "vista_sp0 6000", "vista_sp1 6001", "vista_sp2 6002", "win7_sp0 7600", "win7_sp1 7601.17514",
            "win8_sp0 9200", "win8_sp1 9600.16384", "win81_u1 9600.17031"};
        for (String row : fixed) {
            for (String architecture : new String[] {"_x86", "_x64"}) {
                String[] parts = row.split(" ");
                LABELS.put(parts[0] + architecture, KernelVersion.parse(parts[1], 0));
            }
        }
        String[] odd = {"win7_sp1_x86_BBA98F40 7601.23418", "win7_sp1_x86_24000 7601.24000", "win7_sp1_x64_632B36E0 7601.23418",
            "win7_sp1_x64_24000 7601.24000", "win8_sp1_x64_54B5A1C6 9600.16452", "win10_x86_10240_17770 10240.17770",
            "win10_x64_10240_17770 10240.17770", "win10_x86_44B89EEA 10586.420", "win10_x64_1AC738FB 10586.306",
            "win10_x86_9619274A 14393.0", "win10_x64_DD08DD42 14393.0"};
        for (String row : odd) {
            LABELS.put(row.split(" ")[0], KernelVersion.parse(row.split(" ")[1], 0));
        }
        for (int build : new int[] {15063, 16299, 17134, 17763, 18362, 19041}) {
            LABELS.put("win10_x86_" + build, KernelVersion.revision(build, 0));
            LABELS.put("win10_x64_" + build, KernelVersion.revision(build, 0));
        }
    }

    @Test
    void x86RowsEqualTheOlderListing() {
        FactFile facts = FactFile.read(4, LABELS, List.of(), "vol2-x86");
        assertThat(compare(facts, Architecture.X86)).isGreaterThan(5_000);
    }

    @Test
    void x64RowsEqualTheOlderListing() {
        FactFile facts = FactFile.read(8, LABELS, List.of(), "vol2-x64");
        assertThat(compare(facts, Architecture.X64)).isGreaterThan(4_000);
    }

    @Test
    void x64RowsEqualTheListingOf213Kernels() {
        List<KernelVersion> revisions = FactFile.lines("pool-symbol-rvas").stream().filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" ")[0].split("\\."))
                .map(v -> KernelVersion.revision(Integer.parseInt(v[2]), Integer.parseInt(v[3]))).distinct().toList();
        FactFile facts = FactFile.read(8, Map.of(), revisions,
                "pool-classic", "mm-state", "io-objects", "process", "dbg", "verifier", "pool-segment-heap");
        assertThat(compare(facts, Architecture.X64)).isGreaterThan(50_000);
    }

    @Test
    void memoryCountersEqualTheirListing() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("NonPagedPool allocated", "Pools.AllocatedNonPagedPool");
        fields.put("NonPagedPool maximum", "Vs.MaximumNonPagedPoolInPages");
        fields.put("PagedPool size/max", "Vs.SizeOfPagedPoolInPages");
        fields.put("PagedPool MaximumSize", "Vs.PagedPoolInfo.MaximumSize");
        fields.put("PagedPool allocated", "Vs.PagedPoolInfo.AllocatedPagedPool");
        fields.put("NonPagedPool commit", "Vs.NonPagedPoolCommit");
        fields.put("SystemVaRegions", "Vs.SystemVaRegions");
        fields.put("InvalidPteMask", "Hardware.InvalidPteMask");
        fields.put("Physical pages", "Vp.NumberOfPhysicalPages");
        fields.put("Available pages", "Vp.AvailablePages");
        fields.put("ResAvail pages", "Vp.ResidentAvailablePages");
        fields.put("Committed pages", "Vp.TotalCommittedPages");
        fields.put("Commit limit", "Vp.TotalCommitLimit");
        fields.put("Peak commitment", "Commit.PeakCommitment");
        String field = null;
        String type = null;
        int checked = 0;
        for (String line : FactFile.lines("vm-counters")) {
            if (!line.startsWith(" ")) {
                field = fields.entrySet().stream().filter(e -> line.startsWith(e.getKey())).map(Map.Entry::getValue).findFirst()
                        .orElse(null);
                type = line.endsWith("MiState") ? "_MI_SYSTEM_INFORMATION" : "_MI_PARTITION";
            } else if (field != null && line.strip().startsWith("+0x")) {
                String[] parts = line.strip().split("\\s+", 2);
                for (String build : parts[1].split(", (?=10)")) {
                    int number = Integer.parseInt(build.split("\\.|\\(")[2]);
                    KernelVersion version = build.contains("(329..450") ? KernelVersion.revision(number, 388)
                            : KernelVersion.build(number);
                    int offset = BuiltInLayouts.forBuild(Architecture.X64, version).get(type).offset(field);
                    assertThat(offset).as(line).isEqualTo(Integer.decode(parts[0].substring(1)));
                    checked++;
                }
            }
        }
        assertThat(checked).isGreaterThan(80);
    }

    /** Compares all structures both sides know and returns how many fields were the same. */
    private static int compare(FactFile facts, Architecture architecture) {
        LayoutFile file = LayoutFile.resource(architecture.word() + ".layout", architecture.pointerSize());
        Set<String> failures = new TreeSet<>();
        Set<String> compared = new HashSet<>();
        int same = 0;
        for (FactFile.Layout fact : facts.layouts()) {
            if (!file.types().contains(fact.type())) {
                continue;
            }
            for (KernelVersion version : fact.versions()) {
                StructLayout ours = file.layout(fact.type(), version);
                if (ours == null) {
                    failures.add(fact.type() + " is missing in " + version);
                    continue;
                }
                compared.add(fact.type());
                if (ours.size() != fact.size()) {
                    failures.add(fact.type() + " has another size in " + version);
                }
                for (FieldLayout field : ours.fields()) {
                    FactFile.Field truth = Stream.concat(Stream.of(field.name()),
                            Synonyms.of(fact.type(), field.name()).stream())
                            .map(name -> facts.find(fact.type(), version, name)).filter(f -> f != null).findFirst().orElse(null);
                    if (truth == null) {
                        // unnamed unions, and paths into structures the listing leaves out, are judged elsewhere
                        if (!field.name().contains(".") && !field.type().equals("struct")) {
                            failures.add(fact.type() + "." + field.name() + " is not in the listing for " + version);
                        }
                    } else if (truth.offset() != field.offset() || truth.bits() != field.bits() || truth.bit() != field.bit()
                            || truth.bytes() != 0 && field.bytes() != 0 && truth.bytes() != field.bytes()) {
                        failures.add(fact.type() + "." + field.name() + " in " + version + ": " + field + ", listing " + truth);
                    } else {
                        same++;
                    }
                }
            }
        }
        assertThat(failures).isEmpty();
        assertThat(compared).hasSizeGreaterThan(20);
        return same;
    }
}
