package org.poolscope.driver;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.poolscope.driver.PoolFunction.Argument;
import org.poolscope.driver.PoolFunction.Condition;
import org.poolscope.driver.PoolFunction.Operation;
import org.poolscope.driver.PoolFunction.PoolEncoding;
import org.poolscope.model.PoolTag;

/** The functions that allocate or free pool, as the data files {@code pool-functions.txt} and {@code framework-functions.txt} have them. */
final class PoolFunctions {

    private static final Map<String, List<PoolFunction>> BY_NAME = byName();
    private static final Map<Integer, PoolFunction> BY_NUMBER = byNumber();
    private static final Set<PoolFunction> FRAMEWORK = Collections.newSetFromMap(new IdentityHashMap<>());

    static {
        FRAMEWORK.addAll(BY_NUMBER.values());
    }

    private PoolFunctions() {
    }

    /** The functions with this name: several when an argument says what it does; empty when it has nothing to do with pool. */
    static List<PoolFunction> named(String name) {
        return BY_NAME.getOrDefault(name, List.of());
    }

    /** The framework's functions by their number in its table. */
    static Map<Integer, PoolFunction> framework() {
        return BY_NUMBER;
    }

    /** Whether this is one of the framework's functions. */
    static boolean isFramework(PoolFunction function) {
        return FRAMEWORK.contains(function);
    }

    /** How many bytes of arguments a function of the kernel and its libraries takes off the stack of x86. */
    static OptionalInt x86Pops(String name) {
        List<PoolFunction> pool = named(name);
        if (!pool.isEmpty()) {
            return OptionalInt.of(pool.getFirst().callerPops() ? 0 : 4 * pool.getFirst().x86Words());
        }
        Integer bytes = X86Arguments.bytes(name);
        return bytes == null ? OptionalInt.empty() : OptionalInt.of(bytes);
    }

    private static Map<String, List<PoolFunction>> byName() {
        Map<String, List<PoolFunction>> functions = new HashMap<>();
        DataFile.rows("pool-functions.txt", row -> functions.computeIfAbsent(row[0], name -> new ArrayList<>()).add(function(row, 0)));
        return Map.copyOf(functions);
    }

    private static Map<Integer, PoolFunction> byNumber() {
        Map<Integer, PoolFunction> functions = new HashMap<>();
        DataFile.rows("framework-functions.txt", row -> functions.put(Integer.valueOf(row[0]), function(row, 1)));
        return Map.copyOf(functions);
    }

    private static PoolFunction function(String[] row, int first) {
        String pool = row[first + 2];
        String tag = row[first + 4];
        boolean quoted = tag.startsWith("'");
        boolean config = tag.startsWith("config@");
        String words = row[first + 5];
        boolean callerPops = words.startsWith("c");
        return new PoolFunction(row[first], operation(row[first + 1]), encoding(pool), argument(pool.substring(Math.max(0, pool.indexOf('@')))),
                argument(row[first + 3]), quoted ? Argument.NONE : argument(config ? tag.substring(6) : tag),
                quoted ? PoolTag.parse(tag.substring(1, tag.length() - 1)).key() : null, config,
                Integer.parseInt(callerPops ? words.substring(1) : words), callerPops,
                row.length > first + 6 ? condition(row[first + 6]) : null);
    }

    private static Operation operation(String word) {
        for (Operation operation : Operation.values()) {
            if (operation.word().equals(word)) {
                return operation;
            }
        }
        throw new IllegalStateException("no operation '" + word + "'");
    }

    private static PoolEncoding encoding(String pool) {
        String word = pool.contains("@") ? pool.substring(0, pool.indexOf('@')) : pool;
        return switch (word) {
            case "type" -> PoolEncoding.TYPE;
            case "flags" -> PoolEncoding.FLAGS;
            case "videotype" -> PoolEncoding.VIDEO_TYPE;
            case "paged" -> PoolEncoding.ALWAYS_PAGED;
            case "nonpaged" -> PoolEncoding.ALWAYS_NONPAGED;
            default -> PoolEncoding.UNKNOWN;
        };
    }

    private static Argument argument(String text) {
        if (!text.startsWith("@")) {
            return Argument.NONE;
        }
        int slash = text.indexOf('/');
        int index = Integer.parseInt(text.substring(1, slash < 0 ? text.length() : slash));
        return new Argument(index, slash < 0 ? index : Integer.parseInt(text.substring(slash + 1)));
    }

    private static Condition condition(String text) {
        int equals = text.indexOf('=');
        return new Condition(argument(text.substring(0, equals)), Long.parseLong(text.substring(equals + 1)));
    }
}
