package org.poolscope.browser;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.poolscope.diagnosis.Case;
import org.poolscope.diagnosis.CaseReader;
import org.poolscope.diagnosis.Diagnosis;
import org.poolscope.diagnosis.Exhibits;
import org.poolscope.diagnosis.Verdict;
import org.poolscope.lab.LabCases;
import org.poolscope.lab.LabOptions;
import org.poolscope.model.Progress;
import org.poolscope.report.VerdictHtml;

/** Practice cases and their reports, as small as they may be. */
final class Cases {

    private static final double SCALE = 0.02;

    private Cases() {
    }

    /** The evidence of a practice case, in a folder of its name. */
    static Path evidence(String name, Path below) throws Exception {
        Path folder = below.resolve(name);
        LabCases.find(name).orElseThrow().write(folder, LabOptions.scale(SCALE));
        return folder;
    }

    /** Evidence of which every name is an attempt to become markup, to run, or to be read otherwise than it is written. */
    static Path hostile(Path below) throws IOException {
        Path hostile = Files.createDirectories(below.resolve("hostile"));
        String payload = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=2>\"'`${window.pwned=3}{{7*7}}";
        Files.writeString(hostile.resolve("pkt.txt"), "2 entries...\n"
                + "Entry: \\FileServer\\Root\\lores\\" + payload + "\\exe.\u202egpj\u0007\u001b[31m.jpg\nShortEntry: \\FileServer\\Root\\x\n"
                + "Expires in 300 seconds\nUseCount: 1 Type:0x1 ( DFS )\n   0:[\\FileServer\\" + payload + "] State:0x31 ( ACTIVE )\n\n"
                + "Entry: \\FileServer\\Root\\lores\\a\\<svg onload=window.pwned=4>.jpg\nShortEntry: \\FileServer\\Root\\y\n"
                + "Expires in 300 seconds\nUseCount: 1 Type:0x1 ( DFS )\n   0:[\\FileServer\\javascript:window.pwned=5] State:0x31 ( ACTIVE )\n");
        Files.writeString(hostile.resolve("event.txt"), "Event Type: Error\nEvent Source: Srv\nEvent Category: None\nEvent ID: 2020\nDate: 1/14/2007\n"
                + "Time: 2:26:46 AM\nUser: N/A\nComputer: <b onmouseover=window.pwned=6>HOST\u202e</b>\nDescription:\n" + payload + "\n");
        Files.writeString(hostile.resolve("poolused.txt"), " Tag Allocs Frees Diff Used\n"
                + "   Sorting by Tag\n\n  Pool Used:\n            NonPaged            Paged\n Tag    Allocs     Used    Allocs     Used\n"
                + " <b>x       1   100000         0        0\tUNKNOWN pooltag '<b>x', please update pooltag.txt\n"
                + " \"'<>      2   200000         0        0\t" + payload + " , Binary: <script>window.pwned=7</script>.sys\n"
                + " a\u202e       3   300000         0        0\tUNKNOWN pooltag 'a\u202e', please update pooltag.txt\nTOTAL 6 600000 0 0\n");
        return hostile;
    }

