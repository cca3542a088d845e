package dev.odometer.cli.serve;

import dev.odometer.cli.config.Setting;
import dev.odometer.cli.config.Settings;
import dev.odometer.cli.console.Version;
import dev.odometer.cli.store.CassandraSettings;
import dev.odometer.cli.store.EmbeddedStore;
import dev.odometer.cli.store.OpenedStore;
import dev.odometer.engine.EngineConfig;
import dev.odometer.server.FatalListener;
import dev.odometer.server.OdometerServer;
import dev.odometer.server.ServerConfig;
import dev.odometer.server.cluster.ClusterSetup;
import java.nio.file.Files;
import java.time.Duration;

/**
 * A server that was started from settings.
 *
 * @param opened the store that it runs on; closed with the server
 */
public record ServerStart(OdometerServer server, OpenedStore opened) {
    /**
     * Opens the store and starts a server on it.
     *
     * @param fatal told where the server can promise nothing more
     * @throws RuntimeException for what stops it; {@link StartFailures} explains
     */
    public static ServerStart start(Settings settings, FatalListener fatal) {
        ClusterSettings.check(settings);
        ServerConfig server = config(settings);
        OdometerServer.preload();
        boolean embedded = settings.text(Setting.STORE).equals("embedded");
        if (!embedded || Files.notExists(EmbeddedStore.directory(settings))) {
            // Not on a directory in use: there, that is what has to be told, not the port of its server.
            OdometerServer.checkDoors(server);
        }
        OpenedStore opened = embedded
                ? EmbeddedStore.open(settings, fatal::fatal)
                : CassandraSettings.open(settings, fenced -> fatal.fatal(String.valueOf(fenced.getMessage()), fenced));
        ClusterSetup setup = ClusterSettings.isClustered(settings) ? ClusterSettings.setup(settings) : null;
        return new ServerStart(OdometerServer.start(opened.store(), server, setup, fatal), opened);
    }

    private static ServerConfig config(Settings settings) {
        EngineConfig engine = new EngineConfig(
                        settings.text(Setting.NODE_NAME),
                        settings.millis(Setting.IDEMPOTENCY_WINDOW),
                        settings.millis(Setting.REQUEST_ID_WINDOW),
                        settings.millis(Setting.SESSION_IDLE),
                        settings.integer(Setting.MAX_IDEMPOTENCY_KEYS),
                        settings.integer(Setting.CACHE_COUNTERS),
                        settings.integer(Setting.MAX_WAITING_OPERATIONS),
                        true)
                .within(Runtime.getRuntime().maxMemory());
        return new ServerConfig(
                Version.text(),
                settings.text(Setting.BIND),
                settings.integer(Setting.HTTP_PORT),
                settings.integer(Setting.REDIS_PORT),
                settings.flag(Setting.ALLOW_FLUSHALL),
                settings.textOrNull(Setting.REDIS_PASSWORD),
                Duration.ofMillis(settings.millis(Setting.DRAIN_DELAY)),
                engine);
    }
}
