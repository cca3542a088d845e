package dev.odometer.cli.serve;

import dev.odometer.cli.config.Setting;
import dev.odometer.cli.config.Settings;
import dev.odometer.cli.console.Version;
import dev.odometer.engine.EngineConfig;
import dev.odometer.server.FatalListener;
import dev.odometer.server.OdometerServer;
import dev.odometer.server.ServerConfig;
import dev.odometer.store.rocksdb.RocksStore;
import dev.odometer.store.rocksdb.RocksStoreConfig;
import dev.odometer.store.rocksdb.StoreEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A server that was started from settings.
 *
 * @param data the data directory, absolute
 * @param restoreNanos how long it took to open the data
 */
public record ServerStart(OdometerServer server, Path data, long restoreNanos) {
    /**
     * Opens the store and starts a server on it.
     *
     * @param fatal told where the server can promise nothing more
     * @throws RuntimeException for what stops it; {@link StartFailures} explains
     */
    public static ServerStart start(Settings settings, FatalListener fatal) {
        Path data = Path.of(settings.text(Setting.DATA)).toAbsolutePath().normalize();
        RocksStoreConfig storeConfig = RocksStoreConfig.defaults(data)
                .withShards(settings.integer(Setting.SHARDS))
                .within(Runtime.getRuntime().maxMemory());
        ServerConfig server = config(settings);
        OdometerServer.preload();
        if (Files.notExists(data)) {
            // Only then: on a directory in use, that is what has to be told, not the port of its server.
            OdometerServer.checkDoors(server);
        }
        StoreEnvironment environment = StoreEnvironment.standard(fatal::fatal);
        RocksStore store = settings.isSaid(Setting.SHARDS)
                ? RocksStore.open(storeConfig, environment)
                : RocksStore.openAsStored(storeConfig, environment);
        return new ServerStart(OdometerServer.start(store, server, fatal), data, store.restoreNanos());
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
                engine);
    }
}
