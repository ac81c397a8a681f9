package org.poolscope.dfs.capture;

import java.util.List;
import org.poolscope.model.Fact;
import org.poolscope.model.Provenance;

/**
 * What a capture held, and what of it could not be read.
 *
 * @param seenAt the file
 * @param frames frames in the file
 * @param bytes bytes of the file, after unpacking
 * @param streams TCP connections that carry SMB
 * @param smb1Messages SMB1 messages
 * @param smb2Messages SMB2 and SMB3 messages that are not encrypted
 * @param exchanges referral requests found, with or without their replies, and replies without their requests
 * @param unanswered of these, requests without a reply
 * @param encryptedMessages SMB3 messages that are encrypted; referrals in them cannot be seen
 * @param encryptedStreams connections that carry such messages
 * @param compressedMessages SMB3 messages that are compressed, and were not read
 * @param lostBytes bytes of SMB streams that the capture lacks
 * @param shortFrames frames that the capturing program cut
 * @param fragments IP fragments, which were not put together
 * @param droppedMessages messages that may hold referrals, but are too large or damaged to be read
 * @param notes what else the reader of a result must know, as sentences; empty when all was read
 */
public record CaptureSummary(Provenance seenAt, long frames, long bytes, long streams, long smb1Messages, long smb2Messages,
        long exchanges, long unanswered, long encryptedMessages, long encryptedStreams, long compressedMessages, long lostBytes,
        long shortFrames, long fragments, long droppedMessages, List<String> notes) implements Fact {

    /** Copies the list. */
    public CaptureSummary {
        notes = List.copyOf(notes);
    }
}
