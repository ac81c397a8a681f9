package org.poolscope.dfs.client;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.StatusCode;
import org.poolscope.dfs.audit.AuditFinding;
import org.poolscope.dfs.audit.DfsAudit;
import org.poolscope.dfs.client.ProbeQuestion.Aim;
import org.poolscope.dfs.message.ReferralRequest;
import org.poolscope.dfs.resolve.DfsServers;
import org.poolscope.model.EvidenceException;

/**
 * Tests a live DFS server with one root: every referral level, buffers too small, paths of odd forms, names below links, links that
 * do not exist, the extended request, requests that are none. All answers are audited, and held against what each question should
 * get. Reads only; a sound server is none the worse for it.
 */
public final class ServerProbe {

    /** Folders of the root asked for, to find its links. */
    private static final int MOST_FOLDERS = 200;
    private static final int USUAL_LEVEL = 4;
    /** Rules on requests: here the odd requests are our own. */
    private static final Set<String> ON_REQUESTS = Set.of("request-form", "request-level");

    private final SmbServers servers;
    private final String server;
    private final String root;
    private final List<ProbeAnswer> answers = new ArrayList<>();
    private final List<String> folders = new ArrayList<>();
    private final DfsAudit audit = new DfsAudit();

    /** A probe of {@code \server\root}. */
    public ServerProbe(SmbServers servers, DfsPath namespace) {
        if (namespace.components() != 2) {
            throw new IllegalArgumentException("a probe takes \\\\server\\root, not " + namespace);
        }
        this.servers = servers;
        this.server = namespace.component(0);
        this.root = namespace.toString();
    }

    /**
     * Asks all questions.
     *
     * @param named links to ask about, by their paths below the root; those that show as folders of the root are found anyway
     * @throws EvidenceException when the server cannot be reached, or has no such root
     */
    public ProbeReport run(List<String> named) throws EvidenceException {
        // the time of the first answer shall not be that of connecting
        servers.share(server, "IPC$");
        ProbeAnswer first = ask(ProbeQuestion.of(Aim.ROOT, "root, level 4", USUAL_LEVEL, root));
        if (!first.exchange().succeeded()) {
            String trouble = servers.trouble(server).orElse(null);
            throw new EvidenceException(Path.of(root), "", trouble != null ? "the server cannot be asked: " + trouble
                    : first.status() == 0 ? "the server's first reply is no referral that can be read"
                            : "the server gives no referral for this root: " + StatusCode.text(first.status()),
                    SmbServers.isLogonFailure(first.status()) ? "Check the user and the password"
                            : "Name a namespace root as \\\\server\\root, and --user when the server wants one");
        }
        List<ProbeAnswer> links = findLinks(named);
        askAboutRoot();
        links.stream().max(Comparator.comparingInt(ServerProbe::worth)).ifPresent(this::askAboutLink);
        askForNothing();
        askBroken();
        links.stream().findFirst().ifPresent(link -> ask(ProbeQuestion.of(Aim.STILL_THERE, "link again, after all that", USUAL_LEVEL,
                link.path())));
        return report(links);
    }

    /** The link to ask about: with targets that make sense, the more the better. */
    private static int worth(ProbeAnswer link) {
        boolean sound = link.targets().stream().allMatch(target -> DfsPath.of(target).components() >= 2);
        return sound ? link.entries() : 0;
    }

    private List<ProbeAnswer> findLinks(List<String> named) {
        Set<String> names = new LinkedHashSet<>(named);
        servers.folders(server, DfsPath.of(root).component(1)).stream().sorted().limit(MOST_FOLDERS).forEach(names::add);
        List<ProbeAnswer> links = new ArrayList<>();
        for (String name : names) {
            DfsPath path = DfsPath.of(root + "\\" + name);
            ProbeAnswer answer = ask(ProbeQuestion.of(Aim.LINK, "link, level 4", USUAL_LEVEL, path.toString()));
            // a success without a target is no refusal: it is what is to be found
            if (answer.exchange().succeeded() && answer.dfsPath().map(DfsPath::components).orElse(3) > 2) {
                links.add(answer);
            } else if (!named.contains(name)) {
                folders.add(name);
            }
        }
        return links;
    }

