package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.DeviceObject;
import org.poolscope.kernel.objects.IoNames;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.model.Progress;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;

/** {@code poolscope devices}: the device objects of all drivers. */
@Command(name = "devices", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "The device objects, with their drivers and what is attached to them.",
        footer = {"", "Example:", "  poolscope devices MEMORY.DMP"})
final class DevicesCommand extends ObjectsCommand {

    private static final Listing<DeviceObject> LISTING = new Listing<DeviceObject>((device, json) -> {
        text(json, "address", address(device.address()));
        text(json, "driver", device.driver());
        text(json, "name", device.name());
        number(json, "type", device.type());
        text(json, "attached", address(device.attached()));
        text(json, "extension", address(device.extension()));
    })
            .text("Address", device -> address(device.address()))
            .text("Driver", DeviceObject::driver)
            .text("Type", device -> IoNames.deviceType(device.type()))
            .text("Attached", device -> address(device.attached()))
            .text("Extension", device -> address(device.extension()))
            .text("Name", DeviceObject::name);

    @Override
    void answer(KernelImage image, KernelObjects objects, Progress progress, Output output) throws Exception {
        output.list(LISTING, objects.devices(progress).orThrow(path()).iterator());
    }
}
