package org.poolscope.kernel;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.poolscope.memory.ImageFormat;
import org.poolscope.memory.MemoryImage;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.LoadedModules;
import org.poolscope.model.Progress;
import org.poolscope.model.Provenance;
import org.poolscope.symbols.store.SymbolFinder;

/**
 * Reads memory images: what the image is, the loaded modules, the memory counters, pool use by tag, and the {@linkplain
 * OpenKernelImage open image} for more. What an image of its kind cannot tell is a warning, with the reason.
 */
public final class KernelImageReader implements EvidenceReader {

    /** Where symbols are looked for; {@code null} for where the environment says. */
    private final SymbolFinder named;

    /** For {@link java.util.ServiceLoader}: symbols are looked for where the environment says, as debuggers do. */
    public KernelImageReader() {
        this(null);
    }

    /** Looks for symbols in a place that was named. */
    public KernelImageReader(SymbolFinder symbols) {
        named = symbols;
    }

    @Override
    public String format() {
        return "memory image";
    }

    @Override
    public String reads() {
        return format() + " (" + Arrays.stream(ImageFormat.values()).map(ImageFormat::title).distinct().collect(Collectors.joining(", ")) + ")";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return MemoryImage.recognises(file);
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        SymbolFinder symbols = named != null ? named : symbols(file);
        KernelImage image = KernelImage.open(file.path(), file.name(), symbols);
        Provenance whole = new Provenance(file.name(), "");
        sink.add(new OpenKernelImage(whole, image, symbols));
        sink.add(image.info());
        take(image.modules().then(modules -> Answer.of(new LoadedModules(whole, modules))), "loaded modules", whole, sink);
        take(image.counters(), "memory counters", whole, sink);
        take(image.tagTable(), "pool use by tag", whole, sink);
        for (String warning : image.warnings()) {
            sink.warn(whole, warning);
        }
    }

    private static SymbolFinder symbols(EvidenceFile file) throws EvidenceException {
        try {
            return SymbolFinder.ofEnvironment(System.getenv(), Progress.NONE);
        } catch (IllegalArgumentException e) {
            throw new EvidenceException(file.path(), "", "_NT_SYMBOL_PATH cannot be understood: " + e.getMessage(),
                    "Correct the variable, or unset it", e);
        }
    }

    private static void take(Answer<? extends Fact> answer, String what, Provenance whole, FactSink sink) {
        answer.value().ifPresent(sink::add);
        if (!answer.reason().isEmpty()) {
            sink.warn(whole, what + ": " + answer.reason());
        }
    }
}
