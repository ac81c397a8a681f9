package org.poolscope.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.poolscope.model.PoolKind;

/** Events in the forms Event Viewer, wevtutil and PowerShell write. */
class EventReadersTest {

    private static final String CLASSIC = """
            Event Type:\tError
            Event Source:\tSrv
            Event Category:\tNone
            Event ID:\t2019
            Date:\t\t%s
            Time:\t\t%s
            User:\t\tN/A
            Computer:\tSERVER18
            Description:
            The server was unable to allocate from the system nonpaged pool because the pool was empty.

            For more information, see Help and Support Center at http://go.microsoft.com/fwlink/events.asp.
            Data:
            0000: 00 00 04 00 01 00 54 00   ......T.
            0008: 00 00 00 00 e3 07 00 c0   ....\u00e3..\u00c0
            0010: 00 00 00 00 9a 00 00 c0   ....\u0161..\u00c0
            0018: 00 00 00 00 00 00 00 00   ........
            0020: 00 00 00 00 00 00 00 00   ........
            0028: 0d 00 00 00               abcd
            """;

    private static final String XML = """
            <Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Srv'/>
            <EventID Qualifiers='49152'>2020</EventID><Level>2</Level><TimeCreated SystemTime='2013-05-08T10:11:12.000000000Z'/>
            <Channel>System</Channel><Computer>server18</Computer><Security/></System>
            <EventData><Data>\\Device\\LanmanServer</Data>
            <Binary>0000040001005400000000000E4070C000000000</Binary></EventData></Event>
            """.replace("0E4070C0", "E40700C0");

    @Test
    void clipboardOfEventViewerBeforeVista() {
        Collected collected = Collected.from(CLASSIC.formatted("12/14/2006", "2:26:46 PM"));
        LoggedEvent event = collected.one(LoggedEvent.class);
        assertThat(event.id()).isEqualTo(2019);
        assertThat(event.time()).isEqualTo("2006-12-14T14:26:46");
        assertThat(event.computer()).isEqualTo("SERVER18");
        assertThat(event.message()).startsWith("The server was unable").endsWith("http://go.microsoft.com/fwlink/events.asp.");
        assertThat(event.words()).containsExactly(0x40000L, 0x540001L, 0L, 0xc00007e3L, 0L, 0xc000009aL, 0L, 0L, 0L, 0L, 0xdL);
        KnownEvent known = KnownEvent.of(event).orElseThrow();
        assertThat(known.pool()).isEqualTo(PoolKind.NONPAGED);
        assertThat(known.status(event)).hasValue(0xc000009aL);
        assertThat(collected.lost()).isEmpty();
    }

    @Test
    void proseBelowAnEventIsNotPartOfIt() {
        Collected collected = Collected.from("""
                Hello, this is what I see:

                Event Type: Error
                Event Source: Srv
                Event ID: 2020
                Date: 14.12.2006
                Time: 02:26:46
                Computer: S1
                The server was unable to allocate from the system paged pool because the pool was empty.

                It happens every night. Any idea?
                """);
        assertThat(collected.one(LoggedEvent.class).message()).endsWith("the pool was empty.");
        assertThat(collected.one(LoggedEvent.class).time()).isEqualTo("2006-12-14T02:26:46");
        assertThat(collected.lost()).containsExactly("Hello, this is what I see:", "It happens every night. Any idea?");
    }

    @Test
    void severalEventsAndTheirDates() {
        Collected collected = Collected.from(CLASSIC.formatted("3/4/2006", "02:26:46") + "\n"
                + CLASSIC.formatted("13/4/2006", "02:26:46"));
        assertThat(collected.all(LoggedEvent.class)).extracting(event -> event.time().toString())
                .containsExactly("2006-04-03T02:26:46", "2006-04-13T02:26:46");
        Collected unclear = Collected.from(CLASSIC.formatted("3/4/2006", "02:26:46"));
        assertThat(unclear.one(LoggedEvent.class).time()).isNull();
        assertThat(unclear.warnings()).hasSize(1).first().asString().contains("3/4/2006");
    }

