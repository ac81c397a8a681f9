package org.poolscope.diagnosis;

import org.poolscope.model.PoolTag;
import org.poolscope.model.ProgramName;
import org.poolscope.model.ShellWord;

/**
 * What an engineer would do next.
 *
 * @param text what to do and what it would tell, as a sentence
 * @param command the exact command to run, as it is typed where the user is, or {@code null} when the step is no command
 */
public record NextStep(String text, String command) {

    public NextStep {
        command = command == null ? null : ProgramName.called(command);
    }

    /**
     * The command that profiles a tag's blocks.
     *
     * @param image the image, as a word of a command
     */
    static String profile(String image, PoolTag tag) {
        return "poolscope profile " + image + " --tag " + ShellWord.quoted(tag.toString());
    }

    /**
     * The command that lists what points to a tag's blocks and keeps them.
     *
     * @param image the image, as a word of a command
     */
    static String references(String image, PoolTag tag) {
        return "poolscope refs " + image + " --tag " + ShellWord.quoted(tag.toString()) + " --counting";
    }

    /**
     * The command that lists the outstanding requests that blocks of a tag belong to.
     *
     * @param image the image, as a word of a command
     */
    static String requests(String image, PoolTag tag) {
        return "poolscope irps " + image + " --tag " + ShellWord.quoted(tag.toString());
    }
}
