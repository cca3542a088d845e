package dev.odometer.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Many connections of the Redis protocol with one command on its way on each, as that many clients that do not
 * pipeline. One thread serves all. Thread-safe.
 */
final class RespConnections implements AutoCloseable {
    private final Selector selector;
    private final List<Connection> connections = new ArrayList<>();
    private final Queue<Connection> idle = new ArrayDeque<>(); // the thread's alone
    private final Queue<Request> waiting = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "bench-resp");
    private volatile boolean closed;

    private record Request(ByteBuffer bytes, CompletableFuture<Boolean> done) {}

    private static final class Connection {
        final SocketChannel channel;
        final ByteBuffer in = ByteBuffer.allocate(512);
        CompletableFuture<Boolean> done = new CompletableFuture<>();

        Connection(SocketChannel channel) {
            this.channel = channel;
        }
    }

    RespConnections(int port, int count) throws IOException {
        selector = Selector.open();
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            Connection connection = new Connection(channel);
            channel.register(selector, SelectionKey.OP_READ, connection);
            connections.add(connection);
            idle.add(connection);
        }
        thread.setDaemon(true);
        thread.start();
    }

    /** Sends INCR for a counter when a connection is free; fails where the answer is not a number. */
    CompletionStage<Boolean> increment(int key) {
        ByteArrayOutputStream command = new ByteArrayOutputStream(64);
        RespClient.append(command, "INCR", CassandraLoad.key(key));
        Request request = new Request(ByteBuffer.wrap(command.toByteArray()), new CompletableFuture<>());
        waiting.add(request);
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
        return request.done();
    }

    private void run() {
        try {
            while (!closed) {
                while (!idle.isEmpty() && !waiting.isEmpty()) {
                    send(idle.remove(), waiting.remove());
                }
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    read((Connection) key.attachment());
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            RunOptions.progress("a connection to the server broke: %s", e);
            connections.forEach(connection -> connection.done.completeExceptionally(e));
        }
    }

    private static void send(Connection connection, Request request) throws IOException {
        connection.done = request.done();
        while (request.bytes().hasRemaining()) {
            connection.channel.write(request.bytes());
        }
    }

    private void read(Connection connection) throws IOException {
        ByteBuffer in = connection.in;
        if (connection.channel.read(in) < 0) {
            throw new IOException("the server closed a connection");
        }
        if (in.position() == 0 || in.get(in.position() - 1) != '\n') {
            return;
        }
        boolean number = in.get(0) == ':';
        in.clear();
        idle.add(connection);
        if (number) {
            connection.done.complete(true);
        } else {
            connection.done.completeExceptionally(new IOException("not a number"));
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Connection connection : connections) {
            connection.channel.close();
        }
        selector.close();
    }
}
