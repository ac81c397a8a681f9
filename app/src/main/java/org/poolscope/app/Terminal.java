package org.poolscope.app;

/**
 * Whether standard output and standard error are terminals. Java cannot tell them apart, so the launch script looks and says so in
 * system properties.
 */
final class Terminal {

    private Terminal() {
    }

    /** A packaged Poolscope has no launch script: Java can at least tell when both ends are a terminal. */
    private static boolean isConsole() {
        return Boolean.getBoolean("poolscope.packaged") && System.console() != null && System.console().isTerminal();
    }

    static boolean isStdout() {
        return isConsole() || "terminal".equals(System.getProperty("poolscope.stdout"));
    }

    static boolean isStderr() {
        return isConsole() || "terminal".equals(System.getProperty("poolscope.stderr"));
    }
}
