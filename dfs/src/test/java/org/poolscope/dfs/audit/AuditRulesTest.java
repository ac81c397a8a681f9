package org.poolscope.dfs.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.poolscope.dfs.ReferralCacheEntry;
import org.poolscope.dfs.CacheTarget;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.ReferralExchange.Carrier;
import org.poolscope.dfs.ReferralExchange.Transport;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralEntry.NameListEntry;
import org.poolscope.dfs.message.ReferralEntry.ShareEntry;
import org.poolscope.dfs.message.ReferralEntry.TargetEntry;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.message.ReferralRequest;
import org.poolscope.model.Provenance;

/** Each rule broken once, and the same referral unbroken. */
class AuditRulesTest {

    private static final String LINK = "\\corp\\ns\\link";
    private static final String FILE = "\\corp\\ns\\link\\a.txt";

    @Test
    void acceptsWhatTheSpecificationShows() {
        assertThat(rules(audit -> {
            audit.take(link(target(LINK, "\\fs\\share")));
            audit.take(reply(4, "\\corp\\ns", 16, 3, List.of(entry(4, 1, 4, 300, "\\corp\\ns", "\\srv1\\ns"),
                    entry(4, 1, 0, 300, "\\corp\\ns", "\\srv2\\ns"))));
            audit.take(reply(4, "\\corp\\SYSVOL", 24, 2, List.of(entry(4, 0, 4, 900, "\\corp\\SYSVOL", "\\dc\\SYSVOL"))));
            audit.take(reply(4, "", 0, 0, List.of(NameListEntry.of(600, "\\CORP", List.of()), NameListEntry.of(600, "\\corp.com",
                    List.of()))));
            audit.take(reply(4, "corp.com", 0, 0, List.of(NameListEntry.of(600, "\\corp.com", List.of("\\dc1.corp.com",
                    "\\dc2.corp.com")))));
            // a link to another namespace, and one at the place of a root
            audit.take(reply(4, "\\corp\\ns\\far\\x", 24, 1, List.of(entry(3, 0, 0, 1800, "\\corp\\ns\\far", "\\other\\ns2"))));
            audit.take(reply(4, "\\srv\\alone", 20, 2, List.of(entry(3, 0, 0, 1800, "\\srv\\alone", "\\fs\\share"))));
            // the server's name in its two forms
            audit.take(reply(4, "\\corp.com\\ns\\link\\x", 34, 2, List.of(entry(3, 0, 0, 1800, "\\CORP\\ns\\link",
                    "\\fs\\share"))));
            // version 1
            audit.take(reply(1, LINK, 26, 2, List.of(ShareEntry.of(0, "\\fs\\share"))));
            // refusals that mean nothing
            audit.take(refusal("\\fs\\C$", 0xc000019cL));
            audit.take(refusal("\\fs\\share", 0xc0000225L));
            audit.take(refusal(LINK, 0x80000005L));
            // a request whose reply was not captured
            audit.take(exchange(request(4, LINK), OptionalLong.empty(), new byte[0], List.of()));
        })).isEmpty();
    }

    @Test
    void judgesPathConsumed() {
        assertThat(broken(reply(4, FILE, 27, 2, List.of(target(LINK, "\\fs\\share"))))).containsExactly("path-consumed-odd");
        assertThat(broken(reply(4, FILE, 60, 2, List.of(target(LINK, "\\fs\\share"))))).containsExactly("path-consumed-length");
        assertThat(broken(reply(4, FILE, 24, 2, List.of(target(LINK, "\\fs\\share"))))).containsExactly("path-consumed-boundary");
        assertThat(broken(reply(4, FILE, 38, 2, List.of(target(LINK, "\\fs\\share"))))).containsExactly("path-consumed-dfs-path");
        assertThat(broken(reply(4, FILE, 0, 2, List.of(target(LINK, "\\fs\\share"))))).containsExactly("path-consumed-dfs-path");
        assertThat(broken(reply(4, LINK + "\\", 28, 2, List.of(target(LINK, "\\fs\\share")))))
                .containsExactly("path-consumed-dfs-path");
        assertThat(broken(reply(4, "", 2, 0, List.of(NameListEntry.of(600, "\\CORP", List.of())))))
                .containsExactly("path-consumed-dfs-path");
    }

