package org.poolscope.dfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.poolscope.dfs.LinkExtent.Sign;
import org.poolscope.dfs.LinkExtent.Sureness;
import org.poolscope.dfs.listing.CollectedFacts;
import org.poolscope.model.Provenance;
import org.poolscope.model.RealEvidence;

class NamespaceShapeTest {

    @Test
    void infersTheLinkFromThePublishedEntryAlone() throws Exception {
        CollectedFacts found = CollectedFacts.of(RealEvidence.path("cases/photo-upload/dfsutil-pktinfo.txt"));

        NamespaceShape shape = NamespaceShape.of(found.all(ReferralCacheEntry.class));

        LinkExtent worst = shape.worst().orElseThrow();
        assertThat(worst.link()).isEqualTo("\\MyFileServer\\Root\\lores");
        assertThat(worst.targets()).containsExactly("\\MyFileServer\\{#}-Root", "\\MyFileServer.domain.local\\{#}-Root",
                "\\MyFileServer1\\{#}-Root", "\\MyFileServer1.domain.local\\{#}-Root");
        assertThat(worst.sureness()).isEqualTo(Sureness.CERTAIN);
        assertThat(worst.signs()).containsExactlyInAnyOrder(Sign.FILE_NAMES, Sign.SHARED_SUFFIX, Sign.LONG_TTL);
        assertThat(worst.files()).isOne();
        assertThat(worst.deepest()).isEqualTo(5);
        assertThat(worst.seenAt()).extracting(Provenance::at).containsExactly("line 1");
        assertThat(shape.usualTargets()).hasValue(4);
        assertThat(shape.ttlDeviations()).hasSize(1);
        assertThat(shape.ttlDeviations().getFirst().seconds()).isEqualTo(57377);
        assertThat(shape.ttlDeviations().getFirst().usualSeconds()).isEqualTo(1800);
        assertThat(shape.ttlDeviations().getFirst().factor()).isBetween(31.0, 32.0);
    }

    @Test
    void needsOneEntryWhereTheClientHoldsThousands() {
        List<ReferralCacheEntry> entries = new ArrayList<>();
        entries.add(entry("\\MyFileServer\\Root", 0x81, 300, "\\MyFileServer\\Root"));
        for (int i = 0; i < 3000; i++) {
            String photo = "\\200701" + i % 31 + "\\R" + i % 7 + "\\" + i + "\\" + i + "_lores.jpg";
            entries.add(entry("\\MyFileServer\\Root\\lores" + photo, 1, 57377, "\\MyFileServer\\{1}-Root" + photo,
                    "\\B\\{1}-Root" + photo));
            entries.add(entry("\\myfileserver\\ROOT\\hires" + photo, 1, 57377, "\\MyFileServer\\{2}-Root" + photo,
                    "\\B\\{2}-Root" + photo));
        }

        NamespaceShape shape = NamespaceShape.of(entries);

        assertThat(shape.entriesHeld()).isEqualTo(6001);
        assertThat(shape.entriesNeeded()).isEqualTo(3);
        assertThat(shape.reachingBelow()).extracting(LinkExtent::link).containsExactly("\\MyFileServer\\Root\\lores",
                "\\myfileserver\\ROOT\\hires");
        assertThat(shape.reachingBelow()).allMatch(link -> link.entries() == 3000 && link.sureness() == Sureness.CERTAIN
                && link.signs().contains(Sign.MANY_SHARE_A_PREFIX) && link.needless() == 2999 && link.seenAt().size() == 3);
        assertThat(shape.distinctTargetSets()).isEqualTo(3);
        assertThat(shape.usualTargets()).hasValue(2);
        assertThat(shape.targetsHeld()).isEqualTo(12_001);
        assertThat(shape.ttlDeviations()).extracting(TtlDeviation::entries).containsExactly(6000);
    }

    @Test
    void accusesNoNormalCache() throws Exception {
        for (String name : List.of("pktinfo-accessstatus.txt", "pktinfo-state.txt")) {
            CollectedFacts found = CollectedFacts.of(RealEvidence.path("dfs/dfsutil/" + name));
            NamespaceShape shape = NamespaceShape.of(found.all(ReferralCacheEntry.class));
            assertThat(shape.reachingBelow()).as(name).isEmpty();
            assertThat(shape.ttlDeviations()).as(name).isEmpty();
            assertThat(shape.entriesNeeded()).as(name).isEqualTo(shape.entriesHeld());
        }
    }

