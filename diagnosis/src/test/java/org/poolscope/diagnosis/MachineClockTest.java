package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.Progress;
import org.poolscope.model.Provenance;

class MachineClockTest {

    private static final LocalDateTime NOON = LocalDateTime.of(2012, 4, 14, 12, 0);

    @Test
    void theZoneIsLookedForOnceInACase() {
        LoggedEvent upTime = new LoggedEvent(new Provenance("system.evtx", "record 1"), "EventLog", 6013, NOON, ZoneOffset.UTC, "S", "",
                Map.of("%5", "1039089", "%6", "60", "%7", "300 Eastern Standard Time"));
        try (Case subject = new Facts().fact(upTime).open()) {
            MachineClock clock = MachineClock.of(subject);
            assertThat(clock.listed()).hasValueSatisfying(zone -> assertThat(zone.name()).isEqualTo("Eastern Standard Time"));
            assertThat(clock.local(upTime)).isEqualTo(NOON.minusHours(5));
            Diagnosis.of(subject, Progress.NONE);
            assertThat(MachineClock.of(subject)).isSameAs(clock);
        }
    }
}
