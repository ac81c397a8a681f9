package org.poolscope.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.RealEvidence;

/** The capture of the photo case, judged by tshark: it must see the exchanges, names, times to live, and nothing malformed. */
class ReferralTrafficTest {

    private static final int PHOTOS = 30;

    @TempDir
    private Path folder;
    private Path capture;

    @BeforeEach
    void make() throws IOException {
        ReferralTraffic.write(new CaseFolder(folder.resolve("case")), PHOTOS);
        capture = folder.resolve("case").resolve(ReferralTraffic.FILE);
    }

    @Test
    void tsharkFindsNothingWrong() throws Exception {
        assertThat(tshark("-Y", "_ws.malformed || tcp.analysis.flags || ip.checksum.status == 0 || tcp.checksum.status == 0", "-o",
                "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-T", "fields", "-e", "frame.number")).isEmpty();
        assertThat(tshark("-Y", "smb.cmd == 0x72 || smb.cmd == 0x73 || smb.cmd == 0x75 || smb.cmd == 0x71 || smb.cmd == 0x74", "-T",
                "fields", "-e", "smb.cmd")).hasSize(2 * 10);
    }

    @Test
    void tsharkSeesTheRequests() throws Exception {
        List<String> asked = tshark("-Y", "smb.trans2.cmd == 0x10 && smb.flags.response == 0", "-T", "fields", "-e",
                "smb.max_referral_level", "-e", "smb.file");
        assertThat(asked).hasSize(PHOTOS + 3);
        assertThat(asked.getFirst()).isEqualTo("3\t\\FileServer\\Root");
        assertThat(asked.subList(1, PHOTOS + 1)).allSatisfy(line -> assertThat(line).matches(
                "3\t\\\\FileServer\\\\Root\\\\(lores|preview)\\\\\\d{8}\\\\R\\d\\\\\\d+\\\\\\d+\\\\\\d+_(lores|preview)\\.jpg"))
                .doesNotHaveDuplicates();
        assertThat(asked.get(PHOTOS + 2)).isEqualTo("3\t\\2k3entspat\\root2\\Depth1\\Depth2\\dirinlink\\");
    }

    @Test
    void tsharkSeesTheAnswers() throws Exception {
        List<String> answers = tshark("-Y", "smb.trans2.cmd == 0x10 && smb.flags.response == 1", "-T", "fields", "-E", "aggregator=|", "-e",
                "smb.dfs.path_consumed", "-e", "smb.dfs.num_referrals", "-e", "smb.dfs.referral.server.type", "-e", "smb.dfs.referral.ttl",
                "-e", "smb.dfs.referral.path", "-e", "smb.dfs.referral.node");
        assertThat(answers).hasSize(PHOTOS + 3);
        String[] photo = answers.get(1).split("\t");
        assertThat(photo[1]).isEqualTo("4");
        assertThat(photo[3]).isEqualTo("57600|57600|57600|57600");
        String asked = photo[4].split("\\|")[0];
        assertThat(photo[0]).isEqualTo(String.valueOf(2 * asked.length()));
        assertThat(photo[5].split("\\|")).hasSize(4).allSatisfy(target -> assertThat(target).contains("\\10-Root\\")
                .endsWith(asked.substring(asked.lastIndexOf('\\'))));

        String[] link = answers.get(PHOTOS + 2).split("\t");
        assertThat(link[0]).isEqualTo(String.valueOf(2 * "\\2k3entspat\\root2\\Depth1\\Depth2".length()));
        assertThat(link[3]).isEqualTo("1800|1800");
        assertThat(link[5]).isEqualTo("\\spat2003-1\\link1|\\2k3entspat\\dfs_link_1");
    }

    /** The exchanges of a correct server are those published with the case, name for name. */
    @Test
    void theExpectedExchangeIsThePublishedOne() throws IOException {
        String published = Files.readString(RealEvidence.path("cases/photo-upload/netmon-expected.txt"), StandardCharsets.ISO_8859_1);
        String made = new String(Files.readAllBytes(capture), StandardCharsets.UTF_16LE);
        String shifted = new String(Files.readAllBytes(capture), 1, (int) Files.size(capture) - 1, StandardCharsets.UTF_16LE);
        List<String> names = new ArrayList<>();
        published.lines().map(line -> line.replaceFirst(".*Filename ?=|.*Sharename ?=", "")).map(String::strip)
                .filter(line -> line.startsWith("\\")).forEach(names::add);
        assertThat(names).hasSizeGreaterThanOrEqualTo(5);
        assertThat(names).allSatisfy(name -> assertThat(made.contains(name + "\0") || shifted.contains(name + "\0")).as(name).isTrue());
    }

    private List<String> tshark(String... arguments) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/tshark")), "tshark is missing: install Debian's package tshark to run this test");
        List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", capture.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectError(folder.resolve("tshark.err").toFile()).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(Files.readString(folder.resolve("tshark.err"))).isZero();
        return said.lines().toList();
    }
}
