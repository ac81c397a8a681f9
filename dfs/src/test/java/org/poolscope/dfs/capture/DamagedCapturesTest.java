package org.poolscope.dfs.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.RealEvidence;

/** Real captures, rearranged and damaged as captures are: what they hold must still be found, and the rest told. */
class DamagedCapturesTest {

    @TempDir
    private Path folder;
    private CaptureSummary summary;

    @Test
    void readsEachFileFormat() throws Exception {
        List<byte[]> frames = frames();
        List<String> expected = read(Frames.pcap(frames));
        assertThat(expected).hasSize(20);

        assertThat(read(Frames.pcap(frames, 1, ByteOrder.BIG_ENDIAN, 0xa1b2c3d4))).isEqualTo(expected);
        assertThat(read(Frames.pcap(frames, 1, ByteOrder.LITTLE_ENDIAN, 0xa1b23c4d))).isEqualTo(expected);
        assertThat(read(Frames.pcapng(frames, ByteOrder.LITTLE_ENDIAN))).isEqualTo(expected);
        assertThat(read(Frames.pcapng(frames, ByteOrder.BIG_ENDIAN))).isEqualTo(expected);
        assertThat(read(packed(Frames.pcap(frames)))).isEqualTo(expected);
        assertThat(read(packed(Frames.pcapng(frames, ByteOrder.LITTLE_ENDIAN)))).isEqualTo(expected);
        assertThat(summary.notes()).isEmpty();
        assertThat(summary.frames()).isEqualTo(782);
    }

    @Test
    void readsEachLinkType() throws Exception {
        List<byte[]> frames = frames();
        List<String> expected = read(Frames.pcap(frames));
        byte[] snap = HexFormat.of().parseHex("aaaa03000000");

        assertThat(relinked(frames, 101, frame -> Arrays.copyOfRange(frame, 14, frame.length))).isEqualTo(expected);
        assertThat(relinked(frames, 0, frame -> ethernetReplaced(frame, "02000000"))).isEqualTo(expected);
        assertThat(relinked(frames, 113, frame -> ethernetReplaced(frame, "00000001000600000000000000000800")))
                .isEqualTo(expected);
        assertThat(relinked(frames, 276, frame -> ethernetReplaced(frame, "0800000000000002000100060000000000000000")))
                .isEqualTo(expected);
        assertThat(relinked(frames, 9, frame -> ethernetReplaced(frame, "ff030021"))).isEqualTo(expected);
        assertThat(relinked(frames, 104, frame -> ethernetReplaced(frame, "0f000800"))).isEqualTo(expected);
        assertThat(relinked(frames, 105, frame -> ethernetReplaced(frame, "8801" + "00".repeat(24) + HexFormat.of()
                .formatHex(snap) + "0800")))
                .isEqualTo(expected);
        assertThat(relinked(frames, 127, frame -> ethernetReplaced(frame, "0000080000000000" + "0802" + "00".repeat(22)
                + HexFormat.of().formatHex(snap) + "0800"))).isEqualTo(expected);
        assertThat(relinked(frames, 1, frame -> ethernetReplaced(frame, "00".repeat(12) + "88a80001" + "81000002" + "0800")))
                .isEqualTo(expected);
        assertThat(relinked(frames, 1, frame -> ethernetReplaced(frame, "00".repeat(12) + "8847" + "00010000" + "00011140")))
                .isEqualTo(expected);
        assertThat(relinked(frames, 1, frame -> ethernetReplaced(frame, "00".repeat(12) + "8864" + "110000010000" + "0021")))
                .isEqualTo(expected);
        assertThat(relinked(frames, 147, frame -> frame)).isEmpty();
        assertThat(summary.notes()).singleElement().asString().contains("link type 147");
    }

