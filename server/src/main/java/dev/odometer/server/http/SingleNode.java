package dev.odometer.server.http;

import dev.odometer.engine.Engine;
import dev.odometer.engine.ShardStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A node that is alone and serves every shard. Only the engine's thread. */
public final class SingleNode implements ClusterInfo {
    private final Engine engine;
    private final ClusterDescription.Node self;

    /** The node as it describes itself. */
    public SingleNode(Engine engine, ClusterDescription.Node self) {
        this.engine = engine;
        this.self = self;
    }

    @Override
    public @Nullable String notReady() {
        List<ShardStatus> shards = engine.shards();
        long serving = shards.stream().filter(ShardStatus::serving).count();
        return serving < shards.size() ? serving + " of " + shards.size() + " shards are served." : null;
    }

    @Override
    public void refreshMeters() {
        // There is no cluster.
    }

    @Override
    public CompletionStage<ClusterDescription> describe() {
        List<ClusterDescription.Shard> shards = new ArrayList<>();
        for (ShardStatus shard : engine.shards()) {
            shards.add(new ClusterDescription.Shard(
                    shard.shard(),
                    shard.serving() ? self.name() : "",
                    shard.epoch(),
                    shard.sequence(),
                    shard.counters()));
        }
        return CompletableFuture.completedFuture(
                new ClusterDescription(self.name(), "standalone", List.of(self), shards));
    }
}
