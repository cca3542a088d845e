package dev.odometer.server.redis;

import java.util.ArrayList;
import java.util.List;

/** COMMAND and its subcommands: what this server understands, for clients that ask. */
final class CommandCommands {
    private CommandCommands() {}

    static void all(RedisConnection connection, Arguments arguments) {
        List<Command> all = connection.state.commands.all();
        ReplyBuilder reply = new ReplyBuilder(connection.info.protocol()).array(all.size());
        all.forEach(command -> describe(reply, command));
        connection.reply(reply.bytes());
    }

    static void count(RedisConnection connection, Arguments arguments) {
        connection.integer(connection.state.commands.all().size());
    }

    /** COMMAND INFO [name ...]. */
    static void info(RedisConnection connection, Arguments arguments) {
        if (arguments.count == 2) {
            all(connection, arguments);
            return;
        }
        ReplyBuilder reply = new ReplyBuilder(connection.info.protocol()).array(arguments.count - 2);
        for (int i = 2; i < arguments.count; i++) {
            Command command = connection.state.commands.find(arguments.text(i));
            if (command == null) {
                reply.nil();
            } else {
                describe(reply, command);
            }
        }
        connection.reply(reply.bytes());
    }

    /** COMMAND DOCS [name ...]: unknown names are left out. */
    static void docs(RedisConnection connection, Arguments arguments) {
        List<Command> wanted = new ArrayList<>();
        for (int i = 2; i < arguments.count; i++) {
            Command command = connection.state.commands.find(arguments.text(i));
            if (command != null) {
                wanted.add(command);
            }
        }
        if (arguments.count == 2) {
            wanted.addAll(connection.state.commands.all());
        }
        ReplyBuilder reply = new ReplyBuilder(connection.info.protocol()).map(wanted.size());
        wanted.forEach(command -> docs(reply, command));
        connection.reply(reply.bytes());
    }

    /** COMMAND LIST [FILTERBY PATTERN pattern]. */
    static void list(RedisConnection connection, Arguments arguments) {
        Glob pattern = new Glob(new byte[] {'*'});
        if (arguments.count > 2) {
            boolean understood = arguments.count == 5
                    && arguments.is(2, "FILTERBY")
                    && arguments.is(3, "PATTERN")
                    && arguments.lengths[4] <= Glob.MAX_BYTES;
            if (!understood) {
                connection.error(Errors.SYNTAX);
                return;
            }
            pattern = new Glob(arguments.copy(4));
        }
        List<String> names = new ArrayList<>();
        for (Command command : connection.state.commands.all()) {
            names.add(command.name());
            command.subcommands().forEach(subcommand -> names.add(subcommand.fullName()));
        }
        Glob wanted = pattern;
        names.removeIf(name -> !wanted.matches(Resp.ascii(name)));
        ReplyBuilder reply = new ReplyBuilder(connection.info.protocol()).array(names.size());
        names.forEach(reply::bulk);
        connection.reply(reply.bytes());
    }

    /** The HELP subcommand of a container. */
    static Command.Handler help(String container, String... lines) {
        return (connection, arguments) -> {
            ReplyBuilder reply = new ReplyBuilder(connection.info.protocol()).array(lines.length + 1);
            reply.simple(container + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
            for (String line : lines) {
                reply.simple(line);
            }
            connection.reply(reply.bytes());
        };
    }

    /** The ten elements of Redis 7. */
    private static void describe(ReplyBuilder reply, Command command) {
        Command.Keys keys = command.keys();
        reply.array(10)
                .bulk(command.fullName())
                .integer(command.arity())
                .set(command.flags().size());
        command.flags().forEach(reply::simple);
        reply.integer(keys == null ? 0 : keys.first())
                .integer(keys == null ? 0 : keys.last())
                .integer(keys == null ? 0 : keys.step());
        List<String> categories = categories(command);
        reply.set(categories.size());
        categories.forEach(reply::simple);
        reply.set(0);
        if (keys == null) {
            reply.set(0);
        } else {
            reply.set(1);
            keySpecification(reply, keys);
        }
        if (command.subcommands().isEmpty()) {
            reply.set(0);
        } else {
            reply.array(command.subcommands().size());
        }
        command.subcommands().forEach(subcommand -> describe(reply, subcommand));
    }

    private static void keySpecification(ReplyBuilder reply, Command.Keys keys) {
        reply.map(3).bulk("flags").set(keys.flags().size());
        keys.flags().forEach(reply::simple);
        reply.bulk("begin_search").map(2).bulk("type").bulk("index");
        reply.bulk("spec").map(1).bulk("index").integer(keys.first());
        reply.bulk("find_keys").map(2).bulk("type").bulk("range");
        // Here the last key counts from the first.
        reply.bulk("spec").map(3).bulk("lastkey").integer(keys.last() < 0 ? keys.last() : keys.last() - keys.first());
        reply.bulk("keystep").integer(keys.step()).bulk("limit").integer(0);
    }

    private static List<String> categories(Command command) {
        List<String> categories = new ArrayList<>();
        boolean writes = command.flags().contains("write");
        if (writes || command.flags().contains("readonly")) {
            categories.add(writes ? "@write" : "@read");
        }
        categories.add(
                switch (command.docs().group()) {
                    case "string" -> "@string";
                    case "generic" -> "@keyspace";
                    case "connection" -> "@connection";
                    default -> "@dangerous";
                });
        categories.add(command.flags().contains("fast") ? "@fast" : "@slow");
        return categories;
    }

    private static void docs(ReplyBuilder reply, Command command) {
        Command.Docs docs = command.docs();
        boolean container = !command.subcommands().isEmpty();
        reply.bulk(command.fullName()).map(container ? 5 : 4);
        reply.bulk("summary").bulk(docs.summary());
        reply.bulk("since").bulk(docs.since());
        reply.bulk("group").bulk(docs.group());
        reply.bulk("complexity").bulk(docs.complexity());
        if (container) {
            reply.bulk("subcommands").map(command.subcommands().size());
            command.subcommands().forEach(subcommand -> docs(reply, subcommand));
        }
    }
}