    @Test
    void judgesPaths() {
        assertThat(broken(link(target(LINK, "\\\\fs\\share")))).containsExactly("target-syntax");
        assertThat(broken(link(target(LINK, "\\fs")))).containsExactly("target-syntax");
        assertThat(broken(link(target(LINK, "\\fs\\share\\")))).containsExactly("target-syntax");
        assertThat(broken(link(target(LINK, "")))).containsExactly("target-syntax");
        assertThat(broken(link(target("\\corp\\ns\\lonk", "\\fs\\share")))).containsExactly("dfs-path");
        assertThat(broken(reply(4, LINK, 26, 2, List.of(new TargetEntry(3, 34, 0, 0, 0, 1800, LINK, "\\A", "\\fs\\share",
                TargetEntry.NO_SITE))))).containsExactly("dfs-path");
        assertThat(broken(reply(4, LINK, 26, 2, List.of()))).containsExactly("no-targets");
        assertThat(broken(link(target(LINK, LINK + "\\deeper")))).containsExactly("self-referral");
        assertThat(broken(link(target(LINK, "\\fs\\share"), target(LINK, "\\FS\\Share")))).containsExactly("duplicate-target");
        assertThat(broken(link(target(LINK, "\\fs\\share"), target(LINK, "\\fs.corp.com\\share"))))
                .containsExactly("duplicate-target");
        assertThat(broken(link(target(LINK, "\\10.0.0.1\\share"), target(LINK, "\\10.0.0.2\\share")))).isEmpty();
    }

    @Test
    void judgesEntriesAndFlags() {
        assertThat(broken(link(entry(3, 0, 0, 1800, LINK, "\\a\\b"), entry(3, 0, 0, 1801, LINK, "\\c\\d"))))
                .containsExactly("unequal-ttl");
        assertThat(broken(link(entry(3, 0, 0, 57_377, LINK, "\\a\\b")))).containsExactly("ttl-far");
        assertThat(broken(link(entry(3, 0, 0, 0, LINK, "\\a\\b")))).containsExactly("ttl-far");
        assertThat(broken(link(entry(3, 1, 0, 1800, LINK, "\\a\\b")))).containsExactly("server-type");
        assertThat(broken(link(entry(3, 7, 0, 1800, LINK, "\\a\\b")))).containsExactly("server-type");
        assertThat(broken(link(entry(3, 0, 4, 1800, LINK, "\\a\\b")))).containsExactly("entry-flags");
        assertThat(broken(link(entry(4, 0, 0, 1800, LINK, "\\a\\b")))).containsExactly("target-set-boundary");
        assertThat(broken(link(entry(3, 0, 0, 1800, LINK, "\\a\\b"), entry(2, 0, 0, 1800, LINK, "\\c\\d"))))
                .containsExactly("mixed-versions");
        assertThat(broken(reply(3, LINK, 26, 2, List.of(entry(4, 0, 4, 1800, LINK, "\\a\\b")))))
                .containsExactly("version-above-request");
        assertThat(broken(reply(4, LINK, 26, 3, List.of(target(LINK, "\\a\\b"))))).containsExactly("header-flags");
        assertThat(broken(reply(4, LINK, 26, 0, List.of(target(LINK, "\\a\\b"))))).containsExactly("header-flags");
        assertThat(broken(reply(4, LINK, 26, 0x12, List.of(target(LINK, "\\a\\b"))))).containsExactly("header-flags");
        assertThat(broken(reply(4, LINK, 26, 6, List.of(target(LINK, "\\a\\b"))))).containsExactly("header-flags");
        assertThat(broken(reply(4, "\\corp\\ns", 16, 2, List.of(entry(3, 1, 0, 300, "\\corp\\ns", "\\a\\b")))))
                .containsExactly("header-flags");
        assertThat(broken(reply(4, "\\c\\SYSVOL", 18, 3, List.of(entry(3, 0, 0, 900, "\\c\\SYSVOL", "\\a\\SYSVOL")))))
                .containsExactly("header-flags");
        assertThat(broken(reply(4, "", 0, 3, List.of(NameListEntry.of(600, "\\CORP", List.of())))))
                .containsExactly("header-flags");
        assertThat(broken(reply(4, LINK, 26, 2, List.of(new TargetEntry(3, 34, 0, 0, 0, 1800, LINK, LINK, "\\a\\b", new UUID(1,
                2))))))
                .containsExactly("reserved-fields");
    }

