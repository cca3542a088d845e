package dev.odometer.server.redis;

import dev.odometer.server.redis.Command.Docs;
import dev.odometer.server.redis.Command.Handler;
import dev.odometer.server.redis.Command.Keys;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The list of commands, with the flags that Redis gives them. */
final class Commands {
    private static final Keys ONE_WRITTEN = new Keys(1, 1, 1, List.of("RW", "access", "update"));
    private static final Keys ONE_READ = new Keys(1, 1, 1, List.of("RO", "access"));
    private static final Keys ALL_READ = new Keys(1, -1, 1, List.of("RO", "access"));
    private static final Keys ALL_REMOVED = new Keys(1, -1, 1, List.of("RM", "delete"));
    private static final String CONNECTING = "noscript loading stale fast no_auth allow_busy";
    private static final List<Command> NO_SUBCOMMANDS = List.of();

    private Commands() {}

    static CommandTable table() {
        List<Command> all = new ArrayList<>();
        addCounters(all);
        addKeys(all);
        addConnection(all);
        addServer(all);
        return new CommandTable(all);
    }

    private static void addCounters(List<Command> all) {
        String fast = "write denyoom fast";
        all.add(simple("incr", 2, fast, ONE_WRITTEN, CounterCommands::incr, "Adds one to a counter"));
        all.add(simple("decr", 2, fast, ONE_WRITTEN, CounterCommands::decr, "Takes one from a counter"));
        all.add(simple("incrby", 3, fast, ONE_WRITTEN, CounterCommands::incrBy, "Adds a number to a counter"));
        all.add(simple("decrby", 3, fast, ONE_WRITTEN, CounterCommands::decrBy, "Takes a number from a counter"));
        all.add(simple("get", 2, "readonly fast", ONE_READ, CounterCommands::get, "Returns a counter's value"));
        all.add(simple("set", -3, "write denyoom", ONE_WRITTEN, CounterCommands::set, "Sets a counter's value"));
        all.add(command(
                "odometer.add",
                5,
                fast,
                ONE_WRITTEN,
                new Docs(
                        "string", "0.1.0", "O(1)", "Adds to a counter once, however often it is sent with the same ID"),
                false,
                CounterCommands::addOnce));
    }

    private static void addKeys(List<Command> all) {
        all.add(simple("mget", -2, "readonly fast", ALL_READ, KeyCommands::mget, "Returns counters' values"));
        all.add(generic("del", -2, "write", ALL_REMOVED, false, KeyCommands::del, "Removes counters"));
        all.add(generic(
                "exists", -2, "readonly fast", ALL_READ, false, KeyCommands::exists, "Counts those that exist"));
        all.add(generic("type", 2, "readonly fast", ONE_READ, false, KeyCommands::type, "Tells what a key holds"));
        all.add(generic("scan", -2, "readonly", null, true, ScanCommand::run, "Lists the keys, page by page"));
        all.add(server("dbsize", 1, "readonly fast", true, KeyCommands::dbSize, "Counts the counters"));
        all.add(server("flushall", -1, "write", true, FlushAllCommand::run, "Removes all counters, where allowed"));
    }

    private static void addConnection(List<Command> all) {
        all.add(connection("ping", -1, "fast", ConnectionCommands::ping, "Answers"));
        all.add(connection("echo", 2, "loading stale fast", ConnectionCommands::echo, "Answers with its argument"));
        all.add(connection("hello", -1, CONNECTING, ConnectionCommands::hello, "Chooses the protocol"));
        all.add(connection("auth", -2, CONNECTING, ConnectionCommands::auth, "Authenticates"));
        all.add(connection("select", 2, "loading stale fast", ConnectionCommands::select, "Chooses the database, 0"));
        all.add(connection("reset", 1, CONNECTING, ConnectionCommands::reset, "Resets the connection"));
        all.add(connection("quit", -1, CONNECTING, ConnectionCommands::quit, "Closes the connection"));
        Docs docs = new Docs("connection", "2.4.0", "O(1)", "Tells and sets what the server knows of clients");
        all.add(container(
                "client",
                docs,
                sub("client", "id", 2, docs, ClientCommands::id),
                sub("client", "info", 2, docs, ClientCommands::info),
                sub("client", "list", -2, docs, ClientCommands::list),
                sub("client", "getname", 2, docs, ClientCommands::getName),
                sub("client", "setname", 3, docs, ClientCommands::setName),
                sub("client", "setinfo", 4, docs, ClientCommands::setInfo),
                sub("client", "no-evict", 3, docs, ClientCommands::noEvict),
                sub(
                        "client",
                        "help",
                        2,
                        docs,
                        CommandCommands.help(
                                "CLIENT", "ID", "INFO", "LIST", "GETNAME", "SETNAME", "SETINFO", "NO-EVICT"))));
    }

    private static void addServer(List<Command> all) {
        all.add(server("info", -1, "loading stale", true, InfoCommand::run, "Tells about the server"));
        Docs config = new Docs("server", "2.0.0", "O(N)", "Tells how the server is configured");
        all.add(container(
                "config",
                config,
                sub("config", "get", -3, config, ConfigCommand::get),
                sub("config", "set", -4, config, ConfigCommand::set),
                sub("config", "help", 2, config, CommandCommands.help("CONFIG", "GET"))));
        Docs docs = new Docs("server", "2.8.13", "O(N)", "Tells which commands there are");
        List<Command> subcommands = List.of(
                sub("command", "count", 2, docs, CommandCommands::count),
                sub("command", "docs", -2, docs, CommandCommands::docs),
                sub("command", "info", -2, docs, CommandCommands::info),
                sub("command", "list", -2, docs, CommandCommands::list),
                sub("command", "help", 2, docs, CommandCommands.help("COMMAND", "COUNT", "DOCS", "INFO", "LIST")));
        all.add(new Command(
                "command", "", -1, List.of("loading", "stale"), null, docs, false, subcommands, CommandCommands::all));
    }

    private static Command simple(String name, int arity, String flags, Keys keys, Handler handler, String summary) {
        return command(name, arity, flags, keys, new Docs("string", "1.0.0", "O(1)", summary), false, handler);
    }

    private static Command generic(
            String name, int arity, String flags, @Nullable Keys keys, boolean waits, Handler handler, String summary) {
        return command(name, arity, flags, keys, new Docs("generic", "1.0.0", "O(N)", summary), waits, handler);
    }

    private static Command connection(String name, int arity, String flags, Handler handler, String summary) {
        return command(name, arity, flags, null, new Docs("connection", "1.0.0", "O(1)", summary), false, handler);
    }

    private static Command server(
            String name, int arity, String flags, boolean waits, Handler handler, String summary) {
        return command(name, arity, flags, null, new Docs("server", "1.0.0", "O(N)", summary), waits, handler);
    }

    private static Command command(
            String name, int arity, String flags, @Nullable Keys keys, Docs docs, boolean waits, Handler handler) {
        return new Command(name, "", arity, List.of(flags.split(" ")), keys, docs, waits, NO_SUBCOMMANDS, handler);
    }

    private static Command sub(String container, String name, int arity, Docs docs, Handler handler) {
        List<String> flags = List.of("loading", "stale");
        return new Command(name, container, arity, flags, null, docs, false, NO_SUBCOMMANDS, handler);
    }

    /** A command that is nothing without a subcommand. */
    private static Command container(String name, Docs docs, Command... subcommands) {
        Handler never = (connection, arguments) -> {
            throw new IllegalStateException(name + " needs a subcommand");
        };
        return new Command(name, "", -2, List.of(), null, docs, false, List.of(subcommands), never);
    }
}
