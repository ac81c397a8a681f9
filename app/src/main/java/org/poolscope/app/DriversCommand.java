package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.DeviceObject;
import org.poolscope.kernel.objects.DriverObject;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.report.Listing;
import picocli.CommandLine.Command;

/** {@code poolscope drivers}: the driver objects, with their devices. */
@Command(name = "drivers", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "The driver objects, with their devices.",
        footer = {"", "Example:", "  poolscope drivers MEMORY.DMP"})
final class DriversCommand extends ObjectsCommand {

    private static final Listing<DriverObject> LISTING = new Listing<DriverObject>((driver, json) -> {
        text(json, "address", address(driver.address()));
        text(json, "name", driver.name());
        text(json, "base", address(driver.base()));
        number(json, "size", driver.size());
        json.writeArrayFieldStart("devices");
        for (DeviceObject device : driver.devices()) {
            json.writeString(address(device.address()));
        }
        json.writeEndArray();
    })
            .text("Address", driver -> address(driver.address()))
            .text("Base", driver -> address(driver.base()))
            .number("Size", driver -> Quantity.count(driver.size()))
            .number("Devices", driver -> Quantity.count(driver.devices().size()))
            .text("Name", DriverObject::name);

    @Override
    void answer(KernelImage image, KernelObjects objects, Progress progress, Output output) throws Exception {
        output.list(LISTING, objects.drivers(progress).orThrow(path()).iterator());
    }
}
