package dev.odometer.cli.client;

import dev.odometer.cli.client.Remote.Patience;
import dev.odometer.cli.config.Values;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import dev.odometer.engine.model.InvalidKeyException;
import dev.odometer.engine.model.Key;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands that talk to a server have in common. */
public abstract class ClientCommand implements Callable<Integer> {
    private static final String DEFAULT_URL = "http://127.0.0.1:7600";
    private static final Patience DEFAULT_PATIENCE = new Patience(Duration.ofSeconds(2), Duration.ofSeconds(10));

    /** The command that picocli parsed. */
    @Spec
    @SuppressWarnings("NullAway.Init")
    protected CommandSpec spec;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Where the server is. Default: ODOMETER_URL, or " + DEFAULT_URL + ".")
    private @Nullable String url;

    @Option(names = "--json", description = "Answer in JSON, one document a line.")
    private boolean json;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "How long to go on trying. Default: 2s where nobody listens, otherwise 10s.")
    private @Nullable String timeout;

    private final Surroundings surroundings;

    ClientCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Does it, and returns the exit code. */
    abstract int run(Remote remote) throws Exception;

    @Override
    public final Integer call() throws Exception {
        int exitCode = run(new Remote(uri(), patience(), surroundings));
        surroundings.out().flush();
        return exitCode;
    }

    /** Another server than the one at {@code --url}, with the same patience. */
    final Remote at(String address) {
        return new Remote(URI.create(address), patience(), surroundings);
    }

    final Surroundings surroundings() {
        return surroundings;
    }

    /** Whether to answer in JSON. */
    public final boolean isJson() {
        return json;
    }

    final void print(String line) {
        surroundings.out().println(line);
    }

    final ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** The key, if it is one: the server would refuse it too, but with a counter's path that says less. */
    final String key(String text) {
        try {
            return Key.of(text).toString();
        } catch (InvalidKeyException e) {
            throw usage("'" + text + "' cannot be a counter's key: " + e.getMessage());
        }
    }

    final long number(String name, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw usage(name + " '" + text + "' is not a whole number of 64 bits");
        }
    }

    private Patience patience() {
        if (timeout == null) {
            return DEFAULT_PATIENCE;
        }
        try {
            Duration said = Values.duration(timeout, Duration.ofMillis(100), Duration.ofHours(1));
            return new Patience(said, said);
        } catch (IllegalArgumentException e) {
            throw usage("--timeout: '" + timeout + "' " + e.getMessage());
        }
    }

    private URI uri() {
        String variable = surroundings.environment().get("ODOMETER_URL");
        String text = url != null ? url : variable == null || variable.isEmpty() ? DEFAULT_URL : variable;
        try {
            URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null && uri.getQuery() == null && uri.getFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new CommandException(ExitCode.USAGE, badUrl(text), e);
        }
        throw new CommandException(ExitCode.USAGE, badUrl(text));
    }

    private String badUrl(String text) {
        String source = url != null ? "--url" : "ODOMETER_URL";
        return source + ": '" + text + "' is not an address such as " + DEFAULT_URL;
    }
}
