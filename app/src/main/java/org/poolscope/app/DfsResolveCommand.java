package org.poolscope.app;

import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.StatusCode;
import org.poolscope.dfs.client.SmbServers;
import org.poolscope.dfs.resolve.CachedReferral;
import org.poolscope.dfs.resolve.DfsResolver;
import org.poolscope.dfs.resolve.DfsServers;
import org.poolscope.dfs.resolve.DomainCache;
import org.poolscope.dfs.resolve.ExpiryPolicy;
import org.poolscope.dfs.resolve.MultipleUncProvider;
import org.poolscope.dfs.resolve.ReferralCache;
import org.poolscope.dfs.resolve.Resolution;
import org.poolscope.dfs.resolve.Resolution.Outcome;
import org.poolscope.dfs.resolve.ResolutionStep;
import org.poolscope.dfs.resolve.UncRouter;
import org.poolscope.model.Quantity;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope dfs resolve}: follow a path through a live namespace. */
@Command(name = "resolve", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Follow a path through a live DFS namespace, step by step.",
        description = {"Does what a Windows client does with a UNC path: asks the network providers in order, follows root and link referrals",
            "with its referral cache and domain cache, tries the targets, and shows every step. Several paths share the caches."},
        footer = {"", "Examples:", "  poolscope dfs resolve '\\\\fs1\\dfs\\projects\\plan.txt'",
            "  poolscope dfs resolve //corp.example/public/x --dc dc1.corp.example --user 'CORP\\anna'",
            "  poolscope dfs resolve //dfslab/dfs/link1 --port 1445 --at dfslab=127.0.0.1 --format json",
            "Exit status: 0 each path leads to something, 1 one does not."})
final class DfsResolveCommand implements Callable<Integer> {

    @Parameters(paramLabel = "UNC", arity = "1..*", description = "Paths: \\\\server\\share\\file, or //server/share/file.")
    private List<String> paths;

    @Option(names = "--dc", paramLabel = "SERVER", description = "A domain controller to learn the names of trusted domains from.")
    private String controller;

    @Option(names = "--domain", paramLabel = "NAME", description = "The name of a domain, where no domain controller tells. May be repeated.")
    private List<String> domainNames = List.of();

    @Option(names = "--providers", paramLabel = "NAMES", split = ",", defaultValue = "dfs,smb",
            description = "The network providers in the order they are asked (default: ${DEFAULT-VALUE}).")
    private List<String> providers;

    @Option(names = "--cache", paramLabel = "N", defaultValue = "1000", description = "Most entries of the referral cache (default: ${DEFAULT-VALUE}).")
    private int cacheSize;

    @Option(names = "--times", paramLabel = "N", defaultValue = "1", description = "Resolve the paths so many times, to see the caches at work.")
    private int times;

    @Mixin
    private ServerAccess access;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    /** A path and what became of it. */
    private record Followed(String path, Resolution resolution) {
    }

    @Override
    public Integer call() throws Exception {
        if (cacheSize < 1 || times < 1) {
            throw new ParameterException(command.commandLine(), "--cache and --times take 1 or more");
        }
        for (String path : paths) {
            if (DfsPath.of(path).components() < 2) {
                throw new ParameterException(command.commandLine(), "'" + path + "' is not a UNC path such as \\\\server\\share\\file");
            }
        }
        try (SmbServers servers = access.servers()) {
            ReferralCache cache = new ReferralCache(cacheSize);
            DomainCache domains = new DomainCache();
            domainNames.forEach(domains::addDomain);
            DfsResolver resolver = new DfsResolver(servers, cache, domains, ExpiryPolicy.SOFT, System::currentTimeMillis);
            learnDomains(resolver, servers);
            MultipleUncProvider mup = provider(resolver, servers);
            List<Followed> all = new ArrayList<>();
            for (int round = 0; round < times; round++) {
                for (String path : paths) {
                    all.add(new Followed(path, mup.resolve(path)));
                }
            }
            print(all, mup, cache, domains, servers);
            return all.stream().allMatch(one -> isGood(one.resolution())) ? 0 : 1;
        }
    }

