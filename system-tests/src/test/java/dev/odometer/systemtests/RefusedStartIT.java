package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.process.Commands;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.ServerProcess;
import dev.odometer.systemtests.process.Servers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Starts that must not be: each ends at once, with a message that says what to do and an exit code that scripts can
 * use.
 */
@Timeout(120)
class RefusedStartIT {
    private static final int USAGE = 2;
    private static final int IO = 74;
    private static final int TRY_AGAIN = 75;
    private static final int CONFIG = 78;

    @RegisterExtension
    final Servers servers = Servers.ofTest();

    @Test
    void aSecondServerOnTheSameDataIsToldWhoHoldsIt() throws IOException {
        ServerOptions options = ServerOptions.on(data());
        ServerProcess first = servers.start(options);
        new HttpWire(first.httpPort()).add("orders", 3, null);
        refused(options, TRY_AGAIN, "in use", String.valueOf(first.pid()));
        assertThat(new HttpWire(first.httpPort()).add("orders", 1, null).value())
                .isEqualTo(4);

        first.kill9();
        ServerProcess next = servers.start(options);
        assertThat(new HttpWire(next.httpPort()).value("orders"))
                .as("the lock ends with its process")
                .hasValue(4);
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(servers.port(), 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            refused(ServerOptions.on(data()).onPorts(taken.getLocalPort(), 0), CONFIG, port);
            refused(ServerOptions.on(data()).onPorts(0, taken.getLocalPort()), CONFIG, port);
        }
        servers.start(ServerOptions.on(data()));
    }

    @Test
    void anAddressOfAnotherMachineIsNamed() {
        refused(ServerOptions.on(data()).boundTo("192.0.2.1"), CONFIG, "192.0.2.1");
    }

    @Test
    void aFileInTheWayOfTheDataDirectoryIsNamed() throws IOException {
        Path file = Files.writeString(servers.folder().resolve("file"), "not a directory");
        refused(ServerOptions.on(file), CONFIG, file.toString());
        refused(ServerOptions.on(file.resolve("data")), IO, file.toString());
        assertThat(file).hasContent("not a directory");
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsNamed() throws IOException {
        Path mounted = Files.createDirectory(servers.folder().resolve("read-only"));
        Commands.Result mount = Commands.run("mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", mounted.toString());
        assumeTrue(mount.exitCode() == 0, () -> "mounting needs root: " + mount.err());
        servers.afterwards(() -> Commands.run("umount", mounted.toString()).orFail());
        refused(ServerOptions.on(mounted), IO, mounted.toString());
        refused(ServerOptions.on(mounted.resolve("data")), IO, mounted.toString());
    }

    @Test
    void aDirectoryOfSomethingElseIsLeftAlone() throws IOException {
        Path other = Files.createDirectory(servers.folder().resolve("other"));
        Files.writeString(other.resolve("letter.txt"), "dear");
        Commands.Result result = refused(ServerOptions.on(other), CONFIG, other.toString());
        assertThat(result.err()).contains("letter.txt");
        assertThat(other.resolve("letter.txt")).hasContent("dear");
    }

    @Test
    void anotherShardCountThanTheStoredOneIsRefused() throws IOException {
        ServerProcess first = servers.start(ServerOptions.on(data()).with("--shards", "4"));
        new HttpWire(first.httpPort()).add("orders", 3, null);
        first.kill9();
        refused(ServerOptions.on(data()).with("--shards", "8"), CONFIG, "4", "8");
        ServerProcess again = servers.start(ServerOptions.on(data()).with("--shards", "4"));
        assertThat(new HttpWire(again.httpPort()).value("orders")).hasValue(3);
    }

    @Test
    void anUnknownSettingOfTheFileIsNamed() throws IOException {
        Path file = Files.writeString(servers.folder().resolve("odometer.yaml"), "http-prot: 7600\n");
        refused(ServerOptions.on(data()).with("--config", file.toString()), CONFIG, "http-prot", "http-port");
        Files.writeString(file, "http-port: nonsense\nshards: -1\n");
        refused(ServerOptions.on(data()).with("--config", file.toString()), CONFIG, "nonsense", "-1");
        Files.writeString(file, "{{{");
        refused(ServerOptions.on(data()).with("--config", file.toString()), CONFIG, file.toString());
        refused(ServerOptions.on(data()).with("--config", file + ".absent"), CONFIG, file + ".absent");
        assertThat(data()).doesNotExist();
    }

    @Test
    void anUnknownFlagIsNamed() {
        refused(ServerOptions.on(data()).with("--http-prot", "1"), USAGE, "--http-prot");
        refused(ServerOptions.on(data()).with("stray"), USAGE, "stray");
        assertThat(data()).doesNotExist();
    }

    private Path data() {
        return servers.folder().resolve("data");
    }

    private Commands.Result refused(ServerOptions options, int exitCode, String... words) {
        Commands.Result result = servers.refused(options);
        assertThat(result.err())
                .contains(List.of(words))
                .doesNotContain("\tat ")
                .doesNotContain("Exception");
        assertThat(result.out()).as("no banner").isEmpty();
        assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
        return result;
    }
}
