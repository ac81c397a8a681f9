package org.poolscope.lab.image;

/**
 * How a machine stood when its memory was written: what a dump header tells besides the memory itself.
 *
 * @param build the kernel's build number
 * @param directoryTableBase the physical address of the top page table
 * @param pae whether a 32-bit machine ran with PAE
 * @param pfnDatabase the virtual address of the page frame database
 * @param loadedModuleList the virtual address of {@code PsLoadedModuleList}
 * @param activeProcessHead the virtual address of {@code PsActiveProcessHead}
 * @param debuggerData the virtual address of the debugger data block
 * @param processors how many processors
 * @param bugCheck the bug check code
 * @param parameters its four parameters
 * @param instruction the instruction pointer of the exception record
 * @param context the CONTEXT of the processor that wrote the dump
 * @param productType 1 workstation, 2 domain controller, 3 server
 * @param suiteMask the suite bits
 * @param systemTime as a FILETIME: units of 100 ns since 1601, UTC
 * @param upTime units of 100 ns since the start
 */
public record CrashState(int build, long directoryTableBase, boolean pae, long pfnDatabase, long loadedModuleList,
        long activeProcessHead,
        long debuggerData, int processors, int bugCheck, long[] parameters, long instruction, byte[] context, int productType,
        int suiteMask,
        long systemTime, long upTime) {

    long parameter(int index) {
        return parameters[index];
    }
}
