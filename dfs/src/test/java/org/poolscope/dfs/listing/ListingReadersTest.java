package org.poolscope.dfs.listing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.dfs.CacheTarget;
import org.poolscope.dfs.DomainCacheEntry;
import org.poolscope.dfs.DomainCacheEntry.Controller;
import org.poolscope.dfs.DomainCacheEntry.Origin;
import org.poolscope.dfs.ReferralCacheEntry;
import org.poolscope.dfs.ReferralKind;
import org.poolscope.dfs.ReferralText;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.RealEvidence;

class ListingReadersTest {

    private static final String PHOTO = "\\20070110\\R6\\335\\2038335\\29109072_lores.jpg";

    @TempDir
    private Path folder;

    @Test
    void readsThePublishedEntryAsItStandsOnThePage() throws Exception {
        CollectedFacts found = CollectedFacts.of(RealEvidence.path("cases/photo-upload/dfsutil-pktinfo.txt"));

        ReferralCacheEntry entry = only(found, ReferralCacheEntry.class);
        assertThat(entry.path()).isEqualTo("\\MyFileServer\\Root\\lores" + PHOTO);
        assertThat(entry.shortPath()).isEqualTo(entry.path());
        assertThat(entry.expiresInSeconds()).isEqualTo(57377);
        assertThat(entry.useCount()).isZero();
        assertThat(entry.type()).isEqualTo(1);
        assertThat(entry.typeLabels()).containsExactly("DFS");
        assertThat(entry.kind()).isEqualTo(ReferralKind.LINK);
        assertThat(entry.targets()).extracting(CacheTarget::path, CacheTarget::state, CacheTarget::stateLabel).containsExactly(
                tuple("\\MyFileServer\\{#}-Root" + PHOTO, 0x31L, "State"),
                tuple("\\MyFileServer.domain.local\\{#}-Root" + PHOTO, null, null),
                tuple("\\MyFileServer1\\{#}-Root" + PHOTO, 0x21L, "State"),
                tuple("\\MyFileServer1.domain.local\\{#}-Root" + PHOTO, 0x21L, "State"));
        assertThat(entry.seenAt().at()).isEqualTo("line 1");
        assertThat(entry.seenAt().text()).isEqualTo("Entry: " + entry.path());
        assertThat(found.lines).containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(found.warnings).isEmpty();
    }

    @Test
    void whatDfsutilPrintsAroundTheEntriesIsUnderstood(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("pkt.txt"), """
                --mup.sys--
                1 entries...
                Entry: \\srv\\root
                ShortEntry: \\srv\\root
                Expires in 300 seconds
                UseCount: 0 Type:0x81 ( REFERRAL_SVC DFS )
                   0:[\\srv\\share] State:0x119 ( ACTIVE )

                DfsUtil command completed successfully.
                """);
        CollectedFacts found = CollectedFacts.of(file);

