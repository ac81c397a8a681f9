package org.poolscope.fleet;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.poolscope.diagnosis.Case;
import org.poolscope.diagnosis.CaseReader;
import org.poolscope.diagnosis.Diagnosis;
import org.poolscope.diagnosis.Finding;
import org.poolscope.diagnosis.Verdict;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.Progress;

/** Diagnoses machine after machine, each as a task of its own: what fails on one of them stops none of the others. */
public final class FleetDiagnosis {

    private FleetDiagnosis() {
    }

    /**
     * The files of each machine.
     *
     * @param evidence files, and folders with everything below them
     * @param names tells whose a file is
     * @param bad gets what could not be looked at
     */
    public static Map<String, List<String>> machines(List<Path> evidence, MachineNames names, List<IngestReport.BadFile> bad) {
        Map<String, List<String>> machines = new TreeMap<>();
        MachineFiles.find(evidence, names, bad).forEach((machine, files) -> machines.put(machine,
                new ArrayList<>(files.stream().map(Path::toString).toList())));
        return machines;
    }

    /**
     * Diagnoses them here.
     *
     * @param jobs how many at once
     * @param to gets the verdicts in the order of the machines, each as soon as it and those before it are there
     */
    public static void here(Map<String, List<String>> machines, int jobs, Consumer<MachineVerdict> to) throws FleetException {
        try (ExecutorService workers = Executors.newFixedThreadPool(Math.max(1, jobs))) {
            List<Future<MachineVerdict>> running = new ArrayList<>();
            machines.forEach((machine, files) -> running.add(workers.submit(() -> diagnose(machine, files))));
            for (Future<MachineVerdict> one : running) {
                to.accept(one.get());
            }
        } catch (ExecutionException e) {
            throw new FleetException("a diagnosis failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FleetException("stopped", e);
        }
    }

    /**
     * Diagnoses them on Spark, a task a machine; the files must be at the same path on all its machines.
     *
     * @param master where Spark runs
     * @param to gets the verdicts in the order of the machines
     */
    public static void onSpark(Map<String, List<String>> machines, String master, Consumer<MachineVerdict> to) throws FleetException {
        try {
            SparkDiagnosis.run(machines, master, to);
        } catch (LinkageError e) {
            throw FleetEngines.sparkMissing(e);
        }
    }

    /** Diagnoses one machine; whatever happens becomes part of the answer. */
    static MachineVerdict diagnose(String machine, List<String> files) {
        try (Case subject = CaseReader.read(files.stream().map(Path::of).toList(), Progress.NONE)) {
            Verdict verdict = Diagnosis.of(subject, Progress.NONE);
            ArrayList<MachineVerdict.Item> items = new ArrayList<>();
            for (Finding finding : verdict.findings()) {
                items.add(new MachineVerdict.Item(finding.rule(), finding.severity().word(), finding.confidence().level().word(),
                        finding.title(), finding.tags().isEmpty() ? null : finding.tags().getFirst().toString(),
                        finding.pool() == null ? null : finding.pool().word(), finding.driver()));
            }
            return new MachineVerdict(machine, verdict.sentence(), verdict.isProblem(), items, null);
        } catch (EvidenceException e) {
            // Of many machines a line each: what to do about one that could not be read, diagnose says of it alone.
            return new MachineVerdict(machine, null, false, new ArrayList<>(), e.file() + ": " + (e.place().isEmpty() ? "" : e.place() + ": ")
                    + e.problem());
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return new MachineVerdict(machine, null, false, new ArrayList<>(), "an error in Poolscope itself (" + e + ")");
        }
    }
}