    @Test
    void wevtutilText() {
        Collected collected = Collected.from("""
                Event[0]:
                  Log Name: System
                  Source: srv
                  Date: 2013-05-08T10:11:12.000
                  Event ID: 2017
                  Task: N/A
                  Level: Error
                  Opcode: N/A
                  Keyword: Classic
                  User: N/A
                  User Name: N/A
                  Computer: server18
                  Description:
                The server was unable to allocate from the system nonpaged pool.

                User: this line belongs to the text.

                Event[1]:
                  Log Name: System
                  Source: Microsoft-Windows-Kernel-General
                  Date: 2013-05-08T10:20:00.000Z
                  Event ID: 12
                  Computer: server18
                  Description:
                The operating system started.
                """);
        List<LoggedEvent> events = collected.all(LoggedEvent.class);
        assertThat(events).extracting(LoggedEvent::id).containsExactly(2017, 12);
        assertThat(events.getFirst().message()).endsWith("User: this line belongs to the text.");
        assertThat(events.getFirst().zone()).isNull();
        assertThat(events.getLast().zone()).hasToString("Z");
        assertThat(KnownEvent.of(events.getFirst()).orElseThrow().kind()).isEqualTo(KnownEvent.Kind.POOL_LIMIT);
        assertThat(KnownEvent.of(events.getLast()).orElseThrow().kind()).isEqualTo(KnownEvent.Kind.BOOT);
        assertThat(collected.lost()).isEmpty();
    }

    @Test
    void powerShellLists() {
        Collected collected = Collected.from("""

                Index              : 40012
                EntryType          : Error
                InstanceId         : 3221227492
                Message            : The server was unable to allocate from the system
                                     paged pool because the pool was empty.
                Category           : (0)
                CategoryNumber     : 0
                ReplacementStrings : {\\Device\\LanmanServer}
                Source             : Srv
                TimeGenerated      : 12/14/2006 2:26:46 AM
                TimeWritten        : 12/14/2006 2:26:46 AM
                UserName           :

                TimeCreated  : 5/8/2013 10:11:12 AM
                ProviderName : Service Control Manager
                Id           : 7045
                Message      : A service was installed in the system.

                               Service Name:  ioleak

                """);
        List<LoggedEvent> events = collected.all(LoggedEvent.class);
        assertThat(events).extracting(LoggedEvent::id).containsExactly(2020, 7045);
        assertThat(events.getFirst().message()).isEqualTo(
                "The server was unable to allocate from the system\npaged pool because the pool was empty.");
        assertThat(events.getFirst().time()).isEqualTo("2006-12-14T02:26:46");
        assertThat(events.getFirst().data()).containsEntry("ReplacementStrings", "{\\Device\\LanmanServer}");
        assertThat(KnownEvent.of(events.getLast()).orElseThrow().kind()).isEqualTo(KnownEvent.Kind.DRIVER_INSTALLED);
    }

    @Test
    void otherListsWithIdsAndSourcesAreNoEvents() {
        assertThat(Collected.from("id: 5\nsource: warehouse\ndate: 2020-01-01\n").formats()).isEmpty();
        assertThat(Collected.from("Event ID: none\nEvent Source: Srv\n").formats()).isEmpty();
    }

    @Test
    void xmlOfClassicEvents() {
        LoggedEvent event = Collected.from(XML).one(LoggedEvent.class);
        assertThat(event.source()).isEqualTo("Srv");
        assertThat(event.id()).isEqualTo(2020);
        assertThat(event.time()).isEqualTo("2013-05-08T10:11:12");
        assertThat(event.data()).containsEntry("%1", "\\Device\\LanmanServer").containsEntry("Qualifiers", "49152")
                .containsEntry("Channel", "System").containsEntry("Level", "2");
        assertThat(event.words()).startsWith(0x40000L, 0x540001L, 0L, 0xc00007e4L);
    }

    @Test
    void manyEventsWithAndWithoutARoot() {
        String one = XML.replace("\n", "");
        for (String text : List.of(one + one + one, one + "\n" + one + "\n" + one,
                "<?xml version=\"1.0\" encoding=\"utf-16\"?>\n<Events>\n" + XML + XML + XML + "</Events>\n")) {
            Collected collected = Collected.from(text, StandardCharsets.UTF_16LE);
            assertThat(collected.all(LoggedEvent.class)).hasSize(3);
            assertThat(collected.lost()).isEmpty();
            assertThat(collected.warnings()).isEmpty();
        }
    }