        assertThat(found.all(ReferralCacheEntry.class)).hasSize(1);
        assertThat(found.lines).contains(1, 2, 3, 4, 5, 6, 7, 9);
    }

    @Test
    void readsTheFormWithAccessStatus() throws Exception {
        CollectedFacts found = CollectedFacts.of(RealEvidence.path("dfs/dfsutil/pktinfo-accessstatus.txt"));

        List<ReferralCacheEntry> entries = found.all(ReferralCacheEntry.class);
        assertThat(entries).extracting(ReferralCacheEntry::path, ReferralCacheEntry::expiresInSeconds,
                ReferralCacheEntry::useCount, ReferralCacheEntry::type).containsExactly(tuple("\\long.biz.foo\\Images", 4L, 1,
                0x81), tuple("\\or-util01\\Images", 0L, 0, 0x81));
        assertThat(entries.getFirst().typeLabels()).containsExactly("REFERRAL_SVC", "DFS");
        assertThat(entries).allMatch(entry -> entry.kind() == ReferralKind.ROOT);
        assertThat(entries.getFirst().targets()).extracting(CacheTarget::path, CacheTarget::state, CacheTarget::active)
                .containsExactly(
                tuple("\\OR-UTIL01\\Images", null, false), tuple("\\NY-FS01\\Images", 0xc00000beL, false),
                tuple("\\NY-UTIL01\\Images", 0L, true));
        assertThat(entries.getLast().targets()).hasSize(3);
        assertThat(entries.getLast().targets().getFirst().labels()).containsExactlyInAnyOrder("ACTIVE", "TARGETSET");
        assertThat(entries.getLast().targets().getLast().labels()).isEmpty();
        assertThat(found.lines).hasSize(14);
    }

    @Test
    void readsTheFormWithState() throws Exception {
        CollectedFacts found = CollectedFacts.of(RealEvidence.path("dfs/dfsutil/pktinfo-state.txt"));

        List<ReferralCacheEntry> entries = found.all(ReferralCacheEntry.class);
        assertThat(entries).extracting(ReferralCacheEntry::kind).containsExactly(ReferralKind.ROOT, ReferralKind.LINK);
        assertThat(entries.getFirst().targets()).extracting(CacheTarget::state).containsExactly(0x119L, 0x9L);
        assertThat(entries.getLast().targets()).extracting(CacheTarget::path, CacheTarget::active)
                .containsExactly(tuple("\\fileserver\\data", true));
    }

    @Test
    void readsDomains() throws Exception {
        CollectedFacts found = CollectedFacts.of(RealEvidence.path("dfs/dfsutil/spcinfo.txt"));

        assertThat(found.all(DomainCacheEntry.class)).extracting(DomainCacheEntry::name, DomainCacheEntry::origin)
                .containsExactly(
                tuple("2003server1.contoso.com", Origin.WORKSTATION), tuple("CONTOSO", Origin.WORKSTATION),
                tuple("contoso.com", Origin.WORKSTATION), tuple("CONTOSO", Origin.REFERRAL_IN_USE),
                tuple("contoso.com", Origin.REFERRAL));
        assertThat(found.all(DomainCacheEntry.class).get(3).controllers())
                .containsExactly(new Controller("2003server2", false, null), new Controller("2003server1", true, null));
        assertThat(found.lines).hasSize(7);
    }

    @Test
    void readsDomainsRunTogetherOnOneLine() throws Exception {
        CollectedFacts found = read("[*][RAKHESH] [+][rakhesh.local] [+WIN-DC01.rakhesh.local] AccessStatus: 0"
                + " [-WIN-DC02.rakhesh.local]\n");

        assertThat(found.all(DomainCacheEntry.class)).hasSize(2);
        assertThat(found.all(DomainCacheEntry.class).getLast().controllers()).containsExactly(
                new Controller("WIN-DC01.rakhesh.local", true, 0L), new Controller("WIN-DC02.rakhesh.local", false, null));
    }

    @Test
    void readsAnEntryThatLostItsLineBreaks() throws Exception {
        CollectedFacts found = read("Entry: \\a b\\c ShortEntry: \\A\\C Expires in 12 seconds UseCount: 3 Type:0x81 ("
                + " REFERRAL_SVC DFS ) "
                + "0:[\\s [x]\\y] AccessStatus: 0xc000003a ( ACTIVE ) 1:[\\t\\u] Entry: \\d\\e\\f Expires in 1 seconds\n");

        List<ReferralCacheEntry> entries = found.all(ReferralCacheEntry.class);
        assertThat(entries).extracting(ReferralCacheEntry::path).containsExactly("\\a b\\c", "\\d\\e\\f");
        assertThat(entries.getFirst().shortPath()).isEqualTo("\\A\\C");
        assertThat(entries.getFirst().targets()).extracting(CacheTarget::path).containsExactly("\\s [x]\\y", "\\t\\u");
        assertThat(entries.getFirst().targets().getFirst().state()).isEqualTo(0xc000003aL);
    }

    @Test
    void readsSectionsOneAfterAnotherInUtf16() throws Exception {
        String text = Files.readString(RealEvidence.path("dfs/dfsutil/pktinfo-state.txt"))
                + "\r\n" + Files.readString(RealEvidence.path("dfs/dfsutil/spcinfo.txt"))
                + "\r\nType: something of another tool\r\n0:[not a target]\r\n";
        CollectedFacts found = read("\ufeff" + text, StandardCharsets.UTF_16LE);

        assertThat(found.all(ReferralCacheEntry.class)).hasSize(2);
        assertThat(found.all(ReferralCacheEntry.class).getLast().targets()).hasSize(1);
        assertThat(found.all(ReferralCacheEntry.class).getLast().type()).isEqualTo(1);
        assertThat(found.all(DomainCacheEntry.class)).hasSize(5);
    }

    @Test
    void saysWhatIsCutShort() throws Exception {
        CollectedFacts found = read("Entry: \\a\\b\nUseCount: 99999999999 Type:zz\n 0:[\\s\\t\nEntry: \\only\\a\\path\n");

        ReferralCacheEntry entry = only(found, ReferralCacheEntry.class);
        assertThat(entry.useCount()).isNull();
        assertThat(entry.type()).isNull();
        assertThat(entry.targets()).extracting(CacheTarget::path).containsExactly("\\s\\t");
        assertThat(found.warnings).hasSize(5).anyMatch(warning -> warning.contains("bracket is missing"))
                .anyMatch(warning -> warning.contains("nothing but a path"));
    }

    @Test
    void countsComplaintsInsteadOfRepeatingThem() throws Exception {
        String text = "Entry: \\a\\b\nType:0x1\n" + " 0:[\\s\\t\n".repeat(1000);
        CollectedFacts found = read(text);

        assertThat(found.warnings).hasSize(21).last().asString().contains("980 more");
    }

    @Test
    void readsNetworkMonitorText() throws Exception {
        ReferralText bad = only(CollectedFacts.of(RealEvidence.path("cases/photo-upload/netmon-bad.txt")), ReferralText.class);
        assertThat(bad.requestPath()).isEqualTo("\\Server\\Root\\Link1\\newdir");
        assertThat(bad.referrals()).extracting(ReferralText.NamedReferral::dfsPath, ReferralText.NamedReferral::target)
                .containsExactly(tuple("\\Server\\root\\Link1\\newdir", "\\OtherServer\\share\\dir"));

        CollectedFacts expected = CollectedFacts.of(RealEvidence.path("cases/photo-upload/netmon-expected.txt"));
        List<ReferralText> exchanges = expected.all(ReferralText.class);
        assertThat(exchanges).extracting(ReferralText::requestPath, ReferralText::headerFlags)
                .containsExactly(tuple(null, 3), tuple("\\2k3entspat\\root2\\Depth1\\Depth2\\dirinlink\\", null));
        assertThat(exchanges.getLast().referrals()).extracting(ReferralText.NamedReferral::dfsPath,
                ReferralText.NamedReferral::target)
                .containsExactly(tuple("\\2k3entspat\\root2\\Depth1\\Depth2", "\\spat2003-1\\link1"),
                        tuple("\\2k3entspat\\root2\\Depth1\\Depth2", "\\2k3entspat\\dfs_link_1"));
        assertThat(expected.lines).doesNotContain(5, 9);
    }

    @Test
    void readsAWholeNetworkMonitorExchange() throws Exception {
        CollectedFacts found = read("""
                SMB: C transact2 NT Get DFS Referral
                   SMB: DFS Max Referral Level = 3 (0x3)
                   SMB: DFS Request Filename = \\\\HOST\\ROOT\\LINK

                SMB: R transact2 NT Get DFS Referral (response to previous frame)
                   SMB: DFS Path Consumed = 46 (0x2E)
                   SMB: DFS Number of Referrals = 1 (0x1)
                   SMB: DFS Server Function = 1 (0x1)
                      SMB: ...............................1 = Referral Server
                      SMB: ..............................0. = Not a Storage Server
                   SMB: DFS Version 3 Referral
                      SMB: DFS Version Number = 3 (0x3)
                      SMB: DFS Server Type = Unknown Server Type
                      SMB: DFS TimeToLive = 1800 (0x708)
                      SMB: DFS Filename = \\\\HOST\\ROOT\\LINK
                      SMB: DFS 8.3 Filename = \\\\HOST\\ROOT\\LINK
                      SMB: DFS Sharename = \\\\TARGET\\SHARENAME
                      SMB: DFS Servicesite GUID = 00 00 00 00
                """);

        ReferralText text = only(found, ReferralText.class);
        assertThat(text.maxLevel()).isEqualTo(3);
        assertThat(text.pathConsumed()).isEqualTo(46);
        assertThat(text.headerFlags()).isEqualTo(1);
        ReferralText.NamedReferral referral = text.referrals().getFirst();
        assertThat(referral.dfsPath()).isEqualTo("\\\\HOST\\ROOT\\LINK");
        assertThat(referral.target()).isEqualTo("\\\\TARGET\\SHARENAME");
        assertThat(referral.ttlSeconds()).isEqualTo(1800);
        assertThat(referral.version()).isEqualTo(3);
        assertThat(found.lines).hasSize(17);
    }

    @Test
    void readsTheCacheOfLinux() throws Exception {
        CollectedFacts found = read("""
                DFS cache
                ---------
                cache entry: path=\\srv\\dfs\\a,type=b,type=link,ttl=300,etime=5,\
                hdr_flags=0x2,ref_flags=0x0,interlink=no,path_consumed=13,expired=no
                  \\srv1\\share (target hint)
                  \\srv2\\share
                [ 12.3] CIFS: cache entry: path=\\srv\\dfs,type=root,ttl=120,etime=5,\
                hdr_flags=0x3,ref_flags=0x0,interlink=yes,path_consumed=8,expired=yes
                """);

        List<ReferralCacheEntry> entries = found.all(ReferralCacheEntry.class);
        assertThat(entries).extracting(ReferralCacheEntry::path, ReferralCacheEntry::ttlSeconds, ReferralCacheEntry::kind)
                .containsExactly(tuple("\\srv\\dfs\\a,type=b", 300L, ReferralKind.LINK), tuple("\\srv\\dfs", 120L,
                ReferralKind.ROOT));
        assertThat(entries.getFirst().targets()).extracting(CacheTarget::path).containsExactly("\\srv1\\share", "\\srv2\\share");
        assertThat(entries.getFirst().wire()).contains(new ReferralCacheEntry.WireFields(2, 0, 13, false));
        assertThat(found.lines).hasSize(6);
    }

    @Test
    void leavesOtherTextsAlone() throws Exception {
        for (String other : List.of("cases/photo-upload/kd-poolused.txt", "cases/photo-upload/kd-vm.txt",
                "cases/photo-upload/poolmon.txt",
                "cases/photo-upload/event-2020.txt", "tags/pooltag-2003.txt")) {
            CollectedFacts found = CollectedFacts.of(RealEvidence.path(other));
            assertThat(found.facts).as(other).isEmpty();
            assertThat(found.lines).as(other).isEmpty();
        }
    }

    @Test
    void isFoundAsAService() {
        assertThat(ServiceLoader.load(EvidenceReader.class).stream().map(provider -> provider.type().getSimpleName()))
                .contains("PktInfoReader", "SpcInfoReader", "LinuxDfsCacheReader", "ReferralTextReader");
    }

    @Test
    void readsALongListing() throws Exception {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, 20_000).forEach(i -> text.append("Entry: \\f\\r\\l\\").append(i).append(".jpg\n")
                .append("ShortEntry: \\f\\r\\l\\").append(i)
                .append(".jpg\nExpires in 57377 seconds\nUseCount: 0 Type:0x1 ( DFS )\n")
                .append("   0:[\\f\\s\\").append(i).append(".jpg] State:0x31 ( )\n\n"));
        CollectedFacts found = read(text.toString());

        assertThat(found.facts).hasSize(20_000);
        assertThat(found.lines).hasSize(100_000);
    }

    @FuzzTest
    void endures(byte[] data) throws IOException {
        Path file = folder.resolve("fuzz.txt");
        Files.write(file, data);
        try {
            CollectedFacts.of(file);
        } catch (EvidenceException e) {
            assertThat(e.problem()).isNotEmpty();
        }
    }

    private CollectedFacts read(String text) throws Exception {
        return read(text, StandardCharsets.UTF_8);
    }

    private CollectedFacts read(String text, Charset charset) throws Exception {
        Path file = folder.resolve("listing.txt");
        Files.writeString(file, text, charset);
        EvidenceFile.open(file);
        return CollectedFacts.of(file);
    }

    private static <T extends org.poolscope.model.Fact> T only(CollectedFacts found, Class<T> type) {
        assertThat(found.all(type)).hasSize(1);
        return found.all(type).getFirst();
    }
}
