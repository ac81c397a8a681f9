package org.poolscope.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text made to take long, or to be taken for something: every reader answers, and says nothing it has not seen. */
class HostileTextTest {

    private static final int LINE = 1 << 20;

    @TempDir
    Path folder;

    private Collected file(String text) throws IOException {
        return Collected.from(Files.writeString(folder.resolve("hostile.txt"), text));
    }

    @Test
    void oneVeryLongLineOfAnything() throws IOException {
        for (String piece : List.of("1", " ", "(", ":", "-", ".", "a ", "<Event", "<Event>", "</Event>", "&#1;", "Nonp ", " 1 (",
                "Tag ", "> ", "Memory: Avail:", "Kb)", "'", "UNKNOWN pooltag '", "//")) {
            Collected collected = file(piece.repeat(LINE / piece.length()));
            assertThat(collected.facts()).as(piece).isEmpty();
            assertThat(collected.warnings()).as(piece).hasSizeLessThan(30);
        }
    }

    @Test
    void headsFollowedByVeryLongLines() throws IOException {
        for (String head : List.of("Tag Allocs Used Allocs Used\n", "Physical Memory: 1 ( 4 Kb)\n", " Tag  Type  Allocs\n",
                "Event Type: Error\nEvent Source: Srv\nEvent ID: 2020\n", "<Event><System>\n")) {
            for (String piece : List.of("1 ", "1", " ", "Mup  Paged 1 ", "a: ", "<a>")) {
                Collected collected = file(head + "Mup " + piece.repeat(LINE / piece.length()) + "\nend");
                assertThat(collected.warnings()).hasSizeLessThan(30);
            }
        }
    }

    @Test
    void manyShortLinesThatBeginSomething() throws IOException {
        for (String line : List.of("kd> !vm\n", "kd> !poolused\n", "Pool Used:\n", "Tag Allocs Used Allocs Used\n",
                " Tag Type Allocs\n", "Memory: Avail:\n", "Commit: Limit:\n", "System pool information\n", "Event Type: Error\n",
                "Event[0]:\n", "Date: 1/2/2003\n", "Message :\n", "<Event>\n", "<Event></Event>\n", "Summary1,x\n", "\n", ".\n",
                "Event Source: a\nEvent ID: 1\nx\n\n")) {
            Collected collected = file(line.repeat(20_000));
            assertThat(collected.warnings()).as(line).hasSizeLessThan(30);
        }
    }

    @Test
    void manyEventsOnOneLineAreReadOneByOne() throws IOException {
        String event = "<Event><System><Provider Name='Srv'/><EventID>2020</EventID></System></Event>";
        Collected collected = file(event.repeat(5_000));
        assertThat(collected.all(LoggedEvent.class)).hasSize(5_000);
        assertThat(collected.all(LoggedEvent.class).getLast().seenAt().text()).hasSizeLessThan(500);
    }

    @Test
    void deepAndWideXmlIsRefused() throws IOException {
        String system = "<System><Provider Name='Srv'/><EventID>2020</EventID></System>";
        Collected deep = file("<Event>" + system + "<UserData>" + "<a>".repeat(1000) + "</a>".repeat(1000)
                + "</UserData></Event>");
        assertThat(deep.facts()).isEmpty();
        assertThat(deep.warnings()).hasSize(1);
        Collected wide = file("<Event>" + system + "<UserData>" + "<a/>".repeat(30_000) + "</UserData></Event>");
        assertThat(wide.facts()).isEmpty();
        Collected large = file("<Event>" + system + "<EventData><Data>" + "x".repeat(2 << 20) + "</Data></EventData></Event>");
        assertThat(large.facts()).isEmpty();
        assertThat(large.warnings()).hasSize(1);
    }

    @Test
    void numbersThatFitNothing() throws IOException {
        String huge = "9".repeat(200);
        Collected collected = file("Tag Allocs Used Allocs Used\nMup " + huge + " " + huge + " 0 0\n"
                + "Physical Memory: " + huge + " ( " + huge + " Kb)\nNonPagedPool Usage: 5 ( 20 Kb)\n"
                + "Mup Paged " + huge + " 0 1 " + huge + " 1\nMemory:" + huge + "K Avail:1K\n"
                + "Event ID: " + huge + "\nEvent Source: Srv\n");
        assertThat(collected.facts().toString()).doesNotContain(huge).doesNotContain(Long.toString(Long.MAX_VALUE));
    }

    @Test
    void binaryIsLeftAlone() throws IOException {
        Files.write(folder.resolve("image"),
                "PAGEDUMP\0\0\0Tag Allocs Used Allocs Used\nMup 1 2 3 4\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(Collected.from(folder.resolve("image")).formats()).isEmpty();
    }
}