    @Test
    void accusesNoFarmOfHomeFolders() {
        List<ReferralCacheEntry> entries = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            entries.add(entry("\\corp\\home\\" + (char) ('a' + i % 26) + "\\user" + i, 1, 1700,
                    "\\fs1\\homes\\" + (char) ('a' + i % 26) + "\\user" + i));
            entries.add(entry("\\corp\\apps\\v" + i % 9 + "." + i, 1, 1700, "\\fs2\\apps\\v" + i % 9 + "." + i));
        }
        entries.add(entry("\\corp\\apps\\contoso.com", 1, 1700, "\\fs2\\apps\\contoso.com"));

        NamespaceShape shape = NamespaceShape.of(entries);

        assertThat(shape.reachingBelow()).isEmpty();
        assertThat(shape.entriesNeeded()).isEqualTo(10_001);
    }

    @Test
    void picksAFileOutOfManyLinks() {
        List<ReferralCacheEntry> entries = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            entries.add(entry("\\corp\\ns\\team" + i, 1, 1700, "\\fs2\\teams\\team" + i));
        }
        entries.add(entry("\\corp\\ns\\plan.xls", 1, 1700, "\\fs2\\teams\\plan.xls"));

        NamespaceShape shape = NamespaceShape.of(entries);

        assertThat(shape.reachingBelow()).singleElement().matches(link -> link.entries() == 1
                && link.sureness() == Sureness.LIKELY
                && link.sample().equals("\\corp\\ns\\plan.xls"));
        assertThat(shape.entriesNeeded()).isEqualTo(51);
    }

    @Test
    void knowsThatThereAreNoLinksBelowLinks() {
        NamespaceShape shape = NamespaceShape.of(List.of(entry("\\corp\\ns\\data", 1, 1700, "\\fs\\share"),
                entry("\\corp\\ns\\data\\2026", 1, 1700, "\\fs\\share\\2026"),
                entry("\\corp\\ns\\data\\2026\\May", 1, 1700, "\\fs\\share\\2026\\May"),
                entry("\\corp\\ns\\other", 1, 1700, "\\fs\\other")));

        assertThat(shape.reachingBelow()).singleElement().matches(link -> link.link().equals("\\corp\\ns\\data")
                && link.entries() == 2
                && link.sureness() == Sureness.CERTAIN && link.signs().contains(Sign.BELOW_ANOTHER_LINK));
        assertThat(shape.entriesHeld()).isEqualTo(4);
        assertThat(shape.entriesNeeded()).isEqualTo(2);
    }

    @Test
    void suspectsTheQuotedReplyAndNotTheExpectedOne() throws Exception {
        NamespaceShape bad = NamespaceShape.of(List.of(),
                CollectedFacts.of(RealEvidence.path("cases/photo-upload/netmon-bad.txt")).all(ReferralText.class));
        NamespaceShape expected = NamespaceShape.of(List.of(),
                CollectedFacts.of(RealEvidence.path("cases/photo-upload/netmon-expected.txt")).all(ReferralText.class));

        LinkExtent link = bad.worst().orElseThrow();
        assertThat(link.link()).isEqualTo("\\Server\\root\\Link1");
        assertThat(link.targets()).containsExactly("\\OtherServer\\share");
        assertThat(link.sureness()).isEqualTo(Sureness.POSSIBLE);
        assertThat(link.signs()).containsExactly(Sign.WHOLE_REQUEST_CLAIMED);
        assertThat(expected.reachingBelow()).isEmpty();
    }

    @Test
    void isCalmAboutNothing() {
        NamespaceShape shape = NamespaceShape.of(List.of());

        assertThat(shape.entriesHeld()).isZero();
        assertThat(shape.usualTargets()).isEmpty();
        assertThat(shape.worst()).isEmpty();
        assertThat(NamespaceShape.of(List.of(entry("\\", 1, 0), entry("\\a", 1, 0), entry("\\a\\b\\c.txt", 1, 0, "\\", "\\x"),
                entry("\\a\\b\\c.txt\\", 1, 0))).reachingBelow()).isEmpty();
    }

    private static ReferralCacheEntry entry(String path, int type, long expires, String... targets) {
        return new ReferralCacheEntry(new Provenance("pkt.txt", "line 1"), path, path, expires, null, 0, type, List.of(),
                List.of(targets).stream().map(target -> new CacheTarget(target, null, null, Set.of())).toList(),
                Optional.empty());
    }
}
