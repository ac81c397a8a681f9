package org.poolscope.app.watch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jline.keymap.BindingReader;
import org.jline.keymap.KeyMap;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.poolscope.model.EvidenceException;

/** The screen on a terminal: shows sample after sample and obeys keys until the user quits. */
public final class WatchScreen {

    private static final double LEAST_SPEED = 1.0 / 64;
    private static final double MOST_SPEED = 256;
    private static final int LONGEST_PATTERN = 16;
    private static final DateTimeFormatter FILE_TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    /** What keys say, beside the characters they are. */
    private enum Press {
        UP, DOWN, PAGE_UP, PAGE_DOWN, HOME, ESCAPE, ENTER, RUBOUT, CHARACTER
    }

    private final Terminal terminal;
    private final SampleSource source;
    private final WatchView view;
    private final SnapshotLog log;
    private final Path folder;
    private double speed;
    private StringBuilder typed;
    private boolean leavingOut;

    /**
     * A screen.
     *
     * @param terminal where it is shown
     * @param source where samples come from
     * @param speed samples a second
     * @param colour whether colours are wanted
     * @param log records every sample; {@code null} for none
     * @param folder where key {@code s} saves samples
     */
    public WatchScreen(Terminal terminal, SampleSource source, double speed, boolean colour, Path log, Path folder) {
        this.terminal = terminal;
        this.source = source;
        this.speed = Math.clamp(speed, LEAST_SPEED, MOST_SPEED);
        this.view = new WatchView(source.name(), terminal.encoding().newEncoder().canEncode('\u2588'), colour);
        this.log = log == null ? null : new SnapshotLog(log);
        this.folder = folder;
    }

    /** Whether a terminal can show a screen at all. */
    public static boolean canShow(Terminal terminal) {
        return terminal.getStringCapability(Capability.cursor_address) != null && terminal.getWidth() > 0
                && terminal.getHeight() > 0;
    }

    /**
     * Runs until the user quits.
     *
     * @throws EvidenceException when the machine does not answer
     * @throws IOException when a sample cannot be recorded
     */
    public void run() throws EvidenceException, IOException {
        Attributes before = terminal.enterRawMode();
        Display display = new Display(terminal, true);
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        try {
            loop(display);
        } finally {
            terminal.puts(Capability.cursor_visible);
            terminal.puts(Capability.exit_ca_mode);
            terminal.flush();
            terminal.setAttributes(before);
        }
    }

    private void loop(Display display) throws EvidenceException, IOException {
        BindingReader keys = new BindingReader(terminal.reader());
        KeyMap<Press> map = keyMap();
        long due = System.nanoTime();
        boolean quit = false;
        while (!quit) {
            if (!view.isFrozen() && !view.hasEnded() && System.nanoTime() - due >= 0) {
                next();
                due = System.nanoTime() + (long) (1e9 / speed);
            }
            show(display);
            long wait = view.isFrozen() || view.hasEnded() ? 500 : Math.clamp((due - System.nanoTime()) / 1_000_000, 1, 500);
            int first = keys.peekCharacter(wait);
            if (first == org.jline.utils.NonBlockingReader.EOF) {
                return;
            }
            if (first >= 0) {
                Press press = keys.readBinding(map);
                quit = press == null || press(press, keys.getLastBinding());
            }
        }
    }

    private void next() throws EvidenceException, IOException {
        Optional<PoolSample> sample = source.next();
        if (sample.isEmpty()) {
            view.end();
            return;
        }
        view.take(sample.get());
        view.pace((source.count() < 0 ? "" : "/" + source.count()) + "  " + pace());
        if (log != null) {
            log.append(sample.get());
        }
    }

    private String pace() {
        return speed >= 1 ? String.format(Locale.ROOT, "%.3g a second", speed) : String.format(Locale.ROOT, "every %.3g s",
                1 / speed);
    }

    private void show(Display display) {
        int width = Math.max(20, terminal.getWidth());
        int height = Math.max(4, terminal.getHeight());
        display.resize(height, width);
        List<AttributedString> lines = view.lines(width, height);
        display.update(lines, -1);
    }

