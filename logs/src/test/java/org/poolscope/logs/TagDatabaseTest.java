package org.poolscope.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.poolscope.logs.TagEntry.Use;
import org.poolscope.model.PoolTag;

class TagDatabaseTest {

    private static List<String> about(TagDatabase database, String tag) {
        return database.lookup(PoolTag.parse(tag)).stream().map(entry -> entry.binary() + ": " + entry.description()).toList();
    }

    @Test
    void rowsThatBreakTheirColumnsAreRead() {
        Collected collected = Collected.from("""
                // a comment
                rem another - one - here

                Fsb -  netio.sys
                PX1 - ndproxy.sys
                CM   - nt!cm        - Configuration Manager
                Dh 0 - <unknown>    - DirectDraw default object
                Gh ? - win32k.sys   -     Gdi handles
                Npf* - npfs.sys     - Npfs
                NpFc - npfs.sys     - CCB
                Abcd - words without a binary
                Ab+@ - <unknown>    -
                DxgK - dxgkrnl!Class::Method - Graphics
                Irps - nt!vf        - one
                Irps - nt!io        - two
                CMAl - nt!cm        -no blank
                       <unknown>
                M\u00fc\u20acx - a.sys - tag of cp1252
                \u001a""", Charset.forName("windows-1252"));
        TagDatabase database = collected.one(TagDatabase.class);
        assertThat(collected.lost()).isEmpty();
        assertThat(database.entries()).hasSize(14);
        assertThat(about(database, "Fsb")).containsExactly("netio.sys: ");
        assertThat(about(database, "PX1")).containsExactly("ndproxy.sys: ");
        assertThat(about(database, "Dh 0")).containsExactly("null: DirectDraw default object");
        assertThat(about(database, "Gh 5")).containsExactly("win32k.sys: Gdi handles");
        assertThat(about(database, "Npfx")).containsExactly("npfs.sys: Npfs");
        assertThat(about(database, "Abcd")).containsExactly("null: words without a binary");
        assertThat(about(database, "Ab+@")).containsExactly("null: ");
        assertThat(about(database, "DxgK")).containsExactly("dxgkrnl!Class::Method: Graphics");
        assertThat(about(database, "Irps")).containsExactly("nt!vf: one", "nt!io: two");
        assertThat(about(database, "CMAl")).containsExactly("nt!cm: no blank");
        assertThat(about(database, " CM ")).as("as Windows NT 4 wrote it").containsExactly("nt!cm: Configuration Manager");
        assertThat(database.lookup(PoolTag.parse("M\\xfc\\x80x"))).hasSize(1);
        assertThat(database.lookup(PoolTag.parse("Io")).isEmpty()).isTrue();
        assertThat(database.entries().getFirst().seenAt().at()).isEqualTo("line 4");
    }

    @Test
    void theMostSpecificRowComesFirst() {
        TagDatabase database = Collected.from("""
                Mu*  - any.sys  - any
                Mu?7 - some.sys - some
                Mu37 - one.sys  - one
                """).one(TagDatabase.class);
        assertThat(about(database, "Mu37")).containsExactly("one.sys: one", "some.sys: some", "any.sys: any");
        assertThat(about(database, "Mu38")).containsExactly("any.sys: any");
    }

    @Test
    void otherListsWithDashesAreNoTagDatabase() {
        assertThat(Collected.from("a - first point\nb - second point\nc - third point\nd - fourth\n").formats()).isEmpty();
        assertThat(Collected.from("Mon - open - all day\nTue - open - morning\nWed - closed - none\n").formats()).isEmpty();
        assertThat(Collected.from("Fsb -  netio.sys\nPX1 - ndproxy.sys\n").formats()).as("two rows are too few").isEmpty();
    }

    @Test
    void theBuiltInDatabaseKnowsTheCommonTags() {
        TagDatabase builtIn = TagDatabase.builtIn();
        assertThat(builtIn.entries()).hasSizeGreaterThan(250);
        for (String tag : List.of("MmSt", "CM31", "Mup ", "Mu37", "IoNm", "Io  ", "Irp ", "File", "EtwB", "ConT", "NtxF", "FMsl",
                "Thre", "Proc", "Vad ", "Ntfx", "AfdB", "TcpE", "Even", "Sema", "Toke", "SeSd", "Strg", "Ddk ", "None")) {
            assertThat(builtIn.lookup(PoolTag.parse(tag))).as(tag).isNotEmpty();
        }
        assertThat(about(builtIn, "Mu37")).first().asString().startsWith("mup.sys: ");
        assertThat(about(builtIn, "IoNm")).first().asString().startsWith("nt!io: ");
    }

    @Test
    void sharedTagsNeverNameAnOwnerAlone() {
        TagDatabase builtIn = TagDatabase.builtIn();
        for (String tag : List.of("Io  ", "Ddk ", "None", "Strg", "SeSd", "SeTs", "PpUc", "SeAl", "PpRb", "IoWI", "ConT")) {
            assertThat(builtIn.isShared(PoolTag.parse(tag))).as(tag).isTrue();
        }
        for (String tag : List.of("MmSt", "File", "Thre", "Toke", "Irp ", "Even", "FMfn", "NtFC")) {
            assertThat(builtIn.use(PoolTag.parse(tag))).as(tag).isEqualTo(Use.BEHALF);
        }
        assertThat(builtIn.use(PoolTag.parse("Mup "))).isEqualTo(Use.OWN);
        assertThat(builtIn.use(PoolTag.parse("zzzz"))).isEqualTo(Use.UNKNOWN);
    }

    @Test
    void aUsersDatabaseGoesBeforeTheBuiltInOne() {
        TagDatabase mine = Collected.from("Io   - my.sys - mine\nMine - my.sys - mine\nMup  - mup.sys - mine\n")
                .one(TagDatabase.class);
        assertThat(mine.use(PoolTag.parse("Io"))).isEqualTo(Use.UNKNOWN);
        TagDatabase both = mine.before(TagDatabase.builtIn());
        assertThat(about(both, "Io")).first().isEqualTo("my.sys: mine");
        assertThat(both.isShared(PoolTag.parse("Io"))).as("whatever the user's says").isTrue();
        assertThat(about(both, "Mine")).containsExactly("my.sys: mine");
        assertThat(about(both, "MmSt")).isNotEmpty();
        assertThat(both.seenAt()).isEqualTo(mine.seenAt());
    }

    @Test
    void noTagStandsTwiceInTheBuiltInDatabase() {
        Set<String> seen = new HashSet<>();
        assertThat(TagDatabase.builtIn().entries()).allMatch(entry -> seen.add(entry.pattern().toString()))
                .allMatch(entry -> entry.use() != Use.UNKNOWN && !entry.description().isEmpty());
    }
}
