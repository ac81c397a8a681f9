package org.poolscope.app;

import static org.poolscope.report.JsonDocument.flag;
import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Collectors;
import java.time.ZoneOffset;
import org.poolscope.kernel.BugCheck;
import org.poolscope.kernel.ImageInfo;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.StackPlace;
import org.poolscope.model.Address;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;

/** {@code poolscope info}: what is this image? */
@Command(name = "info", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "What is this image?",
        description = "Format, Windows build, architecture, bug check, and how much of the machine's memory the file holds. "
                + "Of a small dump also the stack of the processor that stopped; with the kernel's symbols, functions by name.",
        footer = {"", "Example:", "  poolscope info MEMORY.DMP"})
final class InfoCommand extends ImageCommand {

    private static final int STACK_LINES = 40;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'")
            .withZone(ZoneOffset.UTC);

    @Override
    void answer(KernelImage image, Progress progress, Output output) throws IOException {
        ImageInfo info = image.info();
        if (output.isJson()) {
            output.document(json -> write(info, image.stack().value().orElse(null), json));
            return;
        }
        line(output, "Format", info.format() + (info.dumpType() == null ? "" : ", " + info.dumpType()));
        line(output, "Architecture", info.architecture() + (Boolean.TRUE.equals(info.pae()) ? ", PAE" : ""));
        line(output, "Windows build", info.build() == null ? null : info.build()
                + (info.servicePack() == null || info.servicePack() == 0 ? "" : ", Service Pack " + info.servicePack())
                + (info.buildLab() == null ? "" : " (" + info.buildLab() + ")"));
        line(output, "Processors", info.processors());
        line(output, "Page directory", address(info.directoryTableBase()));
        line(output, "Kernel base", address(info.kernelBase()));
        line(output, "Bug check", info.bugCheck() == null ? "none recorded" : bugCheck(info.bugCheck()));
        line(output, "Memory of the machine", pages(info.physicalPages()));
        line(output, "Memory in the file", pages(info.presentPages()));
        line(output, "Taken", info.systemTime() == null ? null : TIME.format(info.systemTime()));
        line(output, "Up for", info.upTime() == null ? null : upTime(info.upTime()));
        List<StackPlace> stack = image.stack().value().orElse(List.of());
        if (!stack.isEmpty()) {
            output.line("");
            output.line("Stopped in             " + Plain.text(stack.getFirst().text()));
            output.line("Called from, as far as the stack tells; a few of these may be left from earlier calls:");
            for (StackPlace place : stack.subList(1, Math.min(stack.size(), STACK_LINES))) {
                output.line("  " + address(place.stackAddress()) + "  " + Plain.text(place.text()));
            }
            if (stack.size() > STACK_LINES) {
                output.line("  … and " + (stack.size() - STACK_LINES) + " more (--format json lists all)");
            }
        }
    }

    private static void write(ImageInfo info, List<StackPlace> stack, JsonGenerator json) throws IOException {
        text(json, "format", info.format());
        text(json, "dumpType", info.dumpType());
        text(json, "architecture", info.architecture());
        flag(json, "pae", info.pae());
        number(json, "build", info.build());
        number(json, "servicePack", info.servicePack());
        text(json, "buildLab", info.buildLab());
        number(json, "processors", info.processors());
        text(json, "directoryTableBase", address(info.directoryTableBase()));
        text(json, "kernelBase", address(info.kernelBase()));
        BugCheck stop = info.bugCheck();
        if (stop == null) {
            json.writeNullField("bugCheck");
        } else {
            json.writeObjectFieldStart("bugCheck");
            text(json, "code", Address.text(Integer.toUnsignedLong(stop.code())));
            text(json, "name", stop.name());
            json.writeArrayFieldStart("parameters");
            for (long parameter : stop.parameters()) {
                json.writeString(Address.text(parameter));
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        number(json, "physicalPages", info.physicalPages());
        number(json, "presentPages", info.presentPages());
        text(json, "systemTime", info.systemTime());
        number(json, "upTimeSeconds", info.upTime() == null ? null : info.upTime().toSeconds());
        if (stack == null) {
            json.writeNullField("stack");
            return;
        }
        json.writeArrayFieldStart("stack");
        for (StackPlace place : stack) {
            json.writeStartObject();
            text(json, "stackAddress", address(place.stackAddress()));
            text(json, "address", address(place.address()));
            text(json, "module", place.module());
            number(json, "offset", place.offset());
            text(json, "function", place.symbol() == null ? null : place.symbol().name());
            number(json, "functionOffset", place.symbol() == null ? null : (Long) place.symbol().displacement());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String address(Long address) {
        return address == null ? null : Address.text(address);
    }

    private static String bugCheck(BugCheck stop) {
        List<Long> parameters = stop.parameters();
        return Address.text(Integer.toUnsignedLong(stop.code())) + (stop.name() == null ? "" : " " + stop.name()) + " ("
                + parameters.stream().map(Address::text).collect(Collectors.joining(", ")) + ")";
    }

    private static String pages(Long pages) {
        return pages == null ? null : Quantity.count(pages, "page", "pages") + " (" + Quantity.bytes(pages * 4096) + ")";
    }

    private static String upTime(Duration time) {
        return time.toDays() + " days " + String.format("%02d:%02d:%02d", time.toHoursPart(), time.toMinutesPart(),
                time.toSecondsPart());
    }

    private static void line(Output output, String label, Object value) throws IOException {
        output.line(String.format("%-22s %s", label, value == null ? "not recorded" : Plain.text(value.toString())));
    }
}
