package org.poolscope.kernel.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.kernel.Answer;
import org.poolscope.kernel.CsvTable;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;

/** Running kernels that are another program's work, against lists read with those kernels' own symbols. */
class ForeignObjectsTest {

    private interface Check {
        void of(KernelObjects objects, String name) throws EvidenceException;
    }

    private static void in(String name, Check check) throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.image(name + ".raw"))) {
            check.of(KernelObjects.of(image).value().orElseThrow(), name);
        }
    }

    /** Columns of a truth table, joined by commas. */
    private static List<String> rows(String table, String... columns) {
        return CsvTable.read(table).stream()
                .map(row -> Stream.of(columns).map(row::get).collect(Collectors.joining(","))).toList();
    }

    private static long hex(Map<String, String> row, String column) {
        return Long.parseUnsignedLong(row.get(column).substring(2), 16);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle", "nt52-load", "nt52-before", "nt52-after", "nt52-x64-boot"})
    void processesMatchRowForRow(String image) throws EvidenceException {
        in(image, (objects, name) -> {
            List<KernelProcess> processes = objects.processes().value().orElseThrow();
            assertThat(processes.stream().map(p -> "0x%x,%d,%s,0x%x,%d".formatted(p.address(), p.pid(), p.name(),
                    p.directoryTableBase(), p.threads().size())))
                    .containsExactlyElementsOf(rows(name + ".processes.csv", "eprocess", "pid", "name", "dirbase", "threads"));
            assertThat(processes).allSatisfy(process -> {
                assertThat(process.pagedPoolQuotaBytes()).isBetween(0L, 100_000L);
                assertThat(process.nonPagedPoolQuotaBytes()).isBetween(0L, 100_000L);
                assertThat(process.handleCount()).isBetween(0L, 1000L);
                assertThat(process.threads()).allSatisfy(thread -> assertThat(thread.id()).isPositive());
                assertThat(process.threads()).extracting(KernelThread::id).doesNotHaveDuplicates();
            });
            List<KernelThread> threads = processes.stream().flatMap(process -> process.threads().stream()).toList();
            List<KernelThread> stacked = threads.stream().filter(thread -> thread.stackTop() != null).toList();
            assertThat(threads.size() - stacked.size()).as("threads that have ended").isLessThanOrEqualTo(1);
            assertThat(stacked).allSatisfy(thread ->
                    assertThat(thread.stackTop() - thread.stackPointer()).isBetween(0L, 0x6000L));
            if (name.contains("x64")) {
                assertThat(objects.warnings()).singleElement().asString().contains("found by their values", "links");
            } else {
                assertThat(objects.warnings()).isEmpty();
                assertThat(stacked).allSatisfy(thread ->
                        assertThat(thread.stackTop() - thread.stackLimit()).isBetween(0x3000L, 0x10000L));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle", "nt52-load", "nt52-before", "nt52-after", "nt52-x64-boot"})
    void driversMatchRowForRow(String image) throws EvidenceException {
        in(image, (objects, name) -> {
            List<DriverObject> drivers = objects.drivers(Progress.NONE).value().orElseThrow();
            assertThat(drivers.stream().map(d -> "0x%x,%s,0x%x,0x%x,%d".formatted(d.address(), d.name(), d.base(), d.size(),
                    d.devices().size()))).containsExactlyInAnyOrderElementsOf(
                    rows(name + ".drivers.csv", "driver_object", "name", "driverstart", "driversize", "ndevices"));
            assertThat(objects.warnings()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle", "nt52-load", "nt52-before", "nt52-after", "nt52-x64-boot"})
    void devicesMatchRowForRow(String image) throws EvidenceException {
        in(image, (objects, name) -> {
            List<DeviceObject> devices = objects.devices(Progress.NONE).value().orElseThrow();
            assertThat(devices.stream().map(d -> "0x%x,%d,%s,0x%x,0x%x,0x%x,0x%x,%d,%s".formatted(d.address(), d.size(),
                    d.driver(), d.type(), d.attached(), d.flags(), d.extension(), d.stackSize(),
                    d.name() == null ? "" : d.name().substring(d.name().lastIndexOf('\\') + 1))))
                    .containsExactlyInAnyOrderElementsOf(rows(name + ".devices.csv", "device_object", "size", "driver",
                            "devicetype", "attached", "flags", "extension", "stacksize", "name"));
            assertThat(devices).anySatisfy(device -> assertThat(device.name()).isEqualTo("\\Device\\Beep"));
            assertThat(devices).anySatisfy(device -> assertThat(device.name()).isEqualTo("\\Cdfs"));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle", "nt52-load", "nt52-before", "nt52-after", "nt52-x64-boot"})
    void requestsOfThreadsMatchRowForRow(String image) throws EvidenceException {
        in(image, (objects, name) -> {
            Function<Irp, String> line = i -> "0x%x,%s,0x%x,%d,%d,%d,%d,0x%x,%s".formatted(i.address(), i.process(), i.thread(),
                    i.stackCount(), i.currentLocation(), i.majorFunction(), i.minorFunction(), i.device(), i.driver());
            List<Irp> irps = objects.irps(Progress.NONE).value().orElseThrow();
            List<String> expected = rows(name + ".irps.csv", "irp", "process", "thread", "stackcount", "currentlocation", "major",
                    "minor", "deviceobject", "driver");
            assertThat(irps.stream().filter(Irp::listed).map(line)).containsExactlyInAnyOrderElementsOf(expected);
            if (!name.contains("x64")) {
                assertThat(irps.stream().filter(Irp::listed)).filteredOn(irp -> irp.waited() != null)
                        .hasSizeGreaterThan(expected.size() / 2)
                        .allSatisfy(irp -> assertThat(irp.waited()).isBetween(Duration.ZERO, Duration.ofHours(1)));
            }
            assertThat(irps.stream().filter(irp -> !irp.listed())).as("found in pool alone").hasSizeBetween(8, 16);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-load", "nt52-x64-boot"})
    void poolAloneTellsAllRequestsAndDriversToo(String name) throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.image(name + ".raw"))) {
            KernelSpace space = KernelSpace.of(image, warning -> { }).value().orElseThrow();
            IoObjects io = new IoObjects(space, Optional.empty(), OptionalLong.empty());
            List<Irp> irps = new IrpReader(space, io, new TaggedBlocks(space))
                    .read(List.of(), ProcessFields.UNKNOWN, List.of(), Progress.NONE);
            assertThat(irps.stream().map(Irp::address)).containsAll(CsvTable.read(name + ".irps.csv").stream()
                    .map(row -> hex(row, "irp")).toList());
            List<DriverObject> drivers = new DriverReader(space, io, Optional.empty(), Optional.empty(), new TaggedBlocks(space))
                    .read(Progress.NONE).value().orElseThrow();
            assertThat(drivers.stream().map(DriverObject::address)).containsExactlyInAnyOrderElementsOf(
                    CsvTable.read(name + ".drivers.csv").stream().map(row -> hex(row, "driver_object")).toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-before", "nt52-after"})
    void handlesAreCountedAsTheKernelCountsThem(String image) throws EvidenceException {
        in(image, (objects, name) -> {
            List<HandleUse> handles = objects.handles(Progress.NONE).value().orElseThrow();
            Map<String, Long> walked = new HashMap<>();
            handles.forEach(use -> walked.merge(use.process() + "," + use.pid(), use.count(), Long::sum));
            Map<String, Long> expected = CsvTable.read(name + ".handles.csv").stream()
                    .collect(Collectors.toMap(row -> row.get("name") + "," + row.get("pid"),
                            row -> Long.valueOf(row.get("handlecount"))));
            assertThat(walked).isEqualTo(expected);
            objects.processes().value().orElseThrow().forEach(process ->
                    assertThat(process.handleCount()).isEqualTo(expected.get(process.name() + "," + process.pid())));
            long events = handles.stream().filter(use -> "Event".equals(use.type())).mapToLong(HandleUse::count).sum();
            assertThat(RealEvidence.text("dumps/" + name + ".handles.csv")).contains("#event_handles_total," + events);
            assertThat(handles).allSatisfy(use -> assertThat(use.type()).isNotNull());
            assertThat(handles).filteredOn(use -> use.type().equals("Event")).allSatisfy(use ->
                    assertThat(use.tag()).isEqualTo(PoolTag.parse("Even")));
            assertThat(objects.warnings()).isEmpty();
        });
    }

    @Test
    void plantedRequestsAreFoundInPool() throws EvidenceException {
        in("nt52-after", (objects, name) -> {
            List<Irp> planted = objects.irps(Progress.NONE).value().orElseThrow().stream()
                    .filter(irp -> "\\Driver\\ioleak".equals(irp.driver())).toList();
            assertThat(planted.stream().map(irp -> "0x%x 0x%x".formatted(irp.address(), irp.systemBuffer()))).containsExactly(
                    "0xff84d5e0 0xff7eedb8", "0xff88eac0 0xff80f830", "0xffaf15d0 0xff81cc20");
            assertThat(planted).allSatisfy(irp -> assertThat(irp.completed()).isFalse());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-after", "nt52-x64-boot"})
    void objectsAreNamedByTheirAddress(String image) throws EvidenceException {
        in(image, (objects, name) -> {
            ObjectNames names = objects.names().value().orElseThrow();
            for (DeviceObject device : objects.devices(Progress.NONE).value().orElseThrow()) {
                NamedObject described = names.describe(device.address()).orElseThrow();
                assertThat(described.type().name()).isEqualTo("Device");
                assertThat(described.name()).isEqualTo(device.name() == null ? "(" + device.driver() + ")" : device.name());
                assertThat(names.driverOfDevice(device.address())).hasValue(device.driver());
                assertThat(names.describe(device.address() + 8)).isEmpty();
            }
            KernelProcess process = objects.processes().value().orElseThrow().getFirst();
            assertThat(names.describe(process.address())).hasToString("Optional[Process System (process 4)]");
            assertThat(names.describe(process.threads().getFirst().address()).orElseThrow().name())
                    .endsWith(" of System (process 4)");
            assertThat(names.types()).extracting(ObjectType::name)
                    .contains("Type", "Directory", "Event", "File", "Key", "WindowStation");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"triage-19041-x64-bugcheck-7e.dmp", "triage-22000-arm64-bugcheck-1c8.dmp",
        "triage-19041-x64-with-pool-totals.dmp", "layout-19041-full1.dmp"})
    void imagesWithoutListsSayWhy(String name) throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.image(name))) {
            Answer<KernelObjects> objects = KernelObjects.of(image);
            if (name.contains("bugcheck-7e")) {
                assertThat(objects.then(KernelObjects::processes).value().orElseThrow()).as("pieces of some processes")
                        .extracting(KernelProcess::pid).contains(4L, 180L, 588L, 612L);
            } else {
                assertThat(objects.then(KernelObjects::processes).reason()).isNotBlank();
            }
            assertThat(objects.then(known -> known.drivers(Progress.NONE)).reason()).isNotBlank();
            assertThat(objects.then(known -> known.handles(Progress.NONE)).reason()).isNotBlank();
            Answer<List<Irp>> irps = objects.then(known -> known.irps(Progress.NONE));
            assertThat(irps.value().isEmpty()).isEqualTo(name.startsWith("triage"));
            objects.then(KernelObjects::processors);
            objects.then(KernelObjects::threads);
            objects.then(KernelObjects::names);
            objects.then(known -> known.verifier(Progress.NONE));
            if (name.contains("bugcheck-7e")) {
                VerifierBooks books = objects.then(known -> known.verifier(Progress.NONE)).value().orElseThrow();
                assertThat(books.settings().options()).isEmpty();
            }
        }
    }

    @Test
    void processorsRunThreads() throws EvidenceException {
        in("nt52-idle", (objects, name) -> {
            List<Processor> processors = objects.processors().value().orElseThrow();
            assertThat(processors).singleElement().satisfies(processor -> {
                assertThat(processor.block()).isEqualTo(0xffdf_f120L);
                assertThat(processor.currentThread()).isNotNull();
                assertThat(objects.threads().value().orElseThrow()).extracting(KernelThread::address)
                        .contains(processor.currentThread(), processor.idleThread()).hasSize(107);
            });
        });
    }
}