    private KeyMap<Press> keyMap() {
        KeyMap<Press> map = new KeyMap<>();
        map.setNomatch(Press.CHARACTER);
        map.setUnicode(Press.CHARACTER);
        map.setAmbiguousTimeout(100);
        map.bind(Press.UP, KeyMap.key(terminal, Capability.key_up), "\033[A", "\033OA");
        map.bind(Press.DOWN, KeyMap.key(terminal, Capability.key_down), "\033[B", "\033OB");
        map.bind(Press.PAGE_UP, KeyMap.key(terminal, Capability.key_ppage), "\033[5~");
        map.bind(Press.PAGE_DOWN, KeyMap.key(terminal, Capability.key_npage), "\033[6~");
        map.bind(Press.HOME, KeyMap.key(terminal, Capability.key_home), "\033[H", "\033OH", "\033[1~");
        map.bind(Press.ESCAPE, "\033");
        map.bind(Press.ENTER, "\r", "\n");
        map.bind(Press.RUBOUT, "\177", "\b");
        for (char c = ' '; c < 127; c++) {
            map.bind(Press.CHARACTER, String.valueOf(c));
        }
        return map;
    }

    /** Obeys a key; whether it ends the screen. */
    private boolean press(Press press, String keys) {
        if (typed != null) {
            type(press, keys);
            return false;
        }
        int page = WatchView.pageLines(terminal.getHeight());
        switch (press) {
            case ESCAPE -> {
                return true;
            }
            case UP -> view.scroll(-1);
            case DOWN -> view.scroll(1);
            case PAGE_UP -> view.scroll(-page);
            case PAGE_DOWN -> view.scroll(page);
            case HOME -> view.scroll(Integer.MIN_VALUE);
            case CHARACTER -> {
                return character(keys.isEmpty() ? 0 : keys.charAt(0), page);
            }
            case ENTER, RUBOUT -> {
            }
        }
        return false;
    }

    private boolean character(char key, int page) {
        switch (key) {
            case 'q', 'Q' -> {
                return true;
            }
            case 'i', 'I', 'x', 'X' -> {
                leavingOut = key == 'x' || key == 'X';
                typed = new StringBuilder();
                ask();
            }
            case 's', 'S' -> save();
            case '+' -> faster(2);
            case '-' -> faster(0.5);
            default -> view.key(key, page);
        }
        return false;
    }

    private void faster(double times) {
        speed = Math.clamp(speed * times, LEAST_SPEED, MOST_SPEED);
        view.pace((source.count() < 0 ? "" : "/" + source.count()) + "  " + pace());
    }

    private void type(Press press, String keys) {
        switch (press) {
            case ENTER -> {
                view.filter(leavingOut, typed.toString());
                typed = null;
            }
            case ESCAPE -> typed = null;
            case RUBOUT -> typed.setLength(Math.max(0, typed.length() - 1));
            case CHARACTER -> {
                char key = keys.isEmpty() ? 0 : keys.charAt(0);
                if (key >= ' ' && key < 127 && typed.length() < LONGEST_PATTERN) {
                    typed.append(key);
                }
            }
            default -> {
            }
        }
        ask();
    }

    private void ask() {
        view.ask(typed == null ? null : (leavingOut ? "Leave out tags that match: " : "Show only tags that match: ") + typed
                + "_");
    }

    private void save() {
        PoolSample sample = view.sample();
        if (sample == null) {
            return;
        }
        LocalDateTime time = sample.taken() == null ? LocalDateTime.now() : sample.taken();
        Path file = folder.resolve("poolsnap-" + FILE_TIME.format(time) + ".log");
        try {
            if (java.nio.file.Files.exists(file)) {
                view.say("already saved in " + file);
                return;
            }
            new SnapshotLog(file).append(sample);
            view.say("saved in " + file);
        } catch (IOException e) {
            view.say("cannot save: " + e.getMessage());
        }
    }

    /**
     * Without a screen: prints each sample's lines one below the other, and records; ends with the log.
     *
     * @param out where lines go; {@code null} to print nothing
     * @param lines how many lines of a sample are printed
     * @throws EvidenceException when the machine does not answer
     * @throws IOException when a sample cannot be recorded or printed
     */
    public void print(Appendable out, int lines) throws EvidenceException, IOException {
        next();
        while (!view.hasEnded()) {
            if (out != null) {
                for (AttributedString line : view.lines(Math.max(terminal.getWidth(), 132), lines)) {
                    out.append(line.toString().stripTrailing()).append('\n');
                }
            }
            try {
                Thread.sleep(source.isLive() ? (long) (1000 / speed) : 0);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            next();
        }
    }
}
