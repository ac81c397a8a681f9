package org.poolscope.lab;

import java.util.Comparator;
import java.util.List;
import org.poolscope.lab.machine.KernelDevice;
import org.poolscope.lab.machine.KernelDriver;
import org.poolscope.lab.machine.KernelIrp;
import org.poolscope.lab.machine.KernelModule;
import org.poolscope.lab.machine.KernelProcess;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.ObjectType;
import org.poolscope.lab.machine.PoolArena;
import org.poolscope.lab.machine.Pools;
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.model.Address;
import org.poolscope.model.PoolKind;

/**
 * What is so in a machine: the figures the program must find. Names are those of the program's own output where it has them.
 */
final class MachineTruth {

    private static final long PAGE = 4096;

    private MachineTruth() {
    }

    /** The head of the truth about a case. */
    static Truth of(LabCase lab, LabOptions options, String variant) {
        return new Truth().put("case", lab.name()).put("description", lab.description()).put("variant", variant)
                .put("scale", options.scale()).put("seed", options.seed());
    }

    /** What the machine is and what its pools hold. To be called after it was stopped. */
    static Truth machine(Machine machine, String file) {
        Truth truth = new Truth();
        truth.put("file", file);
        truth.put("architecture", machine.spec().version().architecture().word());
        truth.put("pae", machine.spec().pae());
        truth.put("build", machine.spec().version().build());
        truth.put("processors", machine.spec().processors());
        truth.put("directoryTableBase", Address.text(machine.space().tables().root()));
        truth.put("kernelBase", Address.text(machine.kernel().base()));
        truth.put("physicalPages", machine.space().memory().totalPages());
        truth.put("presentPages", machine.space().memory().storedPages());
        truth.put("standbyPages", machine.trimmed().standby());
        truth.put("pagedOutPages", machine.trimmed().pageFile());
        counters(truth.object("vm"), machine);
        modules(truth.list("modules"), machine);
        tags(truth.list("tags"), machine.pools());
        blocks(truth.list("blocks"), machine.pools());
        bigPages(truth.list("bigPages"), machine.pools());
        free(truth, machine.pools());
        parked(truth.list("lookaside"), machine);
        drivers(truth.list("drivers"), machine);
        devices(truth.list("devices"), machine);
        irps(truth.list("irps"), machine);
        processes(truth.list("processes"), machine);
        handles(truth.list("handlesByType"), machine);
        return truth;
    }

    private static void counters(Truth vm, Machine machine) {
        vm.object("nonPagedPool").put("usedBytes", machine.poolPages(PoolKind.NONPAGED) * PAGE)
                .put("maximumBytes", machine.spec().nonPagedLimitPages() * PAGE);
        vm.object("pagedPool").put("usedBytes", machine.poolPages(PoolKind.PAGED) * PAGE)
                .put("maximumBytes", machine.pagedLimitPages() * PAGE)
                .put("pools", machine.pools().paged().stream().map(PoolArena::pages).map(pages -> pages * PAGE).toList());
    }

    private static void modules(List<Truth> all, Machine machine) {
        for (KernelModule module : machine.modules()) {
            all.add(new Truth().put("name", module.spec().name()).put("base", Address.text(module.base()))
                    .put("size", module.spec().size()).put("timeDateStamp", Integer.toUnsignedLong(module.spec().timeDateStamp()))
                    .put("path", module.spec().path()));
        }
    }

    private static List<TagAccount> sorted(Pools pools) {
        return pools.accounts().stream().sorted(Comparator.comparing(TagAccount::tag)).toList();
    }

    private static void tags(List<Truth> all, Pools pools) {
        for (TagAccount account : sorted(pools)) {
            if (account.allocs(PoolKind.PAGED) + account.allocs(PoolKind.NONPAGED) > 0) {
                all.add(new Truth().put("tag", account.tag()).put("nonPaged", use(account, PoolKind.NONPAGED))
                        .put("paged", use(account, PoolKind.PAGED)));
            }
        }
    }