    @Test
    void aDamagedEventCostsOnlyItself() {
        Collected collected = Collected.from(XML + XML.substring(0, 200) + XML + XML.replace("</System>", "") + XML
                + XML.replace("<EventID Qualifiers='49152'>2020", "<EventID>none"));
        assertThat(collected.all(LoggedEvent.class)).hasSize(3);
        assertThat(collected.warnings()).hasSize(3);
    }

    @Test
    void noEntityAndNoFileIsFollowed() {
        Collected bomb = Collected.from("""
                <!DOCTYPE Event [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
                """ + XML.replace("server18", "&b;&x;"));
        assertThat(bomb.all(LoggedEvent.class)).allMatch(event -> event.computer() == null || !event.computer().contains("aaa"));
        assertThat(bomb.facts().toString()).doesNotContain("root:");
    }

    @Test
    void controlCharactersOfWindowsDoNotSpoilTheEvent() {
        Collected collected = Collected.from(XML.replace("LanmanServer", "Lan&#x1;man\u0002Server&#65;"));
        assertThat(collected.one(LoggedEvent.class).data()).containsEntry("%1", "\\Device\\Lan\ufffdman\ufffdServerA");
    }

    @Test
    void textAndXmlOfOneEventAreOneEvent() {
        Collected collected = Collected.from("""
                Log Name:      System
                Source:        Srv
                Date:          5/8/2013 12:11:12 PM
                Event ID:      2020
                Task Category: None
                Level:         Error
                Keywords:      Classic
                User:          N/A
                Computer:      server18
                Description:
                The server was unable to allocate from the system paged pool because the pool was empty.

                Second paragraph.
                Event Xml:
                """ + XML);
        LoggedEvent event = collected.one(LoggedEvent.class);
        assertThat(event.message()).isEqualTo(
                "The server was unable to allocate from the system paged pool because the pool was empty.\n\nSecond paragraph.");
        assertThat(event.time()).isEqualTo("2013-05-08T10:11:12");
        assertThat(collected.lost()).isEmpty();
    }

    @Test
    void exhaustionWithoutTagsIsStillAFact() {
        ResourceExhaustion exhaustion = Collected.from("""
                <Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>
                <Provider Name="Microsoft-Windows-Resource-Exhaustion-Detector"/><EventID>2004</EventID>
                <TimeCreated SystemTime="2013-05-08T10:11:12Z"/><Computer>s</Computer></System>
                <UserData><MemoryExhaustionInfo><SystemInfo><PagedPoolUsage>100</PagedPoolUsage>
                <NonPagedPoolUsage>-5</NonPagedPoolUsage></SystemInfo>
                <PagedPoolInfo><Tag_1><Name>Io  </Name><PoolUsed>60</PoolUsed></Tag_1>
                <Tag_2><Name>TooLong</Name><PoolUsed>60</PoolUsed></Tag_2></PagedPoolInfo>
                </MemoryExhaustionInfo></UserData></Event>
                """).one(ResourceExhaustion.class);
        assertThat(exhaustion.pagedPoolBytes()).isEqualTo(100);
        assertThat(exhaustion.nonPagedPoolBytes()).isNull();
        assertThat(exhaustion.commitLimitBytes()).isNull();
        assertThat(exhaustion.pagedTags()).extracting(tag -> tag.tag().toString()).containsExactly("Io  ");
        assertThat(exhaustion.nonPagedTags()).isEmpty();
    }

    @Test
    void knowledgeIsWhole() {
        assertThat(KnownEvent.all()).hasSizeGreaterThan(20).allMatch(known -> !known.meaning().isEmpty());
        assertThat(NtStatus.of(0xc0000257L).orElseThrow().name()).isEqualTo("STATUS_PATH_NOT_COVERED");
        assertThat(NtStatus.of(1)).isEmpty();
        EventIdentifier information = new EventIdentifier(0x40001775L);
        assertThat(information.severity()).isEqualTo(EventIdentifier.Severity.INFORMATION);
        assertThat(information.id()).isEqualTo(6005);
        assertThat(information.facility()).isZero();
    }
}
