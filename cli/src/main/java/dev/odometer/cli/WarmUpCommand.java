package dev.odometer.cli;

import dev.odometer.cli.config.ConfigLoader;
import dev.odometer.cli.config.Setting;
import dev.odometer.cli.config.Settings;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.console.Surroundings;
import dev.odometer.cli.serve.Logs;
import dev.odometer.cli.serve.ServerStart;
import dev.odometer.server.OdometerServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Serves for a moment, in a temporary directory and on free ports, and runs the client commands against itself. The
 * launcher records from it which classes a start loads, and archives them.
 */
@Command(
        name = "warm-up",
        hidden = true,
        description = "Load what a start loads; the launcher records an archive from it.")
public final class WarmUpCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    /** Creates the command. */
    public WarmUpCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        Path data = Files.createTempDirectory("odometer-warm-up");
        try {
            Map<Setting, String> flags = Map.of(
                    Setting.DATA, data.resolve("data").toString(), Setting.HTTP_PORT, "0", Setting.REDIS_PORT, "0");
            Settings settings = ConfigLoader.load(flags, null, Map.of());
            Logs.level("warn");
            ServerStart start = ServerStart.start(settings, (message, cause) -> {});
            try (OdometerServer server = start.server()) {
                talk(server);
            }
        } finally {
            delete(data);
        }
        return ExitCode.OK;
    }

    private void talk(OdometerServer server) throws IOException {
        Map<String, String> environment = Map.of(
                "ODOMETER_URL", "http://127.0.0.1:" + server.httpAddress().getPort());
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        Surroundings inside = new Surroundings(
                new ByteArrayInputStream(new byte[0]),
                nowhere,
                nowhere,
                environment,
                surroundings.wallMillis(),
                surroundings.nanos(),
                surroundings.random(),
                surroundings.pause(),
                false);
        List<String[]> commands = List.of(
                new String[] {"add", "warm"},
                new String[] {"get", "warm"},
                new String[] {"list"},
                new String[] {"export"},
                new String[] {"watch", "--count", "1"},
                new String[] {"serve", "--print-config"},
                new String[] {"help"});
        for (String[] command : commands) {
            Commands.run(inside, command);
        }
        redis(server.redisAddress());
    }

    private static void redis(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write("*2\r\n$4\r\nINCR\r\n$4\r\nwarm\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            if (socket.getInputStream().read() != ':') {
                throw new IOException("the Redis protocol did not answer with a number");
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