    private void askAboutRoot() {
        for (int level : new int[] {0, 1, 2, 3, 5, 0xffff}) {
            ask(ProbeQuestion.of(Aim.ROOT, "root, level " + level, level, root));
        }
        odd("root", root);
        ask(ProbeQuestion.of(Aim.FOREIGN_NAME, "root of another server's name", USUAL_LEVEL, "\\" + nameFor("server") + root.substring(
                root.indexOf('\\', 1))));
    }

    private void askAboutLink(ProbeAnswer known) {
        String link = known.path();
        for (int level : new int[] {0, 1, 2, 3, 5, 0xffff}) {
            ask(ProbeQuestion.of(Aim.LINK, "link, level " + level, level, link));
        }
        below(link, "folder", "\\folder");
        below(link, "file", "\\a\\b\\c\\file.jpg");
        below(link, "another file", "\\a\\b\\c\\other.jpg");
        below(link, "link and a separator", "\\");
        below(link, "200 components", "\\x".repeat(200));
        farBelow(link, "a path of 30,000 characters", ("\\" + "y".repeat(99)).repeat(300));
        below(link, "Greek, Chinese, and beyond 16 bits", "\\\u03a9\u03bc\u03ad\u03b3\u03b1\\\u4e2d\u6587\\\ud83d\ude00.txt");
        farBelow(link, "half a surrogate pair", "\\lone\ud800.txt");
        ask(ProbeQuestion.of(Aim.LETTER_CASE, "link in capitals", USUAL_LEVEL, link.toUpperCase(Locale.ROOT)));
        ask(ProbeQuestion.of(Aim.LETTER_CASE, "link in small letters", USUAL_LEVEL, link.toLowerCase(Locale.ROOT)));
        odd("link", link);
        int whole = known.exchange().rawReply().length;
        for (int buffer : new int[] {0, 4, 8, 16, 40, 100, 200, whole - 2, whole - 1}) {
            if (buffer >= 0 && buffer < whole) {
                ask(new ProbeQuestion(Aim.SHORT_BUFFER, "link, buffer of " + buffer + " bytes", false, new ReferralRequest(USUAL_LEVEL,
                        link).encode(), buffer));
            }
        }
        ask(new ProbeQuestion(Aim.LINK, "link, buffer of just the " + whole + " bytes needed", false, new ReferralRequest(USUAL_LEVEL,
                link).encode(), whole));
        extended("link", new ReferralRequest(USUAL_LEVEL, link, true, Optional.empty()).encode());
        extended("link, with a site", new ReferralRequest(USUAL_LEVEL, link, true, Optional.of("Default-First-Site-Name")).encode());
        byte[] wrong = new ReferralRequest(USUAL_LEVEL, link, true, Optional.empty()).encode();
        wrong[8] = (byte) 0xfe;
        wrong[9] = (byte) 0xff;
        ask(new ProbeQuestion(Aim.BROKEN, "extended, with a length of 65534", true, wrong, SmbServers.LARGEST_BUFFER));
    }

    private void below(String link, String what, String rest) {
        ask(ProbeQuestion.of(Aim.BELOW_LINK, "below the link: " + what, USUAL_LEVEL, link + rest));
    }

    private void farBelow(String link, String what, String rest) {
        ask(ProbeQuestion.of(Aim.FAR_BELOW_LINK, "below the link: " + what, USUAL_LEVEL, link + rest));
    }

    private void odd(String what, String path) {
        ask(ProbeQuestion.of(Aim.ODD_FORM, what + ", no leading backslash", USUAL_LEVEL, path.substring(1)));
        ask(ProbeQuestion.of(Aim.ODD_FORM, what + ", two leading backslashes", USUAL_LEVEL, "\\" + path));
        ask(ProbeQuestion.of(Aim.ODD_FORM, what + ", backslash at the end", USUAL_LEVEL, path + "\\"));
        ask(ProbeQuestion.of(Aim.ODD_FORM, what + ", two backslashes at the end", USUAL_LEVEL, path + "\\\\"));
        int last = path.lastIndexOf('\\');
        ask(ProbeQuestion.of(Aim.ODD_FORM, what + ", doubled backslash inside", USUAL_LEVEL, path.substring(0, last) + "\\" + path.substring(last)));
        ask(ProbeQuestion.of(Aim.ODD_FORM, what + ", forward slashes", USUAL_LEVEL, path.replace('\\', '/')));
    }

