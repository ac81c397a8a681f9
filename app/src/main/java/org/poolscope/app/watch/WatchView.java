package org.poolscope.app.watch;

import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.poolscope.logs.TagDatabase;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagPattern;
import org.poolscope.model.TagUsage;
import org.poolscope.report.Plain;
import org.poolscope.report.TextStyle.Tone;

/** What the screen shows, and how keys change it. Knows no terminal: it makes lines for a width and height. */
final class WatchView {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final String BARS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
    private static final String PLAIN_BARS = "_.-=+*#";
    /** Head lines, the line of column names, and the two last lines. */
    private static final int FRAME_LINES = 6;

    /** What the list is sorted by. */
    private enum Order {
        TAG, ALLOCS, FREES, DIFF, BYTES, PER_ALLOC
    }

    private static final String[] HELP = {
        "p  both pools, nonpaged, paged          i  show only tags that match (? and *); empty: all",
        "t  sort by tag       d  by difference   x  leave out tags that match; empty: none",
        "a  by allocations    b  by bytes        e  line of totals",
        "f  by frees          m  by bytes each   g  driver names",
        "( or )  sort by the change instead      l  highlight what changed",
        "space  freeze        r  count growth from here anew",
        "s  save this sample  + -  replay faster, slower    arrows, PgUp, PgDn, Home  scroll",
        "h or ?  this help    q or Esc  quit",
    };

    private final Map<Long, WatchRow> rows = new HashMap<>();
    private final TagDatabase tags = TagDatabase.builtIn();
    private final Map<PoolTag, String> drivers = new HashMap<>();
    private final boolean unicode;
    private final boolean colour;
    private final String source;
    private PoolSample sample;
    private int count;
    private Order order = Order.TAG;
    private boolean byChange;
    private PoolKind only;
    private TagPattern include;
    private TagPattern exclude;
    private boolean totals;
    private boolean names;
    private boolean highlight = true;
    private boolean frozen;
    private boolean ended;
    private boolean help;
    private int top;
    private String message = "";
    private String prompt;
    private String pace = "";

    /**
     * A view of nothing yet.
     *
     * @param source what is watched
     * @param unicode whether the terminal shows more than ASCII
     * @param colour whether colours are wanted
     */
    WatchView(String source, boolean unicode, boolean colour) {
        this.source = Plain.text(source);
        this.unicode = unicode;
        this.colour = colour;
    }

    /** Shows the next sample. */
    void take(PoolSample next) {
        boolean first = count == 0;
        count++;
        sample = next;
        for (TagUsage row : next.tags().rows()) {
            if (row.binary() != null) {
                drivers.putIfAbsent(row.tag(), row.binary());
            }
            for (PoolKind pool : PoolKind.values()) {
                PoolUse use = row.use(pool);
                if (use != null && !(use.isUnused() && !rows.containsKey(key(row.tag(), pool)))) {
                    rows.computeIfAbsent(key(row.tag(), pool), unused -> new WatchRow(row.tag(), pool)).take(use, count, first);
                }
            }
        }
        if (next.tags().complete()) {
            rows.values().stream().filter(row -> row.seenIn() != count).forEach(row -> row.take(PoolUse.NONE, count, first));
        }
    }

    private static long key(PoolTag tag, PoolKind pool) {
        return (long) tag.key() << 1 | pool.ordinal();
    }

    PoolSample sample() {
        return sample;
    }

    boolean isFrozen() {
        return frozen;
    }

    boolean hasEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    void say(String text) {
        message = Plain.text(text);
    }

    /** Shows a question in the last line, with what was typed so far; {@code null} when there is none. */
    void ask(String question) {
        prompt = question;
    }

    void pace(String text) {
        pace = text;
    }

    /** Takes a key of those that change what is shown; false when it is none of them. */
    boolean key(int key, int pageLines) {
        message = "";
        switch (key) {
            case 'p', 'P' -> only = only == null ? PoolKind.NONPAGED : only == PoolKind.NONPAGED ? PoolKind.PAGED : null;
            case 't', 'T' -> order = Order.TAG;
            case 'a', 'A' -> order = Order.ALLOCS;
            case 'f', 'F' -> order = Order.FREES;
            case 'd', 'D' -> order = Order.DIFF;
            case 'b', 'B' -> order = Order.BYTES;
            case 'm', 'M' -> order = Order.PER_ALLOC;
            case '(', ')' -> byChange = !byChange;
            case 'e', 'E' -> totals = !totals;
            case 'g', 'G' -> names = !names;
            case 'l', 'L' -> highlight = !highlight;
            case ' ' -> frozen = !frozen;
            case 'r', 'R' -> rows.values().forEach(WatchRow::rebase);
            case 'h', 'H', '?' -> help = !help;
            default -> {
                return false;
            }
        }
        if (key != ' ') {
            top = 0;
        }
        return true;
    }

    /** Scrolls by so many lines; to the top when {@code Integer.MIN_VALUE}. */
    void scroll(int lines) {
        top = lines == Integer.MIN_VALUE ? 0 : Math.max(0, top + lines);
    }

