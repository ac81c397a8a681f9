package org.poolscope.dfs.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.poolscope.dfs.audit.AuditFinding;
import org.poolscope.dfs.audit.DfsAudit;
import org.poolscope.dfs.namespace.Fault;
import org.poolscope.dfs.namespace.Namespace;
import org.poolscope.dfs.namespace.NamespaceFile;
import org.poolscope.model.EvidenceFile;

/** Each fault is there to be seen on the wire: the audit of a capture of it finds it, and finds nothing without it. */
class FaultsTest {

    private static final int BUFFER = 57_344;

    @TempDir
    private Path folder;

    static Stream<Arguments> faults() {
        return Stream.of(Arguments.of("per-file", "reaches-below-link"), Arguments.of("path-consumed-short", "path-consumed-boundary"),
                Arguments.of("loop", "referral-loop"), Arguments.of("zero-ttl", "ttl-far"), Arguments.of("unequal-ttl", "unequal-ttl"),
                Arguments.of("no-targets", "no-targets"), Arguments.of("truncated", "reply-cut"),
                Arguments.of("wrong-version", "version-above-request"), Arguments.of("bad-offset", "string-offset"),
                Arguments.of("huge", "duplicate-target"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void theAuditFindsEachFault(String fault, String rule) throws Exception {
        // version 1 has neither times to live nor offsets nor the path of the link
        boolean showsInVersion1 = List.of("path-consumed-short", "no-targets", "truncated", "wrong-version", "huge").contains(fault);
        for (int level = showsInVersion1 ? 1 : 2; level <= 4; level++) {
            List<AuditFinding> found = audit(List.of(Fault.named(fault).orElseThrow()), level);
            // there is no version 5, so that the layout is unknown
            boolean unknown = fault.equals("wrong-version") && level == 4;
            assertThat(found).as("version " + level).extracting(AuditFinding::rule).contains(unknown ? "entry-layout" : rule);
        }
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(ints = {1, 2, 3, 4})
    void theAuditFindsNothingWithoutAFault(int level) throws Exception {
        assertThat(audit(List.of(), level)).isEmpty();
    }

    @Test
    void allFaultsButSlowAreTried() {
        assertThat(faults().map(arguments -> arguments.get()[0])).containsExactlyInAnyOrderElementsOf(Fault.all().stream().map(Fault::name)
                .filter(name -> !name.equals("slow")).map(Object.class::cast).toList());
    }

    private List<AuditFinding> audit(List<Fault> faults, int level) throws Exception {
        Namespace namespace = NamespaceFile.parse(Path.of("n.yaml"), """
                roots:
                  photos:
                    links:
                      lores: {targets: ['\\\\fs1\\lores', '\\\\fs2\\lores']}
                      hires: {targets: ['\\\\fs1\\hires', '\\\\fs3\\hires']}
                      partner: {interlink: true, targets: '\\\\elsewhere\\public'}
                      old\\2006: {failback: true, targets: '\\\\fs1\\old\\2006'}
                """);
        try (DfsServer server = DfsServer.start(new InetSocketAddress("127.0.0.1", 0), namespace, faults, ServerLimits.USUAL, line -> { },
                referral -> { }); Tap tap = new Tap(new InetSocketAddress("127.0.0.1", 0), server.address());
                Asker asker = Asker.loggedOn(tap.address())) {
            for (String path : List.of("\\s\\photos", "\\s\\photos\\lores", "\\s\\photos\\hires\\2007\\a.jpg", "\\s\\photos\\lores\\20070110\\R6\\1.jpg",
                    "\\s\\photos\\lores\\20070110\\R6\\2.jpg", "\\s\\photos\\lores\\20070111\\R7\\3.jpg", "\\s\\photos\\partner", "\\s\\photos\\old",
                    "\\s\\photos\\old\\2006\\x", "\\S\\PHOTOS\\Lores", "\\s\\nothing", "\\s\\photos\\nothing")) {
                asker.ask(path, level, BUFFER);
            }
            Path capture = tap.write(folder.resolve("capture.pcap"));
            DfsAudit audit = new DfsAudit();
            audit.read(EvidenceFile.open(capture), (where, text) -> assertThat(text).as("a warning at " + where).isEmpty());
            assertThat(audit.counts().exchanges()).isEqualTo(12);
            return audit.findings();
        }
    }
}
