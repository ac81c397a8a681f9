package org.poolscope.logs;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.logs.EventFields.Role;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;
import org.poolscope.model.TextLines;

/**
 * Reads events written as labelled lines: the clipboard of Event Viewer, old and new, {@code wevtutil qe /f:text}, and
 * PowerShell's {@code Get-EventLog} or {@code Get-WinEvent} as lists. Any event is taken; fields without a meaning of their own
 * are kept under their labels.
 */
public final class EventTextReader implements EvidenceReader {

    /** A longer text than this many lines is no message. */
    private static final int LONGEST_MESSAGE = 200;

    /** Far more characters than an event log can hold in one entry. */
    private static final int MOST_CHARACTERS = 128 * 1024;

    /** For {@link java.util.ServiceLoader}. */
    public EventTextReader() {
    }

    @Override
    public String format() {
        return "event text";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        Optional<TextLines> lines = LineWalk.linesOf(file);
        return lines.isPresent() && !events(new LineWalk(lines.get(), Ignore.ALL), true).isEmpty();
    }

    /** The text of the event whose XML begins on a line, when Event Viewer copied both; empty otherwise. */
    static String messageAbove(TextLines lines, int xml) {
        int end = xml - 1;
        while (end > xml - 4 && end > 0 && lines.line(end).isBlank()) {
            end--;
        }
        if (roleAt(lines, end) != Role.XML) {
            return "";
        }
        for (int line = end - 1; line > 0 && line > end - LONGEST_MESSAGE; line--) {
            Role role = roleAt(lines, line);
            if (role == Role.MESSAGE) {
                String first = EventFields.of(lines.line(line)).map(EventFields::value).orElse("");
                return (first + "\n" + String.join("\n", lines.all().subList(line, end - 1))).strip();
            }
            if (role == Role.XML) {
                return "";
            }
        }
        return "";
    }

    private static Role roleAt(TextLines lines, int line) {
        return line < 1 || lines.line(line).length() > LineWalk.LONGEST_LINE ? Role.OTHER
                : EventFields.of(lines.line(line)).map(EventFields::role).orElse(Role.OTHER);
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        TextLines lines = LineWalk.textOf(file);
        List<Block> blocks = events(new LineWalk(lines, sink), false);
        Timestamps times = new Timestamps();
        blocks.forEach(block -> times.observe(block.when()));
        blocks.stream().filter(block -> !block.asXml).forEach(block -> sink.add(block.event(times)));
        times.warnOfAmbiguous(sink);
    }

    private static List<Block> events(LineWalk walk, boolean first) {
        List<Block> blocks = new ArrayList<>();
        while (!walk.atEnd() && !(first && !blocks.isEmpty())) {
            int before = walk.number();
            if (EventFields.of(walk.line()).isEmpty()) {
                walk.next();
                continue;
            }
            Block block = new Block(walk);
            block.walk();
            if (block.isEvent()) {
                walk.confirm();
                blocks.add(block);
            } else {
                walk.giveBack();
            }
            if (walk.number() == before) {
                walk.next();
            }
        }
        return blocks;
    }

    /** One event, field by field. */
    private static final class Block {
        private final LineWalk walk;
        private final Provenance seenAt;
        private final Map<Role, String> roles = new LinkedHashMap<>();
        private final Map<String, String> fields = new LinkedHashMap<>();
        private final StringBuilder message = new StringBuilder();
        private final EventBytes data = new EventBytes();
        private boolean padded;
        private boolean numbered;
        private boolean modern;
        private boolean named;
        private boolean asXml;
        private int continuation = Integer.MAX_VALUE;
        private String last;

        private Block(LineWalk walk) {
            this.walk = walk;
            this.seenAt = walk.here();
        }

        private void walk() {
            boolean first = true;
            while (!walk.atEnd()) {
                String line = walk.line();
                Optional<EventFields> field = EventFields.of(line);
                if (Cells.strip(line).isEmpty()) {
                    if (!moreFollows()) {
                        return;
                    }
                    walk.passBlank();
                } else if (goesOn(line)) {
                    goOn(line);
                } else if (field.isPresent()) {
                    if (!first && beginsAnother(field.get()) || !field(field.get(), line)) {
                        return;
                    }
                } else if (isEvent() && message.isEmpty() && !Landmark.begins(line)) {
                    message();
                } else {
                    return;
                }
                first = false;
            }
        }

        /** After a blank line: whether the next line is another field of this event. */
        private boolean moreFollows() {
            int next = walk.number();
            while (next - walk.number() < 4 && lineIsBlank(next)) {
                next++;
            }
            String line = walk.lineAt(next);
            Optional<EventFields> field = EventFields.of(line);
            return goesOn(line) || field.isPresent() && !beginsAnother(field.get()) && !(field.get().isFirst() && isEvent());
        }

        /** Whether a line stands under the value of the field above, as long values do in PowerShell's lists. */
        private boolean goesOn(String line) {
            int indent = Cells.firstNonBlank(line);
            return padded && indent >= continuation && indent < line.length();
        }

        private boolean lineIsBlank(int line) {
            return Cells.strip(walk.lineAt(line)).isEmpty();
        }