    /**
     * Shows or leaves out the tags that match.
     *
     * @param out whether to leave them out
     * @param pattern the pattern; empty for none
     */
    void filter(boolean out, String pattern) {
        try {
            TagPattern parsed = pattern.isEmpty() ? null : TagPattern.parse(pattern);
            if (out) {
                exclude = parsed;
            } else {
                include = parsed;
            }
            top = 0;
        } catch (IllegalArgumentException e) {
            say(e.getMessage());
        }
    }

    /** How many lines of tags a screen of this height has. */
    static int pageLines(int height) {
        return Math.max(1, height - FRAME_LINES);
    }

    /** The screen's lines, at most {@code height} of them, none longer than {@code width}. */
    List<AttributedString> lines(int width, int height) {
        List<AttributedString> lines = new ArrayList<>();
        if (sample == null) {
            lines.add(new AttributedString("waiting for the first sample of " + source));
            return lines;
        }
        head(lines, width);
        int room = Math.max(1, height - lines.size() - 3 - (totals ? 1 : 0));
        lines.add(cut(columns(width), width, AttributedStyle.DEFAULT.inverse()));
        if (help) {
            for (int i = 0; i < HELP.length && i < room; i++) {
                lines.add(cut(" " + HELP[i], width, AttributedStyle.DEFAULT));
            }
            room -= Math.min(room, HELP.length);
        }
        List<WatchRow> shown = shown();
        top = Math.clamp(top, 0, Math.max(0, shown.size() - 1));
        for (int i = top; i < shown.size() && room > 0; i++, room--) {
            WatchRow row = shown.get(i);
            AttributedStyle style = !highlight || !row.changed() ? AttributedStyle.DEFAULT
                    : toned(!colour ? Tone.STRONG : row.moreBytes() > 0 ? Tone.WARN : Tone.GOOD);
            lines.add(cut(text(row, width), width, style));
        }
        while (room-- > 0 && lines.size() < height - 2 - (totals ? 1 : 0)) {
            lines.add(AttributedString.EMPTY);
        }
        if (totals) {
            lines.add(cut(total(shown, width), width, toned(Tone.STRONG)));
        }
        lines.add(cut(status(shown.size()), width, AttributedStyle.DEFAULT.inverse()));
        lines.add(cut(prompt != null ? prompt : message.isEmpty() ? "h help  q quit  " + keys() : message, width,
                prompt == null && message.isEmpty() && colour ? toned(Tone.SOFT) : AttributedStyle.DEFAULT));
        return lines.size() > height ? lines.subList(0, Math.max(1, height)) : lines;
    }

    /** The style of a tone as {@code diagnose} paints it. */
    private static AttributedStyle toned(Tone tone) {
        return AttributedString.fromAnsi(tone.paint("x")).styleAt(0);
    }

    private static AttributedString cut(String text, int width, AttributedStyle style) {
        String fitting = text.length() > width ? text.substring(0, Math.max(0, width)) : text;
        boolean whole = style.equals(AttributedStyle.DEFAULT.inverse());
        return new AttributedStringBuilder().append(whole ? fitting + " ".repeat(Math.max(0, width - fitting.length()))
                : fitting, style)
                .toAttributedString();
    }

    private void head(List<AttributedString> lines, int width) {
        MemoryCounters known = sample.totals();
        if (known == null) {
            return;
        }
        lines.add(cut(" Memory:" + kilobytes(known.physicalBytes()) + " Avail:" + kilobytes(known.availableBytes()), width,
                AttributedStyle.DEFAULT));
        lines.add(cut(" Commit:" + kilobytes(known.committedBytes()) + " Limit:" + kilobytes(known.commitLimitBytes()) + " Peak:"
                + kilobytes(known.peakCommitBytes()) + "   Nonpaged pool:" + kilobytes(known.nonPagedUsedBytes()) + " Paged pool:"
                + kilobytes(known.pagedUsedBytes()), width, AttributedStyle.DEFAULT));
    }

    private static String kilobytes(Long bytes) {
        return bytes == null ? " -" : " " + Quantity.count(bytes >> 10) + "K";
    }

