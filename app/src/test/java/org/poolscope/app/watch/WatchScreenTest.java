package org.poolscope.app.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.TagUsage;

/** The screen on a virtual terminal: keys go in, and what it shows is read off. */
@Timeout(60)
class WatchScreenTest {

    private static final LocalDateTime START = LocalDateTime.of(2007, 1, 10, 8, 0);

    @TempDir
    private Path folder;

    private static PoolSample sample(int hour) {
        Provenance at = new Provenance("poolsnap.log", "line " + hour);
        List<TagUsage> rows = List.of(
                new TagUsage(PoolTag.parse("Mu37"), PoolUse.NONE, PoolUse.counted(100 + 10L * hour, 0, 20_000 + 2_000L * hour)),
                new TagUsage(PoolTag.parse("MmSt"), PoolUse.NONE, PoolUse.counted(9_000 + hour, 8_000 + hour, 900_000),
                        "evil\033[2Jdriver.sys", "x", at),
                new TagUsage(PoolTag.parse("Irp "), PoolUse.counted(50, 40, 4_800 - 100L * hour), PoolUse.NONE));
        MemoryCounters totals = new MemoryCounters(at, "poolmon", START.plusHours(hour), 2L << 30, 1L << 30, null, 11L << 20,
                null, 260L << 20, null,
                List.of(), 800L << 20, 4L << 30, 900L << 20, List.of(), List.of());
        return new PoolSample(START.plusHours(hour), new PoolSnapshot(at, "poolmon", START.plusHours(hour), true, rows), totals);
    }

    private static final class Samples implements SampleSource {
        private final int count;
        private int next;

        private Samples(int count) {
            this.count = count;
        }

        @Override
        public String name() {
            return "poolsnap.log";
        }

        @Override
        public boolean isLive() {
            return false;
        }

        @Override
        public Optional<PoolSample> next() {
            return next < count ? Optional.of(sample(next++)) : Optional.empty();
        }

        @Override
        public int count() {
            return count;
        }
    }

    /** Text lines of the view after these keys; no terminal at all. */
    private static List<String> view(int samples, int width, String keys) {
        WatchView view = new WatchView("poolsnap.log", true, true);
        for (int i = 0; i < samples; i++) {
            view.take(sample(i));
        }
        keys.chars().forEach(key -> assertThat(view.key(key, 10)).as("key " + (char) key).isTrue());
        return view.lines(width, 30).stream().map(line -> line.toString().stripTrailing()).toList();
    }

    private static List<String> tags(List<String> lines) {
        List<String> tags = new ArrayList<>();
        for (String line : lines) {
            if (line.matches(" (Mu37|MmSt|Irp ) .*")) {
                tags.add(line.substring(1, 5));
            }
        }
        return tags;
    }

