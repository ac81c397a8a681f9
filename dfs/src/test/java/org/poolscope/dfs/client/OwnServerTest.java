package org.poolscope.dfs.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.audit.AuditFinding;
import org.poolscope.dfs.audit.Severity;
import org.poolscope.dfs.message.ReferralRequest;
import org.poolscope.dfs.namespace.Fault;
import org.poolscope.dfs.namespace.NamespaceFile;
import org.poolscope.dfs.resolve.DfsResolver;
import org.poolscope.dfs.resolve.DomainCache;
import org.poolscope.dfs.resolve.ExpiryPolicy;
import org.poolscope.dfs.resolve.ReferralCache;
import org.poolscope.dfs.resolve.Resolution;
import org.poolscope.dfs.resolve.Resolution.Outcome;
import org.poolscope.dfs.resolve.ResolutionStep;
import org.poolscope.dfs.server.DfsServer;
import org.poolscope.dfs.server.ServerLimits;

/** The resolver and the probe against our own namespace server, correct and with each fault; files lie on Samba. */
@Timeout(120)
class OwnServerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String NAMESPACE = """
            server: NAMES
            roots:
              ns:
                links:
                  data: {targets: ['\\\\gone\\share', '\\\\files\\one']}
                  next: {interlink: true, targets: '\\\\other\\ns\\data'}
                  below\\here: {targets: '\\\\files\\two\\deep'}
            """;

    private final ReferralCache cache = new ReferralCache(50);

    @Test
    void leadsThroughTwoNamespacesToAFile() throws Exception {
        try (SambaServer samba = SambaServer.start(); DfsServer names = start(List.of()); DfsServer other = start(List.of())) {
            SmbPlaces places = places(names);
            places.add("other=127.0.0.1:" + other.address().getPort());
            places.add("files=127.0.0.1:" + samba.port());
            try (SmbServers servers = new SmbServers(places, SmbLogin.anonymous(), PATIENCE)) {
                DfsResolver resolver = resolver(servers);
                Resolution found = resolver.resolve("\\names\\ns\\next\\a\\b\\c.txt");
                assertThat(found.path()).contains(DfsPath.of("\\files\\one\\a\\b\\c.txt"));
                assertThat(found.steps()).extracting(ResolutionStep::action).contains(ResolutionStep.Action.GO_ON);
                assertThat(resolver.resolve("\\names\\ns\\below\\here\\er\\d.txt").path()).contains(DfsPath.of("\\files\\two\\deep\\er\\d.txt"));
                assertThat(cache.entries()).extracting(entry -> entry.prefix().toString()).containsExactlyInAnyOrder("\\names\\ns",
                        "\\names\\ns\\next", "\\other\\ns", "\\other\\ns\\data", "\\names\\ns\\below\\here");
            }
        }
    }

    @Test
    void nothingIsWrongWithTheCorrectServer() throws Exception {
        try (DfsServer names = start(List.of()); SmbServers servers = new SmbServers(places(names), SmbLogin.anonymous(), PATIENCE)) {
            ProbeReport report = new ServerProbe(servers, DfsPath.of("\\NAMES\\ns")).run(List.of("below\\here"));
            assertThat(report.links()).hasSize(3);
            assertThat(report.findings()).filteredOn(one -> one.severity() != Severity.INFO).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"per-file, probe-below-link", "path-consumed-short, path-consumed-boundary", "loop, referral-loop", "zero-ttl, ttl-far",
        "unequal-ttl, unequal-ttl", "no-targets, no-targets", "truncated, reply-cut", "wrong-version, version-above-request",
        "bad-offset, string-offset"})
    void theProbeFindsEachFault(String fault, String rule) throws Exception {
        try (DfsServer names = start(List.of(Fault.named(fault).orElseThrow()));
                SmbServers servers = new SmbServers(places(names), SmbLogin.anonymous(), PATIENCE)) {
            ProbeReport report = new ServerProbe(servers, DfsPath.of("\\NAMES\\ns")).run(List.of("below\\here"));
            assertThat(report.findings()).filteredOn(one -> one.severity() != Severity.INFO).extracting(AuditFinding::rule).contains(rule);
        }
    }

    @ParameterizedTest
    @CsvSource({"per-file", "path-consumed-short", "loop", "zero-ttl", "unequal-ttl", "no-targets", "truncated", "wrong-version",
        "bad-offset", "huge"})
    void theResolverEndsWhateverTheFault(String fault) throws Exception {
        try (DfsServer names = start(List.of(Fault.named(fault).orElseThrow()));
                SmbServers servers = new SmbServers(places(names), SmbLogin.anonymous(), PATIENCE)) {
            DfsResolver resolver = resolver(servers);
            List<Resolution> all = IntStream.range(0, 60).mapToObj(i -> resolver.resolve("\\NAMES\\ns\\data\\dir\\" + i + ".jpg")).toList();
            // the targets do not exist here: what counts is that each path comes to an end, and the cache stays bounded
            assertThat(all).allSatisfy(one -> {
                assertThat(one.outcome()).isIn(Outcome.FAILED, Outcome.LOOP, Outcome.NOT_DFS);
                assertThat(one.steps()).hasSizeLessThan(5000);
            });
            assertThat(cache.entries().size()).isLessThanOrEqualTo(50);
            if (fault.equals("per-file")) {
                assertThat(cache.evicted()).as("a file each").isPositive();
            }
        }
    }

    @Test
    void aSlowServerIsNotWaitedForLongerThanAsked() throws Exception {
        try (DfsServer names = start(List.of(Fault.named("slow").orElseThrow()));
                SmbServers servers = new SmbServers(places(names), SmbLogin.anonymous(), Duration.ofMillis(300))) {
            servers.share("names", "IPC$");
            assertThat(servers.ask("names", new ReferralRequest(4, "\\names\\ns\\data")).status()).isEqualTo(SmbServers.IO_TIMEOUT);
        }
    }

    private DfsResolver resolver(SmbServers servers) {
        return new DfsResolver(servers, cache, new DomainCache(), ExpiryPolicy.SOFT, System::currentTimeMillis);
    }

    private static DfsServer start(List<Fault> faults) throws Exception {
        return DfsServer.start(new InetSocketAddress("127.0.0.1", 0), NamespaceFile.parse(Path.of("n.yaml"), NAMESPACE), faults,
                ServerLimits.USUAL, refusal -> { }, referral -> { });
    }

    private static SmbPlaces places(DfsServer names) {
        SmbPlaces places = new SmbPlaces(names.address().getPort());
        places.add("names=127.0.0.1");
        for (String missing : List.of("gone", "files", "other")) {
            places.add(missing + "=127.0.0.1:1");
        }
        return places;
    }
}
