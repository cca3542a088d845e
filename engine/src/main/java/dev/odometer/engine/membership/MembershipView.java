package dev.odometer.engine.membership;

import java.util.Comparator;
import java.util.List;

/**
 * Who is alive, as far as a node knows. Immutable.
 *
 * @param members the members, one for each name, sorted by name
 * @param state what the members are worth, and whether the others see this node
 */
public record MembershipView(List<Member> members, State state) {
    /** What a node knows about its own membership. */
    public enum State {
        /** Not yet a member. The members are those seen so far. */
        JOINING,
        /** A member, confirmed within the session timeout, and the members are no older than that. */
        JOINED,
        /**
         * It was a member, but the coordinator has not confirmed the session within its timeout: it cannot be
         * reached, or this process was paused. The last known members stand. The others may or may not see this node.
         */
        SUSPENDED,
        /**
         * The session is gone and the others have seen this node go; it is rejoining. The members are the current
         * ones.
         */
        LOST,
        /** It left on purpose, or the membership was closed. The last known members stand. */
        LEFT
    }

    /** Sorts the members by name and checks that each name is there once. */
    public MembershipView {
        members = members.stream().sorted(Comparator.comparing(Member::name)).toList();
        for (int i = 1; i < members.size(); i++) {
            if (members.get(i).name().equals(members.get(i - 1).name())) {
                throw new IllegalArgumentException(
                        "two members are named " + members.get(i).name());
            }
        }
    }

    /** The same members in another state. */
    public MembershipView in(State other) {
        return other == state ? this : new MembershipView(members, other);
    }
}
