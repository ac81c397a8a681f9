package org.poolscope.dfs.resolve;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.message.ReferralRequest;

/** Servers whose answers a test writes down: by host, the longest prefix of the path asked for that it knows answers. */
final class MadeUpServers implements DfsServers {

    private final Map<String, Map<String, Answer>> answers = new HashMap<>();
    private final Map<String, Long> paths = new HashMap<>();
    final List<String> asked = new ArrayList<>();
    final List<String> opened = new ArrayList<>();

    MadeUpServers answers(String host, String path, ReferralReply reply) {
        answers.computeIfAbsent(host, any -> new HashMap<>()).put(DfsPath.of(path).folded(), new Answer(SUCCESS, reply.encode()));
        return this;
    }

    /** The status of everything at or below a path, unless a longer one says otherwise. */
    MadeUpServers opens(String path, long status) {
        paths.put(DfsPath.of(path).folded(), status);
        return this;
    }

    @Override
    public Answer ask(String host, ReferralRequest request) {
        asked.add(host + " " + request.path());
        Map<String, Answer> known = answers.get(host);
        if (known == null) {
            return new Answer(BAD_NETWORK_PATH, new byte[0]);
        }
        DfsPath path = DfsPath.of(request.path());
        for (int count = path.components(); count >= 0; count--) {
            Answer answer = known.get(path.prefix(count).folded());
            if (answer != null && (count > 2 || count == path.components())) {
                return answer;
            }
        }
        return new Answer(0xc0000225L, new byte[0]);
    }

    @Override
    public long open(DfsPath path) {
        opened.add(path.toString());
        for (int count = path.components(); count >= 1; count--) {
            Long status = paths.get(path.prefix(count).folded());
            if (status != null) {
                return status;
            }
        }
        return BAD_NETWORK_PATH;
    }
}
