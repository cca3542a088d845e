package dev.odometer.cli.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts the configuration together: flags win over {@code ODOMETER_*} variables, those over the file, that over the
 * defaults. Whatever is unknown or wrong in any of them is refused, all of it in one {@link ConfigException}.
 */
public final class ConfigLoader {
    /** Names the file, where no flag does. */
    public static final String CONFIG_VARIABLE = "ODOMETER_CONFIG";

    /**
     * Variables with our prefix that are not settings of a server: the client commands', the launcher's and the
     * tests'.
     */
    private static final Set<String> OTHER_VARIABLES =
            Set.of(CONFIG_VARIABLE, "ODOMETER_URL", "ODOMETER_JAVA_OPTS", "ODOMETER_BUILD", "ODOMETER_REDIS_TESTS");

    private static final String PREFIX = "ODOMETER_";

    private final Map<String, String> environment;
    private final List<String> problems = new ArrayList<>();
    private final Map<Setting, Settings.Value> values = new EnumMap<>(Setting.class);

    private ConfigLoader(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Loads the configuration.
     *
     * @param flags what the command line says
     * @param configFlag the file that {@code --config} names
     * @param environment the process's variables
     * @throws ConfigException where anything is wrong
     */
    public static Settings load(
            Map<Setting, String> flags, @Nullable Path configFlag, Map<String, String> environment) {
        return new ConfigLoader(environment).merge(flags, configFlag);
    }

    private Settings merge(Map<Setting, String> flags, @Nullable Path configFlag) {
        for (Setting setting : Setting.values()) {
            boolean none = setting.standard().isEmpty();
            Object parsed = none ? null : setting.read(setting.standard());
            values.put(setting, new Settings.Value(setting.standard(), parsed, Settings.Value.DEFAULT));
        }
        String named = environment.get(CONFIG_VARIABLE);
        if (configFlag != null) {
            file(configFlag);
        } else if (named != null && !named.isEmpty()) {
            file(Path.of(named));
        }
        variables();
        flags.forEach((setting, text) -> put(setting, text, setting.flag()));
        checkPorts();
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new Settings(values);
    }

    private void variables() {
        Map<String, Setting> known =
                Arrays.stream(Setting.values()).collect(Collectors.toMap(Setting::variable, setting -> setting));
        Set<String> all = new TreeSet<>(known.keySet());
        all.addAll(OTHER_VARIABLES);
        for (String name : new TreeSet<>(environment.keySet())) {
            if (!name.startsWith(PREFIX) || OTHER_VARIABLES.contains(name)) {
                continue;
            }
            Setting setting = known.get(name);
            if (setting == null) {
                problems.add("the variable " + name + " is not known" + DidYouMean.hint(name, all));
            } else {
                put(setting, environment.getOrDefault(name, ""), name);
            }
        }
    }

    private void file(Path path) {
        Map<String, String> entries = ConfigFile.read(path, problems);
        entries.forEach((key, text) -> {
            Setting setting = Setting.ofKey(key).orElse(null);
            if (setting == null) {
                List<String> keys =
                        Arrays.stream(Setting.values()).map(Setting::key).toList();
                problems.add("the key " + key + " in " + path + " is not known" + DidYouMean.hint(key, keys));
            } else {
                put(setting, text, path.toString());
            }
        });
    }

    private void put(Setting setting, String text, String origin) {
        try {
            values.put(setting, new Settings.Value(text, setting.read(text), origin));
        } catch (IllegalArgumentException e) {
            String shown = setting.isSecret() ? "" : " '" + text + "'";
            String where = origin.equals(setting.flag()) || origin.equals(setting.variable())
                    ? origin
                    : setting.key() + " in " + origin;
            problems.add(where + ":" + shown + " " + e.getMessage());
        }
    }

    private void checkPorts() {
        Settings.Value http = values.get(Setting.HTTP_PORT);
        Settings.Value redis = values.get(Setting.REDIS_PORT);
        if (http != null && redis != null && http.parsed() instanceof Integer port) {
            if (port != 0 && port.equals(redis.parsed())) {
                problems.add("http-port (" + http.origin() + ") and redis-port (" + redis.origin() + ") are both "
                        + port + "; each needs its own");
            }
        }
    }
}