    @Test
    void showsWhatPoolMonShowsAndMore() {
        List<String> lines = view(3, 140, "");
        assertThat(lines.get(0)).isEqualTo(" Memory: 2,097,152K Avail: 1,048,576K");
        assertThat(lines.get(1)).contains("Nonpaged pool: 11,264K Paged pool: 266,240K");
        assertThat(lines).anySatisfy(line -> assertThat(line)
                .matches(" Mu37 Paged +120 \\(\\+10\\) +0 \\(0\\) +120 +24000 \\(\\+2000\\) +200 +\\+4000 \u2581\u2585\u2588"));
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("poolsnap.log  2007-01-10 10:00:00  sample 3")
                .contains("3 rows"));
        assertThat(lines).hasSize(30).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(140));
    }

    @Test
    void keysSortAndFilterAsInPoolMon() {
        assertThat(tags(view(2, 140, "t"))).containsExactly("Irp ", "MmSt", "Mu37");
        assertThat(tags(view(2, 140, "b"))).containsExactly("MmSt", "Mu37", "Irp ");
        assertThat(tags(view(2, 140, "b("))).containsExactly("Mu37", "MmSt", "Irp ");
        assertThat(tags(view(2, 140, "a"))).containsExactly("MmSt", "Mu37", "Irp ");
        assertThat(tags(view(2, 140, "a)"))).containsExactly("Mu37", "MmSt", "Irp ");
        assertThat(tags(view(2, 140, "f"))).containsExactly("MmSt", "Irp ", "Mu37");
        assertThat(tags(view(2, 140, "d"))).containsExactly("MmSt", "Mu37", "Irp ");
        assertThat(tags(view(2, 140, "m"))).containsExactly("MmSt", "Irp ", "Mu37");
        assertThat(tags(view(2, 140, "p"))).containsExactly("Irp ");
        assertThat(tags(view(2, 140, "pp"))).containsExactly("MmSt", "Mu37");
        assertThat(tags(view(2, 140, "ppp"))).hasSize(3);
        assertThat(view(2, 140, "e")).anySatisfy(line -> assertThat(line).matches(" All .* 926700 \\(\\+1900\\)"));
        assertThat(view(2, 140, "r")).anySatisfy(line -> assertThat(line).matches(" Mu37 .* 200 +0 .*"));
        assertThat(view(2, 140, "h")).anySatisfy(line -> assertThat(line).contains("count growth from here anew"));
    }

    @Test
    void driversAreNamedAndTextOfLogsCannotReachTheTerminal() {
        List<String> lines = view(2, 200, "g");
        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith(" Mu37").contains("mup.sys"));
        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith(" MmSt").contains("driver.sys"));
        assertThat(String.join("", lines)).doesNotContain("\033");
    }

    @Test
    void aNarrowScreenKeepsTheBytes() {
        assertThat(view(2, 80, "")).anySatisfy(line -> assertThat(line)
                .matches(" Mu37 Paged +110 +0 +110 +22000 \\(\\+2000\\) +200"))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(view(2, 20, "")).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(20));
    }

    /** Runs the screen on a terminal that feeds these keys one by one; what was sent to the terminal. */
    private String run(String type, boolean colour, Path log, String keys) throws Exception {
        PipedOutputStream typing = new PipedOutputStream();
        InputStream in = new PipedInputStream(typing);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // Made by hand: what the builder makes is a real pseudo-terminal, which may be closed before all that was sent to it came
        // out.
        try (Terminal terminal = new ExternalTerminal("test", type, in, out, StandardCharsets.UTF_8)) {
            terminal.setSize(new Size(140, 20));
            WatchScreen screen = new WatchScreen(terminal, new Samples(5), 200, colour, log, folder);
            CountDownLatch done = new CountDownLatch(1);
            // A pipe breaks when the thread that wrote to it ends, so the typist stays until the screen is gone.
            Thread typist = Thread.ofVirtual().start(() -> {
                try {
                    for (char key : keys.toCharArray()) {
                        Thread.sleep(150);
                        typing.write(key);
                        typing.flush();
                    }
                    done.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            screen.run();
            done.countDown();
            typist.join();
            terminal.flush();
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theTerminalShowsItUntilTheUserQuits() throws Exception {
        Path log = folder.resolve("all.log");
        String sent = run("xterm-256color", true, log, "iMu*\rsq");
        assertThat(sent).contains("Show only tags that match: _").contains("1 rows, only Mu*").contains("saved in")
                .contains("\033[?1049h").contains("\033[?1049l");
        assertThat(Files.readAllLines(log, StandardCharsets.ISO_8859_1)).filteredOn(line -> line.startsWith(" Mu37"))
                .containsExactly(" Mu37 Paged        100          0      100     20000    200",
                        " Mu37 Paged        110          0      110     22000    200",
                        " Mu37 Paged        120          0      120     24000    200",
                                " Mu37 Paged        130          0      130     26000    200",
                        " Mu37 Paged        140          0      140     28000    200");
        assertThat(folder.resolve("poolsnap-20070110-120000.log")).content().startsWith("2007-01-10 12:00:00")
                .contains(" Irp  Nonp ");
    }

    @Test
    void withoutColourNoneIsSent() throws Exception {
        assertThat(run("xterm-256color", true, null, "q")).containsPattern("\033\\[(?:[0-9]+;)*3[0-7](?:;[0-9]+)*m");
        assertThat(run("xterm-256color", false, null,
                "q")).doesNotContainPattern("\033\\[(?:[0-9]+;)*(?:3[0-8]|4[0-8]|9[0-7])(?:;[0-9]+)*m");
    }

    @Test
    void aDumbTerminalHasNoScreen() throws Exception {
        try (Terminal terminal = TerminalBuilder.builder().system(false).streams(InputStream.nullInputStream(),
                new ByteArrayOutputStream()).type("dumb")
                .build()) {
            assertThat(WatchScreen.canShow(terminal)).isFalse();
            StringBuilder out = new StringBuilder();
            new WatchScreen(terminal, new Samples(3), 1, true, null, folder).print(out, 12);
            assertThat(out.toString().lines().filter(line -> line.startsWith(" Mu37"))).hasSize(3);
            assertThat(out.toString()).doesNotContain("\033");
        }
    }
}
