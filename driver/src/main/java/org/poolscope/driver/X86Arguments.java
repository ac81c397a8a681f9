package org.poolscope.driver;

import java.util.HashMap;
import java.util.Map;

/** What functions take off the stack of x86 when they return, as the data file {@code x86-arguments.txt} has it: read for the first driver for x86. */
final class X86Arguments {

    private static final Map<String, Integer> BYTES = read();

    private X86Arguments() {
    }

    /** Bytes of arguments that a function of the kernel and its libraries takes off the stack; {@code null} when they are not known. */
    static Integer bytes(String function) {
        return BYTES.get(function);
    }

    private static Map<String, Integer> read() {
        Map<String, Integer> bytes = HashMap.newHashMap(5_000);
        DataFile.rows("x86-arguments.txt", row -> {
            Integer number = Integer.valueOf(row[0]);
            for (int i = 1; i < row.length; i++) {
                bytes.put(row[i], number);
            }
        });
        return bytes;
    }
}
