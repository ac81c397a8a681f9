package org.poolscope.app;

/**
 * Whether standard output and standard error are terminals. Java cannot tell them apart, so the launch script looks and says so in
 * system properties.
 */
final class Terminal {

    private Terminal() {
    }

    static boolean isStdout() {
        return "terminal".equals(System.getProperty("poolscope.stdout"));
    }

    static boolean isStderr() {
        return "terminal".equals(System.getProperty("poolscope.stderr"));
    }
}
