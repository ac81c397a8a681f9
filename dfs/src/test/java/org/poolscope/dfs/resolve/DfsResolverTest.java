package org.poolscope.dfs.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralEntry.NameListEntry;
import org.poolscope.dfs.message.ReferralEntry.ShareEntry;
import org.poolscope.dfs.message.ReferralEntry.TargetEntry;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.resolve.Resolution.Outcome;

class DfsResolverTest {

    private final MadeUpServers servers = new MadeUpServers();
    private final ReferralCache cache = new ReferralCache(100);
    private final DomainCache domains = new DomainCache();
    private long now;
    private final DfsResolver resolver = new DfsResolver(servers, cache, domains, ExpiryPolicy.SOFT, () -> now);

    @Test
    void followsAPathThroughADomain() {
        domain();

        Resolution found = resolver.resolve("\\corp\\ns\\link\\a\\b.txt");

        assertThat(found.outcome()).isEqualTo(Outcome.RESOLVED);
        assertThat(found.path()).contains(DfsPath.of("\\fs1\\share\\a\\b.txt"));
        assertThat(servers.asked).containsExactly("corp \\corp", "dc1 \\corp\\ns", "srv1 \\corp\\ns\\link\\a\\b.txt");
        assertThat(servers.opened).containsExactly("\\srv1\\ns\\link\\a\\b.txt", "\\fs1\\share\\a\\b.txt");
        assertThat(cache.entries()).extracting(entry -> entry.prefix().toString()).containsExactly("\\corp\\ns",
                "\\corp\\ns\\link");
        assertThat(found.steps()).extracting(step -> step.action().name()).startsWith("LOOK_UP", "DOMAIN", "ASK", "ASK", "REMEMBER",
                "REWRITE", "TRY",
                "ASK", "REMEMBER", "LOOK_UP").endsWith("TRY", "END");
    }

    @Test
    void asksOnceAndHoldsOneEntryHoweverManyFilesAreOpened() {
        domain();
        for (int i = 0; i < 1000; i++) {
            assertThat(resolver.resolve("\\CORP\\NS\\Link\\" + i + ".jpg").path()).contains(DfsPath.of("\\fs1\\share\\" + i
                    + ".jpg"));
        }
        assertThat(servers.asked).hasSize(3);
        assertThat(cache.entries()).hasSize(2);
    }

    @Test
    void staysBoundedWhenTheServerAnswersForEachFile() {
        servers.answers("srv", "\\srv\\root", reply(3, entry(1, "\\srv\\root", "\\srv\\root"))).opens("\\srv\\root",
                DfsServers.PATH_NOT_COVERED)
                .opens("\\fs\\pool", 0);
        for (int i = 0; i < 1000; i++) {
            servers.answers("srv", "\\srv\\root\\l\\" + i, reply(2, entry(0, "\\srv\\root\\l\\" + i, "\\fs\\pool\\" + i)));
            assertThat(resolver.resolve("\\srv\\root\\l\\" + i).outcome()).isEqualTo(Outcome.RESOLVED);
        }
        assertThat(cache.entries()).hasSize(100);
        assertThat(cache.evicted()).isEqualTo(901);
    }

    @Test
    void triesTheNextTargetAndRemembersIt() {
        domain();
        servers.opens("\\fs1\\share", DfsServers.BAD_NETWORK_PATH);

        assertThat(resolver.resolve("\\corp\\ns\\link\\x").path()).contains(DfsPath.of("\\fs2\\share\\deep\\x"));
        servers.opened.clear();
        assertThat(resolver.resolve("\\corp\\ns\\link\\y").path()).contains(DfsPath.of("\\fs2\\share\\deep\\y"));
        assertThat(servers.opened).containsExactly("\\fs2\\share\\deep\\y");
        servers.opens("\\fs2\\share", DfsServers.BAD_NETWORK_PATH);
        assertThat(resolver.resolve("\\corp\\ns\\link\\y").status()).isEqualTo(DfsServers.BAD_NETWORK_PATH);
    }

    @Test
    void goesOnInAnotherNamespace() {
        domain();
        servers.answers("srv1", "\\corp\\ns\\far", new ReferralReply(0, 1, List.of(entry(0, "\\corp\\ns\\far",
                "\\alone\\dfs\\sub"))))
                .answers("alone", "\\alone\\dfs", reply(3, entry(1, "\\alone\\dfs", "\\alone\\dfs"))).opens("\\alone\\dfs", 0);

        assertThat(resolver.resolve("\\corp\\ns\\far\\x").path()).contains(DfsPath.of("\\alone\\dfs\\sub\\x"));
    }

