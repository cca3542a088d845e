package dev.odometer.testkit.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** Moves the bytes of one direction of one connection, as the rules say. Runs on a thread of its own. */
final class Pump implements Runnable {
    static final int BUFFER_BYTES = 64 * 1024;

    private final Socket from;
    private final Socket to;
    private final Rules rules;
    private final Runnable whenEnded;
    private volatile boolean ended;

    Pump(Socket from, Socket to, Rules rules, Runnable whenEnded) {
        this.from = from;
        this.to = to;
        this.rules = rules;
        this.whenEnded = whenEnded;
    }

    boolean isEnded() {
        return ended;
    }

    @Override
    public void run() {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                int forwarded = rules.pass(read);
                if (forwarded > 0) {
                    out.write(buffer, 0, forwarded);
                    out.flush();
                }
            }
            // An orderly end of one direction: the other may still have something to say.
            to.shutdownOutput();
        } catch (IOException e) {
            // One side is gone: so is this direction, and what the other side sends has nowhere to go.
            Sockets.closeQuietly(from);
            Sockets.closeQuietly(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
            whenEnded.run();
        }
    }
}
