package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.Address;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.pool.BlockKind;
import org.poolscope.pool.Damage;
import org.poolscope.pool.PointerTarget;
import org.poolscope.pool.PointerTargets;
import org.poolscope.pool.PoolBlock;
import org.poolscope.pool.PoolBlocks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code poolscope pool}: the block that holds an address, and its page, as the debugger's {@code !pool}. */
@Command(name = "pool", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Which block holds this address, and what is on its page (as !pool).",
        footer = {"", "Example:", "  poolscope pool MEMORY.DMP 0x8552a048"})
final class PoolCommand extends PoolBlocksCommand {

    @Parameters(index = "1", paramLabel = "ADDRESS", converter = AddressConverter.class, description = "The address, in hex.")
    private Long address;

    @Override
    void answer(KernelImage image, PoolBlocks blocks, Progress progress, Output output) throws Exception {
        Optional<PoolBlock> block = blocks.blockAt(address);
        List<PoolBlock> page = blocks.page(address);
        Optional<PointerTarget> other = block.isPresent() ? Optional.empty() : new PointerTargets(image, blocks).describe(address);
        if (output.isJson()) {
            output.document(json -> write(block, page, other, blocks, json));
        } else {
            print(block, page, other, blocks, output);
        }
    }

    private void write(Optional<PoolBlock> block, List<PoolBlock> page, Optional<PointerTarget> other, PoolBlocks blocks, JsonGenerator json) throws IOException {
        if (block.isPresent()) {
            json.writeObjectFieldStart("block");
            fields(block.get(), json);
            number(json, "offset", address - block.get().address());
            json.writeEndObject();
        } else {
            json.writeNullField("block");
            text(json, "what", other.orElse(null));
        }
        json.writeArrayFieldStart("page");
        for (PoolBlock one : page) {
            json.writeStartObject();
            fields(one, json);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("damage");
        for (Damage one : blocks.damageOfPage(address)) {
            json.writeStartObject();
            text(json, "address", Address.text(one.address()));
            text(json, "reason", one.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void fields(PoolBlock block, JsonGenerator json) throws IOException {
        text(json, "address", Address.text(block.address()));
        number(json, "size", block.size());
        text(json, "pool", block.pool());
        text(json, "tag", block.tag());
        text(json, "state", block.state());
        text(json, "kind", block.kind());
    }

    private void print(Optional<PoolBlock> block, List<PoolBlock> page, Optional<PointerTarget> other, PoolBlocks blocks, Output output) throws IOException {
        if (block.isEmpty()) {
            output.line(Address.text(address) + " is in no block of pool that is in the image."
                    + other.map(what -> " It is in: " + what).orElse(" The image has nothing at this address."));
        } else if (block.get().kind() == BlockKind.BIG) {
            output.line(Address.text(address) + " is " + Quantity.bytes(address - block.get().address()) + " into a big allocation:");
        }
        for (PoolBlock one : page.isEmpty() ? block.stream().toList() : page) {
            output.line(String.format("%s%s size %5s  %-9s  %s  %s", block.filter(one::equals).isPresent() ? "*" : " ",
                    Address.text(one.address()), "0x" + Long.toHexString(one.size()), one.state(), one.tag(),
                    one.session() ? "session" : one.pool().word()));
        }
        for (Damage one : blocks.damageOfPage(address)) {
            output.line("! " + Address.text(one.address()) + " damaged: " + one.reason());
        }
    }
}
