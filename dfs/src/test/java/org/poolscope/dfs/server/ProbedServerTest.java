package org.poolscope.dfs.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.audit.AuditFinding;
import org.poolscope.dfs.audit.Severity;
import org.poolscope.dfs.client.ProbeReport;
import org.poolscope.dfs.client.ServerProbe;
import org.poolscope.dfs.client.SmbLogin;
import org.poolscope.dfs.client.SmbPlaces;
import org.poolscope.dfs.client.SmbServers;
import org.poolscope.dfs.namespace.Fault;
import org.poolscope.dfs.namespace.NamespaceFile;

/** The probe, which finds what Samba does wrong, finds nothing wrong with the correct server, and the faults it is made to have. */
class ProbedServerTest {

    @Test
    void theProbeFindsNothingWrongWithoutAFault() throws Exception {
        for (SmbLogin login : List.of(SmbLogin.anonymous(), SmbLogin.user("anna", "secret".toCharArray()))) {
            ProbeReport report = probe(login, List.of());

            assertThat(report.links()).contains("\\127.0.0.1\\ns\\one", "\\127.0.0.1\\ns\\deep\\er");
            assertThat(report.answers()).hasSizeGreaterThan(60);
            // notes are given that it answers under any name and in the letters it was asked in; and the probe's own odd requests are odd
            assertThat(report.findings()).filteredOn(finding -> finding.severity() != Severity.INFO && !finding.rule().startsWith("request-"))
                    .isEmpty();
        }
    }

    @Test
    void theProbeFindsFaults() throws Exception {
        assertThat(faulty("per-file")).contains("probe-below-link");
        assertThat(faulty("path-consumed-short")).contains("path-consumed-boundary");
    }

    private static List<String> faulty(String fault) throws Exception {
        return probe(SmbLogin.anonymous(), List.of(Fault.named(fault).orElseThrow())).findings().stream().map(AuditFinding::rule).toList();
    }

    private static ProbeReport probe(SmbLogin login, List<Fault> faults) throws Exception {
        try (DfsServer server = DfsServer.start(new InetSocketAddress("127.0.0.1", 0), NamespaceFile.parse(Path.of("n.yaml"), """
                guests: true
                users: {anna: secret}
                roots:
                  ns:
                    links:
                      one: {targets: ['\\\\a\\x', '\\\\b\\x\\y']}
                      deep\\er: {targets: '\\\\c\\w'}
                """), faults, ServerLimits.USUAL, line -> { }, referral -> { });
                SmbServers servers = new SmbServers(new SmbPlaces(server.address().getPort()), login, Duration.ofSeconds(10))) {
            return new ServerProbe(servers, DfsPath.of("\\127.0.0.1\\ns")).run(List.of("deep\\er"));
        }
    }
}