    @Test
    void putsSegmentsBackInOrder() throws Exception {
        List<byte[]> frames = split(frames(), 37);
        List<String> expected = withoutFrames(read(Frames.pcap(frames)));
        assertThat(expected).hasSize(20).isEqualTo(withoutFrames(read(Frames.pcap(frames()))));

        Random random = new Random(5);
        // the first frames stay: what comes before the first byte seen of a stream is not waited for
        for (int i = 10; i + 4 < frames.size(); i += 4) {
            Collections.shuffle(frames.subList(i, i + 4), random);
        }
        assertThat(withoutFrames(read(Frames.pcap(frames)))).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void takesRepeatedSegmentsOnce() throws Exception {
        List<byte[]> frames = frames();
        List<String> expected = withoutFrames(read(Frames.pcap(frames)));
        List<byte[]> repeated = new ArrayList<>();
        for (byte[] frame : frames) {
            repeated.add(frame);
            repeated.add(frame);
            int start = Frames.payload(frame);
            if (start > 0 && Frames.end(frame) - start > 20) {
                // the second half sent again, as after a lost acknowledgement
                repeated.add(Frames.part(frame, (Frames.end(frame) - start) / 2, Frames.end(frame) - start));
            }
        }
        assertThat(withoutFrames(read(Frames.pcap(repeated)))).isEqualTo(expected);
    }

    @Test
    void goesOnAfterLostPackets() throws Exception {
        List<byte[]> frames = frames();
        int whole = read(Frames.pcap(frames)).size();
        Random random = new Random(7);
        List<byte[]> kept = new ArrayList<>(frames);
        kept.removeIf(frame -> random.nextInt(10) == 0);

        List<String> found = read(Frames.pcap(kept));

        assertThat(found.size()).isBetween(whole / 2, whole);
        assertThat(withoutFrames(read(Frames.pcap(frames)))).containsAll(withoutFrames(found).stream()
                .filter(line -> !line.contains("null")).toList());
    }

    @Test
    void beginsInTheMiddleOfStreams() throws Exception {
        List<byte[]> frames = frames();
        List<String> all = read(Frames.pcap(frames));
        for (int first : new int[] {20, 31, 95, 441}) {
            List<String> found = read(Frames.pcap(frames.subList(first, frames.size())));
            long later = all.stream().filter(line -> Integer.parseInt(line.substring(0, line.indexOf(' '))) > first).count();
            assertThat(found.size()).as("from frame %d", first + 1).isGreaterThanOrEqualTo((int) later);
        }
    }

    @Test
    void saysWhereACutFileEnds() throws Exception {
        byte[] whole = Frames.pcap(frames());
        List<String> expected = read(whole);

        assertThat(read(Arrays.copyOf(whole, whole.length - 5))).hasSizeBetween(expected.size() - 1, expected.size());
        assertThat(summary.notes()).singleElement().asString().contains("after frame 781").contains("ends inside frame 782");
        assertThat(read(Arrays.copyOf(whole, 30))).isEmpty();
        assertThat(summary.notes().getFirst()).contains("ends inside the header of frame 1");

        byte[] packed = packed(whole);
        assertThat(read(Arrays.copyOf(packed, packed.length / 2))).isNotEmpty();
        assertThat(summary.notes().getFirst()).contains("cut short");
    }

    @Test
    void stopsAtImpossibleLengths() throws Exception {
        byte[] whole = Frames.pcap(frames());
        byte[] damaged = whole.clone();
        ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(24 + 8, 0x7fff_ffff);
        assertThat(read(damaged)).isEmpty();
        assertThat(summary.notes()).singleElement().asString().contains("frame 1 is said to have 2147483647 bytes");

        byte[] blocks = Frames.pcapng(frames(), ByteOrder.LITTLE_ENDIAN);
        ByteBuffer.wrap(blocks).order(ByteOrder.LITTLE_ENDIAN).putInt(28 + 20 + 4, 4);
        assertThat(read(blocks)).isEmpty();
        assertThat(summary.notes()).singleElement().asString().contains("each has at least 12");
    }

    @Test
    void noticesFramesCutByTheCapturingProgram() throws Exception {
        List<byte[]> frames = frames();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Arrays.copyOf(Frames.pcap(List.of()), 24));
        for (byte[] frame : frames) {
            int kept = Math.min(frame.length, 300);
            out.writeBytes(ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(0).putInt(kept).putInt(frame.length)
                    .array());
            out.write(frame, 0, kept);
        }
        List<String> found = read(out.toByteArray());

        assertThat(found).hasSize(20);
        assertThat(summary.shortFrames()).isPositive();
        assertThat(summary.lostBytes()).isPositive();
        assertThat(summary.notes()).anyMatch(note -> note.contains("missing from the capture"));
    }

