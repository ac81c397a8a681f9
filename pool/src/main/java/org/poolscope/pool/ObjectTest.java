package org.poolscope.pool;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.kernel.objects.ObjectType;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.symbols.StructLayout;

/**
 * Recognises kernel objects by the pointer to their type, which the header of every object has up to Vista. Later headers have an index
 * instead, which proves nothing: of those kernels every address may be an object.
 */
final class ObjectTest {

    private final VirtualMemory memory;
    private final Set<Long> types = new HashSet<>();
    private final int body;
    private final int type;
    private final int descriptor;

    private ObjectTest(VirtualMemory memory, int body, int type, int descriptor) {
        this.memory = memory;
        this.body = body;
        this.type = type;
        this.descriptor = descriptor;
    }

    static ObjectTest of(KernelImage image, PoolBlocks blocks) {
        Optional<StructLayout> header = image.layouts().find("_OBJECT_HEADER")
                .filter(layout -> layout.has("Body") && layout.has("Type") && layout.has("SecurityDescriptor"));
        ObjectTest test = header.map(layout -> new ObjectTest(blocks.memory(), layout.offset("Body"), layout.offset("Type"),
                layout.offset("SecurityDescriptor"))).orElseGet(() -> new ObjectTest(blocks.memory(), 0, -1, -1));
        if (header.isPresent()) {
            KernelObjects.of(image).then(KernelObjects::names).value()
                    .ifPresent(names -> names.types().stream().map(ObjectType::address).forEach(test.types::add));
        }
        return test;
    }

    /** Whether an object's body, or the header in front of it, begins at an address; always when objects cannot be told. */
    boolean mayBeObject(long address) {
        return types.isEmpty() || hasType(address) || hasType(address - body);
    }

    private boolean hasType(long header) {
        return memory.isReadable(header + type, memory.pointerSize()) && isType(memory.canonical(memory.pointer(header + type)));
    }

    /** Whether a type of objects stands at an address. */
    boolean isType(long address) {
        return types.contains(address);
    }

    /** From the pointer to its type, how far on in an object's header the reference to its security descriptor is. */
    int descriptorAfterType() {
        return descriptor - type;
    }
}
