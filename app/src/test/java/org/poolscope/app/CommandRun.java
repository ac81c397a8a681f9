package org.poolscope.app;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * One run of the command inside the test's own process.
 *
 * @param status the exit status
 * @param out what it printed to standard output
 * @param err what it printed to standard error
 */
record CommandRun(int status, String out, String err) {

    static CommandRun of(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        int status = Poolscope.run(out, new PrintWriter(err, true), words);
        return new CommandRun(status, out.toString(), err.toString());
    }
}
