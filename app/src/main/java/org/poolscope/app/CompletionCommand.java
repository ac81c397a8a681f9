package org.poolscope.app;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code poolscope completion}: commands and options completed by the shell. */
@Command(name = "completion", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "A script that lets bash and zsh complete commands and options.",
        footer = {"", "Examples:", "  source <(poolscope completion)", "  poolscope completion > ~/.local/share/bash-completion/completions/poolscope",
            "In zsh the same script works; it loads bashcompinit by itself."})
final class CompletionCommand implements Callable<Integer> {

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        String script = AutoComplete.bash("poolscope", command.root().commandLine());
        if (output.isJson()) {
            output.document(json -> json.writeStringField("script", script));
        } else {
            output.line(script);
            output.flush();
        }
        return 0;
    }
}
