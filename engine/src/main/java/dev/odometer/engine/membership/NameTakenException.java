package dev.odometer.engine.membership;

/**
 * Another live process is a member under the name that this one wanted. Nothing was changed; the node must not start.
 */
public final class NameTakenException extends MembershipException {
    private static final long serialVersionUID = 1L;

    private final transient Member other;

    /** Creates the exception; {@code other} is the member that has the name. */
    public NameTakenException(Member other) {
        super("another live process is the node \"" + other.name() + "\": node address " + other.address()
                + orNothing(", HTTP ", other.httpAddress()) + orNothing(", Redis ", other.redisAddress())
                + ", version " + other.version() + ". Nothing was changed. Stop that process, or give this one a"
                + " name of its own");
        this.other = other;
    }

    /** The member that has the name. */
    public Member other() {
        return other;
    }

    private static String orNothing(String label, String address) {
        return address.isEmpty() ? "" : label + address;
    }
}
