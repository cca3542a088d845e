package dev.odometer.server.redis;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** CONFIG GET, for the parameters that clients look at: they tell truly how this server behaves. Nothing can be set. */
final class ConfigCommand {
    private ConfigCommand() {}

    /** CONFIG GET pattern [pattern ...]. */
    static void get(RedisConnection connection, Arguments arguments) {
        Map<String, String> found = new LinkedHashMap<>();
        Map<String, String> all = parameters(connection.state);
        for (int i = 2; i < arguments.count; i++) {
            if (arguments.lengths[i] > Glob.MAX_BYTES) {
                continue;
            }
            Glob pattern = new Glob(lowerCase(arguments, i));
            all.forEach((name, value) -> {
                if (pattern.matches(Resp.ascii(name))) {
                    found.put(name, value);
                }
            });
        }
        ReplyBuilder reply = new ReplyBuilder(connection.info.protocol()).map(found.size());
        found.forEach((name, value) -> reply.bulk(name).bulk(value));
        connection.reply(reply.bytes());
    }

    static void set(RedisConnection connection, Arguments arguments) {
        connection.error(Resp.error("ERR Unknown option or number of arguments for CONFIG SET - '" + arguments.text(2)
                + "': this server is configured when it is started"));
    }

    private static byte[] lowerCase(Arguments arguments, int index) {
        byte[] pattern = arguments.copy(index);
        for (int i = 0; i < pattern.length; i++) {
            if (pattern[i] >= 'A' && pattern[i] <= 'Z') {
                pattern[i] = (byte) (pattern[i] + 'a' - 'A');
            }
        }
        return pattern;
    }

    private static Map<String, String> parameters(RedisState state) {
        RedisLimits limits = state.limits();
        Map<String, String> parameters = new TreeMap<>();
        parameters.put("appendfsync", "always");
        parameters.put("appendonly", "yes");
        parameters.put("databases", "1");
        parameters.put("maxclients", Integer.toString(limits.maxConnections()));
        parameters.put("maxmemory", "0");
        parameters.put("maxmemory-policy", "noeviction");
        parameters.put("port", Integer.toString(state.port));
        parameters.put("proto-max-bulk-len", Integer.toString(limits.maxBulkBytes()));
        parameters.put("save", "");
        parameters.put("timeout", Long.toString(limits.idleMillis() / 1_000));
        return parameters;
    }
}
