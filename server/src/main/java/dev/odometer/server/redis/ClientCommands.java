package dev.odometer.server.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The subcommands of CLIENT that client libraries need. */
final class ClientCommands {
    private ClientCommands() {}

    static void id(RedisConnection connection, Arguments arguments) {
        connection.integer(connection.info.id());
    }

    static void getName(RedisConnection connection, Arguments arguments) {
        String name = connection.info.name();
        ReplyBuilder reply = new ReplyBuilder(connection.info.protocol());
        connection.reply((name.isEmpty() ? reply.nil() : reply.bulk(name)).bytes());
    }

    static void setName(RedisConnection connection, Arguments arguments) {
        String name = arguments.text(2);
        if (!ConnectionCommands.isName(name)) {
            connection.error(Errors.BAD_CLIENT_NAME);
            return;
        }
        connection.info.name(name);
        connection.constant(Resp.OK);
    }

    /** CLIENT SETINFO LIB-NAME | LIB-VER text, of Redis 7.2. */
    static void setInfo(RedisConnection connection, Arguments arguments) {
        String text = arguments.text(3);
        boolean name = arguments.is(2, "LIB-NAME");
        if (!name && !arguments.is(2, "LIB-VER")) {
            connection.error(Resp.error("ERR Unrecognized option '" + arguments.text(2) + "'"));
        } else if (!ConnectionCommands.isName(text)) {
            connection.error(Resp.error("ERR " + arguments.text(2).toLowerCase(Locale.ROOT)
                    + " cannot contain spaces, newlines or special characters."));
        } else {
            if (name) {
                connection.info.library(text);
            } else {
                connection.info.libraryVersion(text);
            }
            connection.constant(Resp.OK);
        }
    }

    static void info(RedisConnection connection, Arguments arguments) {
        connection.reply(new ReplyBuilder(connection.info.protocol())
                .verbatim(line(connection))
                .bytes());
    }

    /** CLIENT LIST [TYPE type] [ID id ...]. */
    static void list(RedisConnection connection, Arguments arguments) {
        List<RedisConnection> listed = listed(connection.state, arguments);
        if (listed == null) {
            connection.error(Errors.SYNTAX);
            return;
        }
        StringBuilder lines = new StringBuilder();
        listed.forEach(each -> lines.append(line(each)));
        connection.reply(new ReplyBuilder(connection.info.protocol())
                .verbatim(lines.toString())
                .bytes());
    }

    private static @Nullable List<RedisConnection> listed(RedisState state, Arguments arguments) {
        if (arguments.count == 2) {
            return List.copyOf(state.connections.values());
        }
        if (arguments.count == 4 && arguments.is(2, "TYPE")) {
            return arguments.is(3, "NORMAL") ? List.copyOf(state.connections.values()) : List.of();
        }
        if (arguments.count < 4 || !arguments.is(2, "ID")) {
            return null;
        }
        List<RedisConnection> listed = new ArrayList<>();
        for (int i = 3; i < arguments.count; i++) {
            if (!CounterCommands.isInteger(arguments, i)) {
                return null;
            }
            RedisConnection found = state.connections.get(CounterCommands.integer(arguments, i));
            if (found != null) {
                listed.add(found);
            }
        }
        return listed;
    }

    private static String line(RedisConnection connection) {
        return connection.info.line(
                connection.state.environment.nanos(), connection.heldBytes(), connection.owedReplies());
    }

    /** CLIENT NO-EVICT ON | OFF: nothing is evicted anyway. */
    static void noEvict(RedisConnection connection, Arguments arguments) {
        if (arguments.is(2, "ON") || arguments.is(2, "OFF")) {
            connection.constant(Resp.OK);
        } else {
            connection.error(Errors.SYNTAX);
        }
    }
}