    @Test
    void refusesWhatIsNoCapture() throws Exception {
        assertThatThrownBy(() -> read("Entry: \\a\\b\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .isInstanceOf(EvidenceException.class).hasMessageContaining("not a pcap");
        assertThat(ReferralCapture.recognises(EvidenceFile.open(RealEvidence.path("dfs/referral-pairs.tsv")))).isFalse();
    }

    @FuzzTest
    void enduresAnything(byte[] data) throws Exception {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(Arrays.copyOf(Frames.pcap(List.of()), 24));
        file.writeBytes(data);
        read(file.toByteArray());
        if (data.length > 0) {
            try {
                read(data);
            } catch (EvidenceException e) {
                assertThat(e.problem()).isNotEmpty();
            }
        }
    }

    @Test
    void enduresMutations() throws Exception {
        byte[] whole = Files.readAllBytes(RealEvidence.path("dfs/domain-after-pending.pcapng"));
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            byte[] mutated = whole.clone();
            for (int i = 0; i < 40; i++) {
                mutated[random.nextInt(100, mutated.length)] = (byte) random.nextInt();
            }
            read(mutated);
        }
        List<byte[]> frames = frames();
        for (int round = 0; round < 100; round++) {
            List<byte[]> mutated = new ArrayList<>();
            for (byte[] frame : frames) {
                byte[] copy = frame.clone();
                for (int i = random.nextInt(12); i < 3; i++) {
                    copy[random.nextInt(copy.length)] = (byte) random.nextInt();
                }
                mutated.add(copy);
            }
            read(Frames.pcap(mutated));
        }
    }

    private static List<byte[]> frames() throws Exception {
        return Frames.of(RealEvidence.path("dfs/ad-domain-dc-sysvol.pcap"));
    }

    private static List<byte[]> split(List<byte[]> frames, int size) {
        List<byte[]> parts = new ArrayList<>();
        for (byte[] frame : frames) {
            int start = Frames.payload(frame);
            if (start == 0) {
                parts.add(frame);
                continue;
            }
            int length = Frames.end(frame) - start;
            for (int at = 0; at < length; at += size) {
                parts.add(Frames.part(frame, at, Math.min(length, at + size)));
            }
        }
        return parts;
    }

    private List<String> relinked(List<byte[]> frames, int linkType, UnaryOperator<byte[]> change) throws Exception {
        return read(Frames.pcap(frames.stream().map(change).toList(), linkType, ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4));
    }

    private static byte[] ethernetReplaced(byte[] frame, String header) {
        boolean ip = frame[12] == 8 && frame[13] == 0;
        byte[] before = HexFormat.of().parseHex(header);
        byte[] made = Arrays.copyOf(before, before.length + frame.length - 14);
        System.arraycopy(frame, 14, made, before.length, ip ? frame.length - 14 : 0);
        return made;
    }

    private List<String> read(byte[] bytes) throws Exception {
        Path file = folder.resolve("capture");
        Files.write(file, bytes);
        List<ReferralExchange> found = new ArrayList<>();
        summary = ReferralCapture.read(EvidenceFile.open(file), found::add);
        return found.stream().map(one -> one.transport().requestFrame().orElse(0) + " " + one.transport().replyFrame().orElse(0)
                + " "
                + one.requestPath().orElse("null") + " " + (one.status().isPresent() ? one.status().getAsLong() : "null") + " "
                + HexFormat.of().formatHex(one.rawReply())).toList();
    }

    private static List<String> withoutFrames(List<String> lines) {
        return lines.stream().map(line -> line.replaceFirst("^\\d+ \\d+ ", "")).sorted().toList();
    }

    private static byte[] packed(byte[] bytes) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
