package org.poolscope.kernel.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.Progress;

/** Small painted kernels, sound and damaged: what is left is still told, and what is missing is said. */
class DamagedObjectsTest {

    private static final byte[] SOUND = new TinyObjects().kernel.fullDump(3790);

    private static void ask(byte[] image, Consumer<KernelObjects> check) {
        try {
            Path file = Files.createTempFile("poolscope", ".img");
            try {
                Files.write(file, image);
                try (KernelImage open = KernelImage.open(file)) {
                    KernelObjects.of(open).value().ifPresent(check);
                } catch (EvidenceException e) {
                    assertThat(e.problem()).isNotBlank();
                }
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void ask(TinyObjects world, Consumer<KernelObjects> check) {
        boolean[] asked = {false};
        ask(world.kernel.fullDump(3790), objects -> {
            asked[0] = true;
            check.accept(objects);
        });
        assertThat(asked[0]).isTrue();
    }

    private static List<String> names(KernelObjects objects) {
        return objects.processes().value().orElseThrow().stream().map(KernelProcess::name).toList();
    }

    private static List<String> drivers(KernelObjects objects) {
        return objects.drivers(Progress.NONE).value().orElseThrow().stream()
                .map(driver -> driver.name() + " " + driver.devices().size()).toList();
    }

    @Test
    void aSoundKernelIsToldWhole() {
        TinyObjects world = new TinyObjects();
        ask(world, objects -> {
            assertThat(objects.processes().value().orElseThrow()).extracting(KernelProcess::pid).containsExactly(4L, 264L, 1000L);
            KernelProcess leak = objects.processes().value().orElseThrow().getLast();
            assertThat(leak.handleCount()).isEqualTo(3);
            assertThat(leak.nonPagedPoolQuotaBytes()).isEqualTo(1100);
            assertThat(leak.pagedPoolQuotaBytes()).isEqualTo(3000);
            assertThat(leak.threads()).singleElement().satisfies(thread -> {
                assertThat(thread.id()).isEqualTo(1004);
                assertThat(thread.stackTop()).isEqualTo(0xf8a0_3000L);
                assertThat(thread.stackLimit()).isEqualTo(0xf8a0_0000L);
            });
            assertThat(drivers(objects)).containsExactly("\\Driver\\Beep 1", "\\Driver\\leaky 2");
            assertThat(objects.devices(Progress.NONE).value().orElseThrow()).extracting(DeviceObject::name)
                    .containsExactly("\\Device\\Beep", null, "\\Device\\Leaky");
            assertThat(objects.irps(Progress.NONE).value().orElseThrow()).extracting(Irp::address, Irp::listed, Irp::process)
                    .containsExactly(tuple(world.listed, true, "leak.exe"),
                            tuple(world.unlisted, false, null));
            assertThat(objects.handles(Progress.NONE).value().orElseThrow()).allSatisfy(use ->
                    assertThat(use.type()).isEqualTo("Event")).hasSize(3);
            ObjectNames names = objects.names().value().orElseThrow();
            assertThat(names.describe(world.namelessDevice).orElseThrow().name()).isEqualTo("(\\Driver\\leaky)");
            assertThat(names.describe(world.beep)).hasToString("Optional[Driver \\Driver\\Beep]");
            assertThat(names.describe(world.thread).orElseThrow().name()).isEqualTo("1004 of leak.exe (process 1000)");
            assertThat(names.describe(world.unlisted)).isEmpty();
            assertThat(objects.warnings()).isEmpty();
        });
    }

    @Test
    void aBrokenLinkCostsNoProcess() {
        TinyObjects world = new TinyObjects();
        world.kernel.u32(world.processes.get("smss.exe") + 0x98, 0x1234);
        ask(world, objects -> {
            assertThat(names(objects)).containsExactly("System", "smss.exe", "leak.exe");
            assertThat(objects.warnings()).singleElement().asString().contains("leads to 0x1234");
        });
    }

    @Test
    void aTypeWhoseNameIsDamagedCostsNoneOfItsObjects() {
        for (String type : List.of("Process", "Thread")) {
            for (long otherText : new long[] {0x1234, new TinyObjects().types.get("Event") + 0x40}) {
                TinyObjects world = new TinyObjects();
                world.kernel.u32(world.types.get(type) + 0x44, otherText);
                ask(world, objects -> {
                    assertThat(names(objects)).containsExactly("System", "smss.exe", "leak.exe");
                    assertThat(objects.processes().value().orElseThrow().getLast().threads()).hasSize(1);
                    assertThat(objects.irps(Progress.NONE).value().orElseThrow()).extracting(Irp::process).contains("leak.exe");
                });
            }
        }
    }

    @Test
    void aProcessThatHasEndedHasNoThreads() {
        TinyObjects world = new TinyObjects();
        world.kernel.link(world.processes.get("smss.exe") + 0x180);
        ask(world, objects -> assertThat(objects.processes().value().orElseThrow()).extracting(KernelProcess::threadCount).containsExactly(2, 0, 1));
    }

    @Test
    void aListOfProcessesThatRunsInACircleEnds() {
        TinyObjects world = new TinyObjects();
        world.kernel.u32(world.processes.get("smss.exe") + 0x98, world.processes.get("System") + 0x98);
        ask(world, objects -> {
            assertThat(names(objects)).containsExactly("System", "smss.exe", "leak.exe");
            assertThat(objects.warnings()).singleElement().asString().contains("circle");
        });
    }

    @Test
    void processesCutOffTheListAreFoundByTheirIds() {
        TinyObjects world = new TinyObjects();
        long table = world.block("Obtb", 0x44);
        long page = world.handlePage();
        world.kernel.u32(table, page).variable(0x58, table);
        int i = 1;
        for (long process : world.processes.values()) {
            world.kernel.u32(page + 8L * i++, process | 1);
        }
        world.kernel.u32(world.processes.get("smss.exe") + 0x98, 0x1234).u32(world.processes.get("leak.exe") + 0x9c, 0x1234);
        ask(world, objects -> {
            assertThat(names(objects)).containsExactlyInAnyOrder("System", "smss.exe", "leak.exe");
            assertThat(objects.warnings()).anySatisfy(warning -> assertThat(warning).contains("table of process ids"));
        });
    }

    @Test
    void aHandleTableOfTwoLevelsWithHostilePointersIsBounded() {
        TinyObjects world = new TinyObjects();
        long table = world.handleTables.get("leak.exe");
        long top = world.handlePage();
        long full = world.handlePage();
        world.handles(table, full, 400);
        for (int i = 0; i < 1024; i++) {
            world.kernel.u32(top + 4L * i, i == 0 ? full : i == 1 ? top : full);
        }
        world.kernel.u32(table, top | 2);
        ask(world, objects -> {
            long events = objects.handles(Progress.NONE).value().orElseThrow().stream()
                    .filter(use -> "leak.exe".equals(use.process())).mapToLong(HandleUse::count).sum();
            assertThat(events).isBetween(0L, 2048L);
            assertThat(objects.warnings()).singleElement().asString().contains("handle table of leak.exe", "not whole");
        });
        world.kernel.u32(table, top | 1);
        ask(world, objects -> {
            assertThat(objects.handles(Progress.NONE).value().orElseThrow()).anySatisfy(use ->
                    assertThat(use.count()).isEqualTo(400));
            assertThat(objects.warnings()).singleElement().asString().contains("not whole");
        });
    }

    @Test
    void aHandleCountThatCannotBeIsNotTold() {
        TinyObjects world = new TinyObjects();
        world.kernel.u32(world.handleTables.get("leak.exe") + 0x3c, 0x8000_0000L);
        ask(world, objects -> assertThat(objects.processes().value().orElseThrow().getLast().handleCount()).isNull());
    }

    @Test
    void devicesThatRunInACircleOrAwayAreCutThere() {
        TinyObjects world = new TinyObjects();
        world.kernel.u32(world.leakyDevice + 0xc, world.namelessDevice).u32(world.beepDevice + 0xc, 0x7fff_fff8L);
        ask(world, objects -> {
            assertThat(drivers(objects)).containsExactly("\\Driver\\Beep 1", "\\Driver\\leaky 2");
            assertThat(objects.warnings()).hasSize(2).allSatisfy(warning -> assertThat(warning).contains("list of devices"));
        });
    }

    @Test
    void driversThatNoDirectoryNamesAreReachedThroughTheirDevices() {
        TinyObjects world = new TinyObjects();
        for (int i = 0; i < 37; i++) {
            world.kernel.u32(world.driverDirectory + 4L * i, 0).u32(world.deviceDirectory + 4L * i, 0);
        }
        world.enter(world.driverDirectory, world.beep);
        ask(world, objects -> assertThat(drivers(objects)).containsExactly("\\Driver\\Beep 1", "\\Driver\\leaky 2"));
    }

    @Test
    void withoutDirectoriesDriversAreFoundByContent() {
        TinyObjects world = new TinyObjects();
        for (int i = 0; i < 37; i++) {
            world.kernel.u32(world.root + 4L * i, 0xdead_beefL);
        }
        ask(world, objects -> {
            assertThat(drivers(objects)).containsExactly("\\Driver\\Beep 1", "\\Driver\\leaky 2");
            assertThat(objects.warnings()).anySatisfy(warning -> assertThat(warning).contains("directory", "damaged"))
                    .anySatisfy(warning -> assertThat(warning).contains("by content"));
        });
    }

    @Test
    void requestsThatCannotBeAreNotBelieved() {
        TinyObjects world = new TinyObjects();
        for (int[] bad : new int[][] {{5, 7}, {1, 0}, {0, 1}, {200, 3}}) {
            long irp = world.irp(0, world.leakyDevice, 1, 1);
            world.kernel.bytes(irp + 0x22, new byte[] {(byte) bad[0], (byte) bad[1]});
        }
        long freed = world.irp(0, world.leakyDevice, 1, 1);
        world.kernel.u16(freed - 6, (0x70 + 0x24 + 8) / 8);
        long complete = world.irp(0, world.leakyDevice, 1, 1);
        world.kernel.bytes(complete + 0x23, new byte[] {2});
        long elsewhere = world.irp(0, 0x8765_4321L, 1, 1);
        ask(world, objects -> {
            List<Irp> irps = objects.irps(Progress.NONE).value().orElseThrow();
            assertThat(irps).extracting(Irp::address).containsExactly(world.listed, world.unlisted, complete, elsewhere);
            assertThat(irps.get(2).completed()).isTrue();
            assertThat(irps.get(2).device()).isNull();
            assertThat(irps.get(3).driver()).isNull();
        });
    }

    @Test
    void requestsAreAsOldAsTheirThreadsWait() {
        TinyObjects world = new TinyObjects();
        world.kernel.u32(0xffdf_0004L, 0x0fa0_0000).u32(0xffdf_0320L, 640_000).u32(0xffdf_0324L, 0)
                .u32(0xffdf_0008L, 0x4876_e800L)
                .u32(0xffdf_000cL, 0x17).bytes(world.thread + 0x4c, new byte[] {5}).u32(world.thread + 0x6c, 640_000 - 64 * 90);
        long stack = world.listed + 0x70;
        ask(world, objects -> {
            Irp irp = objects.irps(Progress.NONE).value().orElseThrow().getFirst();
            assertThat(irp.waited()).isEqualTo(Duration.ofSeconds(90));
            assertThat(irp.stack()).containsExactly(new Irp.Location(1, 3, 0, world.leakyDevice, "\\Driver\\leaky"));
            assertThat(objects.threads().value().orElseThrow()).hasSize(4);
        });
        world.kernel.bytes(stack, new byte[] {0x7f});
        world.kernel.u32(0xffdf_0320L, 64_000);
        ask(world, objects -> {
            Irp irp = objects.irps(Progress.NONE).value().orElseThrow().getFirst();
            assertThat(irp.waited()).as("a clock that contradicts the time").isNull();
            assertThat(irp.stack()).isEmpty();
            assertThat(irp.majorFunction()).isNull();
        });
    }

    @FuzzTest(maxDuration = "30s")
    void damagedObjectsAreAnswered(FuzzedDataProvider data) {
        byte[] image = SOUND.clone();
        while (data.remainingBytes() > 0) {
            put(image, nextUsed(image, data.consumeInt(0x400, image.length / 4 - 1) * 4), data.consumeInt());
        }
        askAll(image);
    }

    /** The same with a plain random source, so that every build tries some hundred damaged images. */
    @Property(tries = 300)
    void someDamagedObjectsAreAnswered(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] image = SOUND.clone();
        for (int change = random.nextInt(1, 60); change > 0; change--) {
            int value = switch (random.nextInt(4)) {
                case 0 -> random.nextInt();
                case 1 -> -1;
                case 2 -> 0x8000_0000;
                default -> (int) TinyObjects.NONPAGED + 8 * random.nextInt(0x1000);
            };
            put(image, nextUsed(image, random.nextInt(0x400, image.length / 4) * 4), value);
        }
        askAll(image);
    }

    private static void askAll(byte[] image) {
        ask(image, objects -> {
            assertThat(objects.processes().value().orElse(List.of())).hasSizeLessThan(100);
            assertThat(objects.devices(Progress.NONE).value().orElse(List.of())).hasSizeLessThan(100);
            assertThat(objects.irps(Progress.NONE).value().orElse(List.of())).hasSizeLessThan(100);
            assertThat(objects.handles(Progress.NONE).value().orElse(List.of()).stream().mapToLong(HandleUse::count).sum())
                    .isLessThan(10_000);
            objects.processors();
            objects.verifier(Progress.NONE).value().ifPresent(VerifierBooks::sites);
            objects.names().value().ifPresent(names -> names.describe(TinyObjects.NONPAGED + 0x100));
            assertThat(objects.warnings()).doesNotContainNull();
        });
    }

    private static void put(byte[] image, int at, int value) {
        for (int i = 0; i < 4; i++) {
            image[at + i] = (byte) (value >> 8 * i);
        }
    }

    private static int nextUsed(byte[] image, int from) {
        for (int at = from; at < image.length; at += 4) {
            if ((image[at] | image[at + 1] | image[at + 2] | image[at + 3]) != 0) {
                return at;
            }
        }
        return from;
    }
}
