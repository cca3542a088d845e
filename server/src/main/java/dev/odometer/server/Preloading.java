package dev.odometer.server;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.Server;
import dev.odometer.server.metrics.ServerMeters;

/**
 * Loads the classes of the doors while the store opens: both take a few tenths of a second, and on two processors
 * they need not wait for each other. Only makes a start quicker; what fails here fails again where it matters.
 */
final class Preloading implements Runnable {
    @Override
    public void run() {
        try {
            Server server = Server.builder()
                    .http(0)
                    .serviceUnder("/", (context, request) -> HttpResponse.of(200))
                    .build();
            server.close();
            new ServerMeters("preloading").close();
        } catch (RuntimeException | LinkageError e) {
            return; // the start meets it again, and tells
        }
    }
}
