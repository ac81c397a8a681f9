package org.poolscope.app;

import static org.poolscope.report.JsonDocument.flag;
import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.IoNames;
import org.poolscope.kernel.objects.Irp;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagPattern;
import org.poolscope.pool.IrpBlocks;
import org.poolscope.pool.PoolBlocks;
import org.poolscope.pool.WalkTotals;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code poolscope irps}: the I/O requests, as the debugger's {@code !irpfind}, and the blocks of pool that belong to them. */
@Command(name = "irps", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "The I/O requests: who waits for whom (as !irpfind), and which blocks of pool belong to them.",
        description = {"", "Those on the lists of threads, and those that stand in pool besides. A request that is complete, or "
                + "was never sent, is held by no driver. Its age is not recorded; it is at least as old as the wait of "
                + "its thread. A buffer that stands in pool is shown with the tag of its block."},
        footer = {"", "Examples:", "  poolscope irps MEMORY.DMP | grep -v complete",
            "  poolscope irps MEMORY.DMP --by tag        do requests account for the blocks of a tag?",
            "  poolscope irps MEMORY.DMP --tag 'Io  '    the requests that do"})
final class IrpsCommand extends ObjectsCommand {

    /** What the blocks are added up by. */
    enum By {
        tag
    }

    @Option(names = "--by", paramLabel = "tag", description = "Instead of the requests: of each tag, how many blocks belong to "
            + "outstanding requests.")
    private By by;

    @Option(names = "--tag", paramLabel = "PATTERN", converter = PoolUsedCommand.PatternConverter.class,
            description = "Only requests that a block of this tag belongs to; with --by tag, only these tags.")
    private TagPattern pattern;

    @Override
    void answer(KernelImage image, KernelObjects objects, Progress progress, Output output) throws Exception {
        List<Irp> irps = objects.irps(progress).orThrow(path());
        Optional<IrpBlocks> linked = Optional.empty();
        try {
            PoolBlocks blocks = PoolBlocks.walk(image, progress);
            linked = Optional.of(IrpBlocks.of(image, blocks, WalkTotals.of(blocks), irps));
            irps = linked.get().irps();
        } catch (EvidenceException e) {
            if (by != null || pattern != null) {
                throw e;
            }
            walkFailed = e.problem();
        }
        if (by == By.tag) {
            List<IrpBlocks.TagAccount> accounts = linked.orElseThrow().byTag().stream()
                    .filter(account -> pattern == null ? account.owned() > 0 : pattern.matches(account.tag())).toList();
            print(ACCOUNTS, accounts, output);
            if (!output.isJson() && !accounts.isEmpty()) {
                output.line("Blocks and bytes are those of both pools together. Bytes are of the blocks that belong to requests, headers included.");
            }
        } else {
            Optional<IrpBlocks> blocks = linked;
            List<Irp> shown = irps;
            print(listing(blocks), shown.stream().filter(irp -> pattern == null
                    || blocks.orElseThrow().of(irp).stream().anyMatch(link -> pattern.matches(link.block().tag()))).toList(), output);
        }
        if (!output.isJson() && linked.isPresent() && pattern != null) {
            List<IrpBlocks.TagAccount> accounts = linked.get().byTag().stream().filter(one -> pattern.matches(one.tag())).toList();
            for (IrpBlocks.TagAccount account : accounts) {
                output.line(sentence(account, linked.get().outstanding()));
            }
            if (accounts.isEmpty()) {
                output.line("There is no allocated block of tag '" + pattern + "' in the image.");
            }
        }
    }

    /** Of a tag that was asked for, a head line alone says less than the sentence that follows. */
    private <T> void print(Listing<T> listing, List<T> rows, Output output) throws IOException {
        if (output.isJson() || pattern == null || !rows.isEmpty()) {
            output.list(listing, rows.iterator());
        }
    }

    /** Why blocks are not shown, or {@code null}. */
    private String walkFailed;

    @Override
    List<String> moreWarnings() {
        List<String> warnings = new ArrayList<>(super.moreWarnings());
        if (walkFailed != null) {
            warnings.add("the blocks behind buffers are not shown: " + walkFailed);
        }
        return warnings;
    }

    private static String sentence(IrpBlocks.TagAccount account, long outstanding) {
        return Quantity.count(account.blocks(), "block", "blocks") + " of tag '" + account.tag() + "', "
                + (account.owned() == 0 ? "none of them belongs to" : account.owned() == 1 ? "1 of them belongs to"
                        : Quantity.count(account.owned()) + " of them belong to " + Quantity.count(account.requests()) + " of")
                + " the " + Quantity.count(outstanding, "outstanding request", "outstanding requests") + ".";
    }

    private static final Listing<IrpBlocks.TagAccount> ACCOUNTS = new Listing<IrpBlocks.TagAccount>((row, json) -> {
        text(json, "tag", row.tag());
        number(json, "blocks", row.blocks());
        number(json, "irpBlocks", row.owned());
        number(json, "irpBytes", row.ownedBytes());
        number(json, "irps", row.requests());
        text(json, "driver", row.waitsIn());
    })
            .text("Tag", row -> row.tag().toString())
            .number("Blocks", row -> Quantity.count(row.blocks()))
            .number("Of requests", row -> Quantity.count(row.owned()))
            .number("Bytes", row -> Quantity.count(row.ownedBytes()))
            .number("Requests", row -> Quantity.count(row.requests()))
            .text("Most wait in", IrpBlocks.TagAccount::waitsIn);

    private static Listing<Irp> listing(Optional<IrpBlocks> blocks) {
        return new Listing<Irp>((irp, json) -> {
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
            text(json, "systemBufferTag", tag(blocks, irp, IrpBlocks.Part.SYSTEM_BUFFER));
            text(json, "mdl", address(irp.mdl()));
            text(json, "mdlTag", tag(blocks, irp, IrpBlocks.Part.MDL));
            text(json, "userBuffer", address(irp.userBuffer()));
            flag(json, "completed", irp.completed());
            if (blocks.isPresent()) {
                json.writeArrayFieldStart("blocks");
                for (IrpBlocks.Link link : blocks.get().of(irp)) {
                    json.writeStartObject();
                    text(json, "part", link.part().word());
                    text(json, "address", address(link.block().address()));
                    number(json, "size", link.block().size());
                    text(json, "tag", link.block().tag());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
        })
                .text("Irp", irp -> address(irp.address()))
                .text("Thread", irp -> address(irp.thread()))
                .text("Process", Irp::process)
                .text("At", irp -> irp.currentLocation() + " of " + irp.stackCount())
                .text("Waits", IrpsCommand::age)
                .text("Request", IrpsCommand::request)
                .text("Device", irp -> address(irp.device()))
                .text("Driver", Irp::driver)
                .text("Buffer", irp -> withTag(address(irp.systemBuffer()), tag(blocks, irp, IrpBlocks.Part.SYSTEM_BUFFER)))
                .text("Mdl", irp -> withTag(address(irp.mdl()), tag(blocks, irp, IrpBlocks.Part.MDL)));
    }

    private static PoolTag tag(Optional<IrpBlocks> blocks, Irp irp, IrpBlocks.Part part) {
        return blocks.flatMap(known -> known.of(irp).stream().filter(link -> link.part() == part).findFirst())
                .map(link -> link.block().tag()).orElse(null);
    }

    private static String withTag(String address, PoolTag tag) {
        return tag == null ? address : address + " '" + tag + "'";
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
