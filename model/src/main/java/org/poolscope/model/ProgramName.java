package org.poolscope.model;

import java.io.File;
import java.util.List;

/**
 * How a user calls Poolscope from where he is: {@code ./poolscope} in the folder of its sources, a path from elsewhere, and {@code poolscope} where
 * the shell finds it by itself. A command that is printed begins with it, so that it can be pasted.
 */
public final class ProgramName {

    /** The name by itself, with which commands are written in code and documentation. */
    private static final String NAME = "poolscope";
    private static final String WORD = ShellWord.of(word(System.getProperty("poolscope.command"), System.getProperty("jpackage.app-path"),
            System.getenv("PATH")));

    private ProgramName() {
    }

    /** The word that calls the program. */
    public static String word() {
        return WORD;
    }

    /**
     * A command as it is to be typed here.
     *
     * @param command a command line; when it calls Poolscope, its first word is {@code poolscope}
     */
    public static String called(String command) {
        return command.startsWith(NAME + " ") ? WORD + command.substring(NAME.length()) : command;
    }

    /**
     * The word before it is quoted.
     *
     * @param asCalled what the launch script was called by; {@code null} when nothing says so
     * @param packaged the path of the program, when it is the packaged one; else {@code null}
     * @param path the folders in which the shell looks for programs, or {@code null}
     */
    static String word(String asCalled, String packaged, String path) {
        if (asCalled != null && !asCalled.isBlank()) {
            return asCalled;
        }
        if (packaged == null || packaged.isBlank()) {
            return NAME;
        }
        File program = new File(packaged);
        return path != null && List.of(path.split(File.pathSeparator)).contains(program.getParent()) ? program.getName() : packaged;
    }
}
