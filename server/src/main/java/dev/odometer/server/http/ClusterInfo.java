package dev.odometer.server.http;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What HTTP says about the nodes and who serves what. Called on the engine's thread; must neither block nor
 * throw.
 */
public interface ClusterInfo {
    /** Why this node should not be sent requests; null where it may. */
    @Nullable
    String notReady();

    /** Brings the meters of the cluster up to date, before they are shown. */
    void refreshMeters();

    /** The cluster as this node sees it. Fails with a store's exception where the shards' heads cannot be read. */
    CompletionStage<ClusterDescription> describe();
}
