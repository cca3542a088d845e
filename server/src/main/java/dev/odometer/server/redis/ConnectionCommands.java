package dev.odometer.server.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** The commands on the connection itself. */
final class ConnectionCommands {
    private static final String USER = "default";
    private static final byte[] RESET = Resp.ascii("+RESET\r\n");

    private ConnectionCommands() {}

    static void ping(RedisConnection connection, Arguments arguments) {
        if (arguments.count > 2) {
            connection.error(Errors.wrongArity("ping"));
        } else if (arguments.count == 2) {
            echo(connection, arguments);
        } else {
            connection.constant(Resp.PONG);
        }
    }

    static void echo(RedisConnection connection, Arguments arguments) {
        connection.reply(new ReplyBuilder(2).bulk(arguments.copy(1)).bytes());
    }

    static void quit(RedisConnection connection, Arguments arguments) {
        connection.constant(Resp.OK);
        connection.endAfterReplies();
    }

    static void reset(RedisConnection connection, Arguments arguments) {
        connection.info.reset();
        connection.constant(RESET);
    }

    /** There is one database, number 0. */
    static void select(RedisConnection connection, Arguments arguments) {
        if (!CounterCommands.isInteger(arguments, 1)) {
            connection.error(Errors.NOT_AN_INTEGER);
        } else if (CounterCommands.integer(arguments, 1) != 0) {
            connection.error(Errors.DB_INDEX);
        } else {
            connection.constant(Resp.OK);
        }
    }

    /** AUTH [user] password. */
    static void auth(RedisConnection connection, Arguments arguments) {
        if (arguments.count > 3) {
            connection.error(Errors.SYNTAX);
            return;
        }
        String password = connection.state.config.password();
        if (arguments.count == 2 && password == null) {
            connection.error(Errors.NO_PASSWORD_SET);
            return;
        }
        boolean user = arguments.count == 2 || arguments.text(1).equals(USER);
        if (user && matches(password, arguments, arguments.count - 1)) {
            connection.info.authenticated();
            connection.constant(Resp.OK);
        } else {
            connection.error(Errors.WRONG_PASSWORD);
        }
    }

    /** As in Redis, where no password is set any will do. */
    private static boolean matches(@Nullable String password, Arguments arguments, int index) {
        return password == null
                || MessageDigest.isEqual(password.getBytes(StandardCharsets.UTF_8), arguments.copy(index));
    }

    /** HELLO [2 | 3 [AUTH user password] [SETNAME name]]. */
    static void hello(RedisConnection connection, Arguments arguments) {
        int protocol = connection.info.protocol();
        if (arguments.count > 1) {
            if (!CounterCommands.isInteger(arguments, 1)) {
                connection.error(Errors.PROTOCOL_NOT_AN_INTEGER);
                return;
            }
            long wanted = CounterCommands.integer(arguments, 1);
            if (wanted != 2 && wanted != 3) {
                connection.error(Errors.NO_PROTOCOL);
                return;
            }
            protocol = (int) wanted;
        }
        byte[] error = helloOptions(connection, arguments);
        if (error != null) {
            connection.error(error);
            return;
        }
        connection.info.protocol(protocol);
        connection.reply(new ReplyBuilder(protocol)
                .map(7)
                .bulk("server")
                .bulk("odometer")
                // Clients decide by it which of Redis's features they use.
                .bulk("version")
                .bulk(InfoCommand.REDIS_VERSION)
                .bulk("proto")
                .integer(protocol)
                .bulk("id")
                .integer(connection.info.id())
                .bulk("mode")
                .bulk("standalone")
                .bulk("role")
                .bulk("master")
                .bulk("modules")
                .array(0)
                .bytes());
    }

    private static byte @Nullable [] helloOptions(RedisConnection connection, Arguments arguments) {
        boolean authenticates = false;
        String name = null;
        for (int i = 2; i < arguments.count; i++) {
            int more = arguments.count - 1 - i;
            if (arguments.is(i, "AUTH") && more >= 2) {
                if (!arguments.text(i + 1).equals(USER)
                        || !matches(connection.state.config.password(), arguments, i + 2)) {
                    return Errors.WRONG_PASSWORD;
                }
                authenticates = true;
                i += 2;
            } else if (arguments.is(i, "SETNAME") && more >= 1) {
                name = arguments.text(i + 1);
                if (!isName(name)) {
                    return Errors.BAD_CLIENT_NAME;
                }
                i++;
            } else {
                return Resp.error("ERR Syntax error in HELLO option '" + arguments.text(i) + "'");
            }
        }
        if (!authenticates && !connection.info.isAuthenticated()) {
            return Errors.HELLO_NO_AUTH;
        }
        if (authenticates) {
            connection.info.authenticated();
        }
        if (name != null) {
            connection.info.name(name);
        }
        return null;
    }

    /** Whether a client may call itself, or its library, so: printable, without spaces; at most 128 characters. */
    static boolean isName(String name) {
        return name.length() <= 128 && name.chars().allMatch(c -> c >= '!' && c <= '~');
    }
}
