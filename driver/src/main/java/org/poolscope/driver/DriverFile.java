package org.poolscope.driver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.poolscope.driver.code.CodeMap;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.model.Address;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.symbols.store.SymbolFinder;

/** A driver with its call sites. Immutable once made. */
public final class DriverFile {

    private final PeImage image;
    private final List<CallSite> sites;
    private final List<String> warnings;
    private final CodeMap map;
    private final FunctionNames names;

    private DriverFile(PeImage image, FunctionNames names, List<CallSite> sites, List<String> warnings, CodeMap map) {
        this.image = image;
        this.names = names;
        this.sites = List.copyOf(sites);
        this.warnings = List.copyOf(warnings);
        this.map = map;
    }

    /**
     * Reads a driver's file and finds its call sites.
     *
     * @throws EvidenceException when it is no driver, or too damaged to say anything
     */
    public static DriverFile read(Path file) throws EvidenceException {
        return read(file, SymbolFinder.NOWHERE);
    }

    /**
     * Reads a driver's file and finds its call sites; its functions are named by its PDB file when that lies beside it, or is found.
     *
     * @param symbols where else to look for its PDB file
     * @throws EvidenceException when it is no driver, or too damaged to say anything
     */
    public static DriverFile read(Path file, SymbolFinder symbols) throws EvidenceException {
        return of(PeImage.read(file), symbols);
    }

    /**
     * The same for an image that was read before, from a file or from memory.
     *
     * @param symbols where to look for its PDB file; that of a file may lie beside it too
     */
    public static DriverFile of(PeImage image, SymbolFinder symbols) {
        List<String> notes = new ArrayList<>();
        DriverFile driver = of(image, DriverSymbols.of(image, symbols, notes::add));
        notes.addAll(driver.warnings);
        return new DriverFile(image, driver.names, driver.sites, notes, driver.map);
    }

    /**
     * Finds the call sites of an image.
     *
     * @param image the image, from a file or from memory
     * @param symbols names of its functions by RVA, from its PDB file; may be empty
     */
    public static DriverFile of(PeImage image, Map<Integer, String> symbols) {
        FunctionNames names = new FunctionNames(image, symbols);
        List<String> warnings = new ArrayList<>(image.warnings());
        image.packed().ifPresent(reason -> warnings.add("it looks packed: " + reason + "; call sites cannot be seen in the file"));
        if (image.architecture() == Architecture.ARM64) {
            warnings.add("ARM64 code is not followed: its imports and tag-like literals are all there is to say");
            return new DriverFile(image, names, List.of(), warnings, null);
        }
        CallSiteFinder.Result found = CallSiteFinder.find(image, names);
        if (!found.map().isComplete()) {
            warnings.add("its code is so tangled that not all of it was followed: call sites may be missing");
        }
        return new DriverFile(image, names, found.sites(), warnings, found.map());
    }

    /** The image. */
    public PeImage image() {
        return image;
    }

    /** Its file name. */
    public String name() {
        return image.name();
    }

    /** Its call sites, in the order of their RVAs. */
    public List<CallSite> sites() {
        return sites;
    }

    /** What reads like a tag in its code and data, though no call is known to use it. */
    public List<TagLiteral> literals() {
        return TagLiterals.find(image, map, sites);
    }

    /** What could not be read or seen, each as a sentence without a full stop. */
    public List<String> warnings() {
        return warnings;
    }

    /** A place in the code as function and distance: {@code DfsCreateEntry+0x5c}. Only for processors whose code is followed. */
    String place(int rva) {
        int function = map.nearest(rva);
        return function < 0 ? Address.text(rva) : names.of(function) + (rva == function ? "" : "+0x" + Integer.toHexString(rva - function));
    }

    /** The image's code; {@code null} for processors whose code is not followed. */
    CodeMap map() {
        return map;
    }
}
