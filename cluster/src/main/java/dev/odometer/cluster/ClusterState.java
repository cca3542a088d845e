package dev.odometer.cluster;

import dev.odometer.engine.membership.MembershipView;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a node stands in its cluster. Immutable; holds no secret.
 *
 * @param self the node's own name
 * @param membership what the node knows about its own membership
 * @param members by name
 * @param owners for each shard the name of the member that is to own it; null where there is none
 * @param missing how many of the shards that are to be this node's it does not serve yet
 * @param forwarded how many operations were handed on to other nodes since the start
 * @param waiting how many of them wait for their answers
 * @param retries how many attempts were made again
 * @param calls how many calls to peers are on their way
 */
public record ClusterState(
        String self,
        MembershipView.State membership,
        List<Peer> members,
        List<@Nullable String> owners,
        int missing,
        long forwarded,
        int waiting,
        long retries,
        int calls) {
    /** Copies the lists. */
    public ClusterState {
        members = List.copyOf(members);
        owners = Collections.unmodifiableList(owners);
    }

    /**
     * Whether the node takes its part: it is a member, or was when the coordinator was last there, and serves its
     * share.
     */
    public boolean isReady() {
        return missing == 0
                && (membership == MembershipView.State.JOINED || membership == MembershipView.State.SUSPENDED);
    }

    /**
     * A member, without its secret.
     *
     * @param suspected whether this node takes it for dead, because nobody listens at its address
     */
    public record Peer(
            String name,
            String address,
            String httpAddress,
            String redisAddress,
            String version,
            long startedMillis,
            boolean suspected) {}
}
