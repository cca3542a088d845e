package dev.odometer.testkit.net;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;

/** Small things done with sockets. */
final class Sockets {
    private Sockets() {}

    static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @SuppressWarnings("EmptyCatch") // what cannot be closed is gone already
    static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // Gone already.
        }
    }

    /** Closes with a reset. */
    @SuppressWarnings("EmptyCatch") // what has no options left is closed already
    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            // Closed already.
        }
        closeQuietly(socket);
    }
}
