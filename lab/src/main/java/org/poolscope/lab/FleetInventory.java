package org.poolscope.lab;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the machines of a fleet consist of. They are "identical" but for the version of one network driver, and for decoys: a scanner that
 * the leaking machines have and many others too, updates that are anywhere, memory of two sizes.
 *
 * @param name the machine
 * @param culprit whether it has the bad version of the network driver
 * @param scanner whether a virus scanner is installed: a decoy
 * @param update whether an update is installed: a decoy
 * @param memoryMegabytes physical memory
 */
record FleetInventory(String name, boolean culprit, boolean scanner, boolean update, int memoryMegabytes) {

    /** The driver behind the leak. */
    static final String DRIVER = "e1nic5.sys";
    static final String DEVICE = "Northwind Gigabit Network Connection";
    static final String BAD_VERSION = "5.1.2600.18";
    static final String GOOD_VERSION = "5.2.3790.44";

    private record Device(String className, String name, String version, String inf) {
    }

    /** The version of its network driver. */
    String driverVersion() {
        return culprit ? BAD_VERSION : GOOD_VERSION;
    }

    private List<Device> devices() {
        List<Device> devices = new ArrayList<>(List.of(
                new Device("NET", DEVICE, driverVersion(), "oem3.inf"),
                new Device("SCSIADAPTER", "Contoso Smart Array 6i Controller", "5.64.0.32", "oem1.inf"),
                new Device("DISPLAY", "Litware Remote Console Graphics", "6.14.10.6553", "oem2.inf"),
                new Device("USB", "Standard Enhanced PCI to USB Host Controller", "5.2.3790.3959", "usbport.inf"),
                new Device("SYSTEM", "ACPI Multiprocessor PC", "5.2.3790.3959", "hal.inf")));
        if (scanner) {
            devices.add(new Device("LEGACYDRIVER", "Fabrikam Anti-Virus Filter", "7.3.0.112", "oem7.inf"));
        }
        return devices;
    }

    /** As {@code Get-WmiObject Win32_PnPSignedDriver | Export-Csv} writes it. */
    void writeSignedDrivers(Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            out.write("#TYPE System.Management.ManagementObject#root\\cimv2\\Win32_PnPSignedDriver\r\n");
            out.write("\"PSComputerName\",\"DeviceClass\",\"DeviceName\",\"DriverVersion\",\"InfName\",\"IsSigned\"\r\n");
            for (Device device : devices()) {
                out.write("\"" + name.toUpperCase(Locale.ROOT) + "\",\"" + device.className() + "\",\"" + device.name() + "\",\""
                        + device.version() + "\",\"" + device.inf() + "\",\"True\"\r\n");
            }
        }
    }

    /** As {@code driverquery /v /fo csv} writes it. */
    void writeDriverQuery(Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            out.write("\"Module Name\",\"Display Name\",\"Description\",\"Driver Type\",\"Start Mode\",\"State\",\"Status\",\"Accept Stop\","
                    + "\"Accept Pause\",\"Paged Pool(bytes)\",\"Code(bytes)\",\"BSS(bytes)\",\"Link Date\",\"Path\",\"Init(bytes)\"\r\n");
            driver(out, "ACPI", "Microsoft ACPI Driver", "2/17/2007 6:58:02 AM", "ACPI.sys");
            driver(out, "E1NIC5", DEVICE, culprit ? "3/4/2004 10:11:52 PM" : "11/9/2006 1:20:07 PM", DRIVER);
            driver(out, "Ntfs", "Ntfs", "2/17/2007 6:27:23 AM", "Ntfs.sys");
            driver(out, "Tcpip", "TCP/IP Protocol Driver", "2/17/2007 6:49:31 AM", "tcpip.sys");
            driver(out, "Srv", "Srv", "2/17/2007 6:57:20 AM", "srv.sys");
            if (scanner) {
                driver(out, "FABAVF", "Fabrikam Anti-Virus Filter", "5/30/2006 8:00:00 AM", "fabavf.sys");
            }
        }
    }

    private static void driver(BufferedWriter out, String module, String display, String linked, String file) throws IOException {
        out.write("\"" + module + "\",\"" + display + "\",\"" + display
                + "\",\"Kernel \",\"System\",\"Running\",\"OK\",\"TRUE\",\"FALSE\",\"4,096\",\"57,344\",\"0\",\"" + linked
                + "\",\"C:\\WINDOWS\\system32\\drivers\\" + file + "\",\"8,192\"\r\n");
    }

    /** As {@code systeminfo} prints it. */
    void writeSystemInfo(Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            String[][] fields = {
                {"Host Name", name.toUpperCase(Locale.ROOT)},
                {"OS Name", "Microsoft(R) Windows(R) Server 2003, Standard Edition"},
                {"OS Version", "5.2.3790 Service Pack 2 Build 3790"},
                {"OS Manufacturer", "Microsoft Corporation"},
                {"OS Configuration", "Member Server"},
                {"OS Build Type", "Multiprocessor Free"},
                {"System Manufacturer", "Contoso"},
                {"System Model", "Pro 380 G4"},
                {"System Type", "X86-based PC"},
                {"Total Physical Memory", String.format(Locale.ROOT, "%,d MB", memoryMegabytes)},
            };
            out.write("\r\n");
            for (String[] field : fields) {
                out.write(String.format(Locale.ROOT, "%-27s%s\r\n", field[0] + ":", field[1]));
            }
            out.write(String.format(Locale.ROOT, "%-27s%d Hotfix(s) Installed.\r\n", "Hotfix(s):", update ? 3 : 2));
            out.write("                           [01]: KB914961\r\n                           [02]: KB925398\r\n");
            if (update) {
                out.write("                           [03]: KB936357\r\n");
            }
        }
    }
}
