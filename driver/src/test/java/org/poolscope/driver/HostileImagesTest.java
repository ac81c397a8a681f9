package org.poolscope.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.driver.TestDriver.Target;
import org.poolscope.driver.pe.LittleEndian;

/** Files that are cut, changed or built to confuse: a clear answer in bounded time, whatever they say. */
class HostileImagesTest {

    /** Far more than any of this takes: a loop without end is found, a slow machine is not. */
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int[] ODD_VALUES = {0, 1, 4, 0x1000, 0x7fff_fffc, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff};

    @ParameterizedTest
    @EnumSource
    void cutAnywhere(Target target) {
        byte[] file = HostileImages.bytes(TestDriver.image(target));
        assertTimeoutPreemptively(LONG, () -> {
            for (int length = 0; length < file.length; length += length < 0x400 ? 7 : 211) {
                HostileImages.exercise(Arrays.copyOf(file, length));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void everyNumberOfTheHeadersImpossible(Target target) {
        byte[] sound = HostileImages.bytes(TestDriver.image(target));
        assertTimeoutPreemptively(LONG, () -> {
            for (int at = 0x3c; at < 0x400; at += 4) {
                for (int value : ODD_VALUES) {
                    byte[] file = sound.clone();
                    LittleEndian.put32(file, at, value);
                    HostileImages.exercise(file);
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void bitsFlippedAnywhere(Target target) {
        byte[] sound = HostileImages.bytes(TestDriver.image(target));
        Random random = new Random(5);
        assertTimeoutPreemptively(LONG, () -> {
            for (int round = 0; round < 2000; round++) {
                byte[] file = sound.clone();
                for (int i = 0; i < 1 + round % 40; i++) {
                    file[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
                }
                HostileImages.exercise(file);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void codeThatIsNoCode(boolean wide) {
        Random random = new Random(7);
        byte[] noise = new byte[300_000];
        random.nextBytes(noise);
        assertTimeoutPreemptively(LONG, () -> {
            assertThat(HostileImages.exercise(HostileImages.around(noise, wide))).isPresent();
            for (String pattern : new String[] {"e8", "e800000000", "7401", "75fe", "ebfe", "0f8480000000", "e9ffffffff", "50", "c3", "ff24c5",
                "ff2485", "9a", "660f3a", "c4", "62", "f3", "cc", "00", "90", "e8fbffffff", "0f85faffffff74f8"}) {
                HostileImages.exercise(HostileImages.around(repeated(pattern, 200_000), wide));
            }
        });
    }

    private static byte[] repeated(String hex, int length) {
        byte[] pattern = HexFormat.of().parseHex(hex);
        byte[] code = new byte[length];
        for (int i = 0; i < length; i++) {
            code[i] = pattern[i % pattern.length];
        }
        return code;
    }

    /** A function whose values differ on every way: each of thousands of branches adds one more. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFunctionOfBranchesWithoutEnd(boolean wide) {
        byte[] code = new byte[240_000];
        int at = 0;
        for (int i = 0; at < code.length - 40; i++) {
            code[at++] = (byte) 0x85;   // test eax,eax
            code[at++] = (byte) 0xc0;
            code[at++] = 0x0f;          // jz somewhere, forwards and backwards
            code[at++] = (byte) 0x84;
            LittleEndian.put32(code, at, (i * 7919 % 20_000 - 10_000) * 12 - at - 4 + 120_000 & 0x3ffff);
            at += 4;
            code[at++] = (byte) (0xb8 + i % 4);
            LittleEndian.put32(code, at, i);
            at += 4;
            if (wide) {
                code[at++] = (byte) 0xff;   // call [rip+x], the allocation
                code[at++] = 0x15;
                LittleEndian.put32(code, at, 0x1000 + 241_664 + 0x100 - (0x1000 + at + 4));
                at += 4;
            }
        }
        assertTimeoutPreemptively(LONG, () -> assertThat(HostileImages.exercise(HostileImages.around(code, wide))).isPresent());
    }

    @Test
    void soundCodeInAHandmadeImage() {
        // mov r8d,'Abcd'; mov edx,40h; mov ecx,1; call [slot]; ret
        byte[] code = HexFormat.of().parseHex("41b841626364ba40000000b901000000ff1500000000c3");
        LittleEndian.put32(code, 18, 0x2000 + 0x100 - (0x1000 + 22));

        DriverFile driver = HostileImages.exercise(HostileImages.around(code, true)).orElseThrow();

        assertThat(driver.sites()).singleElement().satisfies(site -> {
            assertThat(site.tag()).hasToString("Abcd");
            assertThat(site.sizes()).containsExactly(64L);
            assertThat(site.rva()).isEqualTo(0x1010);
        });
    }

    @Test
    void impossibleSizesAreSaid() {
        byte[] file = HostileImages.around(new byte[] {(byte) 0xc3}, true);
        int section = 0x40 + 24 + 112 + 128;
        LittleEndian.put32(file, section + 8, 0xffff_f000);
        assertThat(HostileImages.exercise(file).orElseThrow().warnings()).anyMatch(warning -> warning.contains("reaches to"));

        byte[] overlapping = HostileImages.around(new byte[] {(byte) 0xc3}, true);
        LittleEndian.put32(overlapping, section + 40 + 12, 0x1800);
        assertThat(HostileImages.exercise(overlapping).orElseThrow().warnings()).anyMatch(warning -> warning.contains("overlap"));

        byte[] endless = HostileImages.around(new byte[] {(byte) 0xc3}, true);
        LittleEndian.put32(endless, 0x200 + 0x1000, 0x2400);
        for (int at = 0x200 + 0x1000 + 0x400; at < endless.length; at += 8) {
            LittleEndian.put64(endless, at, 0x2200);   // every slot names the same function
        }
        assertThat(HostileImages.exercise(endless).orElseThrow().warnings()).anyMatch(warning -> warning.contains("no end"));
    }

    @FuzzTest(maxDuration = "30s")
    void changedImages(FuzzedDataProvider data) {
        byte[] file = HostileImages.around(data.consumeBytes(200), data.consumeBoolean());
        while (data.remainingBytes() >= 6) {
            LittleEndian.put32(file, data.consumeInt(0, file.length - 4), data.consumeInt());
        }
        HostileImages.exercise(file);
    }

    @FuzzTest(maxDuration = "30s")
    void anyCode(byte[] code) {
        HostileImages.exercise(HostileImages.around(code, code.length % 2 == 0));
    }

    @FuzzTest(maxDuration = "30s")
    void anyFile(byte[] file) {
        HostileImages.exercise(file);
    }
}
