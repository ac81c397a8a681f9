package org.poolscope.driver.pe;

/**
 * One section of an image.
 *
 * @param name its name, control characters replaced
 * @param rva where it starts in memory, relative to the image
 * @param virtualSize bytes it takes in memory
 * @param offset where its bytes start in what was read: the file, or the memory of the loaded image
 * @param dataSize how many of its bytes are there; the rest up to {@code virtualSize} is zero in memory
 * @param characteristics the {@code IMAGE_SCN_…} flags
 */
public record Section(String name, int rva, int virtualSize, int offset, int dataSize, int characteristics) {

    private static final int CONTAINS_CODE = 0x0000_0020;
    private static final int EXECUTE = 0x2000_0000;
    private static final int WRITE = 0x8000_0000;

    /** Whether it holds code. */
    public boolean isCode() {
        return (characteristics & (CONTAINS_CODE | EXECUTE)) != 0;
    }

    /** Whether it may be written while the image runs. */
    public boolean isWritable() {
        return (characteristics & WRITE) != 0;
    }

    /** Whether an RVA lies in its memory. */
    public boolean contains(int at) {
        return at >= rva && at - rva < Math.max(virtualSize, dataSize);
    }
}