    private MultipleUncProvider provider(DfsResolver resolver, SmbServers servers) {
        try {
            return new MultipleUncProvider(providers, resolver, servers, System::currentTimeMillis);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    private void learnDomains(DfsResolver resolver, SmbServers servers) {
        if (controller != null) {
            long status = resolver.learnDomains(controller);
            if (status != DfsServers.SUCCESS) {
                command.commandLine().getErr().println("poolscope: " + Plain.text(controller + " does not tell the trusted domains: "
                        + StatusCode.text(status) + servers.trouble(controller).map(why -> ", " + why).orElse("")));
            }
        }
    }

    private static boolean isGood(Resolution resolution) {
        return resolution.status() == DfsServers.SUCCESS && resolution.outcome() != Outcome.FAILED && resolution.outcome() != Outcome.LOOP;
    }

    private void print(List<Followed> all, MultipleUncProvider mup, ReferralCache cache, DomainCache domains, SmbServers servers)
            throws IOException {
        if (output.isJson()) {
            output.document(json -> {
                json.writeArrayFieldStart("paths");
                for (Followed one : all) {
                    write(json, one);
                }
                json.writeEndArray();
                writeCaches(json, mup, cache, domains);
            });
            return;
        }
        for (Followed one : all) {
            printText(one, servers);
        }
        List<String> held = new ArrayList<>();
        cache.entries().forEach(entry -> held.add(entry.prefix() + " (" + kind(entry) + ", " + entry.ttlSeconds() + " s, "
                + Quantity.count(entry.targets().size(), "target", "targets") + ", first " + entry.hint().path() + ")"));
        output.line("Referral cache: " + (held.isEmpty() ? "empty" : Quantity.count(held.size(), "entry", "entries")));
        for (String entry : held) {
            output.line("  " + Plain.text(entry));
        }
        if (!domains.isEmpty()) {
            output.line(Plain.text("Domain cache: " + String.join(", ", domains.names().stream().sorted().toList())));
        }
        output.flush();
    }

    private void printText(Followed one, SmbServers servers) throws IOException {
        output.line(Plain.text(one.path()));
        int number = 1;
        for (ResolutionStep step : one.resolution().steps()) {
            output.line(String.format("  %2d. %-16s %s", number++, label(step.action()), Plain.text(step.subject() + " -> " + step.result())));
            if (step.action() == ResolutionStep.Action.TRY || step.action() == ResolutionStep.Action.ASK) {
                String host = step.action() == ResolutionStep.Action.ASK ? step.subject() : DfsPath.of(step.subject()).component(0);
                String why = servers.trouble(host).orElse("");
                if (!why.isEmpty()) {
                    output.line("                       (" + Plain.text(host + ": " + why) + ")");
                }
            }
        }
        output.line("  " + Plain.text(result(one.resolution())));
    }

    private static String result(Resolution resolution) {
        String status = StatusCode.text(resolution.status());
        return switch (resolution.outcome()) {
            case RESOLVED -> "Leads to " + resolution.path().orElseThrow();
            case NOT_DFS -> resolution.status() == DfsServers.SUCCESS ? "Not in a namespace: used as it stands"
                    : "Not in a namespace, and cannot be used: " + status;
            case FAILED -> "Leads nowhere: " + status;
            case LOOP -> "Leads round in circles: a program gets " + status;
        };
    }

    private static String kind(CachedReferral entry) {
        return entry.isRoot() ? "root" : entry.isInterlink() ? "link to another namespace" : "link";
    }

    private static void write(JsonGenerator json, Followed one) throws IOException {
        json.writeStartObject();
        text(json, "unc", one.path());
        text(json, "outcome", word(one.resolution().outcome()));
        text(json, "path", one.resolution().path().orElse(null));
        text(json, "status", String.format("0x%08x", one.resolution().status()));
        json.writeArrayFieldStart("steps");
        for (ResolutionStep step : one.resolution().steps()) {
            json.writeStartObject();
            text(json, "action", word(step.action()));
            text(json, "subject", step.subject());
            text(json, "result", step.result());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeCaches(JsonGenerator json, MultipleUncProvider mup, ReferralCache cache, DomainCache domains) throws IOException {
        json.writeArrayFieldStart("referralCache");
        for (CachedReferral entry : cache.entries()) {
            json.writeStartObject();
            text(json, "path", entry.prefix());
            text(json, "kind", entry.isRoot() ? "root" : entry.isInterlink() ? "interlink" : "link");
            json.writeNumberField("ttlSeconds", entry.ttlSeconds());
            json.writeArrayFieldStart("targets");
            for (CachedReferral.Target target : entry.targets()) {
                json.writeStartObject();
                text(json, "path", target.path());
                json.writeNumberField("set", target.set());
                json.writeBooleanField("hint", target.equals(entry.hint()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("domainCache");
        for (String name : domains.names().stream().sorted().toList()) {
            json.writeStartObject();
            text(json, "name", name);
            json.writeArrayFieldStart("controllers");
            for (String each : domains.controllers(name)) {
                json.writeString(each);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("prefixCache");
        for (UncRouter.Claim claim : mup.prefixes()) {
            json.writeStartObject();
            text(json, "prefix", claim.prefix());
            text(json, "provider", claim.provider().name());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String label(ResolutionStep.Action action) {
        return switch (action) {
            case LOOK_UP_PREFIX -> "prefix cache";
            case LOOK_UP -> "referral cache";
            case DOMAIN -> "domain cache";
            case ASK -> "ask server";
            case ASK_PROVIDER -> "provider";
            case REMEMBER -> "remember";
            case REWRITE -> "rewrite path";
            case TRY -> "try";
            case GO_ON -> "next namespace";
            case END -> "end";
        };
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