    @Test
    void judgesLayout() {
        byte[] good = new ReferralReply(26, 2, List.of(target(LINK, "\\fs\\share"), target(LINK, "\\fs2\\share"))).encode();
        assertThat(broken(success(good))).isEmpty();
        assertThat(broken(success(Arrays.copyOf(good, 60)))).containsExactly("reply-cut");
        assertThat(broken(success(Arrays.copyOf(good, good.length - 2)))).containsExactly("string-offset");
        assertThat(broken(success(patched(good, 10, 4)))).contains("entry-layout");
        assertThat(broken(success(patched(good, 2, 3)))).contains("entry-layout");
        assertThat(broken(success(patched(good, 24, 60_000)))).containsExactly("string-offset");
        assertThat(broken(exchange(request(4, LINK), OptionalLong.of(0x80000005L), Arrays.copyOf(good, 40), List.of())))
                .containsExactly("reply-cut");
        assertThat(broken(exchange(request(4, LINK), OptionalLong.of(0), good, List.of("it ends too soon"))))
                .containsExactly("carrier");
    }

    @Test
    void judgesNamesAndRequests() {
        assertThat(broken(reply(4, "", 0, 0, List.of(NameListEntry.of(600, "CORP", List.of()))))).containsExactly("name-list");
        assertThat(broken(reply(4, "", 0, 0, List.of(NameListEntry.of(600, "\\CORP", List.of("\\dc"))))))
                .containsExactly("name-list");
        assertThat(broken(reply(4, "corp", 0, 0, List.of(NameListEntry.of(600, "\\other", List.of("\\dc"))))))
                .containsExactly("name-list");
        assertThat(broken(reply(4, LINK, 0, 0, List.of(NameListEntry.of(600, "\\corp", List.of())))))
                .containsExactly("name-list");
        assertThat(broken(reply(4, "", 0, 2, List.of(target(LINK, "\\fs\\share"))))).contains("name-list");
        assertThat(broken(refusal("\\\\corp\\ns", 0xc0000225L))).containsExactly("request-form");
        assertThat(broken(refusal("corp\\ns", 0xc0000225L))).containsExactly("request-form");
        assertThat(broken(exchange(new byte[] {4, 0, 'x', 0}, OptionalLong.of(0xc0000225L), new byte[0], List.of())))
                .containsExactly("request-form");
        assertThat(broken(exchange(request(0, LINK), OptionalLong.of(0xc0000225L), new byte[0], List.of())))
                .containsExactly("request-level");
        assertThat(broken(exchange(request(2, ""), OptionalLong.of(0xc0000001L), new byte[0], List.of())))
                .containsExactly("request-level");
        assertThat(broken(refusal(LINK, 0xc0000033L))).containsExactly("unexpected-status");
    }

    @Test
    void judgesManyReferralsTogether() {
        assertThat(rules(audit -> {
            audit.take(link("\\a\\ns\\one", 18, "\\b\\ns\\two\\x"));
            audit.take(link("\\b\\ns\\two", 18, "\\c\\ns\\three"));
            audit.take(link("\\c\\ns\\three", 22, "\\fs\\share", "\\a\\ns\\one\\y"));
        })).containsExactly("referral-loop");
        assertThat(rules(audit -> {
            audit.take(reply(4, "\\b\\ns", 10, 3, List.of(entry(3, 1, 0, 300, "\\b\\ns", "\\srv\\ns"))));
            audit.take(link("\\a\\ns\\one", 18, "\\b\\ns\\two"));
        })).containsExactly("interlink-mark");
        assertThat(rules(audit -> IntStream.range(0, 50).forEach(i -> audit.take(link("\\fs\\root\\photos\\" + i + ".jpg",
                2 * ("\\fs\\root\\photos\\" + i + ".jpg").length(), "\\fs\\pool\\" + i + ".jpg")))))
                .containsExactly("cache-growth", "reaches-below-link");
    }