        private boolean beginsAnother(EventFields field) {
            return field.role() == Role.NUMBER || fields.containsKey(field.label())
                    || field.isFirst() && isEvent() && !padded;
        }

        /** Takes a field and whatever lines belong to it; false when the event ends before it. */
        private boolean field(EventFields field, String line) {
            if (fields.isEmpty()) {
                padded = field.padded();
                modern = field.label().equalsIgnoreCase("Log Name");
            }
            numbered |= field.role() == Role.NUMBER;
            named |= field.isDistinctive();
            if (field.role() == Role.XML) {
                // The same event again, with more in it: read as XML, which takes the text from here.
                walk.take();
                while (lineIsBlank(walk.number()) && !walk.atEnd()) {
                    walk.next();
                }
                asXml = !walk.atEnd() && EventFragments.begins(walk.line());
                return false;
            }
            fields.put(field.label(), field.value());
            roles.putIfAbsent(field.role(), field.value());
            last = field.label();
            continuation = padded ? line.indexOf(':') + 1 : Integer.MAX_VALUE;
            walk.take();
            if (field.role() == Role.DATA) {
                while (!walk.atEnd() && data.take(walk.line())) {
                    walk.take();
                }
            } else if (field.role() == Role.MESSAGE && !padded) {
                append(field.value());
                message();
            }
            return true;
        }

        /** A value that goes on, under itself, in PowerShell's lists. */
        private void goOn(String line) {
            if (last != null && fields.get(last).length() < MOST_CHARACTERS) {
                String value = fields.get(last) + "\n" + Cells.strip(line);
                fields.put(last, value);
                EventFields.of(last + ":").ifPresent(field -> roles.put(field.role(), value));
            }
            walk.take();
        }

        /**
         * The text of the event. In exports that say where an event ends it runs up to there; elsewhere up to the first blank
         * line, so that what somebody wrote below is not taken for a part of it.
         */
        private void message() {
            int end = messageEnd();
            while (walk.number() < end && !walk.atEnd()) {
                append(Cells.strip(walk.line()));
                walk.take();
            }
        }

        private int messageEnd() {
            int from = walk.number();
            int blank = -1;
            int line = from;
            while (line < from + LONGEST_MESSAGE && !endsMessage(line)) {
                blank = blank < 0 && lineIsBlank(line) ? line : blank;
                line++;
            }
            boolean endIsMarked = line < from + LONGEST_MESSAGE && (numbered || modern && !walk.isPastEnd(line));
            if (endIsMarked || blank < 0) {
                return trimmed(line, from);
            }
            int help = blank;
            while (help < line && lineIsBlank(help)) {
                help++;
            }
            // The sentence old Event Viewers add below the text.
            return walk.lineAt(help).contains("Help and Support Center") ? help + 1 : blank;
        }

        private boolean endsMessage(int line) {
            String text = walk.lineAt(line);
            return walk.isPastEnd(line) || Landmark.begins(text) || EventFields.of(text)
                    .filter(field -> field.isFirst() || field.role() == Role.DATA || field.role() == Role.XML).isPresent();
        }

        private int trimmed(int end, int from) {
            int last = end;
            while (last > from && lineIsBlank(last - 1)) {
                last--;
            }
            return last;
        }

        private void append(String text) {
            if (message.length() + text.length() < MOST_CHARACTERS && !(message.isEmpty() && text.isEmpty())) {
                message.append(message.isEmpty() ? "" : "\n").append(text);
            }
        }

        private boolean isEvent() {
            return named && roles.containsKey(Role.SOURCE) && id() >= 0;
        }

        private int id() {
            long id = number(roles.get(Role.ID));
            if (id < 0) {
                id = number(roles.get(Role.INSTANCE));
            }
            // Severity, customer and facility stand above the low 16 bits.
            return id < 0 ? -1 : (int) (id & 0xffff);
        }

        private static long number(String text) {
            if (text == null) {
                return -1;
            }
            long number = new Cells(text, 0).number();
            return number == Cells.NONE || number > 0xffff_ffffL ? -1 : number;
        }

        /** The day and time as written. */
        private String when() {
            String date = roles.getOrDefault(Role.DATE, "");
            String time = roles.get(Role.TIME);
            return time == null ? date : date + " " + time;
        }

        private LoggedEvent event(Timestamps times) {
            String when = when();
            LocalDateTime time = times.find(when, seenAt).orElse(null);
            ZoneOffset zone = time != null && when.endsWith("Z") ? ZoneOffset.UTC : null;
            Map<String, String> rest = new LinkedHashMap<>();
            fields.forEach((label, value) -> EventFields.of(label + ":")
                    .filter(field -> field.role() == Role.OTHER).ifPresent(field -> rest.put(label, value)));
            if (!data.words().isEmpty()) {
                rest.put(LoggedEvent.DATA, data.words());
            }
            String text = padded ? roles.getOrDefault(Role.MESSAGE, "") : message.toString();
            return new LoggedEvent(seenAt, roles.get(Role.SOURCE), id(), time, zone, roles.get(Role.COMPUTER), text, rest);
        }
    }
}