    private void askForNothing() {
        ask(ProbeQuestion.of(Aim.NOTHING, "link that does not exist", USUAL_LEVEL, root + "\\" + nameFor("link")));
        ask(ProbeQuestion.of(Aim.NOTHING, "path below a link that does not exist", USUAL_LEVEL, root + "\\" + nameFor("link") + "\\a\\b.txt"));
        ask(ProbeQuestion.of(Aim.NOTHING, "namespace that does not exist", USUAL_LEVEL, "\\" + server + "\\" + nameFor("root")));
        ask(ProbeQuestion.of(Aim.NOTHING, "IPC$", USUAL_LEVEL, "\\" + server + "\\IPC$"));
        ask(ProbeQuestion.of(Aim.ODD_FORM, "empty path (trusted domains)", 3, ""));
        ask(ProbeQuestion.of(Aim.ODD_FORM, "a backslash alone", USUAL_LEVEL, "\\"));
        ask(ProbeQuestion.of(Aim.ODD_FORM, "the server alone (domain controllers)", 3, "\\" + server));
    }

    private void askBroken() {
        byte[] request = new ReferralRequest(USUAL_LEVEL, root).encode();
        ask(new ProbeQuestion(Aim.BROKEN, "root, without the NUL at the end", false, Arrays.copyOf(request, request.length - 2),
                SmbServers.LARGEST_BUFFER));
        ask(new ProbeQuestion(Aim.BROKEN, "root, cut inside a character", false, Arrays.copyOf(request, request.length - 3),
                SmbServers.LARGEST_BUFFER));
        ask(new ProbeQuestion(Aim.BROKEN, "a level and nothing else", false, new byte[] {4, 0}, SmbServers.LARGEST_BUFFER));
        ask(new ProbeQuestion(Aim.BROKEN, "one byte", false, new byte[] {4}, SmbServers.LARGEST_BUFFER));
    }

    private void extended(String what, byte[] request) {
        ask(new ProbeQuestion(Aim.EXTENDED, "extended request: " + what, true, request, SmbServers.LARGEST_BUFFER));
    }

    private static String nameFor(String what) {
        return "no-such-" + what + "-as-this";
    }

    private ProbeAnswer ask(ProbeQuestion question) {
        long before = System.nanoTime();
        DfsServers.Answer answer = servers.exchange(server, question.extended(), question.request(), question.buffer());
        long millis = (System.nanoTime() - before) / 1_000_000;
        int number = answers.size() + 1;
        ReferralExchange exchange = ReferralExchange.live(root, "question " + number + " (" + question.what() + ")", question.extended(), question.request(),
                question.buffer(), answer.status(), answer.reply());
        ProbeAnswer made = new ProbeAnswer(number, question, exchange, millis);
        answers.add(made);
        return made;
    }

    private ProbeReport report(List<ProbeAnswer> links) {
        for (ProbeAnswer answer : answers) {
            if (!ProbeJudge.isSilence(answer)) {
                audit.take(answer.exchange());
            }
        }
        audit.endOfFile();
        List<AuditFinding> findings = new ArrayList<>(audit.findings().stream().filter(one -> !ON_REQUESTS.contains(one.rule())).toList());
        findings.addAll(new ProbeJudge(answers).findings());
        links.stream().max(Comparator.comparingInt(ServerProbe::worth)).ifPresent(link ->
                findings.addAll(ProbeJudge.ofOpening(servers, DfsPath.of(root), DfsPath.of(link.path()))));
        findings.sort(Comparator.comparing(AuditFinding::severity).reversed());
        List<String> paths = new ArrayList<>();
        links.stream().sorted(Comparator.comparingInt(ServerProbe::worth).reversed()).forEach(link -> paths.add(link.path()));
        return new ProbeReport(root, servers.dialect(server).orElse(""), paths, folders, answers, findings);
    }
}
