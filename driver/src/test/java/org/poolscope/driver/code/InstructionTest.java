package org.poolscope.driver.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.driver.TestDriver;
import org.poolscope.driver.Tool;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.model.Architecture;

class InstructionTest {

    /** Every instruction of every driver at hand: its length, and for the operations that are followed its operands, as objdump has them. */
    @Test
    void agreesWithObjdump() throws Exception {
        Tool.need("objdump", "binutils");
        List<String> wrong = new ArrayList<>();
        long compared = 0;
        for (Path file : Stream.concat(Tool.wineDrivers().stream(), ours()).toList()) {
            boolean wide = PeImage.read(file).architecture() == Architecture.X64;
            Instruction instruction = new Instruction(wide);
            for (String line : Tool.run("objdump", "-d", "-w", "-M", "intel", file.toString()).split("\n")) {
                String[] columns = line.split("\t");
                if (columns.length == 3 && !columns[2].contains("(bad)")) {
                    compared++;
                    compare(instruction, wide, columns, wrong);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThan(100_000);
    }

    private static Stream<Path> ours() {
        return Stream.of(TestDriver.Target.values()).flatMap(target -> Stream.of("-O0", "-O2", "-Os")
                .map(level -> TestDriver.compile(target, "branches", level)));
    }

    private static void compare(Instruction instruction, boolean wide, String[] columns, List<String> wrong) {
        byte[] bytes = HexFormat.of().parseHex(columns[1].replace(" ", ""));
        long address = Long.parseUnsignedLong(columns[0].strip().replace(":", ""), 16);
        if (!instruction.decode(bytes, 0, bytes.length) || instruction.length() != bytes.length) {
            wrong.add(columns[1].strip() + " " + columns[2]);
            return;
        }
        int quick = new QuickLength(wide, false).of(Arrays.copyOf(bytes, 32), 0, 32);
        if (quick != QuickLength.LOOK && quick != bytes.length) {
            wrong.add(columns[1].strip() + " is quickly taken for " + quick + " bytes");
        }
        IntelText.of(instruction, wide, address).ifPresent(text -> {
            String theirs = plain(columns[2]);
            if (!text.equals(theirs)) {
                wrong.add(columns[1].strip() + ": " + theirs + " is read as " + text);
            }
        });
    }

    /** Without comments, names of places, prefixes that change nothing, and indexes that are none. */
    private static String plain(String text) {
        String plain = text.replaceAll("#.*", "").replaceAll("<[^>]*>", "").replaceAll("\\s+", " ").strip();
        plain = plain.replaceAll("^((bnd|notrack|cs|ds|es|ss|lock|repz|repnz|data16|rex\\.W) )+", "").replaceAll("\\+[er]iz\\*1", "");
        plain = plain.replace("+0x0]", "]");
        int negative = plain.indexOf("[rip+0xffffffff");
        if (negative >= 0) {
            int end = plain.indexOf(']', negative);
            long displacement = Long.parseUnsignedLong(plain.substring(negative + 7, end), 16);
            plain = plain.substring(0, negative) + "[rip-0x" + Long.toHexString(-displacement) + plain.substring(end);
        }
        return plain;
    }

    /**
     * Of bytes that are no code as well: where the quick look has an answer, the full one has the same, names the same place of the image, and the
     * flow goes on.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theQuickLengthIsTheLength(boolean wide) {
        Random random = new Random(3);
        byte[] noise = new byte[1 << 20];
        random.nextBytes(noise);
        Instruction instruction = new Instruction(wide);
        QuickLength quick = new QuickLength(wide, true);
        Set<Op> flow = EnumSet.of(Op.CALL, Op.JUMP, Op.JUMP_IF, Op.RETURN, Op.STOP, Op.BREAK);
        List<String> wrong = new ArrayList<>();
        int answered = 0;
        for (int at = 0; at < noise.length - 32; at++) {
            int length = quick.of(noise, at, noise.length);
            if (length != QuickLength.LOOK) {
                answered++;
                boolean right = instruction.decode(noise, at, noise.length) && instruction.length() == length && !flow.contains(instruction.op());
                boolean namesPlace = instruction.isMemory() && instruction.base() == (wide ? Instruction.IP : Instruction.NO_REGISTER);
                right &= namesPlace == (quick.place() != 0) && (!namesPlace || !instruction.isSegmented()
                        && LittleEndian.i32(noise, quick.place()) == instruction.displacement()
                        && quick.takesAddress() == (instruction.op() == Op.LEA));
                right &= quick.number() == 0 || instruction.immediateSize() == 4 && quick.number() == at + instruction.immediateOffset();
                if (!right) {
                    wrong.add(HexFormat.of().formatHex(noise, at, at + 15));
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(answered).isGreaterThan(noise.length / 4);
    }

    @Test
    void knowsWhatStopsTheFlow() {
        assertThat(op(true, "c3")).isEqualTo(Op.RETURN);
        assertThat(op(true, "cd29")).isEqualTo(Op.STOP);
        assertThat(op(true, "0f0b")).isEqualTo(Op.STOP);
        assertThat(op(true, "ff2500000000")).isEqualTo(Op.JUMP);
        assertThat(op(false, "e2fe")).isEqualTo(Op.JUMP_IF);
    }

    @Test
    void takesNoMoreBytesThanThereAre() {
        byte[] code = HexFormat.of().parseHex("48b88877665544332211");
        Instruction instruction = new Instruction(true);
        for (int length = 0; length < code.length; length++) {
            assertThat(instruction.decode(code, 0, length)).as("%d bytes", length).isFalse();
        }
        assertThat(instruction.decode(code, 0, code.length)).isTrue();
        assertThat(instruction.immediate()).isEqualTo(0x1122334455667788L);
    }

    @Test
    void readsTheSameBytesByTheProcessorsMode() {
        assertThat(op(false, "41")).isEqualTo(Op.INC);
        assertThat(new Instruction(true).decode(new byte[] {0x41}, 0, 1)).isFalse();
        assertThat(op(false, "c4c5")).as("a vector prefix, cut short").isNull();
        assertThat(op(false, "c405")).as("les, cut short").isNull();
        assertThat(op(false, "62c0")).isNull();
    }

    @Test
    void refusesWhatNoProcessorRuns() {
        for (String bytes : List.of("0f04", "fff8", "c6c8", "8dc0", "f0f0f0f0f0f0f0f0f0f0f0f0f0f0f090")) {
            assertThat(op(true, bytes)).as(bytes).isNull();
        }
    }

    private static Op op(boolean wide, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        Instruction instruction = new Instruction(wide);
        return instruction.decode(bytes, 0, bytes.length) ? instruction.op() : null;
    }
}
