package org.poolscope.dfs.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.message.ReferralRequest;
import org.poolscope.dfs.resolve.DfsResolver;
import org.poolscope.dfs.resolve.DfsServers;
import org.poolscope.dfs.resolve.DomainCache;
import org.poolscope.dfs.resolve.ExpiryPolicy;
import org.poolscope.dfs.resolve.MultipleUncProvider;
import org.poolscope.dfs.resolve.ReferralCache;
import org.poolscope.dfs.resolve.Resolution;
import org.poolscope.dfs.resolve.Resolution.Outcome;
import org.poolscope.dfs.resolve.ResolutionStep;

/** The resolver against a real DFS server: Samba. */
class SambaResolverTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Samba repeats the name for each target: so few targets need many bytes. */
    private static final String LONG_NAME = "n".repeat(200);
    private static SambaServer samba;

    private final ReferralCache cache = new ReferralCache(100);
    private final List<String> asked = new ArrayList<>();
    private final SmbServers servers = new SmbServers(places(), SmbLogin.anonymous(), PATIENCE);
    private final DfsResolver resolver = new DfsResolver(counted(servers), cache, new DomainCache(), ExpiryPolicy.SOFT,
            System::currentTimeMillis);

    @BeforeAll
    static void start() throws Exception {
        samba = SambaServer.start();
        samba.link("two targets", "127.0.0.1\\one", "127.0.0.1\\two").link("first dead", "127.0.0.2\\gone", "127.0.0.1\\two")
                .link("sub/folder", "127.0.0.1\\two\\deep\\er").link("no share", "nobackslash")
                .link("next", "DFSLAB\\dfs\\two targets").link("gone", "127.0.0.1\\nothing", "127.0.0.2\\nothing")
                .link(LONG_NAME, many(20));
    }

    @AfterAll
    static void stop() throws Exception {
        if (samba != null) {
            samba.close();
        }
    }

    @AfterEach
    void close() {
        servers.close();
    }

    @Test
    void followsRootAndLinkToAFileBelow() {
        Resolution found = resolver.resolve("\\127.0.0.1\\dfs\\two targets\\a\\b\\c.txt");

        assertThat(found.outcome()).isEqualTo(Outcome.RESOLVED);
        assertThat(found.path()).contains(DfsPath.of("\\127.0.0.1\\one\\a\\b\\c.txt"));
        assertThat(found.steps()).anySatisfy(step -> assertThat(step.result()).isEqualTo("STATUS_PATH_NOT_COVERED (0xc0000257)"));
        assertThat(asked).containsExactly("\\127.0.0.1\\dfs", "\\127.0.0.1\\dfs\\two targets\\a\\b\\c.txt");
        assertThat(cache.entries()).extracting(entry -> entry.prefix() + " " + entry.targets().size() + " " + entry.isRoot())
                .containsExactlyInAnyOrder("\\127.0.0.1\\dfs 1 true", "\\127.0.0.1\\dfs\\two targets 2 false");
    }

    @Test
    void asksOnceForALinkHoweverManyNamesBelowItAreUsed() {
        for (int i = 0; i < 20; i++) {
            assertThat(resolver.resolve("\\127.0.0.1\\dfs\\two targets\\" + (i % 2 == 0 ? "file.txt" : "a\\b\\c.txt")).outcome())
                    .isEqualTo(Outcome.RESOLVED);
        }
        assertThat(asked).hasSize(2);
        assertThat(cache.entries()).hasSize(2);
    }

    @Test
    void goesToTheSecondTargetWhenTheFirstIsDeadAndStaysThere() {
        Resolution found = resolver.resolve("\\127.0.0.1\\dfs\\first dead\\file.txt");
        assertThat(found.path()).contains(DfsPath.of("\\127.0.0.1\\two\\file.txt"));
        assertThat(found.steps()).anySatisfy(step -> assertThat(step.subject() + ": " + step.result()).isEqualTo(
                "\\127.0.0.2\\gone\\file.txt: STATUS_BAD_NETWORK_PATH (0xc00000be): on to the next target"));
        assertThat(servers.trouble("127.0.0.2")).contains("connection refused");

        Resolution again = resolver.resolve("\\127.0.0.1\\dfs\\first dead\\file.txt");
        assertThat(again.steps()).noneSatisfy(step -> assertThat(step.subject()).contains("gone"));
        assertThat(again.path()).contains(DfsPath.of("\\127.0.0.1\\two\\file.txt"));
    }

    @Test
    void goesToTheSecondTargetWhenTheServerOfTheFirstDiesInUse() throws Exception {
        try (SambaServer other = SambaServer.start()) {
            SmbPlaces both = places();
            both.add("other=127.0.0.1:" + other.port());
            both.add("this=127.0.0.1:" + samba.port());
            samba.link("moves", "other\\one", "this\\one");
            try (SmbServers reached = new SmbServers(both, SmbLogin.anonymous(), PATIENCE)) {
                DfsResolver client = new DfsResolver(reached, cache, new DomainCache(), ExpiryPolicy.SOFT, System::currentTimeMillis);
                assertThat(client.resolve("\\127.0.0.1\\dfs\\moves\\file.txt").path()).contains(DfsPath.of("\\other\\one\\file.txt"));
                other.stop();
                assertThat(client.resolve("\\127.0.0.1\\dfs\\moves\\file.txt").path()).contains(DfsPath.of("\\this\\one\\file.txt"));
            }
        }
    }

    @Test
    void putsTheTargetsFolderInPlaceOfTheLink() {
        assertThat(resolver.resolve("//127.0.0.1/DFS/Sub/Folder/d.txt").path()).contains(DfsPath.of("\\127.0.0.1\\two\\deep\\er\\d.txt"));
        assertThat(resolver.resolve("\\127.0.0.1\\dfs\\sub\\folder").path()).contains(DfsPath.of("\\127.0.0.1\\two\\deep\\er"));
    }

    @Test
    void tellsAFileThatIsMissingFromATargetThatIsMissing() {
        assertThat(resolver.resolve("\\127.0.0.1\\dfs\\two targets\\none.txt").status()).isEqualTo(DfsServers.OBJECT_NAME_NOT_FOUND);
        assertThat(resolver.resolve("\\127.0.0.1\\dfs\\no such link").status()).isEqualTo(DfsServers.OBJECT_NAME_NOT_FOUND);
        assertThat(resolver.resolve("\\127.0.0.1\\dfs\\gone\\x").outcome()).isEqualTo(Outcome.FAILED);
    }

    /** Samba does not mark links to other namespaces, and leaves targets as they were written. */
    @Test
    void refusesWhatSambaGetsWrong() {
        assertThat(resolver.resolve("\\127.0.0.1\\dfs\\next\\file.txt").status()).isEqualTo(DfsServers.PATH_NOT_COVERED);
        assertThat(resolver.resolve("\\127.0.0.1\\dfs\\no share").status()).isEqualTo(DfsServers.INVALID_NETWORK_RESPONSE);
    }

    @Test
    void goesOnInTheNextNamespaceWhenTheHeaderSaysSo() {
        // what Samba does not say is put in on the way: R instead of S
        DfsServers marked = new DfsServers() {

            @Override
            public Answer ask(String host, ReferralRequest request) {
                Answer answer = servers.ask(host, request);
                if (request.path().endsWith("\\next\\file.txt")) {
                    answer.reply()[4] = (byte) ReferralReply.FLAG_REFERRAL_SERVERS;
                }
                return answer;
            }

            @Override
            public long open(DfsPath path) {
                return servers.open(path);
            }
        };
        Resolution found = new DfsResolver(marked, cache, new DomainCache(), ExpiryPolicy.SOFT, System::currentTimeMillis).resolve(
                "\\127.0.0.1\\dfs\\next\\file.txt");

        assertThat(found.path()).contains(DfsPath.of("\\127.0.0.1\\one\\file.txt"));
        assertThat(found.steps()).extracting(ResolutionStep::action).contains(ResolutionStep.Action.GO_ON);
        assertThat(cache.entries()).extracting(entry -> entry.prefix().toString()).contains("\\127.0.0.1\\dfs", "\\127.0.0.1\\dfs\\next",
                "\\DFSLAB\\dfs", "\\DFSLAB\\dfs\\two targets");
    }

    @Test
    void offersALargerBufferWhenTheReplyDoesNotFit() {
        DfsServers.Answer small = servers.exchange("127.0.0.1", new ReferralRequest(3, "\\127.0.0.1\\dfs\\" + LONG_NAME), SmbServers.FIRST_BUFFER);
        assertThat(small.status()).isEqualTo(SmbServers.BUFFER_OVERFLOW);

        DfsServers.Answer whole = servers.ask("127.0.0.1", new ReferralRequest(3, "\\127.0.0.1\\dfs\\" + LONG_NAME));
        assertThat(ReferralReply.decode(whole.reply()).message().orElseThrow().entries()).hasSize(20);
        assertThat(whole.reply().length).isGreaterThan(SmbServers.FIRST_BUFFER);
    }

    @Test
    void logsOnWithAPassword() {
        String file = "\\127.0.0.1\\one\\file.txt";
        try (SmbServers known = new SmbServers(places(), SmbLogin.user("LAB\\" + SambaServer.user(), SambaServer.PASSWORD.toCharArray()), PATIENCE);
                SmbServers wrong = new SmbServers(places(), SmbLogin.user(SambaServer.user(), "wrong".toCharArray()), PATIENCE)) {
            assertThat(known.open(DfsPath.of(file))).isEqualTo(DfsServers.SUCCESS);
            assertThat(known.dialect("127.0.0.1")).contains("SMB_3_1_1");
            assertThat(wrong.open(DfsPath.of(file))).isEqualTo(0xc000_006dL);
        }
        assertThat(SmbLogin.user("LAB\\anna", "secret".toCharArray()).toString()).doesNotContain("secret");
    }

    @Test
    void asksTheProvidersInOrder() {
        MultipleUncProvider mup = new MultipleUncProvider(List.of("dfs", "smb"), resolver, servers, System::currentTimeMillis);
        assertThat(mup.resolve("\\\\127.0.0.1\\dfs\\two targets\\file.txt").path()).contains(DfsPath.of("\\127.0.0.1\\one\\file.txt"));
        assertThat(mup.resolve("\\\\127.0.0.1\\two\\file.txt").outcome()).isEqualTo(Outcome.NOT_DFS);
        assertThat(mup.resolve("\\\\127.0.0.1\\nothing\\file.txt").outcome()).isEqualTo(Outcome.FAILED);
        assertThat(mup.prefixes()).extracting(claim -> claim.prefix() + " " + claim.provider().name())
                .containsExactly("\\127.0.0.1\\dfs dfs", "\\127.0.0.1\\two smb", "\\127.0.0.1\\one smb");
    }

    private static SmbPlaces places() {
        SmbPlaces places = new SmbPlaces(samba.port());
        places.add("dfslab=127.0.0.1");
        return places;
    }

    private static String[] many(int count) {
        String[] targets = new String[count];
        for (int i = 0; i < count; i++) {
            targets[i] = "s" + i + "\\t";
        }
        return targets;
    }

    private DfsServers counted(DfsServers inner) {
        return new DfsServers() {

            @Override
            public Answer ask(String host, ReferralRequest request) {
                asked.add(request.path());
                return inner.ask(host, request);
            }

            @Override
            public long open(DfsPath path) {
                return inner.open(path);
            }
        };
    }
}