    @Test
    void triesTheNextNamespaceOfALinkToSeveral() {
        domain();
        servers.answers("srv1", "\\corp\\ns\\far", new ReferralReply(0, 1, List.of(entry(0, "\\corp\\ns\\far", "\\gone\\dfs"),
                entry(0, "\\corp\\ns\\far", "\\alone\\dfs\\sub"))))
                .answers("alone", "\\alone\\dfs", reply(3, entry(1, "\\alone\\dfs", "\\alone\\dfs"))).opens("\\alone\\dfs", 0);

        Resolution found = resolver.resolve("\\corp\\ns\\far\\x");

        assertThat(found.path()).contains(DfsPath.of("\\alone\\dfs\\sub\\x"));
        assertThat(servers.opened).contains("\\gone\\dfs\\x");
    }

    @Test
    void seesACircleBeforeTheLimitIsReached() {
        domain();
        servers.answers("srv1", "\\corp\\ns\\one", new ReferralReply(0, 1, List.of(entry(0, "\\corp\\ns\\one", "\\corp\\ns\\two"))))
                .answers("srv1", "\\corp\\ns\\two", new ReferralReply(0, 1, List.of(entry(0, "\\corp\\ns\\two", "\\corp\\ns\\one"))));

        Resolution found = resolver.resolve("\\corp\\ns\\one\\x");

        assertThat(found.outcome()).isEqualTo(Outcome.LOOP);
        assertThat(found.steps()).hasSizeLessThan(20);
    }

    @Test
    void endsAPathThatGrowsRoundByRound() {
        domain();
        servers.answers("srv1", "\\corp\\ns\\deep", new ReferralReply(0, 1, List.of(entry(0, "\\corp\\ns\\deep",
                "\\corp\\ns\\deep\\er"))));

        Resolution found = resolver.resolve("\\corp\\ns\\deep");

        assertThat(found.outcome()).isEqualTo(Outcome.LOOP);
        assertThat(found.steps()).hasSizeLessThan(200);
    }

    @Test
    void doesNotLookElsewhereForAFileThatIsMissing() {
        domain();
        servers.opens("\\fs1\\share", DfsServers.OBJECT_NAME_NOT_FOUND);
        assertThat(resolver.resolve("\\corp\\ns\\link\\x").status()).isEqualTo(DfsServers.OBJECT_NAME_NOT_FOUND);
        assertThat(servers.opened).doesNotContain("\\fs2\\share\\deep\\x");

        // the target itself is missing: that is the target's fault
        assertThat(resolver.resolve("\\corp\\ns\\link").path()).contains(DfsPath.of("\\fs2\\share\\deep"));
    }

    @Test
    void refreshesWhatStandsAtThePlaceOfARoot() {
        domain();
        servers.answers("dc1", "\\corp\\SYSVOL", reply(2, TargetEntry.of(3, 0, 0, 900, "\\corp\\SYSVOL", "\\dc1\\SYSVOL")))
                .opens("\\dc1\\SYSVOL", 0);
        assertThat(resolver.resolve("\\corp\\SYSVOL\\x").path()).contains(DfsPath.of("\\dc1\\SYSVOL\\x"));
        servers.asked.clear();
        now = 899_000;
        resolver.resolve("\\corp\\SYSVOL\\x");
        assertThat(servers.asked).isEmpty();
        now = 900_000;
        resolver.resolve("\\corp\\SYSVOL\\x");
        assertThat(servers.asked).containsExactly("dc ", "dc1 \\corp\\SYSVOL");
    }

