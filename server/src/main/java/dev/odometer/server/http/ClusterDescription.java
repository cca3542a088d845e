package dev.odometer.server.http;

import java.util.List;

/**
 * The cluster as one node sees it. Immutable; holds no secret.
 *
 * @param self the node that says so
 * @param membership {@code standalone}, or what the node knows about its own membership: {@code joining},
 *     {@code joined}, {@code suspended}, {@code lost} or {@code left}
 */
public record ClusterDescription(String self, String membership, List<Node> members, List<Shard> shards) {
    /** Copies the lists. */
    public ClusterDescription {
        members = List.copyOf(members);
        shards = List.copyOf(shards);
    }

    /**
     * A member.
     *
     * @param state {@code live}, or {@code suspected} where nobody listens at its address
     * @param address where other nodes call it; empty where none can
     */
    public record Node(
            String name, String state, String address, String http, String redis, String version, long startedMillis) {}

    /**
     * A shard, as stored.
     *
     * @param owner the node that acquired it last
     */
    public record Shard(int shard, String owner, long epoch, long sequence, long counters) {}
}
