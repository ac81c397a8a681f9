package org.poolscope.dfs.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.poolscope.dfs.message.ReferralEntry.NameListEntry;
import org.poolscope.dfs.message.ReferralEntry.ShareEntry;
import org.poolscope.dfs.message.ReferralEntry.TargetEntry;
import org.poolscope.dfs.message.ReferralReply.StringArea;

class MessageCodecTest {

    @Property(tries = 500)
    void decodingUndoesEncoding(@ForAll("replies") ReferralReply reply) {
        Decoded<ReferralReply> decoded = ReferralReply.decode(reply.encode());

        assertThat(decoded.breaches()).isEmpty();
        assertThat(decoded.message()).contains(reply);
        assertThat(decoded.message().orElseThrow().encode()).isEqualTo(reply.encode());
    }

    @Property(tries = 300)
    void decodingRequestsUndoesEncoding(@ForAll("requests") ReferralRequest request) {
        byte[] bytes = request.encode();
        Decoded<ReferralRequest> decoded = request.extended() ? ReferralRequest.decodeExtended(bytes)
                : ReferralRequest.decode(bytes);

        assertThat(decoded.breaches()).isEmpty();
        assertThat(decoded.message()).contains(request);
    }

    @Property(tries = 300)
    void cutRepliesSayWhatIsMissing(@ForAll("replies") ReferralReply reply, @ForAll @IntRange(max = 400) int cut) {
        byte[] whole = reply.encode();
        if (cut <= reply.padding() || cut > whole.length || reply.entries().isEmpty()) {
            return;
        }
        Decoded<ReferralReply> decoded = ReferralReply.decode(Arrays.copyOf(whole, whole.length - cut));

        assertThat(decoded.breaches()).isNotEmpty();
        decoded.message().ifPresent(message -> assertThat(message.entries().size()).isLessThanOrEqualTo(reply.entries().size()));
    }

    @Test
    void namesEachBreach() {
        byte[] good = new ReferralReply(10, 3, List.of(TargetEntry.of(3, 1, 0, 300, "\\a\\b", "\\s\\t"),
                TargetEntry.of(3, 1, 0, 300, "\\a\\b", "\\u\\v"))).encode();

        assertThat(kinds(patched(good, 2, 3))).contains(Breach.Kind.UNKNOWN_VERSION);
        assertThat(kinds(patched(good, 2, 60000))).contains(Breach.Kind.UNKNOWN_VERSION, Breach.Kind.CUT_ENTRY);
        assertThat(kinds(patched(good, 10, 0))).containsExactly(Breach.Kind.ENTRY_SIZE);
        assertThat(kinds(patched(good, 10, 60000))).contains(Breach.Kind.CUT_ENTRY);
        assertThat(kinds(patched(good, 8, 9))).containsExactly(Breach.Kind.UNKNOWN_VERSION);
        assertThat(kinds(patched(good, 20, 60000))).containsExactly(Breach.Kind.STRING_OUTSIDE);
        assertThat(kinds(patched(good, 20, 2))).containsExactly(Breach.Kind.STRING_INSIDE_ENTRIES);
        assertThat(kinds(patched(good, 20, 69))).contains(Breach.Kind.STRING_UNALIGNED);
        assertThat(kinds(Arrays.copyOf(good, good.length - 2))).containsExactly(Breach.Kind.STRING_UNTERMINATED);
        assertThat(kinds(Arrays.copyOf(good, 7))).containsExactly(Breach.Kind.CUT_HEADER);
        assertThat(ReferralReply.decode(patched(good, 10, 0)).message().orElseThrow().entries()).hasSize(2);
        assertThat(ReferralReply.decode(patched(good, 8, 9)).message().orElseThrow().entries()).hasSize(1);
    }

    @Test
    void readsNoMoreTextThanIsReasonable() {
        // 60,000 entries whose strings all begin at different places of one long run of text
        ByteBuffer message = ByteBuffer.allocate(8 + 60_000 * 34 + 60_000).order(ByteOrder.LITTLE_ENDIAN);
        message.putShort((short) 0).putShort((short) 60_000).putInt(2);
        for (int i = 0; i < 60_000; i++) {
            message.putShort((short) 3).putShort((short) 34).putInt(0).putInt(300).putShort((short) (60_000 - 2 * (i % 100)))
                    .putShort((short) 50_000).putShort((short) 40_000).position(message.position() + 16);
        }
        while (message.hasRemaining()) {
            message.put((byte) 0x41);
        }
        Decoded<ReferralReply> decoded = ReferralReply.decode(message.array());

        assertThat(decoded.message().orElseThrow().entries()).hasSize(60_000);
        assertThat(decoded.breaches()).hasSize(Decoded.MOST_BREACHES);
    }

