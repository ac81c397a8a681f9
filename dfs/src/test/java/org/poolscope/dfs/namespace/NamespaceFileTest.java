package org.poolscope.dfs.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.dfs.DfsPath;
import org.poolscope.model.EvidenceException;

class NamespaceFileTest {

    private static final Path FILE = Path.of("n.yaml");

    @Test
    void readsTheExampleOfTheDocumentation() throws Exception {
        Namespace namespace = NamespaceFile.read(Path.of("../docs/namespace.yaml"));

        assertThat(namespace.server()).isEqualTo("FILES");
        assertThat(namespace.guests()).isTrue();
        assertThat(namespace.password("ANNA")).contains("correct horse");
        assertThat(namespace.password("bob")).contains("battery: staple");
        assertThat(namespace.roots()).extracting(NamespaceRoot::name).containsExactly("projects", "home");
        NamespaceRoot projects = namespace.root("Projects").orElseThrow();
        assertThat(projects.ttlSeconds()).isEqualTo(300);
        assertThat(projects.links()).containsExactly(
                new NamespaceLink(DfsPath.of("lores"), 1800, false, false, java.util.List.of("\\fs1.example\\lores", "\\fs2.example\\lores")),
                new NamespaceLink(DfsPath.of("archive\\2024"), 1800, true, false, java.util.List.of("\\fs1.example\\archive\\2024")),
                new NamespaceLink(DfsPath.of("partner"), 1800, false, true, java.util.List.of("\\partner.example\\public")));
        assertThat(namespace.root("home").orElseThrow().targets()).containsExactly("\\files1.example\\home", "\\files2.example\\home");
    }

    @Test
    void everybodyGetsInWhenThereAreNoUsers() throws Exception {
        assertThat(NamespaceFile.parse(FILE, "roots: {a: }").guests()).isTrue();
        assertThat(NamespaceFile.parse(FILE, "users: {u: 12}\nroots: {a: }").guests()).isFalse();
        assertThat(NamespaceFile.parse(FILE, "users: {u: 12}\nroots: {a: }").password("U")).contains("12");
    }

    /** Lines are separated by a tilde. */
    @ParameterizedTest
    @CsvSource(delimiter = '!', quoteCharacter = '#', value = {
        "# #!it is empty",
        "- a!line 1: the file holds no 'name: value' lines",
        "a: [!line 1: it is not YAML",
        "x: &a [*b]!it is not YAML",
        "server: S!there are no roots. Add 'roots:'",
        "roots: {}!there are no roots. Name at least one",
        "rots: {}!line 1: 'rots' means nothing in the file. It may have: guests, roots, server, users",
        "server: much-too-long-a-name~roots: {a: }!line 1: the file, 'server': 'much-too-long-a-name' is no NetBIOS name",
        "roots:~  a:~    ttl: never!line 3: 'ttl' is 'never'. Write a number of seconds from 0 to 4294967295",
        "roots:~  a:~    ttl: -1!line 3: 'ttl' is '-1'",
        "roots:~  a: {ttl: 4294967296}!line 2: 'ttl' is '4294967296'",
        "roots:~  a: {failback: maybe}!line 2: 'failback' is 'maybe'. Write true or false",
        "roots:~  'a\\b': !line 2: 'a\\b' is not fit for the name of a root",
        "roots:~  IPC$: !line 2: 'roots', 'IPC$': the name IPC$ has a meaning of its own in SMB",
        "roots:~  sysvol: !the name sysvol has a meaning",
        "roots:~  a:~  A:!line 3: 'roots', 'A': there is another root of that name",
        "roots:~  a:~  a:!line 3: 'a' stands twice in 'roots'",
        "roots:~  a:~    links:~      x:!line 4: 'links', 'x': the link has no targets. Add 'targets:' below it",
        "roots:~  a:~    links:~      x: {ttl: 3}!line 4: 'links', 'x': the link has no targets",
        "roots:~  a:~    links:~      x: {targets: server}!line 4: 'x', 'targets': 'server' is no target. Write \\\\server\\share",
        "roots:~  a:~    links:~      x: {targets: [[y]]}!line 4: a text is expected for 'targets'",
        "roots:~  a:~    links:~      x: {targets: \\\\s\\t}~      X/y: {targets: \\\\s\\t}!line 5: 'links', 'X/y': it stands below the link 'x'",
        "roots:~  a:~    links:~      x/y: {targets: \\\\s\\t}~      x\\Y: {targets: \\\\s\\t}!line 5: 'links', 'x\\Y': there is another link at that place, 'x/y'",
        "guests: false~roots: {a: }!line 1: the file, 'guests': nobody may log on",
        "roots: text!line 1: 'roots' holds no 'name: value' lines",
        "users: {u: }~roots: {a: }!line 1: 'u' has no value",
        "? [1]~: 2!line 1: a name is expected here"})
    void tellsWhatIsWrongAndWhere(String text, String told) {
        assertThatThrownBy(() -> NamespaceFile.parse(FILE, text.replace('~', '\n'))).isInstanceOf(EvidenceException.class)
                .hasMessageContaining(told).hasMessageStartingWith("n.yaml");
    }

    @Test
    void enduresHostileFiles(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> NamespaceFile.parse(FILE, "[".repeat(100_000))).isInstanceOf(EvidenceException.class)
                .hasMessageContaining("more than 32 deep");
        // an alias names what holds it
        assertThatThrownBy(() -> NamespaceFile.parse(FILE, "roots: &a {b: *a}")).isInstanceOf(EvidenceException.class);
        String many = "\\\\" + "s".repeat(100) + "\\t, ";
        assertThatThrownBy(() -> NamespaceFile.parse(FILE, "roots: {a: {links: {x: {targets: [" + many.repeat(900) + "]}}}}"))
                .isInstanceOf(EvidenceException.class).hasMessageContaining("larger than 56 KB");
        Path bytes = Files.write(folder.resolve("x.yaml"), new byte[] {'a', (byte) 0xff});
        assertThatThrownBy(() -> NamespaceFile.read(bytes)).isInstanceOf(EvidenceException.class).hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> NamespaceFile.read(folder.resolve("none"))).isInstanceOf(EvidenceException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void aNamespaceOfManyLinksIsRead() throws Exception {
        StringBuilder text = new StringBuilder("roots:\n  big:\n    links:\n");
        for (int i = 0; i < 20_000; i++) {
            text.append("      f").append(i % 100).append("\\l").append(i).append(": {targets: '\\\\s\\x").append(i).append("'}\n");
        }
        NamespaceRoot root = NamespaceFile.parse(FILE, text.toString()).root("BIG").orElseThrow();

        assertThat(root.links()).hasSize(20_000);
        assertThat(root.folder().children()).hasSize(100);
        assertThat(root.find(DfsPath.of("\\F7\\L1007\\below"), 0)).isInstanceOfSatisfying(NamespaceRoot.Place.AtOrBelowLink.class,
                at -> assertThat(at.components()).isEqualTo(2));
        assertThat(root.find(DfsPath.of("\\f7\\none"), 0)).isEqualTo(new NamespaceRoot.Place.Nowhere(true));
        assertThat(root.find(DfsPath.of("\\g7\\none"), 0)).isEqualTo(new NamespaceRoot.Place.Nowhere(false));
    }
}
