package dev.odometer.testkit.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a client and a server on TCP, and forwards bytes both ways unless it is told otherwise: it can delay
 * them, hold them and let them go, drop them from some point on, cut connections and refuse new ones. Bytes are never
 * doubled, reordered or changed: it behaves as a network that TCP runs on may.
 *
 * <p>The <em>requests</em> are the bytes that the client sends, the <em>answers</em> those that the server sends.
 * What is set applies to all connections, those that are open and those to come, until it is set otherwise.
 *
 * <p>Thread-safe. At most {@value #MAX_CONNECTIONS} connections, each with two threads and a buffer of {@value
 * Pump#BUFFER_BYTES} bytes for each direction; what is held beyond them waits at its sender.
 */
public final class FaultProxy implements AutoCloseable {
    /** The most connections at once; further ones are closed when they come. */
    public static final int MAX_CONNECTIONS = 256;

    private static final int CONNECT_MILLIS = 5_000;

    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final Rules requests = new Rules();
    private final Rules answers = new Rules();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;
    private volatile boolean closed;

    /** One client's connection, and the one to the server that it is forwarded to. */
    private record Connection(Socket client, Socket server) {
        void close() {
            Sockets.closeQuietly(client);
            Sockets.closeQuietly(server);
        }

        /** Ends both sides such that their peers see a reset rather than an orderly end. */
        void reset() {
            Sockets.reset(client);
            Sockets.reset(server);
        }
    }

    private FaultProxy(ServerSocket listener, InetSocketAddress target) {
        this.listener = listener;
        this.target = target;
    }

    /** A proxy in front of {@code target}, on any free port of 127.0.0.1. */
    public static FaultProxy to(InetSocketAddress target) {
        return listeningOn(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), target);
    }

    /** A proxy in front of {@code target} on an address of its own. */
    public static FaultProxy listeningOn(InetSocketAddress address, InetSocketAddress target) {
        try {
            ServerSocket listener = new ServerSocket();
            listener.bind(address, 128);
            FaultProxy proxy = new FaultProxy(listener, target);
            Sockets.daemon("fault-proxy-" + listener.getLocalPort(), proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + address, e);
        }
    }

    /** Where clients connect to. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Where connections are forwarded to. */
    public InetSocketAddress target() {
        return target;
    }

    /** How many connections are open. */
    public int connections() {
        return connections.size();
    }

    // Delays.

    /** Forwards each piece of what clients send only after so long; zero for at once. */
    public void delayRequests(Duration delay) {
        requests.delay(delay);
    }

    /** Forwards each piece of what the server sends only after so long; zero for at once. */
    public void delayAnswers(Duration delay) {
        answers.delay(delay);
    }

    // Holding: nothing is lost, and nothing moves.

    /** Forwards nothing more to the server until {@link #release}. */
    public void holdRequests() {
        requests.hold();
    }

    /** Forwards nothing more to clients until {@link #release}. */
    public void holdAnswers() {
        answers.hold();
    }

    /** Forwards what was held, also of connections whose client has gone, and all that follows. */
    public void release() {
        requests.release();
        answers.release();
    }

    /** How many bytes clients have sent that have not been forwarded because of {@link #holdRequests}. */
    public long heldRequestBytes() {
        return requests.heldBytes();
    }

    /** How many bytes the server has sent that have not been forwarded because of {@link #holdAnswers}. */
    public long heldAnswerBytes() {
        return answers.heldBytes();
    }

    // Losing: requests arrive, answers do not.

    /** Takes what the server sends and forwards none of it, until {@link #forwardAnswers}. */
    public void dropAnswers() {
        answers.dropAfter(0);
    }

    /**
     * Forwards so many more bytes of what the server sends, over all connections, and then drops all that follows: an
     * answer may be cut in its middle.
     */
    public void dropAnswersAfter(long bytes) {
        answers.dropAfter(bytes);
    }

    /** Takes what clients send and forwards none of it, until {@link #forwardRequests}. */
    public void dropRequests() {
        requests.dropAfter(0);
    }

    /**
     * Forwards answers again. A connection of which something was dropped is cut, since no protocol can go on after a
     * gap.
     */
    public void forwardAnswers() {
        if (answers.keepAll()) {
            cutConnections();
        }
    }

    /** Forwards requests again; see {@link #forwardAnswers}. */
    public void forwardRequests() {
        if (requests.keepAll()) {
            cutConnections();
        }
    }

    /** How many bytes of answers were dropped since {@link #dropAnswers} or {@link #dropAnswersAfter}. */
    public long droppedAnswerBytes() {
        return answers.droppedBytes();
    }

    // Cutting.

    /** Resets all connections that are open. */
    public void cutConnections() {
        connections.forEach(Connection::reset);
    }

    /** Closes each new connection as soon as it comes, until {@link #acceptConnections}. */
    public void refuseConnections() {
        refusing = true;
    }

    /** Takes new connections again. */
    public void acceptConnections() {
        refusing = false;
    }

    /** Everything as at first; connections of which something was dropped are cut. */
    public void heal() {
        acceptConnections();
        delayRequests(Duration.ZERO);
        delayAnswers(Duration.ZERO);
        forwardRequests();
        forwardAnswers();
        release();
    }

    /** Ends all connections and listens no more. Idempotent. */
    @Override
    public void close() {
        closed = true;
        Sockets.closeQuietly(listener);
        requests.end();
        answers.end();
        connections.forEach(Connection::close);
    }

    private void accept() {
        while (!closed) {
            Socket client;
            try {
                client = listener.accept();
            } catch (IOException e) {
                return; // closed
            }
            if (refusing || connections.size() >= MAX_CONNECTIONS) {
                Sockets.reset(client);
            } else {
                open(client);
            }
        }
    }

    private void open(Socket client) {
        Socket server = new Socket();
        try {
            server.connect(target, CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException e) {
            Sockets.reset(client);
            Sockets.closeQuietly(server);
            return;
        }
        Connection connection = new Connection(client, server);
        connections.add(connection);
        List<Pump> pumps = new ArrayList<>();
        Runnable ended = () -> {
            synchronized (pumps) {
                if (pumps.stream().allMatch(Pump::isEnded)) {
                    connection.close();
                    connections.remove(connection);
                }
            }
        };
        synchronized (pumps) {
            pumps.add(new Pump(client, server, requests, ended));
            pumps.add(new Pump(server, client, answers, ended));
            pumps.forEach(pump -> Sockets.daemon("fault-proxy-pump", pump));
        }
        if (closed) {
            connection.close();
        }
    }
}
