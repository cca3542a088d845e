package dev.odometer.cli.config;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Settings as options of a command. */
public final class SettingOptions {
    private SettingOptions() {}

    /** Gives a command an option for each of the settings. */
    public static void add(CommandLine command, Collection<Setting> settings) {
        for (Setting setting : settings) {
            String standard = setting.standard().isEmpty() ? "" : " Default: " + setting.standard() + ".";
            OptionSpec.Builder option = OptionSpec.builder(setting.flag())
                    .type(String.class)
                    .description(setting.meaning() + "." + standard);
            if (setting.isSwitch()) {
                option.arity("0..1").fallbackValue("true").paramLabel("true|false");
            } else {
                option.arity("1").paramLabel(setting.placeholder());
            }
            command.getCommandSpec().addOption(option.build());
        }
    }

    /** What the command line says of them. */
    public static Map<Setting, String> said(ParseResult parsed, Collection<Setting> settings) {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        for (Setting setting : settings) {
            if (parsed.hasMatchedOption(setting.flag())) {
                String value = parsed.matchedOptionValue(setting.flag(), "");
                flags.put(setting, value);
            }
        }
        return flags;
    }
}
