package dev.odometer.systemtests.client;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * A bare socket for bytes that no client would send. Texts are ISO 8859-1: a character is a byte. Used by one thread.
 */
public final class ByteWire implements Closeable {
    private static final int MOST = 1 << 20;

    private final Socket socket;
    private boolean closedByServer;

    /** Connects to a port of this machine. */
    public ByteWire(int port) throws IOException {
        socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2_000);
        socket.setTcpNoDelay(true);
    }

    /** Sends; returns false where the server has closed the connection before all was sent. */
    public boolean send(byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (SocketException e) {
            return false; // what it said is still there to read
        }
    }

    /** Says that nothing follows, as a client does that is done. */
    public void endOutput() throws IOException {
        if (!socket.isOutputShutdown()) {
            try {
                socket.shutdownOutput();
            } catch (SocketException e) {
                closedByServer = true;
            }
        }
    }

    /** Reads until the server closes, or says nothing for {@code quietMillis}. */
    public String receive(int quietMillis) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        socket.setSoTimeout(quietMillis);
        byte[] buffer = new byte[8_192];
        try {
            while (received.size() < MOST) {
                int count = in.read(buffer);
                if (count < 0) {
                    closedByServer = true;
                    break;
                }
                received.write(buffer, 0, count);
            }
        } catch (SocketTimeoutException e) {
            // It says no more.
        } catch (SocketException e) {
            closedByServer = true;
        }
        return received.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads until {@code enough} has arrived, the server closes, or it says nothing for {@code quietMillis}. */
    public String receiveUntil(String enough, int quietMillis) throws IOException {
        StringBuilder received = new StringBuilder();
        InputStream in = socket.getInputStream();
        socket.setSoTimeout(quietMillis);
        try {
            while (received.indexOf(enough) < 0 && received.length() < MOST) {
                int b = in.read();
                if (b < 0) {
                    closedByServer = true;
                    break;
                }
                received.append((char) b);
            }
        } catch (SocketTimeoutException e) {
            // It says no more.
        } catch (SocketException e) {
            closedByServer = true;
        }
        return received.toString();
    }

    /** Reads so many bytes, or fewer where the server closes or says nothing for {@code quietMillis}. */
    public String receiveBytes(int count, int quietMillis) throws IOException {
        byte[] bytes = new byte[count];
        int read = 0;
        socket.setSoTimeout(quietMillis);
        try {
            while (read < count) {
                int some = socket.getInputStream().read(bytes, read, count - read);
                if (some < 0) {
                    closedByServer = true;
                    break;
                }
                read += some;
            }
        } catch (SocketTimeoutException e) {
            // It says no more.
        } catch (SocketException e) {
            closedByServer = true;
        }
        return new String(bytes, 0, read, StandardCharsets.ISO_8859_1);
    }

    /** Whether the server was seen to close the connection. */
    public boolean isClosedByServer() {
        return closedByServer;
    }

    /** The socket, for what only it can do. */
    public Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
