package org.poolscope.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A fleet of machines that are called identical, a few of which leak nonpaged pool until they stop, 7 to 20 days after each boot. Nothing
 * sets those few apart but the version of one network driver. Each machine has a folder with its PoolMon logs (snapshots or screens, in
 * one file or in one for each day), a log of its performance counters (some, in three forms), its System log (a few, in four forms), and
 * listings of its drivers and its system; decoys and damaged files lie between them.
 */
public final class FleetCase {

    /** The case's name on the command line. */
    public static final String NAME = "fleet";

    /** What the case is, in a sentence. */
    public static final String DESCRIPTION = "Many identical machines, a few of which leak nonpaged pool; one driver version sets them apart.";

    private static final LocalDateTime START = LocalDateTime.of(2007, 3, 1, 0, 0);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT);
    private static final CounterFile.Form[] FORMS = CounterFile.Form.values();
    /** The published size of the leak at the end: 2,442,801 blocks of 64 bytes. */
    private static final double LEAK_BYTES = 2_442_801 * 64.0;
    /** Before it stops, a leaking machine's log tells of it for less than this. */
    private static final int HOURS_SHORT_OF_POOL = 4;
    private static final String LEAK_TAG = "Io  ";
    private static final String[] TAGS = {LEAK_TAG, "MmSt", "File", "Ntfx", "CM31", "IoNm", "Irp ", "Thre", "Proc", "Even", "FSfm", "NtfF",
        "Mdl ", "Toke", "Sema", "Vad ", "SeTd", "TcpE", "AfdC", "LSwi", "Npfs", "ObNm", "MmCa", "Devi"};

    private final FleetOptions options;
    private final Path folder;
    private final Dice dice;
    /** How many machines have logs of each form. */
    private final Map<String, Integer> formats = new TreeMap<>();
    private final List<Truth> eventTruths = new ArrayList<>();
    private final FleetEventLogs eventLogs = new FleetEventLogs(eventTruths);

    private FleetCase(Path folder, FleetOptions options) {
        this.folder = folder;
        this.options = options;
        this.dice = new Dice(options.seed());
    }

    /**
     * Makes the case.
     *
     * @param folder a new or empty folder, in which each machine gets a folder; the truth goes beside it
     * @return the file of the truth
     * @throws IOException when it cannot be written, or the folder holds files
     */
    public static Path write(Path folder, FleetOptions options) throws IOException {
        Path whole = folder.toAbsolutePath().normalize();
        Files.createDirectories(whole);
        try (DirectoryStream<Path> there = Files.newDirectoryStream(whole)) {
            if (there.iterator().hasNext()) {
                throw new IOException("the folder " + whole + " holds other files; a fleet needs a folder of its own");
            }
        }
        return new FleetCase(whole, options).write();
    }

    private record Tag(byte[] name, boolean paged, FleetSeries series) {
    }

    private Path write() throws IOException {
        List<Integer> leaking = chosen(options.leaking(), dice.named("leaking"));
        Truth truth = new Truth().put("case", NAME).put("machines", options.machines()).put("leakTag", LEAK_TAG).put("pool", "nonpaged")
                .put("culprit", FleetInventory.DEVICE).put("culpritVersion", FleetInventory.BAD_VERSION)
                .put("culpritDriver", FleetInventory.DRIVER);
        List<Truth> sick = truth.list("leaking");
        long rows = 0;
        for (int machine = 0; machine < options.machines(); machine++) {
            boolean leaks = leaking.contains(machine);
            rows += machine(machine, leaks, leaking.indexOf(machine), sick);
            options.progress().at("making machines", machine + 1L, options.machines());
        }
        truth.put("rows", rows);
        Truth forms = truth.object("formats");
        formats.forEach(forms::put);
        truth.put("eventLogs", eventTruths);
        Path bad = Files.createDirectories(folder.resolve(name(0)));
        Files.write(bad.resolve("notes.doc"), new byte[] {(byte) 0xd0, (byte) 0xcf, 0x11, (byte) 0xe0, 0, 1, 2, 3});
        Files.writeString(bad.resolve("empty.log"), "");
        truth.put("badFiles", 2);
        Path file = folder.resolveSibling(folder.getFileName() + ".truth.json");
        truth.write(file);
        return file;
    }

    private List<Integer> chosen(int count, Dice from) {
        List<Integer> chosen = new ArrayList<>();
        while (chosen.size() < count) {
            int machine = from.below(options.machines());
            if (!chosen.contains(machine)) {
                chosen.add(machine);
            }
        }
        return chosen;
    }

    private String name(int machine) {
        return String.format(Locale.ROOT, "web-%0" + Math.max(3, Integer.toString(options.machines()).length()) + "d", machine + 1);
    }

    private long machine(int machine, boolean leaks, int ordinal, List<Truth> sick) throws IOException {
        String name = name(machine);
        Dice own = dice.named(name);
        Path home = Files.createDirectories(folder.resolve(name));
        double hoursToDeath = 24 * (7 + (options.leaking() < 2 ? 6 : 13.0 * ordinal / (options.leaking() - 1)));
        if (leaks) {
            sick.add(new Truth().put("machine", name).put("bytesPerHour", Math.round(LEAK_BYTES / hoursToDeath))
                    .put("hoursToDeath", Math.round(hoursToDeath)));
        }
        // Decoys: the leaking machines have the scanner and every second one the update, as do many that are well.
        boolean scanner = leaks || own.oneIn(3);
        boolean updated = leaks ? ordinal % 2 == 0 : own.oneIn(2);
        int memoryMegabytes = own.oneIn(2) ? 2047 : 4095;
        FleetInventory inventory = new FleetInventory(name, leaks, scanner, updated, memoryMegabytes);
        inventory.writeSignedDrivers(home.resolve("drivers.csv"));
        inventory.writeDriverQuery(home.resolve("driverquery.csv"));
        inventory.writeSystemInfo(home.resolve("systeminfo.txt"));
        // A leaking machine dies and starts anew again and again; a third of the healthy ones are restarted once.
        double restart = leaks ? hoursToDeath : 24.0 * options.days() * (own.oneIn(3) ? own.between(20, 80) / 100.0 : 1);
        Uptime uptime = leaks ? hour -> hour % restart : hour -> hour < restart ? hour : hour - restart;
        if (eventLogs.has(leaks)) {
            ZoneOffset zone = form(machine) == CounterFile.Form.PERFMON_TSV_GERMAN ? ZoneOffset.ofHours(1) : ZoneOffset.UTC;
            FleetEventLogs.Story story = new FleetEventLogs.Story(inventory, START, START.plusDays(options.days()),
                    boots(restart, leaks), leaks, zone);
            formats.merge(eventLogs.write(home, story, dice.named(name + " events")).file(), 1, Integer::sum);
        }
        return samples(home, machine, memoryMegabytes * 1024L, tags(own, leaks, LEAK_BYTES / hoursToDeath), uptime, own);
    }

    /** Hours since the last boot, at an hour of the case. */
    @FunctionalInterface
    private interface Uptime {
        double at(double hour);
    }

    /** When a machine boots that runs for so many hours, once or, if it leaks, again and again: what comes before a crash may be seen. */
    private List<LocalDateTime> boots(double hours, boolean leaks) {
        List<LocalDateTime> boots = new ArrayList<>();
        double end = 24.0 * options.days() + (leaks ? HOURS_SHORT_OF_POOL : 0);
        for (double hour = hours; hour < end && (leaks || boots.isEmpty()); hour += hours) {
            boots.add(START.plusSeconds(Math.round(hour * 3600)));
        }
        return boots;
    }

    private static CounterFile.Form form(int machine) {
        return machine % 5 < FORMS.length ? FORMS[machine % 5] : null;
    }

    private List<Tag> tags(Dice own, boolean leaks, double leakPerHour) {
        List<Tag> tags = new ArrayList<>();
        // What a tag is like is the same on all machines; its level differs.
        Dice common = dice.named("tags");
        for (int i = 0; i < options.tags(); i++) {
            String name = i < TAGS.length ? TAGS[i] : String.format(Locale.ROOT, "%c%03X", 'A' + i % 26, i & 0xfff);
            boolean paged = common.oneIn(3) && i > 0;
            int block = 16 * common.between(2, 60);
            double base = Math.exp(common.between(90, 150) / 10.0) * own.between(80, 120) / 100;
            FleetSeries.Shape shape = switch (common.below(10)) {
                case 0, 1 -> FleetSeries.Shape.DAILY;
                case 2 -> FleetSeries.Shape.WARMING;
                case 3 -> FleetSeries.Shape.STEP;
                default -> FleetSeries.Shape.STEADY;
            };
            double noise = common.between(1, 20) / 100.0;
            double rate = base / block * common.between(1, 5);
            FleetSeries series = i == 0
                    ? new FleetSeries(leaks ? FleetSeries.Shape.LEAK : FleetSeries.Shape.STEADY, 900_000, 64, 0.05, 40_000, leakPerHour)
                    : new FleetSeries(shape, Math.max(base, block * 4.0), block, noise, rate, 0.3);
            tags.add(new Tag(name.getBytes(StandardCharsets.US_ASCII), paged, series));
        }
        return tags;
    }

    private long samples(Path home, int machine, long memoryKilobytes, List<Tag> tags, Uptime uptime, Dice own) throws IOException {
        boolean daily = machine % 4 == 1;
        int count = options.days() * options.samplesPerDay();
        long rows = 0;
        PoolmonSnapshots out = null;
        boolean screens = machine % 7 == 5;
        CounterFile.Form form = form(machine);
        CounterFile perfmon = form == null ? null : new CounterFile(home, form);
        formats.merge(screens ? "poolmon screens" : "poolmon snapshots", 1, Integer::sum);
        if (form != null) {
            formats.merge(form.file(), 1, Integer::sum);
        }
        try {
            for (int sample = 0; sample < count; sample++) {
                double hour = 24.0 * sample / options.samplesPerDay();
                LocalDateTime time = START.plusSeconds(Math.round(hour * 3600));
                if (out == null || daily && sample % options.samplesPerDay() == 0) {
                    if (out != null) {
                        out.close();
                    }
                    out = new PoolmonSnapshots(home.resolve(daily ? "poolmon-" + DAY.format(time) + ".log" : "poolmon.log"), screens,
                            memoryKilobytes);
                }
                rows += snapshot(out, perfmon, tags, time, hour, uptime.at(hour), own);
            }
        } finally {
            if (out != null) {
                out.close();
            }
            if (perfmon != null) {
                perfmon.close();
            }
        }
        return rows;
    }

    private static long snapshot(PoolmonSnapshots out, CounterFile perfmon, List<Tag> tags, LocalDateTime time, double hour,
            double uptime, Dice own) throws IOException {
        long[] blocks = new long[tags.size()];
        long paged = 0;
        long nonPaged = 0;
        for (int i = 0; i < blocks.length; i++) {
            Tag tag = tags.get(i);
            blocks[i] = tag.series().blocks(hour % 24, uptime, own);
            long bytes = blocks[i] * tag.series().blockBytes();
            paged += tag.paged() ? bytes : 0;
            nonPaged += tag.paged() ? 0 : bytes;
        }
        out.head(time, nonPaged >> 10, paged >> 10);
        for (int i = 0; i < blocks.length; i++) {
            Tag tag = tags.get(i);
            long frees = Math.round(tag.series().allocsPerHour() * (uptime + 1));
            out.row(tag.name(), tag.paged(), frees + blocks[i], frees, blocks[i] * tag.series().blockBytes());
        }
        out.end();
        if (perfmon != null) {
            perfmon.sample(time, paged, nonPaged);
        }
        return blocks.length;
    }
}
