package dev.odometer.testkit.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FaultProxyTest {
    /** How long a test watches that nothing comes. Too short can only hide a fault, never show one that is not. */
    private static final int QUIET_MILLIS = 100;

    private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private FaultProxy proxy;

    /** Answers each byte with its upper case, and remembers what came. */
    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Sockets.daemon("server", () -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Sockets.daemon("echo", () -> echo(socket));
                } catch (IOException e) {
                    return;
                }
            }
        });
        proxy = FaultProxy.to((InetSocketAddress) server.getLocalSocketAddress());
    }

    private void echo(Socket socket) {
        try (socket) {
            for (int b = socket.getInputStream().read();
                    b >= 0;
                    b = socket.getInputStream().read()) {
                arrived.add(String.valueOf((char) b));
                socket.getOutputStream().write(Character.toUpperCase(b));
            }
        } catch (IOException e) {
            arrived.add("reset");
        }
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(proxy.address());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String receive(Socket socket, int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    private static void assertNothingComes(Socket socket) throws IOException {
        socket.setSoTimeout(QUIET_MILLIS);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(20_000);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void forwards_both_ways() throws Exception {
        try (Socket one = connect();
                Socket two = connect()) {
            send(one, "abc");
            send(two, "x");
            assertThat(receive(one, 3)).isEqualTo("ABC");
            assertThat(receive(two, 1)).isEqualTo("X");
            assertThat(proxy.connections()).isEqualTo(2);
        }
        await(() -> proxy.connections() == 0);
    }

    @Test
    void an_end_of_the_requests_lets_the_answers_through() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "abc");
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("ABC");
        }
    }

    @Test
    void delays() throws Exception {
        proxy.delayRequests(Duration.ofMillis(60));
        proxy.delayAnswers(Duration.ofMillis(60));
        try (Socket socket = connect()) {
            long start = System.nanoTime();
            send(socket, "a");
            assertThat(receive(socket, 1)).isEqualTo("A");
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(120));
        }
    }

    @Test
    void holds_requests_and_lets_them_go() throws Exception {
        try (Socket socket = connect()) {
            proxy.holdRequests();
            send(socket, "a");
            await(() -> proxy.heldRequestBytes() == 1);
            assertThat(arrived).isEmpty();
            proxy.release();
            assertThat(receive(socket, 1)).isEqualTo("A");
            assertThat(proxy.heldRequestBytes()).isZero();
        }
    }

    @Test
    void a_held_request_arrives_also_where_its_client_has_gone() throws Exception {
        proxy.holdRequests();
        try (Socket socket = connect()) {
            send(socket, "a");
            await(() -> proxy.heldRequestBytes() == 1);
        }
        assertThat(arrived).isEmpty();
        proxy.release();
        assertThat(arrived.poll(20, TimeUnit.SECONDS)).isEqualTo("a");
    }

    @Test
    void holds_answers_and_lets_them_go() throws Exception {
        try (Socket socket = connect()) {
            proxy.holdAnswers();
            send(socket, "a");
            assertThat(arrived.poll(20, TimeUnit.SECONDS)).isEqualTo("a");
            await(() -> proxy.heldAnswerBytes() == 1);
            assertNothingComes(socket);
            proxy.release();
            assertThat(receive(socket, 1)).isEqualTo("A");
        }
    }

    @Test
    void drops_answers_to_requests_that_arrive() throws Exception {
        try (Socket socket = connect()) {
            proxy.dropAnswers();
            send(socket, "a");
            assertThat(arrived.poll(20, TimeUnit.SECONDS)).isEqualTo("a");
            await(() -> proxy.droppedAnswerBytes() == 1);
            assertNothingComes(socket);
            proxy.forwardAnswers();
            assertThatThrownBy(() -> {
                        send(socket, "b");
                        if (socket.getInputStream().read() < 0) {
                            throw new IOException("closed");
                        }
                    })
                    .as("a connection with a gap is cut")
                    .isInstanceOf(IOException.class);
        }
        try (Socket socket = connect()) {
            send(socket, "c");
            assertThat(receive(socket, 1)).isEqualTo("C");
        }
    }

    @Test
    void drops_answers_after_some_bytes() throws Exception {
        try (Socket socket = connect()) {
            proxy.dropAnswersAfter(2);
            send(socket, "abcd");
            assertThat(receive(socket, 2)).isEqualTo("AB");
            await(() -> proxy.droppedAnswerBytes() == 2);
            assertNothingComes(socket);
        }
    }

    @Test
    void drops_requests() throws Exception {
        try (Socket socket = connect()) {
            proxy.dropRequests();
            send(socket, "a");
            assertNothingComes(socket);
            assertThat(arrived).isEmpty();
        }
    }

    @Test
    void cuts_connections() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "a");
            assertThat(receive(socket, 1)).isEqualTo("A");
            proxy.cutConnections();
            assertThatThrownBy(() -> {
                        if (socket.getInputStream().read() < 0) {
                            throw new IOException("closed");
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        await(() -> proxy.connections() == 0);
    }

    @Test
    void refuses_connections_and_takes_them_again() throws Exception {
        proxy.refuseConnections();
        assertThatThrownBy(() -> {
                    try (Socket socket = connect()) {
                        send(socket, "a");
                        if (socket.getInputStream().read() < 0) {
                            throw new IOException("closed");
                        }
                    }
                })
                .isInstanceOf(IOException.class);
        proxy.heal();
        try (Socket socket = connect()) {
            send(socket, "a");
            assertThat(receive(socket, 1)).isEqualTo("A");
        }
    }

    @Test
    void a_server_that_is_not_there_ends_the_clients_connection() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket briefly = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = (InetSocketAddress) briefly.getLocalSocketAddress();
        }
        try (FaultProxy lonely = FaultProxy.to(nobody);
                Socket socket = new Socket(
                        lonely.address().getAddress(), lonely.address().getPort())) {
            socket.setSoTimeout(20_000);
            assertThatThrownBy(() -> {
                        if (socket.getInputStream().read() < 0) {
                            throw new IOException("closed");
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void closing_ends_everything_also_what_is_held() throws Exception {
        try (Socket socket = connect()) {
            proxy.holdRequests();
            send(socket, "a");
            await(() -> proxy.heldRequestBytes() == 1);
            proxy.close();
            proxy.close();
            await(() -> proxy.connections() == 0);
            assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
        }
    }
}