    private static Truth use(TagAccount account, PoolKind kind) {
        return new Truth().put("allocs", account.allocs(kind)).put("frees", account.frees(kind))
                .put("outstanding", account.outstanding(kind)).put("bytes", account.bytes(kind));
    }

    private static void blocks(List<Truth> all, Pools pools) {
        for (TagAccount account : sorted(pools)) {
            for (PoolKind kind : PoolKind.values()) {
                pools.forEachSize(account, kind, (size, count) -> all.add(new Truth().put("tag", account.tag()).put("pool", kind)
                        .put("size", size).put("count", count)));
            }
        }
    }

    private static void bigPages(List<Truth> all, Pools pools) {
        pools.forEachBig((address, bytes, tag, kind) -> all.add(new Truth().put("address", Address.text(address))
                .put("size", bytes)
                .put("tag", tag).put("pool", kind)));
    }

    private static void free(Truth truth, Pools pools) {
        if (!pools.hasPages()) {
            return;
        }
        List<Truth> sizes = truth.list("freeBlocks");
        List<Truth> runs = truth.list("freePages");
        for (PoolKind kind : PoolKind.values()) {
            pools.forEachFreeSize(kind, (size, count) ->
                    sizes.add(new Truth().put("pool", kind.word()).put("size", size).put("count", count)));
            runs.add(new Truth().put("pool", kind.word()).put("longestFreeRunBytes", pools.longestFreeRun(kind) * PAGE));
        }
    }

    private static void parked(List<Truth> all, Machine machine) {
        machine.lookasides().forEach((pool, tag, blocks, bytes) -> all.add(new Truth().put("pool", pool).put("tag", tag)
                .put("blocks", blocks).put("bytes", bytes)));
    }

    private static void drivers(List<Truth> all, Machine machine) {
        for (KernelDriver driver : machine.io().drivers()) {
            all.add(new Truth().put("address", Address.text(driver.address())).put("name", driver.name())
                    .put("base", Address.text(driver.module().base())).put("size", driver.module().spec().size())
                    .put("devices", driver.devices().stream().map(d -> Address.text(d.address())).toList()));
        }
    }

    private static void devices(List<Truth> all, Machine machine) {
        for (KernelDriver driver : machine.io().drivers()) {
            for (KernelDevice device : driver.devices()) {
                all.add(new Truth().put("address", Address.text(device.address())).put("driver", driver.name())
                        .put("name", device.name()).put("type", device.type())
                        .put("attached", device.hasAttached() ? Address.text(device.attachedAddress()) : "")
                        .put("extension", device.extension() == 0 ? "" : Address.text(device.extension())));
            }
        }
    }

    private static void irps(List<Truth> all, Machine machine) {
        for (KernelIrp irp : machine.io().irps()) {
            all.add(new Truth().put("address", Address.text(irp.address())).put("thread", Address.text(irp.thread().address()))
                    .put("process", irp.thread().process().name()).put("stackCount", irp.stackCount())
                    .put("currentLocation", irp.currentLocation()).put("majorFunction", irp.major())
                    .put("minorFunction", irp.minor())
                    .put("device", Address.text(irp.device().address())).put("driver", irp.device().driver().name())
                    .put("systemBuffer", irp.systemBuffer() == 0 ? "" : Address.text(irp.systemBuffer()))
                    .put("mdl", irp.mdl() == 0 ? "" : Address.text(irp.mdl())));
        }
    }

    private static void processes(List<Truth> all, Machine machine) {
        for (KernelProcess process : machine.processes().all()) {
            all.add(new Truth().put("address", Address.text(process.address())).put("pid", process.id())
                    .put("name", process.name())
                    .put("handleCount", process.handles().open()).put("threads", process.threads().size())
                    .put("pagedPoolQuotaBytes", process.pagedQuota()).put("nonPagedPoolQuotaBytes", process.nonPagedQuota()));
        }
    }

    private static void handles(List<Truth> all, Machine machine) {
        for (ObjectType type : machine.objects().types()) {
            all.add(new Truth().put("type", type.name()).put("tag", type.account().tag()).put("objects", type.objects())
                    .put("handles", type.handles()));
        }
    }
}
