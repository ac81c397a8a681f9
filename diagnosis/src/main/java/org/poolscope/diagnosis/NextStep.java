package org.poolscope.diagnosis;

/**
 * What an engineer would do next.
 *
 * @param text what to do and what it would tell, as a sentence
 * @param command the exact command to run, or {@code null} when the step is no command
 */
public record NextStep(String text, String command) {
}
