package org.poolscope.dfs.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.message.ReferralRequest;

/** What a correct server answers: MS-DFSC 3.2.5.5. */
class ReferralServiceTest {

    private static final int BUFFER = 4096;

    private final Namespace namespace;

    ReferralServiceTest() throws Exception {
        namespace = NamespaceFile.parse(Path.of("n.yaml"), """
                roots:
                  ns:
                    links:
                      one: {targets: ['\\\\a\\x', '\\\\b\\y\\z'], failback: true}
                      deep\\er: {targets: '\\\\c\\w', ttl: 5}
                      inter: {targets: '\\\\d\\other', interlink: true}
                  far: {targets: ['\\\\r1\\far', '\\\\r2\\far'], ttl: 77}
                """);
    }

    /** PathConsumed in characters, header flags, version, ServerType, entry flags, time to live, DFS path, target. */
    @ParameterizedTest
    @CsvSource({
        "4, \\s\\ns,               5, 3, 4, 1, 4, 300,  \\s\\ns,         \\s\\ns",
        "3, \\s\\NS\\,             5, 3, 3, 1, 0, 300,  \\s\\NS,         \\s\\NS",
        "2, \\1.2.3.4\\ns,        11, 3, 2, 1, 0, 300,  \\1.2.3.4\\ns,   \\1.2.3.4\\ns",
        "4, \\s\\ns\\one,          9, 6, 4, 0, 4, 1800, \\s\\ns\\one,    \\a\\x",
        "3, \\s\\ns\\ONE\\f\\g.txt,  9, 2, 3, 0, 0, 1800, \\s\\ns\\ONE,    \\a\\x",
        "9, \\s\\ns\\deep\\er\\,    13, 2, 4, 0, 4, 5,    \\s\\ns\\deep\\er, \\c\\w",
        "4, \\s\\ns\\deep,         5, 3, 4, 1, 4, 300,  \\s\\ns,         \\s\\ns",
        "4, \\s\\ns\\onemore,      5, 3, 4, 1, 4, 300,  \\s\\ns,         \\s\\ns",
        "4, \\s\\ns\\inter\\x,     11, 1, 4, 0, 4, 1800, \\s\\ns\\inter,  \\d\\other",
        "3, \\any\\far\\q,         8, 3, 3, 1, 0, 77,   \\any\\far,      \\r1\\far"})
    void answers(int level, String path, int consumed, int flags, int version, int serverType, int entryFlags, long ttl, String dfsPath,
            String target) {
        ReferralReply reply = ReferralReply.decode(ask(level, path).reply()).message().orElseThrow();

        assertThat(reply.pathConsumed()).isEqualTo(2 * consumed);
        assertThat(reply.headerFlags()).isEqualTo(flags);
        assertThat(reply.entries().getFirst()).isEqualTo(ReferralEntry.TargetEntry.of(version, serverType, entryFlags, ttl, dfsPath, target));
        assertThat(reply.entries().stream().skip(1)).allMatch(entry -> entry.flags() == 0);
    }

    @Test
    void version1NamesSharesOnly() {
        ReferralReply reply = ReferralReply.decode(ask(1, "\\s\\ns\\one").reply()).message().orElseThrow();

        assertThat(reply.entries()).containsExactly(ReferralEntry.ShareEntry.of(0, "\\a\\x"), ReferralEntry.ShareEntry.of(0, "\\b\\y\\z"));
        assertThat(reply.headerFlags()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"4, '', 0xc000000d", "4, \\domain, 0xc000000d", "4, domain, 0xc000000d", "4, \\d\\SYSVOL, 0xc0000225",
        "4, \\s\\none, 0xc0000225", "4, \\s\\none\\x, 0xc0000225", "0, \\s\\ns, 0xc000000d", "4, \\\\s\\ns\\one, 0xc000000d",
        "4, s\\ns\\one, 0xc000000d", "4, /s/ns/one, 0xc000000d", "4, \\s\\\\ns, 0xc000000d"})
    void refuses(int level, String path, String status) {
        ReferralAnswer answer = ask(level, path);

        assertThat(answer.status()).isEqualTo(Long.decode(status));
        assertThat(answer.reply()).isEmpty();
    }

    @Test
    void aReplyThatDoesNotFitIsNotSentInPart() {
        ReferralService service = new ReferralService(namespace, List.of());
        byte[] request = new ReferralRequest(4, "\\s\\ns\\one").encode();
        int length = service.answer(request, false, BUFFER).reply().length;

        assertThat(service.answer(request, false, length).status()).isZero();
        assertThat(service.answer(request, false, length - 1)).satisfies(answer -> {
            assertThat(answer.status()).isEqualTo(0x8000_0005L);
            assertThat(answer.reply()).isEmpty();
        });
    }

    @Test
    void theExtendedFormIsAnsweredLikeThePlainOne() {
        ReferralService service = new ReferralService(namespace, List.of());
        byte[] extended = new ReferralRequest(4, "\\s\\ns\\one", true, Optional.of("Default-First-Site-Name")).encode();

        assertThat(service.answer(extended, true, BUFFER).reply()).isEqualTo(ask(4, "\\s\\ns\\one").reply());
        assertThat(service.answer(extended, false, BUFFER).status()).isEqualTo(0xc000_000dL);
        assertThat(service.answer(new byte[3], true, BUFFER).status()).isEqualTo(0xc000_000dL);
    }

    @Test
    void aHugeReplyFillsTheBufferAndStaysInIt() {
        for (int most : new int[] {200, 4096, 57_344, 65_536}) {
            byte[] reply = new ReferralService(namespace, List.of(Fault.named("huge").orElseThrow()))
                    .answer(new ReferralRequest(4, "\\s\\ns\\one").encode(), false, most).reply();
            assertThat(reply.length).isBetween(most - 100, most);
            assertThat(ReferralReply.decode(reply).isWellFormed()).isTrue();
        }
    }

    @Test
    void allFaultsTogetherDoNoHarm() {
        ReferralService service = new ReferralService(namespace, Fault.all());
        for (String path : List.of("\\s\\ns", "\\s\\ns\\one\\x", "\\s\\ns\\deep\\er", "\\s\\far")) {
            for (int level = 1; level <= 4; level++) {
                assertThat(service.answer(new ReferralRequest(level, path).encode(), false, BUFFER).status()).isZero();
            }
        }
    }

    private ReferralAnswer ask(int level, String path) {
        return new ReferralService(namespace, List.of()).answer(new ReferralRequest(level, path).encode(), false, BUFFER);
    }
}
