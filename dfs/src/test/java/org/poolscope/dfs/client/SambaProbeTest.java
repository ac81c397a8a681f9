package org.poolscope.dfs.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.audit.AuditFinding;
import org.poolscope.dfs.audit.Severity;
import org.poolscope.model.EvidenceException;

/** A probe of a real DFS server, Samba, whose deviations are known. */
class SambaProbeTest {

    private static SambaServer samba;
    private static ProbeReport report;

    @BeforeAll
    static void probe() throws Exception {
        samba = SambaServer.start();
        samba.link("projects", "127.0.0.1\\one", "127.0.0.1\\two").link("sub/folder", "127.0.0.1\\two\\deep\\er")
                .link("no share", "nobackslash").link("next", "DFSLAB\\dfs\\projects").link("doubled", "127.0.0.1\\\\one")
                .link("long", "a-server-of-" + "a-long-name-".repeat(20) + "\\one", "127.0.0.1\\" + "a-share-".repeat(20));
        try (SmbServers servers = servers()) {
            report = new ServerProbe(servers, DfsPath.of("\\127.0.0.1\\dfs")).run(List.of("sub\\folder", "long"));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (samba != null) {
            samba.close();
        }
    }

    @Test
    void findsTheLinks() {
        assertThat(report.links()).containsExactlyInAnyOrder("\\127.0.0.1\\dfs\\projects", "\\127.0.0.1\\dfs\\sub\\folder",
                "\\127.0.0.1\\dfs\\no share", "\\127.0.0.1\\dfs\\next", "\\127.0.0.1\\dfs\\doubled");
        assertThat(report.links().getFirst()).isEqualTo("\\127.0.0.1\\dfs\\projects");
        assertThat(report.answers()).hasSizeGreaterThan(60);
    }

    @Test
    void findsWhatSambaIsKnownToGetWrong() {
        assertFound("version-above-request", "root, level 0", "up to 0, but the server answered with version 2");
        assertFound("version-above-request", "link, level 1", "up to 1, but the server answered with version 2");
        assertFound("path-consumed-boundary", "link, two leading backslashes", "ends inside a component");
        assertFound("dfs-path", "link, no leading backslash", "does not begin with a backslash");
        assertFound("dfs-path", "link, forward slashes", "/127.0.0.1/dfs/projects");
        assertFound("path-consumed-dfs-path", "root, backslash at the end", "PathConsumed is 30, which covers the separator");
        assertFound("target-syntax", "link, level 4", "\\nobackslash has one component");
        assertFound("target-syntax", "link, level 4", "\\127.0.0.1\\\\one has an empty component");
        assertFound("interlink-mark", "link, level 4", "\\DFSLAB\\dfs\\projects looks like the link");
        assertFound("probe-foreign-name", "root of another server's name", "");
        assertFound("probe-letter-case", "link in capitals", "PROJECTS for projects");
        assertFound("reply-cut", "link, buffer of 4 bytes", "sent a part of the reply");
        assertFound("probe-extended", "extended request: link", "STATUS_FS_DRIVER_REQUIRED");
        assertFound("unexpected-status", "link, level 4", "0xc0000033");
    }

    /** Everything else holds: no other rule may be broken, or the probe would blame servers for its own questions. */
    @Test
    void findsNothingElse() {
        assertThat(report.findings()).filteredOn(one -> one.severity() != Severity.INFO).extracting(AuditFinding::rule).containsOnly(
                "version-above-request", "path-consumed-boundary", "path-consumed-dfs-path", "dfs-path", "target-syntax", "reply-cut");
        assertThat(report.findings()).filteredOn(one -> one.seenAt().at().matches("question \\d+ \\((root|link), level [234]\\)"))
                .filteredOn(one -> one.severity() != Severity.INFO).allSatisfy(one -> assertThat(one.message()).containsAnyOf("nobackslash", "\\\\one"));
        assertThat(report.findings()).extracting(AuditFinding::rule).doesNotContain("request-form", "request-level");
    }

    @Test
    void saysSoWhenThereIsNothingToProbe() {
        try (SmbServers servers = servers()) {
            assertThatThrownBy(() -> new ServerProbe(servers, DfsPath.of("\\127.0.0.1\\one")).run(List.of()))
                    .isInstanceOf(EvidenceException.class).hasMessageContaining("STATUS_NOT_FOUND");
            assertThatThrownBy(() -> new ServerProbe(servers, DfsPath.of("\\127.0.0.2\\dfs")).run(List.of()))
                    .isInstanceOf(EvidenceException.class).hasMessageContaining("connection refused");
        }
    }

    private static void assertFound(String rule, String question, String message) {
        assertThat(report.findings()).anySatisfy(one -> {
            assertThat(one.rule()).isEqualTo(rule);
            assertThat(one.seenAt().at()).contains("(" + question + ")");
            assertThat(one.message()).contains(message);
        });
    }

    private static SmbServers servers() {
        return new SmbServers(new SmbPlaces(samba.port()), SmbLogin.anonymous(), Duration.ofSeconds(10));
    }
}
