package org.poolscope.dfs.resolve;

import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.message.ReferralRequest;

/** How a resolver reaches servers. */
public interface DfsServers {

    /** NTSTATUS of success. */
    long SUCCESS = 0;
    /** NTSTATUS of a server whose name covers only a part of the path: the rest is a link's. */
    long PATH_NOT_COVERED = 0xc000_0257L;
    /** NTSTATUS of a name that does not exist in a folder that does. */
    long OBJECT_NAME_NOT_FOUND = 0xc000_0034L;
    /** NTSTATUS of a user who may not. */
    long ACCESS_DENIED = 0xc000_0022L;
    /** NTSTATUS of a file that does not exist. */
    long NO_SUCH_FILE = 0xc000_000fL;
    /** NTSTATUS of a path that does not exist. */
    long OBJECT_PATH_NOT_FOUND = 0xc000_003aL;
    /** NTSTATUS of a reply that makes no sense. */
    long INVALID_NETWORK_RESPONSE = 0xc000_00c3L;
    /** NTSTATUS of a server that cannot be reached. */
    long BAD_NETWORK_PATH = 0xc000_00beL;

    /**
     * A server's answer.
     *
     * @param status NTSTATUS
     * @param reply the reply's bytes; none unless the status is success
     */
    record Answer(long status, byte[] reply) {
    }

    /**
     * Asks a server for a referral, with a buffer large enough for its reply. A server out of reach answers {@link
     * #BAD_NETWORK_PATH}.
     */
    Answer ask(String host, ReferralRequest request);

    /**
     * Tries to use a path: connects to its share and opens what lies below; returns the NTSTATUS. To a share that its server
     * marks as part of a namespace the whole path is named, so that the server can tell where a link begins.
     */
    long open(DfsPath path);
}
