package org.poolscope.logs.counter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.poolscope.model.Counter;
import org.poolscope.model.CounterSeries;

/** PowerShell's {@code Get-Counter}, in the forms people save. */
class GetCounterTest {

    @Test
    void theTableItPrints() {
        Read read = Read.of("""

                Timestamp                 CounterSamples
                ---------                 --------------
                10/13/2020 10:14:59 AM    \\\\server01\\memory\\pool paged bytes :
                                          266000000

                                          \\\\server01\\memory\\pool nonpaged
                                          bytes :
                                          100000000

                10/13/2020 11:14:59 PM    \\\\server01\\memory\\pool paged bytes :
                                          267000000

                                          \\\\server01\\memory\\pool nonpaged bytes :
                                          100500000

                """);
        CounterSeries paged = read.the(Counter.POOL_PAGED_BYTES);
        assertThat(paged.values()).containsExactly(266e6, 267e6);
        assertThat(paged.machine()).isEqualTo("server01");
        assertThat(paged.taken(1)).isEqualTo(LocalDateTime.of(2020, 10, 13, 23, 14, 59));
        assertThat(read.the(Counter.POOL_NONPAGED_BYTES).values()).containsExactly(1e8, 1.005e8);
        assertThat(read.lost()).isEmpty();
        assertThat(read.warnings).isEmpty();
    }

    @Test
    void theSameAsAListWithTheTimeBelowOrAbove() {
        String time = "Timestamp      : 13.10.2020 1%d:14:59\n";
        String samples = "CounterSamples : {Microsoft.PowerShell.Commands.GetCounter.PerformanceCounterSample}\n";
        String readings = "Readings       : \\\\s\\speicher\\auslagerungsseiten (bytes) :\n                 26600000%d\n\n\n";
        for (String form : new String[] {readings + time + samples, time + samples + readings}) {
            Read read = Read.of(form.formatted(0, 0) + "\n" + form.formatted(1, 1) + "\n" + form.formatted(2, 2));
            CounterSeries paged = read.the(Counter.POOL_PAGED_BYTES);
            assertThat(paged.values()).containsExactly(266000000, 266000001, 266000002);
            assertThat(paged.times()).isSorted().doesNotHaveDuplicates();
            assertThat(paged.taken(2)).isEqualTo(LocalDateTime.of(2020, 10, 13, 12, 14, 59));
            assertThat(read.lost()).isEmpty();
            assertThat(read.warnings).isEmpty();
        }
    }

    @Test
    void singleSamplesAsAList() {
        Read read = Read.of("""
                Path             : \\\\s\\memory\\pool paged bytes
                InstanceName     :
                CookedValue      : 266000000,5
                RawValue         : 266000000
                SecondValue      : 0
                MultipleCount    : 1
                CounterType      : NumberOfItems64
                Timestamp        : 10/13/2020 10:14:59 AM
                Timestamp100NSec : 132470648990000000
                Status           : 0
                DefaultScale     : -5
                TimeBase         : 10000000

                Path             : \\\\s\\process(lsass)\\handle count
                InstanceName     : lsass
                CookedValue      : 1200
                Timestamp        : 10/13/2020 10:14:59 AM
                """);
        assertThat(read.the(Counter.POOL_PAGED_BYTES).values()).containsExactly(266000000.5);
        assertThat(read.the(Counter.PROCESS_HANDLES).instance()).isEqualTo("lsass");
        assertThat(read.lost()).isEmpty();
    }

    @Test
    void singleSamplesAsATableWithSeparators() {
        Read read = Read.of("""
                #TYPE Microsoft.PowerShell.Commands.GetCounter.PerformanceCounterSample
                "Path","InstanceName","CookedValue","RawValue","SecondValue","MultipleCount","CounterType","Timestamp","Timestamp100NSec"
                "\\\\s\\memory\\pool paged bytes",,"266000000","266000000","0","1","NumberOfItems64","10/13/2020 10:14:59 AM","132"
                "\\\\s\\memory\\pool paged bytes",,"267000000","266000000","0","1","NumberOfItems64","10/13/2020 11:14:59 AM","132"
                """);
        assertThat(read.the(Counter.POOL_PAGED_BYTES).values()).containsExactly(266e6, 267e6);
        assertThat(read.lost()).isEmpty();
    }

    @Test
    void wholeSetsAsATableWithSeparators() {
        Read read = Read.of("""
                #TYPE Microsoft.PowerShell.Commands.GetCounter.PerformanceCounterSampleSet
                "Timestamp","CounterSamples","Readings"
                "10/13/2020 10:14:59 AM","Microsoft.PowerShell.Commands.GetCounter.PerformanceCounterSample[]","\\\\s\\memory\\pool paged bytes :
                266000000

                "
                """);
        assertThat(read.the(Counter.POOL_PAGED_BYTES).taken(0)).isEqualTo(LocalDateTime.of(2020, 10, 13, 10, 14, 59));
        assertThat(read.lost()).isEmpty();
    }

    @Test
    void figuresWithoutATimeAreSaidToBeLeftOut() {
        Read read = Read.of("\\\\s\\memory\\pool paged bytes :\n1234\n");
        assertThat(read.series).isEmpty();
        assertThat(read.warnings).singleElement().asString().contains("1 samples of Get-Counter have no time");
    }
}