    @Test
    void judgesTheCacheOfLinux() {
        ReferralCacheEntry wrong = new ReferralCacheEntry(new Provenance("dfscache", "line 3"), "\\srv\\dfs\\ü", null, null,
                300L, null, null, List.of("link"), List.of(new CacheTarget("\\fs\\share", null, null, Set.of())),
                Optional.of(new ReferralCacheEntry.WireFields(2, 0, 10, false)));
        assertThat(rules(audit -> audit.take(wrong))).containsExactly("path-consumed-dfs-path");
    }

    @Test
    void everyRuleHasItsWords() {
        assertThat(DfsAudit.rules()).hasSize(30).allMatch(rule -> rule.demand().endsWith(".") && rule.clause().startsWith("MS-")
                && rule.name().matches("[a-z-]+")).extracting(AuditRule::name).doesNotHaveDuplicates();
    }

    @Test
    void keepsRepeatedFindingsOnceAndCountsThem() {
        DfsAudit audit = new DfsAudit();
        for (int i = 0; i < 5000; i++) {
            audit.take(reply(4, "\\corp\\ns\\l" + i, 2 * ("\\corp\\ns\\l" + i).length(), 0, List.of(target("\\corp\\ns\\l" + i,
                    "\\fs\\s" + i))));
            audit.take(reply(4, LINK, 26, 0, List.of(target(LINK, "\\fs\\share"))));
        }
        audit.endOfFile();
        List<AuditFinding> findings = audit.findings();
        assertThat(findings).hasSize(Findings.MOST_OF_A_RULE + 1);
        assertThat(findings).anyMatch(one -> one.occurrences() == 5000).anyMatch(one -> one.message()
                .startsWith("and 4801 more findings"));
        assertThat(audit.counts().exchanges()).isEqualTo(10_000);
    }

    private static List<String> broken(ReferralExchange exchange) {
        return rules(audit -> audit.take(exchange));
    }

    private static List<String> rules(Consumer<DfsAudit> evidence) {
        DfsAudit audit = new DfsAudit();
        evidence.accept(audit);
        audit.endOfFile();
        TreeSet<String> names = new TreeSet<>();
        audit.findings().forEach(one -> names.add(one.rule()));
        return List.copyOf(names);
    }

    private static TargetEntry target(String path, String target) {
        return entry(3, 0, 0, 1800, path, target);
    }

    private static TargetEntry entry(int version, int serverType, int flags, long ttl, String path, String target) {
        return TargetEntry.of(version, serverType, flags, ttl, path, target);
    }

    private static ReferralExchange link(ReferralEntry... entries) {
        return reply(4, LINK, 26, 2, List.of(entries));
    }

    private static ReferralExchange link(String path, int consumed, String... targets) {
        return reply(4, path, consumed, 2, Arrays.stream(targets).<ReferralEntry>map(one -> target(path, one)).toList());
    }

    private static ReferralExchange reply(int level, String path, int consumed, long flags,
            List<? extends ReferralEntry> entries) {
        return exchange(request(level, path), OptionalLong.of(0), new ReferralReply(consumed, flags, List.copyOf(entries))
                .encode(), List.of());
    }

    private static ReferralExchange success(byte[] reply) {
        return exchange(request(4, LINK), OptionalLong.of(0), reply, List.of());
    }

    private static ReferralExchange refusal(String path, long status) {
        return exchange(request(4, path), OptionalLong.of(status), new byte[0], List.of());
    }

    private static byte[] request(int level, String path) {
        return new ReferralRequest(level, path).encode();
    }

    private static ReferralExchange exchange(byte[] request, OptionalLong status, byte[] reply, List<String> problems) {
        Transport transport = new Transport(Carrier.SMB2, "c:1", "s:445", OptionalLong.of(1), status.isPresent()
                ? OptionalLong.of(2)
                : OptionalLong.empty(), 0, OptionalLong.of(4096));
        return new ReferralExchange("made", transport, Optional.of(request), status, reply, problems);
    }

    private static byte[] patched(byte[] message, int offset, int value) {
        byte[] copy = message.clone();
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putShort(offset, (short) value);
        return copy;
    }
}
