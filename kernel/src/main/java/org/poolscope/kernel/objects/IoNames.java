package org.poolscope.kernel.objects;

import java.util.List;

/** The I/O manager's numbers by the names the driver kit's headers give them ({@code wdm.h}). */
public final class IoNames {

    private static final List<String> MAJOR_FUNCTIONS = List.of("CREATE", "CREATE_NAMED_PIPE", "CLOSE", "READ", "WRITE",
            "QUERY_INFORMATION", "SET_INFORMATION", "QUERY_EA", "SET_EA", "FLUSH_BUFFERS", "QUERY_VOLUME_INFORMATION",
            "SET_VOLUME_INFORMATION", "DIRECTORY_CONTROL", "FILE_SYSTEM_CONTROL", "DEVICE_CONTROL", "INTERNAL_DEVICE_CONTROL",
            "SHUTDOWN", "LOCK_CONTROL", "CLEANUP", "CREATE_MAILSLOT", "QUERY_SECURITY", "SET_SECURITY", "POWER", "SYSTEM_CONTROL",
            "DEVICE_CHANGE", "QUERY_QUOTA", "SET_QUOTA", "PNP");

    private static final List<String> DEVICE_TYPES = List.of(
            "BEEP", "CD_ROM", "CD_ROM_FILE_SYSTEM", "CONTROLLER", "DATALINK", "DFS", "DISK", "DISK_FILE_SYSTEM",
            "FILE_SYSTEM", "INPORT_PORT", "KEYBOARD", "MAILSLOT", "MIDI_IN", "MIDI_OUT", "MOUSE", "MULTI_UNC_PROVIDER",
            "NAMED_PIPE", "NETWORK", "NETWORK_BROWSER", "NETWORK_FILE_SYSTEM", "NULL", "PARALLEL_PORT", "PHYSICAL_NETCARD",
            "PRINTER", "SCANNER", "SERIAL_MOUSE_PORT", "SERIAL_PORT", "SCREEN", "SOUND", "STREAMS", "TAPE",
            "TAPE_FILE_SYSTEM", "TRANSPORT", "UNKNOWN", "VIDEO", "VIRTUAL_DISK", "WAVE_IN", "WAVE_OUT", "8042_PORT",
            "NETWORK_REDIRECTOR", "BATTERY", "BUS_EXTENDER", "MODEM", "VDM", "MASS_STORAGE", "SMB", "KS", "CHANGER",
            "SMARTCARD", "ACPI", "DVD", "FULLSCREEN_VIDEO", "DFS_FILE_SYSTEM", "DFS_VOLUME", "SERENUM", "TERMSRV", "KSEC",
            "FIPS", "INFINIBAND");

    private IoNames() {
    }

    /** The name of an {@code IRP_MJ_…} number, without its prefix; the number in hex when it has none. */
    public static String majorFunction(int number) {
        return number >= 0 && number < MAJOR_FUNCTIONS.size() ? MAJOR_FUNCTIONS.get(number) : "0x" + Integer.toHexString(number);
    }

    /**
     * The name of a {@code FILE_DEVICE_…} number, without its prefix; the number in hex when it has none, as drivers' own have.
     */
    public static String deviceType(int number) {
        return number >= 1 && number <= DEVICE_TYPES.size() ? DEVICE_TYPES.get(number - 1) : "0x" + Integer.toHexString(number);
    }
}
