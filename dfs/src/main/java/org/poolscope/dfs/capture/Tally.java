package org.poolscope.dfs.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.poolscope.model.Provenance;

/** Counts what was met in a capture, and what could not be read. */
final class Tally {

    private static final int MOST_LINK_TYPES = 16;

    long streams;
    long smb1Messages;
    long smb2Messages;
    long exchanges;
    long unanswered;
    long encryptedMessages;
    long encryptedStreams;
    long compressedMessages;
    long lostBytes;
    long shortFrames;
    long fragments;
    long droppedMessages;
    long forgottenStreams;
    private final Map<Integer, Long> unknownLinks = new TreeMap<>();

    void unknownLink(int linkType) {
        if (unknownLinks.containsKey(linkType) || unknownLinks.size() < MOST_LINK_TYPES) {
            unknownLinks.merge(linkType, 1L, Long::sum);
        }
    }

    CaptureSummary summary(Provenance seenAt, long frames, long bytes, List<String> damage) {
        List<String> notes = new ArrayList<>(damage);
        unknownLinks.forEach((type, count) -> notes.add(count + " frames are of link type " + type + ", which is not supported"));
        addIf(notes, encryptedMessages, " SMB3 messages on " + encryptedStreams
                + " connections are encrypted: referrals in them cannot be seen");
        addIf(notes, compressedMessages, " SMB3 messages are compressed and were not read");
        addIf(notes, fragments, " IP fragments were not put together");
        addIf(notes, droppedMessages, " SMB messages are damaged or larger than any referral, and were not read");
        addIf(notes, lostBytes, " bytes of SMB connections are missing from the capture; referrals in them cannot be seen");
        addIf(notes, forgottenStreams, " connections were put aside because too many were open at once; referrals that span the"
                + " moment may be missing");
        return new CaptureSummary(seenAt, frames, bytes, streams, smb1Messages, smb2Messages, exchanges, unanswered,
                encryptedMessages, encryptedStreams, compressedMessages, lostBytes, shortFrames, fragments, droppedMessages,
                notes);
    }

    private static void addIf(List<String> notes, long count, String text) {
        if (count > 0) {
            notes.add(count + text);
        }
    }
}
