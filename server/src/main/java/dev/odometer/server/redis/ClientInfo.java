package dev.odometer.server.redis;

import org.jspecify.annotations.Nullable;

/**
 * What a connection knows of its client.
 *
 * <p>Used by the loop's thread only.
 */
final class ClientInfo {
    private final long id;
    private final String address;
    private final String localAddress;
    private final boolean needsPassword;
    private final long startNanos;

    private int protocol = 2;
    private boolean authenticated;
    private String name = "";
    private String library = "";
    private String libraryVersion = "";
    private @Nullable Command lastCommand;
    private long lastReadNanos;

    ClientInfo(long id, String address, String localAddress, boolean needsPassword, long nowNanos) {
        this.id = id;
        this.address = address;
        this.localAddress = localAddress;
        this.needsPassword = needsPassword;
        this.authenticated = !needsPassword;
        this.startNanos = nowNanos;
        this.lastReadNanos = nowNanos;
    }

    long id() {
        return id;
    }

    String address() {
        return address;
    }

    /** 2 or 3. */
    int protocol() {
        return protocol;
    }

    void protocol(int version) {
        protocol = version;
    }

    boolean isAuthenticated() {
        return authenticated;
    }

    void authenticated() {
        authenticated = true;
    }

    String name() {
        return name;
    }

    void name(String newName) {
        name = newName;
    }

    void library(String newLibrary) {
        library = newLibrary;
    }

    void libraryVersion(String version) {
        libraryVersion = version;
    }

    void lastCommand(Command command) {
        lastCommand = command;
    }

    long lastReadNanos() {
        return lastReadNanos;
    }

    void lastReadNanos(long nanos) {
        lastReadNanos = nanos;
    }

    /** As after connecting: RESP2, no name, and not authenticated where a password is set. */
    void reset() {
        protocol = 2;
        name = "";
        authenticated = !needsPassword;
    }

    /** The line of CLIENT INFO and CLIENT LIST. */
    String line(long nowNanos, int heldBytes, int owedReplies) {
        return "id=" + id + " addr=" + address + " laddr=" + localAddress + " fd=-1 name=" + name + " age="
                + (nowNanos - startNanos) / 1_000_000_000 + " idle=" + (nowNanos - lastReadNanos) / 1_000_000_000
                + " flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 qbuf=" + heldBytes + " oll=" + owedReplies
                + " cmd=" + (lastCommand == null ? "NULL" : lastCommand.fullName()) + " user=default redir=-1 resp="
                + protocol + " lib-name=" + library + " lib-ver=" + libraryVersion + "\n";
    }
}
