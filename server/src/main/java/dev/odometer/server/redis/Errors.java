package dev.odometer.server.redis;

import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.InvalidKeyException;

/** Error replies: Redis's own texts where Redis has the error. */
final class Errors {
    static final byte[] NOT_AN_INTEGER = Resp.error("ERR value is not an integer or out of range");
    static final byte[] OVERFLOW = Resp.error("ERR increment or decrement would overflow");
    static final byte[] DECREMENT_OVERFLOW = Resp.error("ERR decrement would overflow");
    static final byte[] SYNTAX = Resp.error("ERR syntax error");
    static final byte[] NO_EXPIRY =
            Resp.error("ERR counters do not expire: EX, PX, EXAT and PXAT are not supported; nothing was changed");
    static final byte[] NO_AUTH = Resp.error("NOAUTH Authentication required.");
    static final byte[] WRONG_PASSWORD = Resp.error("WRONGPASS invalid username-password pair or user is disabled.");
    static final byte[] NO_PASSWORD_SET = Resp.error("ERR AUTH <password> called without any password configured for"
            + " the default user. Are you sure your configuration is correct?");
    static final byte[] HELLO_NO_AUTH = Resp.error("NOAUTH HELLO must be called with the client already authenticated,"
            + " otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and"
            + " select the RESP protocol version at the same time");
    static final byte[] NO_PROTOCOL = Resp.error("NOPROTO unsupported protocol version");
    static final byte[] PROTOCOL_NOT_AN_INTEGER = Resp.error("ERR Protocol version is not an integer or out of range");
    static final byte[] BAD_CLIENT_NAME =
            Resp.error("ERR Client names cannot contain spaces, newlines or special characters.");
    static final byte[] DB_INDEX = Resp.error("ERR DB index is out of range");
    static final byte[] INVALID_CURSOR = Resp.error("ERR invalid cursor");
    static final byte[] TOO_MANY_CLIENTS = Resp.error("ERR max number of clients reached");
    static final byte[] HELD_INPUT_FULL =
            Resp.error("TRYAGAIN too much input waits in this server; this command was not run, connect again later");

    private static final byte[] BUSY =
            Resp.error("TRYAGAIN too many operations wait in this server; nothing was changed, try again");
    private static final byte[] UNAVAILABLE =
            Resp.error("TRYAGAIN the store takes no operations at the moment; nothing was changed, try again");
    private static final byte[] STOPPING =
            Resp.error("TRYAGAIN the server is stopping; nothing was changed, try again elsewhere or later");
    private static final byte[] WINDOW_FULL =
            Resp.error("TRYAGAIN the memory for idempotency keys is full; nothing was changed, try again later");
    private static final byte[] CONFLICT =
            Resp.error("IDEMPOTENCYCONFLICT the ID was used before with another key or delta; nothing was changed");
    private static final byte[] EXPIRED =
            Resp.error("IDEMPOTENCYEXPIRED the ID is too old, or too far in the future, to judge; nothing was changed");
    // Not TRYAGAIN: some clients repeat that by themselves, and this operation may have been counted.
    private static final byte[] UNKNOWN = Resp.error(
            "INDOUBT the shard was lost before the answer came; this operation may or may not have taken effect");
    private static final byte[] UNKNOWN_KEYED = Resp.error("TRYAGAIN the shard was lost before the answer came; this"
            + " operation may have been counted, and the same command with the same ID settles it");
    private static final byte[] IMPOSSIBLE = Resp.error("ERR internal error: unexpected answer");

    private Errors() {}

    /** The reply for an operation, with an idempotency key or without, that was not done, or not surely. */
    static byte[] of(Outcome outcome, boolean keyed) {
        return switch (outcome) {
            case OVERFLOW -> OVERFLOW;
            case BUSY -> BUSY;
            case UNAVAILABLE -> UNAVAILABLE;
            case STOPPING -> STOPPING;
            case WINDOW_FULL -> WINDOW_FULL;
            case CONFLICT -> CONFLICT;
            case EXPIRED -> EXPIRED;
            case UNKNOWN -> keyed ? UNKNOWN_KEYED : UNKNOWN;
            case VALUE, DELETED, ABSENT, NOT_APPLIED, OUT_OF_SEQUENCE -> IMPOSSIBLE;
        };
    }

    static byte[] wrongArity(String fullName) {
        return Resp.error("ERR wrong number of arguments for '" + fullName + "' command");
    }

    static byte[] invalidKey(InvalidKeyException why) {
        return Resp.error("ERR invalid key: " + why.getMessage());
    }

    static byte[] unknownSubcommand(String name, String command) {
        return Resp.error("ERR unknown subcommand '" + shortened(name, 128) + "'. Try " + command + " HELP.");
    }

    static byte[] unknownCommand(Arguments arguments) {
        StringBuilder rest = new StringBuilder();
        for (int i = 1; i < arguments.count && rest.length() < 128; i++) {
            rest.append('\'')
                    .append(shortened(arguments.text(i), 128 - rest.length()))
                    .append("' ");
        }
        return Resp.error(
                "ERR unknown command '" + shortened(arguments.text(0), 128) + "', with args beginning with: " + rest);
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }
}
