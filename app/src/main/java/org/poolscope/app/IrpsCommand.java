package org.poolscope.app;

import static org.poolscope.report.JsonDocument.flag;
import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import java.time.Duration;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.IoNames;
import org.poolscope.kernel.objects.Irp;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.model.Progress;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;

/** {@code poolscope irps}: the I/O requests, as the debugger's {@code !irpfind}. */
@Command(name = "irps", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "The I/O requests: who waits for whom (as !irpfind).",
        description = {"", "Those on the lists of threads, and those that stand in pool besides. A request that is complete, or "
                + "was never sent, is held by no driver. Its age is not recorded; it is at least as old as the wait of "
                + "its thread."},
        footer = {"", "Example:", "  poolscope irps MEMORY.DMP | grep -v complete"})
final class IrpsCommand extends ObjectsCommand {

    private static final Listing<Irp> LISTING = new Listing<Irp>((irp, json) -> {
        text(json, "address", address(irp.address()));
        text(json, "thread", address(irp.thread()));
        text(json, "process", irp.process());
        number(json, "stackCount", irp.stackCount());
        number(json, "currentLocation", irp.currentLocation());
        number(json, "majorFunction", irp.majorFunction());
        number(json, "minorFunction", irp.minorFunction());
        text(json, "device", address(irp.device()));
        text(json, "driver", irp.driver());
        text(json, "systemBuffer", address(irp.systemBuffer()));
        text(json, "mdl", address(irp.mdl()));
        flag(json, "completed", irp.completed());
    })
            .text("Irp", irp -> address(irp.address()))
            .text("Thread", irp -> address(irp.thread()))
            .text("Process", Irp::process)
            .text("At", irp -> irp.currentLocation() + " of " + irp.stackCount())
            .text("Waits", IrpsCommand::age)
            .text("Request", IrpsCommand::request)
            .text("Device", irp -> address(irp.device()))
            .text("Driver", Irp::driver)
            .text("Buffer", irp -> address(irp.systemBuffer()))
            .text("Mdl", irp -> address(irp.mdl()));

    @Override
    void answer(KernelImage image, KernelObjects objects, Progress progress, Output output) throws Exception {
        output.list(LISTING, objects.irps(progress).orThrow(path()).iterator());
    }

    /** How old a request is at least: as long as its thread has been waiting. */
    private static String age(Irp irp) {
        if (irp.waited() == null || irp.completed()) {
            return null;
        }
        Duration waited = irp.waited();
        return waited.toDays() > 1 ? waited.toDays() + " d" : waited.toHours() > 1 ? waited.toHours() + " h"
                : waited.toMinutes() > 1 ? waited.toMinutes() + " min" : waited.toSeconds() + " s";
    }

    private static String request(Irp irp) {
        if (irp.completed()) {
            return "complete";
        }
        return irp.majorFunction() == null ? null : IoNames.majorFunction(irp.majorFunction()) + ", " + irp.minorFunction();
    }
}
