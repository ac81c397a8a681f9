package org.poolscope.model;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Xpress as others make and read it: libraries of Debian's packages. A test that needs one that is not installed is skipped. */
@SuppressWarnings("restricted")   // calls native code
public final class ForeignXpress {

    private static final int WIMLIB_XPRESS = 1;
    private static final Map<String, MethodHandle> FUNCTIONS = new ConcurrentHashMap<>();

    private ForeignXpress() {
    }

    /** Samba's Plain LZ77; {@code null} when it comes out no smaller. */
    public static byte[] packPlain(byte[] plain) {
        MethodHandle pack = function("samba/libndr-samba-samba4.so.0", "samba-libs", "lzxpress_compress",
                FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment packed = arena.allocate(plain.length * 2L + 64);
            long length = (long) pack.invokeExact(arena.allocateFrom(JAVA_BYTE, plain), plain.length, packed, (int) packed.byteSize());
            return length <= 0 ? null : packed.asSlice(0, length).toArray(JAVA_BYTE);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** wimlib's LZ77 with Huffman codes; {@code null} when it comes out no smaller. */
    public static byte[] packHuffman(byte[] plain) {
        String library = "libwim.so.15";
        String debianPackage = "libwim15";
        MethodHandle create = function(library, debianPackage, "wimlib_create_compressor",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, ADDRESS));
        MethodHandle pack = function(library, debianPackage, "wimlib_compress",
                FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS));
        MethodHandle free = function(library, debianPackage, "wimlib_free_compressor", FunctionDescriptor.ofVoid(ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(ADDRESS);
            int status = (int) create.invokeExact(WIMLIB_XPRESS, 1L << 16, 20, place);
            if (status != 0) {
                throw new IllegalStateException("wimlib gave up with " + status);
            }
            MemorySegment compressor = place.get(ADDRESS, 0);
            MemorySegment packed = arena.allocate(plain.length);
            long length = (long) pack.invokeExact(arena.allocateFrom(JAVA_BYTE, plain), (long) plain.length, packed, packed.byteSize(),
                    compressor);
            free.invokeExact(compressor);
            return length == 0 ? null : packed.asSlice(0, length).toArray(JAVA_BYTE);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** What libfwnt makes of packed bytes; {@code null} when it takes them for damaged. */
    public static byte[] unpackPlain(byte[] packed, int size) {
        return fwnt("libfwnt_lzxpress_decompress", packed, size);
    }

    /** What libfwnt makes of packed bytes; {@code null} when it takes them for damaged. */
    public static byte[] unpackHuffman(byte[] packed, int size) {
        return fwnt("libfwnt_lzxpress_huffman_decompress", packed, size);
    }

    private static byte[] fwnt(String name, byte[] packed, int size) {
        MethodHandle unpack = function("libfwnt.so.1", "libfwnt1", name,
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(size);
            MemorySegment length = arena.allocateFrom(JAVA_LONG, size);
            int status = (int) unpack.invokeExact(arena.allocateFrom(JAVA_BYTE, packed), (long) packed.length, out, length,
                    MemorySegment.NULL);
            return status == 1 ? out.asSlice(0, length.get(JAVA_LONG, 0)).toArray(JAVA_BYTE) : null;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle function(String library, String debianPackage, String name, FunctionDescriptor types) {
        return FUNCTIONS.computeIfAbsent(name, any -> look(library, debianPackage, name, types));
    }

    private static MethodHandle look(String library, String debianPackage, String name, FunctionDescriptor types) {
        Path file = find(library);
        assumeTrue(file != null, () -> library + " is not installed (Debian: apt-get install " + debianPackage + ")");
        return Linker.nativeLinker().downcallHandle(SymbolLookup.libraryLookup(file, Arena.global()).findOrThrow(name), types);
    }

    private static Path find(String library) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(Path.of("/usr/lib"), "*-linux-gnu")) {
            for (Path folder : folders) {
                if (Files.exists(folder.resolve(library))) {
                    return folder.resolve(library);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return null;
    }
}
