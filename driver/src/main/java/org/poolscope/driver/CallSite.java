package org.poolscope.driver;

import java.util.List;
import java.util.Optional;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;

/**
 * A place in a driver that allocates or frees pool. A call whose tag depends on the way the code took is several sites, one for each tag.
 *
 * @param rva the call instruction
 * @param function the function it stands in: its name, or {@code sub_RVA}
 * @param functionRva where that function starts
 * @param api the function of the kernel, or of one of its libraries, that is called in the end
 * @param operation {@code allocate}, {@code lookaside} (a list that allocates with this tag), {@code default} (what a framework uses
 *     where no tag is named) or {@code free}
 * @param tag the tag; {@code null} when not known, or when the call names none
 * @param protectedTag whether the tag has bit 31 set: a free must then name the same tag
 * @param tagUnknown why the tag is not known, as a clause; empty when it is known or the call names none
 * @param pool the pool, or {@code null} when not known or when it is a free
 * @param sizes the sizes in bytes this call can ask for, in order; empty when not known
 * @param sizeUnknown why the size is not known, as a clause; empty when it is known or the call has none
 * @param exactSize whether a block is as large as the size asked for plus what the pool itself adds; not so when the API adds something of
 *     its own, or may align to the cache line
 * @param via how the call was found
 * @param through the local functions between this call and the API, outermost first: wrappers
 * @param passedOn whether the tag or the size comes from the callers of this function, which are sites of their own
 * @param alternatives how many tags this call can have, 1 when there is only this one
 * @param patch where the four bytes of the tag stand, when they stand in an instruction as they are; {@code null} otherwise
 * @param noPatch why they do not, as a clause; empty when they do, and when the tag is not known
 */
public record CallSite(
        int rva,
        String function,
        int functionRva,
        String api,
        String operation,
        PoolTag tag,
        boolean protectedTag,
        String tagUnknown,
        PoolKind pool,
        List<Long> sizes,
        String sizeUnknown,
        boolean exactSize,
        Via via,
        List<String> through,
        boolean passedOn,
        int alternatives,
        TagBytes patch,
        String noPatch) {

    public CallSite {
        sizes = List.copyOf(sizes);
        through = List.copyOf(through);
    }

    /** How a call was found. */
    public enum Via {
        /** A call straight through the import table. */
        CALL("call"),
        /** Through a small function that only jumps on. */
        THUNK("thunk"),
        /** A jump in place of a call, at the end of a function. */
        JUMP("jump"),
        /** Through an address that was loaded before. */
        POINTER("pointer"),
        /** A call of a function of the driver that passes its own arguments on. */
        WRAPPER("wrapper"),
        /** Through the table of the Windows Driver Framework. */
        FRAMEWORK("framework");

        private final String word;

        Via(String word) {
            this.word = word;
        }

        /** The word in listings and JSON. */
        public String word() {
            return word;
        }
    }

    /**
     * Where a tag stands.
     *
     * @param rva in the image
     * @param offset in the file; -1 for an image read from memory
     */
    public record TagBytes(int rva, int offset) {

        @Override
        public boolean equals(Object other) {
            return other instanceof TagBytes bytes && bytes.rva == rva && bytes.offset == offset;
        }

        @Override
        public int hashCode() {
            return rva * 31 + offset;
        }
    }

    /** Whether it takes memory: not a free. */
    public boolean isAllocation() {
        return !operation.equals("free");
    }

    /** The function and how far into it the call is: {@code DfsCreateEntry+0x5c}. */
    public String place() {
        return function + (rva == functionRva ? "" : "+0x" + Integer.toHexString(rva - functionRva));
    }

    /** The size, when there is only one. */
    public Optional<Long> size() {
        return sizes.size() == 1 ? Optional.of(sizes.getFirst()) : Optional.empty();
    }

    /** The tag as a 32-bit number with its protected bit, as it stands in the code. */
    public int rawTag() {
        return tag.key() | (protectedTag ? 0x8000_0000 : 0);
    }
}
