package org.poolscope.logs.inventory;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.poolscope.model.MachineInventory.Item;
import org.poolscope.model.MachineInventory.Kind;

/** The comma-separated tables we know, told by the names of their columns: how a row becomes an item. */
enum InventoryTable {

    /** {@code driverquery /v /fo csv}: it prints no version, but when each driver was linked. */
    DRIVERQUERY("driverquery listing", "Module Name", "Link Date") {
        @Override
        Item item(Row row) {
            String name = row.get("Module Name");
            String path = row.get("Path");
            int slash = path.lastIndexOf('\\');
            String file = slash >= 0 && slash + 1 < path.length() ? path.substring(slash + 1) : name + ".sys";
            return new Item(Kind.DRIVER, file.toLowerCase(Locale.ROOT), row.has("Link Date") ? "linked " + row.get("Link Date").strip() : null);
        }
    },

    /** {@code Get-CimInstance Win32_PnPSignedDriver | Export-Csv}: the devices, with the versions of their drivers. */
    SIGNED_DRIVERS("Win32_PnPSignedDriver table", "DeviceName", "DriverVersion") {
        @Override
        Item item(Row row) {
            return new Item(Kind.DEVICE, row.get("DeviceName"), row.has("DriverVersion") ? row.get("DriverVersion").strip() : null);
        }
    },

    /** {@code Get-HotFix | Export-Csv}. */
    HOTFIXES("Get-HotFix table", "HotFixID", "InstalledBy") {
        @Override
        Item item(Row row) {
            return new Item(Kind.HOTFIX, row.get("HotFixID"), null);
        }
    },

    /** Any inventory brought to three columns: {@code kind,name,value}. */
    PLAIN("inventory table", "kind", "name", "value") {
        @Override
        Item item(Row row) {
            Kind kind = Kind.SETTING;
            for (Kind known : Kind.values()) {
                kind = known.word().equalsIgnoreCase(row.get("kind").strip()) ? known : kind;
            }
            return new Item(kind, row.get("name"), row.has("value") ? row.get("value").strip() : null);
        }
    };

    private final String format;
    private final List<String> columns;

    InventoryTable(String format, String... columns) {
        this.format = format;
        this.columns = List.of(columns);
    }

    String format() {
        return format;
    }

    /** Whether a line holds the names of its columns in any way; cheaper than taking the line apart. */
    boolean isNamedIn(String line) {
        String lower = line.toLowerCase(Locale.ROOT);
        return columns.stream().allMatch(column -> lower.contains(column.toLowerCase(Locale.ROOT)));
    }

    /** Whether a table with these columns is of this kind. */
    boolean hasColumns(List<String> names) {
        return columns.stream().allMatch(column -> names.stream().anyMatch(column::equalsIgnoreCase));
    }

    /** The item a row tells of; one without a name is none. */
    abstract Item item(Row row);

    /** A row by the names of its columns; a missing cell is empty. */
    record Row(Map<String, String> cells) {

        static Row of(List<String> names, List<String> values) {
            Map<String, String> cells = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (int i = 0; i < Math.min(names.size(), values.size()); i++) {
                cells.put(names.get(i), values.get(i) == null ? "" : values.get(i));
            }
            return new Row(cells);
        }

        String get(String column) {
            return cells.getOrDefault(column, "");
        }

        boolean has(String column) {
            return !get(column).isBlank();
        }
    }
}
