package org.poolscope.fleet;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/** Runs diagnoses as tasks of Spark. */
final class SparkDiagnosis {

    private SparkDiagnosis() {
    }

    static void run(Map<String, List<String>> machines, String master, Consumer<MachineVerdict> to) throws FleetException {
        SparkSession session = SparkEngine.session(master);
        try {
            JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
            List<Tuple2<String, List<String>>> tasks = new ArrayList<>();
            machines.forEach((machine, files) -> tasks.add(new Tuple2<>(machine, files)));
            Iterator<MachineVerdict> verdicts = context.parallelize(tasks, Math.max(1, tasks.size()))
                    .map(task -> FleetDiagnosis.diagnose(task._1(), task._2())).toLocalIterator();
            while (verdicts.hasNext()) {
                to.accept(verdicts.next());
            }
        } catch (RuntimeException e) {
            throw new FleetException("Spark failed: " + e.getMessage(), e);
        } finally {
            session.stop();
        }
    }
}
