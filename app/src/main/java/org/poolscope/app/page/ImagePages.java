package org.poolscope.app.page;

import static org.poolscope.report.JsonDocument.flag;
import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.poolscope.diagnosis.BlockContents;
import org.poolscope.diagnosis.OpenPool;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.Address;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.TagPattern;
import org.poolscope.pool.BlockCursor;
import org.poolscope.pool.BlockKind;
import org.poolscope.pool.BlockState;
import org.poolscope.pool.PoolBlock;
import org.poolscope.pool.PointerTarget;
import org.poolscope.pool.PointerTargets;
import org.poolscope.pool.References;
import org.poolscope.report.ExhibitJson;

/**
 * What can be asked of one image. Answers come in pieces; of lists only addresses are kept, eight bytes a block, and only of the last few
 * lists asked for. One question at a time: what names pointers is not made for more.
 */
final class ImagePages {

    private static final int LISTS_KEPT = 3;
    private static final int MOST_BYTES = 4096;
    private static final int AROUND = 64;
    private static final int MOST_REFERENCES = 500;
    private static final long PAGE_MASK = 4095;

    /** Which blocks a list has. */
    record Choice(String tag, PoolKind pool, BlockState state) {
    }

    private final OpenPool pool;
    private PointerTargets names;
    private final Map<Choice, long[]> lists = new LinkedHashMap<>(LISTS_KEPT, 1, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Choice, long[]> eldest) {
            return size() > LISTS_KEPT;
        }
    };

    ImagePages(OpenPool pool) {
        this.pool = pool;
    }

    String file() {
        return pool.file();
    }

    synchronized void blocks(Choice choice, long from, long count, JsonGenerator json) throws Refusal, IOException {
        long[] list = list(choice);
        number(json, "total", list.length);
        number(json, "from", from);
        json.writeArrayFieldStart("rows");
        for (long i = from; i < Math.min(list.length, from + count); i++) {
            Optional<PoolBlock> block = pool.blocks().blockAt(list[(int) i]);
            if (block.isPresent()) {
                json.writeStartObject();
                fields(block.get(), json);
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private long[] list(Choice choice) throws Refusal {
        long[] known = lists.get(choice);
        if (known != null) {
            return known;
        }
        TagPattern pattern = pattern(choice.tag());
        long[] found = new long[1024];
        int count = 0;
        for (BlockCursor block = pool.blocks().cursor(); block.next();) {
            if ((pattern == null || pattern.matches(block.key())) && (choice.pool() == null || choice.pool() == block.pool())
                    && (choice.state() == null || choice.state() == block.state())) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, 2 * count);
                }
                found[count++] = block.address();
            }
        }
        long[] list = Arrays.copyOf(found, count);
        lists.put(choice, list);
        return list;
    }

    private static TagPattern pattern(String tag) throws Refusal {
        if (tag.isBlank()) {
            return null;
        }
        try {
            return TagPattern.parse(tag);
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, e.getMessage());
        }
    }

    private void fields(PoolBlock block, JsonGenerator json) throws IOException {
        text(json, "address", Address.text(block.address()));
        number(json, "size", block.size());
        text(json, "pool", block.pool());
        text(json, "tag", block.tag());
        text(json, "state", block.state());
        text(json, "kind", block.kind());
        flag(json, "lost", block.state() == BlockState.ALLOCATED && !pool.reachability().isReached(block.address()));
    }

    /** The block at an address with its words and its page; of an address outside of blocks what stands around it. */
    synchronized void at(long address, JsonGenerator json) throws IOException {
        Optional<PoolBlock> block = pool.blocks().blockAt(address);
        VirtualMemory memory = pool.image().memory().value().orElseThrow();
        long start = block.map(PoolBlock::address).orElse(memory.canonical(address) & -16);
        int length = (int) Math.min(MOST_BYTES, block.map(one -> one.size() - header(one)).orElse((long) AROUND));
        byte[] bytes = read(memory, start, length);
        text(json, "what", names().describe(address).map(PointerTarget::what).orElse(null));
        if (block.isPresent()) {
            json.writeObjectFieldStart("block");
            fields(block.get(), json);
            json.writeEndObject();
        } else {
            json.writeNullField("block");
        }
        text(json, "bytes", HexFormat.of().formatHex(bytes));
        json.writeArrayFieldStart("words");
        int size = memory.pointerSize();
        for (int at = 0; at + size <= bytes.length; at += size) {
            long word = memory.pointer(start + at);
            json.writeStartObject();
            number(json, "offset", at);
            number(json, "size", size);
            text(json, "value", Address.text(word));
            text(json, "target", isKernel(word, size) ? names().describe(word).map(PointerTarget::what).orElse(null) : null);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("page");
        for (PoolBlock one : pool.blocks().page(address)) {
            json.writeStartObject();
            fields(one, json);
            number(json, "offset", one.address() - header(one) & PAGE_MASK);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private long header(PoolBlock block) {
        return block.kind().hasHeader() ? pool.blocks().headerSize() : 0;
    }

    private static boolean isKernel(long word, int size) {
        return size == 4 ? word >= 0x8000_0000L : word < 0 && word >>> 47 == 0x1ffff;
    }

    private static byte[] read(VirtualMemory memory, long start, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            if (memory.locate(start + i) < 0) {
                return Arrays.copyOf(bytes, i);
            }
            bytes[i] = (byte) memory.u8(start + i);
        }
        return bytes;
    }

    synchronized void references(long address, JsonGenerator json) throws Refusal, IOException {
        References references = References.to(pool.image(), pool.blocks(), address)
                .orElseThrow(() -> new Refusal(404, Address.text(address) + " lies in no block of pool, and only pointers to blocks are searched for"));
        References.Cursor cursor = references.cursor(Progress.NONE);
        int rows = 0;
        json.writeArrayFieldStart("rows");
        boolean more = false;
        while (cursor.next()) {
            if (rows++ == MOST_REFERENCES) {
                more = true;
                break;
            }
            json.writeStartObject();
            text(json, "from", Address.text(cursor.from()));
            text(json, "fromWhat", names().describe(cursor.from()).map(PointerTarget::what).orElse(null));
            text(json, "to", Address.text(cursor.to()));
            number(json, "offset", cursor.offset());
            json.writeEndObject();
        }
        json.writeEndArray();
        flag(json, "more", more);
    }

    synchronized void profile(String tag, JsonGenerator json) throws Refusal, IOException {
        BlockContents contents;
        try {
            contents = BlockContents.of(pool, PoolTag.parse(tag)).orElseThrow(() -> new Refusal(404, "No block of tag '" + tag + "' is in use"));
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, e.getMessage());
        }
        ExhibitJson.write(contents, json);
    }

    synchronized Optional<String> what(long address) {
        return names().describe(address).map(PointerTarget::what);
    }

    private PointerTargets names() {
        if (names == null) {
            names = new PointerTargets(pool.image(), pool.blocks());
        }
        return names;
    }
}
