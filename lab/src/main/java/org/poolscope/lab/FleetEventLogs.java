package org.poolscope.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The System logs of some machines of a fleet: of all that leak, and of a few that do not. Each is written in one of four forms. They hold
 * what a Server 2003 logs; one saved by a later event viewer has the later form, but no other events.
 */
final class FleetEventLogs {

    /** In which form a log is kept. */
    enum Form {
        /** Server 2003's own file. */
        EVT("sysevent.evt"),
        /** Saved by the event viewer of Vista or later. */
        EVTX("system.evtx"),
        /** Copied out of the event viewer. */
        TEXT("events.txt"),
        /** Saved as XML by the event viewer of Vista or later. */
        XML("events.xml");

        private final String file;

        Form(String file) {
            this.file = file;
        }

        /** The name of the file in a machine's folder. */
        String file() {
            return file;
        }
    }

    /** So many machines that are well have a log, to compare with. */
    private static final int OF_HEALTHY = 8;
    private static final int BOOTED = 0x80001775;
    private static final int STOPPED = 0x80001776;
    private static final int STOPPED_UNEXPECTEDLY = 0x80001778;
    private static final int VERSION = 0x80001779;
    private static final int UP_TIME = 0x8000177d;

    private final List<Truth> written;
    private int healthy;
    private int next;

    /** @param written gets what is in each log */
    FleetEventLogs(List<Truth> written) {
        this.written = written;
    }

    /**
     * What becomes of a machine between the first sample and the last.
     *
     * @param inventory what it consists of
     * @param start when it boots first, after the driver was installed; by its own clock
     * @param end the log holds what was before
     * @param boots when it boots again; the last time may be after the end
     * @param crashes whether it had stopped for want of nonpaged pool before, each time; otherwise somebody restarts it
     * @param zone how far its clock is from UTC
     */
    record Story(FleetInventory inventory, LocalDateTime start, LocalDateTime end, List<LocalDateTime> boots, boolean crashes,
            ZoneOffset zone) {
    }

    /** Whether a machine has a log. */
    boolean has(boolean leaks) {
        return leaks || healthy < OF_HEALTHY;
    }

    /** Writes the log of a machine that {@linkplain #has has} one into its folder. */
    Form write(Path home, Story story, Dice dice) throws IOException {
        healthy += story.crashes ? 0 : 1;
        Form form = Form.values()[next++ % Form.values().length];
        Path file = home.resolve(form.file);
        String computer = story.inventory.name().toUpperCase(Locale.ROOT);
        List<PastEvent> events = events(story, computer, dice);
        switch (form) {
            case EVT -> EvtFileWriter.write(file, computer, story.zone, events);
            case EVTX -> EvtxFileWriter.write(file, computer, story.zone, events);
            case TEXT -> EventText.write(file, computer, events);
            case XML -> EventXmlExport.write(file, computer, story.zone, events);
        }
        Truth truth = new Truth().put("machine", story.inventory.name()).put("file", form.file).put("minutesFromUtc",
                story.zone.getTotalSeconds() / 60).put("count", events.size());
        List<Truth> list = truth.list("events");
        for (PastEvent event : events) {
            list.add(new Truth().put("time", event.time()).put("source", event.source()).put("id", event.id())
                    .put("strings", event.strings()));
        }
        written.add(truth);
        return form;
    }

    private static List<PastEvent> events(Story story, String computer, Dice dice) {
        List<PastEvent> events = new ArrayList<>();
        installed(events, story);
        restarted(events, story.start, computer);
        for (LocalDateTime boot : story.boots) {
            if (story.crashes) {
                poolEmpty(events, boot, dice);
                crashed(events, boot);
            } else {
                restarted(events, boot, computer);
            }
        }
        upTimes(events, story);
        events.removeIf(event -> !event.time().isBefore(story.end));
        events.sort(Comparator.comparing(PastEvent::time));
        return events;
    }

    /** The evening before: the network driver, in the one version or the other; for some, an update too. */
    private static void installed(List<PastEvent> events, Story story) {
        String driver = FleetInventory.DEVICE + " driver, version " + story.inventory.driverVersion();
        LocalDateTime evening = story.start.minusMinutes(85);
        events.add(new PastEvent(evening, false, "Windows Update Agent", 19, 1, List.of(driver), List.of(),
                "Installation Successful: Windows successfully installed the following update: " + driver));
        if (story.inventory.update()) {
            events.add(PastEvent.of(evening.plusMinutes(20), "NtServicePack", 0x400e1119,
                    "Windows Server 2003 Hotfix KB936357 was installed.", "Windows Server 2003", "KB936357"));
        }
    }

    private static void restarted(List<PastEvent> events, LocalDateTime boot, String computer) {
        String reason = "Operating System: Reconfiguration (Planned)";
        String user = computer + "\\Administrator";
        events.add(PastEvent.of(boot.minusMinutes(5), "USER32", 0x80000432,
                "The process Explorer.EXE has initiated the restart of computer " + computer + " on behalf of user " + user + " for the following reason: " + reason,
                "Explorer.EXE", computer, reason, "0x80020004", "restart", "", user));
        events.add(PastEvent.of(boot.minusMinutes(4), "EventLog", STOPPED, "The Event log service was stopped."));
        booted(events, boot);
    }

    private static void crashed(List<PastEvent> events, LocalDateTime boot) {
        LocalDateTime stop = boot.minusMinutes(4);
        String time = EventText.TIME.format(stop);
        String day = EventText.DAY.format(stop);
        events.add(PastEvent.of(boot, "EventLog", STOPPED_UNEXPECTEDLY, "The previous system shutdown at " + time + " on " + day
                + " was unexpected.", time, day));
        booted(events, boot);
    }

    private static void booted(List<PastEvent> events, LocalDateTime boot) {
        events.add(PastEvent.of(boot, "EventLog", VERSION, "Microsoft (R) Windows (R) 5.02. 3790 Service Pack 2 Multiprocessor Free.",
                "5.02.", "3790", "Service Pack 2", "Multiprocessor Free"));
        events.add(PastEvent.of(boot, "EventLog", BOOTED, "The Event log service was started."));
    }

    /** In the last hours the file server asks for pool in vain, ever more often. */
    private static void poolEmpty(List<PastEvent> events, LocalDateTime boot, Dice dice) {
        for (int minutes : new int[] {190, 95, 41, 22, 11}) {
            events.add(new PastEvent(boot.minusMinutes(minutes).minusSeconds(dice.below(300)), true, "Srv", 0xc00007e3, 0,
                    List.of("\\Device\\LanmanServer"), EventText.serverWords(2019, 9), EventText.emptyPool("nonpaged")));
        }
    }

    /** At noon, every day. */
    private static void upTimes(List<PastEvent> events, Story story) {
        int west = -story.zone.getTotalSeconds() / 60;
        String clock = west + (west == 0 ? " GMT Standard Time" : " W. Europe Standard Time");
        LocalDateTime first = story.start.truncatedTo(ChronoUnit.DAYS).plusHours(12);
        for (LocalDateTime noon = first; noon.isBefore(story.end); noon = noon.plusDays(1)) {
            LocalDateTime boot = story.start;
            for (LocalDateTime later : story.boots) {
                boot = later.isAfter(noon) ? boot : later;
            }
            long seconds = ChronoUnit.SECONDS.between(boot, noon);
            events.add(PastEvent.of(noon, "EventLog", UP_TIME, "The system uptime is " + seconds + " seconds.",
                    "", "", "", "", Long.toString(seconds), "60", clock));
        }
    }
}
