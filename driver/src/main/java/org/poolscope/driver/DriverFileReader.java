package org.poolscope.driver;

import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;

/** Reads driver files handed in as evidence: a {@link ScannedDriver} each. */
public final class DriverFileReader implements EvidenceReader {

    private static final int SUBSYSTEM = 24 + 68;

    /** For {@link java.util.ServiceLoader}. */
    public DriverFileReader() {
    }

    @Override
    public String format() {
        return "driver file";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        if (!file.hasAt(0, (byte) 'M', (byte) 'Z')) {
            return false;
        }
        byte[] head = file.head();
        int header = head.length < 0x40 ? -1 : LittleEndian.i32(head, 0x3c);
        return header > 0 && header <= head.length - SUBSYSTEM - 2 && file.hasAt(header, (byte) 'P', (byte) 'E', (byte) 0, (byte) 0)
                && LittleEndian.u16(head, header + SUBSYSTEM) == PeImage.NATIVE;
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        DriverFile driver = DriverFile.read(file.path());
        sink.add(ScannedDriver.of(file.at(""), driver));
        driver.warnings().forEach(warning -> sink.warn(file.at(""), warning));
    }
}
