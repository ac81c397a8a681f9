package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.kernel.objects.KernelProcess;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;

/** {@code poolscope processes}: the processes, with the pool charged to them. */
@Command(name = "processes", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "The processes, with their handles and the pool charged to them.",
        footer = {"", "A process is charged for what it makes the kernel allocate on its behalf; what drivers allocate for "
                + "themselves is charged to nobody.", "", "Example:", "  poolscope processes MEMORY.DMP"})
final class ProcessesCommand extends ObjectsCommand {

    private static final Listing<KernelProcess> LISTING = new Listing<KernelProcess>((process, json) -> {
        text(json, "address", address(process.address()));
        number(json, "pid", process.pid());
        text(json, "name", process.name());
        number(json, "threads", process.threadCount());
        number(json, "handleCount", process.handleCount());
        number(json, "pagedPoolQuotaBytes", process.pagedPoolQuotaBytes());
        number(json, "nonPagedPoolQuotaBytes", process.nonPagedPoolQuotaBytes());
    })
            .text("Address", process -> address(process.address()))
            .number("Pid", process -> process.pid() == null ? null : process.pid().toString())
            .text("Name", KernelProcess::name)
            .number("Threads", process -> process.threadCount() == null ? null : Quantity.count(process.threadCount()))
            .number("Handles", process -> count(process.handleCount()))
            .number("Paged pool", process -> count(process.pagedPoolQuotaBytes()))
            .number("Nonpaged pool", process -> count(process.nonPagedPoolQuotaBytes()));

    @Override
    void answer(KernelImage image, KernelObjects objects, Progress progress, Output output) throws Exception {
        output.list(LISTING, objects.processes().orThrow(path()).iterator());
    }

    private static String count(Long value) {
        return value == null ? null : Quantity.count(value);
    }
}