    /**
     * A practice case in which names are replaced, in its image as in its other files, by attempts to become markup: as long as what
     * they replace, so that everything else stays as it is. What they are made from stands in 16 bits in the image and in captures,
     * and in 8 bits in tags, names of processes and text.
     */
    static Path poisoned(String name, Path below, Map<String, String> words) throws Exception {
        Path folder = below.resolve("poisoned-" + name);
        // The longest first: the name of a file is part of its path.
        List<Map.Entry<String, String>> longestFirst = words.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, String> word) -> word.getKey().length()).reversed()).toList();
        LabCases.find(name).orElseThrow().write(folder, LabOptions.scale(0.005));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                for (Map.Entry<String, String> word : longestFirst) {
                    if (word.getKey().length() != word.getValue().length()) {
                        throw new IllegalArgumentException(word + " changes the length");
                    }
                    for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.ISO_8859_1)) {
                        replace(bytes, word.getKey().getBytes(charset), word.getValue().getBytes(charset));
                    }
                }
                Files.write(file, bytes);
            }
        }
        return folder;
    }

    private static void replace(byte[] bytes, byte[] old, byte[] with) {
        for (int at = 0; at + old.length <= bytes.length; at++) {
            if (bytes[at] == old[0] && Arrays.equals(bytes, at, at + old.length, old, 0, old.length)) {
                System.arraycopy(with, 0, bytes, at, with.length);
                at += old.length - 1;
            }
        }
    }

    /** The full photo upload, its image with more than two million blocks, and beside it a table of five thousand tags. */
    static Path large(Path below) throws Exception {
        Path folder = below.resolve("large");
        LabCases.find("photo-upload").orElseThrow().write(folder, LabOptions.scale(1));
        StringBuilder table = new StringBuilder("2007-01-14 01:00:00\r\n Memory: 2095736K Avail: 1047868K  PageFlts:  1220   InRam Krnl: 2484K P:  8854K\r\n"
                + " Commit: 698578K Limit:4191472K Peak: 838293K            Pool N: 15471K P: 88540K\r\n\r\n"
                + " Tag  Type        Allocs            Frees            Diff    Bytes      Per Alloc\r\n\r\n");
        for (int i = 0; i < 5000; i++) {
            long blocks = 1 + i * 7919L % 3000;
            table.append(row("" + (char) ('A' + i / 676 % 26) + (char) ('a' + i / 26 % 26) + (char) ('a' + i % 26) + "x", blocks + 100, 100, blocks * 64));
        }
        Files.writeString(folder.resolve("poolmon-5000.txt"), table);
        return folder;
    }

    /** A day of tables, one an hour, of a machine on which {@code Mup } grows without end while another tag's load swings. */
    static Path growing(Path below) throws IOException {
        Path folder = Files.createDirectories(below.resolve("growing"));
        Random random = new Random(2);
        StringBuilder log = new StringBuilder();
        for (int hour = 0; hour < 24; hour++) {
            long lost = 80_000 + 8_000L * hour + Math.round(15_000 * random.nextGaussian());
            long busy = 40_000 + Math.round(3_000 * Math.sin(hour * Math.PI / 12) + 500 * random.nextGaussian());
            long paged = lost * 400 + busy * 1600;
            log.append(LocalDateTime.of(2007, 1, 10, 8, 0).plusHours(hour)
                    .format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss"))).append("\r\n");
            log.append(" Memory: 2095736K Avail: 1047868K  PageFlts:  1220   InRam Krnl: 2484K P:  8854K\r\n");
            log.append(" Commit: 698578K Limit:4191472K Peak: 838293K            "
                    + "Pool N: 15471K P:%6dK\r\n\r\n".formatted(paged >> 10));
            log.append(" Tag  Type        Allocs            Frees            Diff    Bytes      Per Alloc\r\n\r\n");
            // Counts of allocations that go back would be a start of the machine.
            log.append(row("Mup ", 1_000_000L * (hour + 1), 1_000_000L * (hour + 1) - lost, lost * 400))
                    .append(row("NtfF", 5_000_000L * (hour + 1), 5_000_000L * (hour + 1) - busy, busy * 1600));
        }
        Files.writeString(folder.resolve("poolmon.log"), log);
        return folder;
    }

    private static String row(String tag, long allocs, long frees, long bytes) {
        return " %-4s Paged %10d (   0) %10d (   0) %8d %9d (     0) %6d\r\n"
                .formatted(tag, allocs, frees, allocs - frees, bytes, bytes / (allocs - frees));
    }

    /** The report on evidence, beside it. */
    static Path report(Path evidence) throws Exception {
        Path html = evidence.resolveSibling(evidence.getFileName() + ".html");
        try (Case subject = CaseReader.read(List.of(evidence), Progress.NONE)) {
            Verdict verdict = Diagnosis.of(subject, Progress.NONE);
            try (Writer out = Files.newBufferedWriter(html)) {
                VerdictHtml.print(verdict, Exhibits.of(verdict, Progress.NONE), "poolscope test", out);
            }
        }
        return html;
    }

    /** Where pictures go: they are part of what the build makes. */
    static Path pictures() throws IOException {
        return Files.createDirectories(Path.of(System.getProperty("browser.output", "target")).resolve("pictures"));
    }
}