    @Test
    void givesPathsToTheProviderThatClaimsThemAndTargetsToTheOneBeneath() {
        domain();
        servers.opens("\\plain\\share", 0);
        MultipleUncProvider mup = new MultipleUncProvider(List.of("dfs", "smb"), resolver, servers, () -> now);

        Resolution first = mup.resolve("\\\\corp\\ns\\link\\x");
        assertThat(first.path()).contains(DfsPath.of("\\fs1\\share\\x"));
        assertThat(first.steps()).extracting(ResolutionStep::action).startsWith(ResolutionStep.Action.LOOK_UP_PREFIX)
                .contains(ResolutionStep.Action.ASK_PROVIDER);
        assertThat(mup.prefixes()).extracting(claim -> claim.prefix() + " " + claim.provider().name()).containsExactly("\\corp\\ns dfs",
                "\\fs1\\share smb");

        Resolution plain = mup.resolve("//plain/share/y");
        assertThat(plain.outcome()).isEqualTo(Outcome.NOT_DFS);
        assertThat(plain.status()).isZero();
        assertThat(plain.steps()).extracting(step -> step.subject() + ": " + step.result()).contains(
                "dfs: does not claim \\plain\\share\\y", "smb: claims \\plain\\share");

        Resolution nowhere = mup.resolve("\\nowhere\\share");
        assertThat(nowhere.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(nowhere.status()).isEqualTo(DfsServers.BAD_NETWORK_PATH);
    }

    @Test
    void endsLoops() {
        domain();
        servers.answers("srv1", "\\corp\\ns\\round", new ReferralReply(0, 1, List.of(entry(0, "\\corp\\ns\\round",
                "\\corp\\ns\\round"))));

        Resolution found = resolver.resolve("\\corp\\ns\\round\\x");

        assertThat(found.outcome()).isEqualTo(Outcome.LOOP);
        assertThat(found.steps()).hasSizeLessThan(200);
    }

    @Test
    void takesAPlainShareForWhatItIs() {
        assertThat(resolver.resolve("\\fs1\\share\\x").outcome()).isEqualTo(Outcome.NOT_DFS);
        assertThat(resolver.resolve("\\fs1\\IPC$\\pipe").outcome()).isEqualTo(Outcome.NOT_DFS);
        assertThat(resolver.resolve("\\fs1").outcome()).isEqualTo(Outcome.NOT_DFS);
    }

    @Test
    void refusesRepliesThatMakeNoSense() {
        servers.answers("srv", "\\srv\\root", reply(3, entry(1, "\\other\\thing", "\\srv\\root")));
        assertThat(resolver.resolve("\\srv\\root\\x").status()).isEqualTo(DfsServers.INVALID_NETWORK_RESPONSE);

        servers.answers("srv2", "\\srv2\\root", new ReferralReply(0, 3, List.of()));
        assertThat(resolver.resolve("\\srv2\\root\\x").outcome()).isEqualTo(Outcome.NOT_DFS);
    }

    @Test
    void failsWhereALinksTargetDoesNotCoverThePath() {
        domain();
        servers.opens("\\fs1\\share", DfsServers.PATH_NOT_COVERED);

        assertThat(resolver.resolve("\\corp\\ns\\link\\x").status()).isEqualTo(DfsServers.PATH_NOT_COVERED);
    }

    @Test
    void refreshesWhatIsExpiredAndUsesItMeanwhileWhenItMay() {
        domain();
        resolver.resolve("\\corp\\ns\\link\\x");
        servers.asked.clear();
        now = 1_801_000;
        assertThat(resolver.resolve("\\corp\\ns\\link\\x").outcome()).isEqualTo(Outcome.RESOLVED);
        assertThat(servers.asked).containsExactly("dc ", "srv1 \\corp\\ns\\link\\x");

        // no server answers any more: the old entry serves until four times its life
        DfsServers dead = new DfsServers() {

            @Override
            public Answer ask(String host, org.poolscope.dfs.message.ReferralRequest request) {
                return new Answer(BAD_NETWORK_PATH, new byte[0]);
            }

            @Override
            public long open(DfsPath path) {
                return SUCCESS;
            }
        };
        now += 3 * 1_800_000;
        assertThat(new DfsResolver(dead, cache, domains, ExpiryPolicy.SOFT, () -> now).resolve("\\corp\\ns\\link\\x").path())
                .contains(DfsPath.of("\\fs1\\share\\x"));
        assertThat(new DfsResolver(dead, cache, domains, ExpiryPolicy.HARD, () -> now).resolve("\\corp\\ns\\link\\x").path())
                .isNotEqualTo(Optional.of(DfsPath.of("\\fs1\\share\\x")));
    }

    @Test
    void keepsTheHintThroughARefreshUnlessFailbackForbids() {
        List<ReferralEntry> sets = List.of(TargetEntry.of(4, 0, 4, 1800, "\\c\\n\\l", "\\one\\s"), TargetEntry.of(4, 0, 4, 1800,
                "\\c\\n\\l", "\\two\\s"));
        CachedReferral first = cached(new ReferralReply(12, 2, sets), "\\c\\n\\l");
        first.succeededWith(first.targets().get(1));
        assertThat(first.targets()).extracting(CachedReferral.Target::set).containsExactly(0, 1);

        cache.put(first);
        cache.put(cached(new ReferralReply(12, 2, sets), "\\c\\n\\l"));
        assertThat(cache.find(DfsPath.of("\\c\\n\\l\\x")).orElseThrow().hint().path()).hasToString("\\two\\s");
        cache.put(cached(new ReferralReply(12, 6, sets), "\\c\\n\\l"));
        assertThat(cache.find(DfsPath.of("\\c\\n\\l\\x")).orElseThrow().hint().path()).hasToString("\\one\\s");
    }

    @Test
    void readsVersionOneByPathConsumed() {
        List<ReferralEntry> share = List.of(ShareEntry.of(0, "\\fs\\share"));
        CachedReferral entry = cached(new ReferralReply(16, 2, share), "\\c\\ns\\ln\\x");

        assertThat(entry.prefix()).hasToString("\\c\\ns\\ln");
        assertThat(CachedReferral.of("\\c\\ns\\ln\\x", new ReferralReply(14, 2, share), target -> false, 0)).isEmpty();
        assertThat(entry.targets()).hasSize(1);
    }

    @Test
    void knowsALinkToADomainByItsName() {
        domains.addDomain("\\CORP");
        ReferralReply reply = reply(2, entry(0, "\\srv\\root\\l", "\\corp\\ns"));

        assertThat(CachedReferral.of("\\srv\\root\\l", reply, target -> domains.isDomain(target.component(0)), 0).orElseThrow()
                .isInterlink())
                .isTrue();
        assertThat(cached(reply, "\\srv\\root\\l").isInterlink()).isFalse();
    }

    @Property(tries = 300)
    void findsTheLongestPrefix(@ForAll("paths") List<String> known, @ForAll("path") String path) {
        ReferralCache all = new ReferralCache(1000);
        known.forEach(one -> all.put(cached(reply(2, entry(0, one, "\\fs\\share")), one)));
        Optional<String> longest = known.stream().filter(one -> (path + "\\").toUpperCase().startsWith(one.toUpperCase() + "\\"))
                .max(java.util.Comparator.comparingInt(String::length)).map(String::toUpperCase);

        assertThat(all.find(DfsPath.of(path)).map(entry -> entry.prefix().folded())).isEqualTo(longest);
    }

    @Test
    void routesByTheFirstProviderThatClaimsAndRemembers() {
        List<String> asked = new ArrayList<>();
        UncRouter router = new UncRouter(List.of(provider("dfs", "\\corp", asked), provider("smb", "", asked)), () -> now);

        assertThat(route(router, DfsPath.of("\\corp\\ns\\x")).orElseThrow().provider().name()).isEqualTo("dfs");
        assertThat(route(router, DfsPath.of("\\fs\\share\\x")).orElseThrow().provider().name()).isEqualTo("smb");
        assertThat(route(router, DfsPath.of("\\FS\\Share\\y")).orElseThrow().prefix()).hasToString("\\fs\\share");
        assertThat(asked).containsExactly("dfs", "dfs", "smb");
        now += UncRouter.CLAIM_MILLIS;
        route(router, DfsPath.of("\\fs\\share\\x"));
        assertThat(asked).hasSize(5);
        assertThat(router.prefixes()).hasSize(2);
    }

    private static Optional<UncRouter.Claim> route(UncRouter router, DfsPath path) {
        return router.route(path, step -> { });
    }

    /** A domain with a namespace of two root targets, the first of which answers, and a link of two targets. */
    private void domain() {
        servers.answers("dc", "", reply(0, NameListEntry.of(600, "\\CORP", List.of()), NameListEntry.of(600, "\\corp.com",
                List.of())))
                .answers("corp", "\\corp", reply(0, NameListEntry.of(600, "\\corp", List.of("\\dc1", "\\dc2"))))
                .answers("CORP", "\\corp", reply(0, NameListEntry.of(600, "\\corp", List.of("\\dc1", "\\dc2"))))
                .answers("dc1", "\\corp\\ns", reply(3, entry(1, "\\corp\\ns", "\\srv1\\ns"), entry(1, "\\corp\\ns",
                "\\srv2\\ns")))
                .answers("srv1", "\\corp\\ns\\link", reply(2, entry(0, "\\corp\\ns\\link", "\\fs1\\share"),
                        entry(0, "\\corp\\ns\\link", "\\fs2\\share\\deep")))
                .opens("\\srv1\\ns", DfsServers.PATH_NOT_COVERED).opens("\\fs1\\share", 0).opens("\\fs2\\share", 0);
        resolver.learnDomains("dc");
        servers.asked.clear();
    }

    private static ReferralReply reply(long flags, ReferralEntry... entries) {
        return new ReferralReply(0, flags, Arrays.asList(entries));
    }

    private static TargetEntry entry(int serverType, String path, String target) {
        return TargetEntry.of(3, serverType, 0, serverType == 1 ? 300 : 1800, path, target);
    }

    private static CachedReferral cached(ReferralReply reply, String request) {
        return CachedReferral.of(request, reply, target -> false, 0).orElseThrow();
    }

    private static UncProvider provider(String name, String prefix, List<String> asked) {
        return new UncProvider() {

            @Override
            public String name() {
                return name;
            }

            @Override
            public OptionalInt claim(DfsPath path, Consumer<ResolutionStep> steps) {
                asked.add(name);
                return prefix.isEmpty() || path.isBelow(DfsPath.of(prefix)) ? OptionalInt.of(2) : OptionalInt.empty();
            }
        };
    }

    @Provide
    Arbitrary<List<String>> paths() {
        return path().list().ofMaxSize(20);
    }

    @Provide
    Arbitrary<String> path() {
        return Arbitraries.of("a", "B", "b", "ab").list().ofMinSize(2).ofMaxSize(5).map(list -> "\\" + String.join("\\", list));
    }
}
