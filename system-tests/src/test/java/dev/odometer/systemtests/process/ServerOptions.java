package dev.odometer.systemtests.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a server is started. Immutable.
 *
 * @param data its data directory
 * @param bind the address to listen on
 * @param httpPort the port of HTTP; 0 for any
 * @param redisPort the port of the Redis protocol; 0 for any
 * @param javaOptions options of its JVM
 * @param flags more flags of {@code serve}
 * @param environment more variables of its environment
 */
public record ServerOptions(
        Path data,
        String bind,
        int httpPort,
        int redisPort,
        String javaOptions,
        List<String> flags,
        Map<String, String> environment) {
    private static final String SMALL = "-Xmx256m -ea:dev.odometer...";

    /** On any free ports, with a small heap and assertions on. */
    public static ServerOptions on(Path data) {
        return new ServerOptions(data, "127.0.0.1", 0, 0, SMALL, List.of(), Map.of());
    }

    /** The same on ports that stay the same over restarts. */
    public ServerOptions onPorts(int http, int redis) {
        return new ServerOptions(data, bind, http, redis, javaOptions, flags, environment);
    }

    /** The same on another address. */
    public ServerOptions boundTo(String address) {
        return new ServerOptions(data, address, httpPort, redisPort, javaOptions, flags, environment);
    }

    /** The same with other options of the JVM. */
    public ServerOptions withJavaOptions(String options) {
        return new ServerOptions(data, bind, httpPort, redisPort, options, flags, environment);
    }

    /** The same with more flags. */
    public ServerOptions with(String... more) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(List.of(more));
        return new ServerOptions(data, bind, httpPort, redisPort, javaOptions, List.copyOf(all), environment);
    }

    /** The same with these variables of its environment. */
    public ServerOptions withEnvironment(Map<String, String> variables) {
        return new ServerOptions(data, bind, httpPort, redisPort, javaOptions, flags, Map.copyOf(variables));
    }

    /** The same in another data directory. */
    public ServerOptions in(Path directory) {
        return new ServerOptions(directory, bind, httpPort, redisPort, javaOptions, flags, environment);
    }

    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "serve",
                "--bind",
                bind,
                "--http-port",
                String.valueOf(httpPort),
                "--redis-port",
                String.valueOf(redisPort),
                "--data",
                data.toString()));
        arguments.addAll(flags);
        return arguments;
    }
}
