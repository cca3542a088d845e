package dev.odometer.cluster;

import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.MembershipView;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may call this node: members, and those who were members not long ago, for a node whose session is lost goes on
 * asking. A caller proves that it is one by its incarnation, which only those know who can read the coordinator.
 * Thread-safe.
 */
public final class Callers {
    private static final long REMEMBERED_NANOS = 3_600_000_000_000L;
    private static final int MAX_REMEMBERED = 1_000;

    private final Member self;
    private final LongSupplier nanos;
    private final Map<String, Known> known = new LinkedHashMap<>(); // guarded by this; by name and incarnation

    private record Known(Member member, long seenNanos) {}

    Callers(Member self, LongSupplier nanos) {
        this.self = self;
        this.nanos = nanos;
    }

    synchronized void update(MembershipView view) {
        long now = nanos.getAsLong();
        for (Member member : view.members()) {
            String id = member.name() + '/' + member.incarnation();
            known.remove(id); // so that the oldest are the first
            known.put(id, new Known(member, now));
        }
        Iterator<Known> all = known.values().iterator();
        while (all.hasNext()) {
            Known oldest = all.next();
            if (now - oldest.seenNanos < REMEMBERED_NANOS && known.size() <= MAX_REMEMBERED) {
                break;
            }
            all.remove();
        }
    }

    /** The member that a caller proves to be; null where it proves nothing. */
    public synchronized @Nullable Member caller(String name, String incarnation) {
        Member found = null;
        for (Known one : known.values()) {
            if (one.member.name().equals(name) && same(one.member.incarnation(), incarnation)) {
                found = one.member;
            }
        }
        return found;
    }

    /** Whether a call is meant for this very process. */
    public boolean isForMe(String incarnation) {
        return same(self.incarnation(), incarnation);
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
