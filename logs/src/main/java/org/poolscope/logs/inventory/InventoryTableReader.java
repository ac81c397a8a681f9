package org.poolscope.logs.inventory;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.MachineInventory;
import org.poolscope.model.MachineInventory.Item;
import org.poolscope.model.TextLines;

/**
 * Reads comma-separated tables of what is installed: {@code driverquery /v /fo csv}, {@code Win32_PnPSignedDriver} and
 * {@code Get-HotFix} as PowerShell exports them, and plain {@code kind,name,value}.
 */
public final class InventoryTableReader implements EvidenceReader {

    /** PowerShell 5 writes the type of the objects into a line above the names of the columns. */
    private static final String TYPE_LINE = "#TYPE ";
    private static final int HEAD_LINES = 5;
    private static final int LONGEST_HEAD = 4096;

    private record Head(int line, List<String> names, InventoryTable table) {
    }

    /** For {@link java.util.ServiceLoader}. */
    public InventoryTableReader() {
    }

    @Override
    public String format() {
        return "inventory table";
    }

    @Override
    public String reads() {
        return Arrays.stream(InventoryTable.values()).map(InventoryTable::format).collect(Collectors.joining(", "));
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        try {
            return file.text().flatMap(InventoryTableReader::head).isPresent();
        } catch (EvidenceException e) {
            return false;
        }
    }

    private static Optional<Head> head(TextLines lines) {
        for (int number = 1; number <= Math.min(HEAD_LINES, lines.count()); number++) {
            String line = lines.line(number);
            if (line.isBlank() || line.startsWith(TYPE_LINE)) {
                continue;
            }
            if (line.length() > LONGEST_HEAD || line.indexOf(',') < 0) {
                return Optional.empty();
            }
            for (InventoryTable table : InventoryTable.values()) {
                List<String> names = table.isNamedIn(line) ? cells(line) : List.of();
                if (table.hasColumns(names)) {
                    return Optional.of(new Head(number, names, table));
                }
            }
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static List<String> cells(String line) {
        try (MappingIterator<List<String>> rows = rows(line)) {
            return rows.hasNext() ? rows.next().stream().map(String::strip).toList() : List.of();
        } catch (IOException | RuntimeException e) {
            return List.of();
        }
    }

    private static MappingIterator<List<String>> rows(String text) throws IOException {
        return new CsvMapper().readerForListOf(String.class).with(CsvParser.Feature.WRAP_AS_ARRAY).readValues(text);
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        TextLines lines = file.text().orElseThrow();
        Head head = head(lines).orElseThrow();
        List<Item> items = new ArrayList<>();
        String machine = null;
        String body = String.join("\n", lines.all().subList(head.line(), lines.count()));
        try (MappingIterator<List<String>> rows = rows(body)) {
            while (rows.hasNextValue()) {
                InventoryTable.Row row = InventoryTable.Row.of(head.names(), rows.nextValue());
                Item item = head.table().item(row);
                if (!item.name().isBlank()) {
                    items.add(new Item(item.kind(), item.name().strip(), item.value()));
                }
                if (machine == null && !row.get("PSComputerName").isBlank()) {
                    machine = row.get("PSComputerName");
                }
            }
        } catch (JacksonException e) {
            sink.warn(file.at(e.getLocation() == null ? "" : "line " + (head.line() + e.getLocation().getLineNr())),
                    "the table breaks off here: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new EvidenceException(file.path(), "", "cannot be read: " + e.getMessage(), "Collect it again", e);
        }
        if (items.isEmpty()) {
            throw new EvidenceException(file.path(), "", "the " + head.table().format() + " has no rows", "Collect it again");
        }
        for (int line = 1; line <= lines.count(); line++) {
            sink.understood(line);
        }
        sink.add(new MachineInventory(lines.at(head.line()), machine, null, items));
    }
}
