package org.poolscope.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.model.Provenance;

/** The zone is taken from entries of the known form, and from no others. */
class MachineZoneTest {

    private static Optional<MachineZone> zone(String source, int id, String seconds, String sixty, String zone) {
        return MachineZone.of(new LoggedEvent(new Provenance("system.evtx", "record 1"), source, id, null, null, null, "",
                Map.of("%5", seconds, "%6", sixty, "%7", zone)));
    }

    @Test
    void eastIsLessThanNothing() {
        assertThat(zone("EventLog", 6013, "245", "60", "-330 India Standard Time")).hasValueSatisfying(found -> {
            assertThat(found.standard()).isEqualTo(ZoneOffset.ofHoursMinutes(5, 30));
            assertThat(found.name()).isEqualTo("India Standard Time");
            assertThat(found.seenAt().text()).isEqualTo("event 6013 of EventLog: zone -330 India Standard Time");
        });
        assertThat(zone("eventlog", 6013, "245", "60", "0 GMT Standard Time").orElseThrow().standard()).isEqualTo(ZoneOffset.UTC);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "60", "300", "900 Nowhere", "-99999999999 Far East", "GMT 0", "+0 GMT", "0  ", "0 GMT\nStandard"})
    void otherTextsAreNoZone(String text) {
        assertThat(zone("EventLog", 6013, "245", "60", text)).isEmpty();
    }

    @Test
    void otherEventsTellNoZone() {
        assertThat(zone("EventLog", 6009, "245", "60", "0 GMT Standard Time")).isEmpty();
        assertThat(zone("Srv", 6013, "245", "60", "0 GMT Standard Time")).isEmpty();
        assertThat(zone("EventLog", 6013, "soon", "60", "0 GMT Standard Time")).isEmpty();
        assertThat(zone("EventLog", 6013, "245", "", "0 GMT Standard Time")).isEmpty();
    }
}