    @Test
    void listsNoMoreNamesThanTheMessageCouldHold() {
        NameListEntry entry = NameListEntry.of(600, "\\d", IntStream.range(0, 1000).mapToObj(i -> "\\n" + i).toList());
        byte[] one = new ReferralReply(0, 0, List.of(entry)).encode();
        ByteBuffer many = ByteBuffer.allocate(8 + 18 * 500 + one.length).order(ByteOrder.LITTLE_ENDIAN);
        many.putShort((short) 0).putShort((short) 500).putInt(0);
        for (int i = 0; i < 500; i++) {
            many.putShort((short) 3).putShort((short) 18).putShort((short) 0).putShort((short) 2).putInt(600)
                    .putShort((short) (18 * (500 - i))).putShort((short) 1000).putShort((short) (18 * (500 - i) + 6));
        }
        many.put(one, 26, one.length - 26);
        ReferralReply reply = ReferralReply.decode(many.array()).message().orElseThrow();

        assertThat(reply.entries().stream().mapToInt(each -> ((NameListEntry) each).expandedNames().size()).sum())
                .isLessThanOrEqualTo(many.capacity() / 2);
    }

    @Test
    void refusesWhatCannotBeWritten() {
        ReferralReply tooFar = new ReferralReply(0, 0, IntStream.range(0, 2000).<ReferralEntry>mapToObj(
                i -> TargetEntry.of(4, 0, 0, 1, "\\a\\b\\c", "\\srv\\share" + i)).toList());
        assertThatThrownBy(tooFar::encode).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("65535");
        assertThatThrownBy(() -> new ReferralRequest(4, "\\a", false, Optional.of("site")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @FuzzTest
    void enduresAnything(byte[] data) {
        Decoded<ReferralReply> reply = ReferralReply.decode(data);
        if (reply.isWellFormed() && reply.message().orElseThrow().strings() == StringArea.SEPARATE) {
            ReferralReply.decode(reply.message().orElseThrow().encode());
        }
        ReferralRequest.decode(data);
        ReferralRequest.decodeExtended(data);
    }

    private static List<Breach.Kind> kinds(byte[] message) {
        return ReferralReply.decode(message).breaches().stream().map(Breach::kind).distinct().toList();
    }

    private static byte[] patched(byte[] message, int offset, int value) {
        byte[] copy = message.clone();
        copy[offset] = (byte) value;
        copy[offset + 1] = (byte) (value >> 8);
        return copy;
    }

    @Provide
    Arbitrary<ReferralReply> replies() {
        Arbitrary<Integer> u16 = Arbitraries.integers().between(0, 0xffff);
        Arbitrary<Long> u32 = Arbitraries.longs().between(0, 0xffff_ffffL);
        return Combinators.combine(u16, u32, entries(), Arbitraries.integers().between(0, 3)).as((consumed, flags, entries,
                padding) -> {
            boolean strings = entries.stream().anyMatch(entry -> !(entry instanceof ShareEntry));
            return new ReferralReply(consumed, flags, entries, shares(entries) ? StringArea.SHARED : StringArea.SEPARATE,
                    strings || entries.isEmpty() ? padding : 0);
        });
    }

    /** Whether sharing strings would make a difference that decoding can see: the first two targets have the same path. */
    private static boolean shares(List<ReferralEntry> entries) {
        List<TargetEntry> targets = entries.stream().filter(TargetEntry.class::isInstance).map(TargetEntry.class::cast).toList();
        return targets.size() > 1 && targets.size() % 2 == 0
                && targets.stream().allMatch(target -> target.dfsPath().equals(targets.getFirst().dfsPath()));
    }

    private Arbitrary<List<ReferralEntry>> entries() {
        Arbitrary<Integer> type = Arbitraries.integers().between(0, 1);
        Arbitrary<Integer> flags = Arbitraries.of(0, 4);
        Arbitrary<Long> u32 = Arbitraries.longs().between(0, 0xffff_ffffL);
        Arbitrary<ReferralEntry> share = Combinators.combine(type, flags, text()).as((serverType, flag, name) ->
                new ShareEntry(8 + 2 * (name.length() + 1), serverType, flag, name));
        Arbitrary<ReferralEntry> target = Combinators.combine(Arbitraries.of(2, 3, 4), type, flags, u32, u32,
                Arbitraries.of("\\a\\b", "\\corp\\ns\\link"), text(), text()).as((version, serverType, flag, proximity, ttl,
                path, alternate, name) ->
                new TargetEntry(version, version == 2 ? 22 : 34, serverType, flag, version == 2 ? proximity : 0, ttl, path,
                        alternate, name, version == 2 ? TargetEntry.NO_SITE : new UUID(ttl, proximity)));
        Arbitrary<ReferralEntry> names = Combinators.combine(Arbitraries.of(3, 4), Arbitraries.of(18, 34), u32, text(), text()
                .list().ofMaxSize(4))
                .as((version, size, ttl, name, list) -> new NameListEntry(version, size, 0, 2, ttl, name, list));
        return Arbitraries.oneOf(share, target, names).list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<ReferralRequest> requests() {
        return Combinators.combine(Arbitraries.integers().between(0, 0xffff), text(), Arbitraries.of(true, false), text()
                .optional())
                .as((level, path, extended, site) -> new ReferralRequest(level, path, extended, extended ? site
                : Optional.empty()));
    }

    private static Arbitrary<String> text() {
        return Arbitraries.strings().withChars('\\', 'a', 'Z', '.', '{', 'ü', '中', '\ud83d').ofMaxLength(20);
    }
}
