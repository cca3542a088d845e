package dev.odometer.cluster;

import dev.odometer.engine.assignment.Rendezvous;
import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.MembershipView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is to own which shard, as this node sees it: rendezvous hashing over the members that are neither suspected nor
 * leaving. Only the engine's thread.
 */
final class Assignment {
    private final Member self;
    private final @Nullable String[] owners;
    private final Map<String, Member> members = new HashMap<>();

    /** Processes that are to own nothing, by name. Those of another incarnation do not count. */
    private final Map<String, String> suspected = new HashMap<>();

    private final Map<String, String> leaving = new HashMap<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private MembershipView.State state = MembershipView.State.JOINING;
    private Set<String> live = Set.of();

    Assignment(Member self, int shards) {
        this.self = self;
        this.owners = new String[shards];
    }

    /** Runs the action after each change of an owner. */
    void onChange(Runnable action) {
        listeners.add(action);
    }

    void update(MembershipView view) {
        state = view.state();
        members.clear();
        view.members().forEach(member -> members.put(member.name(), member));
        suspected.entrySet().removeIf(entry -> !isMember(entry.getKey(), entry.getValue()));
        leaving.entrySet().removeIf(entry -> !isMember(entry.getKey(), entry.getValue()));
        compute();
    }

    void suspect(Member member) {
        if (isMember(member.name(), member.incarnation()) && !isSelf(member.name())) {
            suspected.put(member.name(), member.incarnation());
            compute();
        }
    }

    void trust(Member member) {
        if (suspected.remove(member.name(), member.incarnation())) {
            compute();
        }
    }

    /** The member is stopping: it is to own nothing any more, but is there still. */
    void leaves(Member member) {
        if (isMember(member.name(), member.incarnation())) {
            leaving.put(member.name(), member.incarnation());
            compute();
        }
    }

    /** The name of the process that is to own a shard; null where there is nobody. */
    @Nullable
    String owner(int shard) {
        return owners[shard];
    }

    /** Whether this process, and no other of its name, is to own a shard. */
    boolean isMine(int shard) {
        String owner = owners[shard];
        return owner != null && isSelf(owner);
    }

    /** Whether a member's name stands for this very process. */
    boolean isSelf(String name) {
        Member member = members.get(name);
        return member != null && member.sameProcess(self);
    }

    @Nullable
    Member member(String name) {
        return members.get(name);
    }

    /** The other processes that are members. */
    List<Member> others() {
        return members.values().stream()
                .filter(member -> !member.sameProcess(self))
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .toList();
    }

    boolean isSuspected(String name) {
        return suspected.containsKey(name);
    }

    /** Whether a node of that name is a member and not suspected, though it may be leaving. */
    boolean isThere(String name) {
        return members.containsKey(name) && !suspected.containsKey(name);
    }

    MembershipView.State state() {
        return state;
    }

    private boolean isMember(String name, String incarnation) {
        Member member = members.get(name);
        return member != null && member.incarnation().equals(incarnation);
    }

    private void compute() {
        Set<String> now = new HashSet<>(members.keySet());
        now.removeAll(suspected.keySet());
        now.removeAll(leaving.keySet());
        if (!now.equals(live)) {
            live = now;
            for (int i = 0; i < owners.length; i++) {
                owners[i] = Rendezvous.owner(i, now).orElse(null);
            }
        }
        // Also where the names are the same: a process may have been replaced by another of its name.
        listeners.forEach(Runnable::run);
    }
}