    private String columns(int width) {
        if (width < WIDE) {
            return String.format(Locale.ROOT, NARROW, mark("Tag", Order.TAG), "Type", mark("Allocs", Order.ALLOCS), mark("Frees",
                    Order.FREES),
                    mark("Diff", Order.DIFF), mark("Bytes (change)", Order.BYTES), mark("Each", Order.PER_ALLOC)) + (names
                            ? " Driver" : "");
        }
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, " %-4s %-5s %20s %20s %10s %24s %9s", mark("Tag",
                Order.TAG), "Type",
                mark("Allocs (change)", Order.ALLOCS), mark("Frees (change)", Order.FREES), mark("Diff", Order.DIFF),
                mark("Bytes (change)", Order.BYTES), mark("Each", Order.PER_ALLOC)));
        if (width >= WITH_GROWTH) {
            text.append(String.format(Locale.ROOT, " %11s", "Grown"));
        }
        if (width >= WITH_BARS) {
            text.append(String.format(Locale.ROOT, " %-" + WatchRow.HISTORY + "s", "Lately"));
        }
        return names ? text.append(" Driver").toString() : text.toString();
    }

    /** The line of a narrow screen: only the bytes with their change. */
    private static final String NARROW = " %-4s %-5s %11s %11s %9s %23s %7s";
    /** Widths from which on there is room for more columns. */
    private static final int WIDE = 99;
    private static final int WITH_GROWTH = 112;
    private static final int WITH_BARS = 129;

    private String mark(String name, Order column) {
        return order != column ? name : byChange ? "(" + name + ")" : name + "*";
    }

    private String text(WatchRow row, int width) {
        String type = row.pool() == PoolKind.PAGED ? "Paged" : "Nonp";
        if (width < WIDE) {
            return String.format(Locale.ROOT, NARROW, row.tag(), type, row.counted() ? row.allocs() : "-", row.counted()
                    ? row.frees() : "-",
                    row.difference(), row.bytes() + " (" + signed(row.moreBytes()) + ")", row.perAlloc()) + (names
                            ? " " + driver(row.tag()) : "");
        }
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, " %-4s %-5s %20s %20s %10s %24s %9s", row.tag(), type,
                row.counted() ? row.allocs() + " (" + signed(row.moreAllocs()) + ")" : "-",
                row.counted() ? row.frees() + " (" + signed(row.moreFrees()) + ")" : "-", row.difference(),
                row.bytes() + " (" + signed(row.moreBytes()) + ")", row.perAlloc()));
        if (width >= WITH_GROWTH) {
            text.append(String.format(Locale.ROOT, " %11s", signed(row.grown())));
        }
        if (width >= WITH_BARS) {
            text.append(String.format(Locale.ROOT, " %-" + WatchRow.HISTORY + "s", row.sparkline(unicode ? BARS : PLAIN_BARS)));
        }
        if (names) {
            text.append(' ').append(driver(row.tag()));
        }
        return text.toString();
    }

    private static String signed(long change) {
        return change > 0 ? "+" + change : Long.toString(change);
    }

    /** The driver the log itself names, else that of the tag database; log text is not trusted. */
    private String driver(PoolTag tag) {
        return drivers.computeIfAbsent(tag, unused -> tags.lookup(tag).stream().filter(entry -> entry.binary() != null)
                .findFirst()
                .map(entry -> entry.binary() + (entry.description() == null ? "" : " - " + entry.description())).orElse(""))
                        .transform(Plain::text);
    }

    private List<WatchRow> shown() {
        return rows.values().stream().filter(row -> row.seenIn() == count).filter(row -> only == null || row.pool() == only)
                .filter(row -> include == null || include.matches(row.tag())).filter(row -> exclude == null
                        || !exclude.matches(row.tag()))
                .filter(row -> row.bytes() != 0 || row.allocs() != 0 || row.grown() != 0).sorted(comparator()).toList();
    }

    private Comparator<WatchRow> comparator() {
        Comparator<WatchRow> byTag = Comparator.comparing(WatchRow::tag).thenComparing(WatchRow::pool);
        Comparator<WatchRow> chosen = switch (order) {
            case TAG -> byChange ? Comparator.comparingLong(WatchRow::moreBytes).reversed() : byTag;
            case ALLOCS -> Comparator.comparingLong((WatchRow row) -> byChange ? row.moreAllocs() : row.allocs()).reversed();
            case FREES -> Comparator.comparingLong((WatchRow row) -> byChange ? row.moreFrees() : row.frees()).reversed();
            case DIFF -> Comparator.comparingLong((WatchRow row) -> byChange ? row.moreAllocs() - row.moreFrees()
                    : row.difference()).reversed();
            case BYTES -> Comparator.comparingLong((WatchRow row) -> byChange ? row.moreBytes() : row.bytes()).reversed();
            case PER_ALLOC -> Comparator.comparingLong(WatchRow::perAlloc).reversed();
        };
        return chosen.thenComparing(byTag);
    }

    private String total(List<WatchRow> shown, int width) {
        long difference = 0;
        long bytes = 0;
        long more = 0;
        for (WatchRow row : shown) {
            difference += row.difference();
            bytes += row.bytes();
            more += row.moreBytes();
        }
        String type = only == null ? "" : only == PoolKind.PAGED ? "Paged" : "Nonp";
        return String.format(Locale.ROOT, width < WIDE ? NARROW : " %-4s %-5s %20s %20s %10s %24s%s", "All", type, "", "",
                difference,
                bytes + " (" + signed(more) + ")", "");
    }

    private String status(int shown) {
        return " " + source + "  " + (sample.taken() == null ? "no time" : TIME.format(sample.taken())) + "  sample " + count
                + pace + "  " + shown
                + " rows" + (only == null ? "" : ", " + only.word()) + (include == null ? "" : ", only " + include)
                + (exclude == null ? "" : ", without " + exclude) + (frozen ? "  FROZEN" : ended ? "  END OF LOG" : "");
    }

    private static String keys() {
        return "p pool  t a f d b m sort  ( ) change  i x filter  e totals  g drivers  space freeze  s save";
    }
}
