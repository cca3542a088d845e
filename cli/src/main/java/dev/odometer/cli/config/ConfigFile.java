package dev.odometer.cli.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A configuration file: YAML, {@code key: value} lines, at most 1 MiB. */
final class ConfigFile {
    private static final long MAX_BYTES = 1 << 20;

    private ConfigFile() {}

    /**
     * The file's entries as they are written (a password 0123 stays 0123); what is wrong with it is added to {@code
     * problems}.
     */
    static Map<String, String> read(Path path, List<String> problems) {
        Map<String, String> entries = new LinkedHashMap<>();
        try {
            if (Files.size(path) > MAX_BYTES) {
                problems.add("the file " + path + " has more than 1 MiB; that is no configuration");
                return entries;
            }
            YAMLFactory yaml = YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();
            try (JsonParser parser = yaml.createParser(Files.readString(path))) {
                entries(path, parser, entries, problems);
            }
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            String what = e.getOriginalMessage().lines().findFirst().orElse("");
            problems.add("the file " + path + " is not valid YAML" + where + ": " + what);
        } catch (IOException e) {
            problems.add("the file " + path + " cannot be read: " + Reasons.of(e));
        }
        return entries;
    }

    private static void entries(Path path, JsonParser parser, Map<String, String> entries, List<String> problems)
            throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            return; // an empty file, or one of comments alone
        }
        if (first != JsonToken.START_OBJECT) {
            problems.add("the file " + path + " is not made of 'key: value' lines");
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
                entries.put(key, parser.getText());
            } else {
                problems.add(key + " in " + path + " has no single value");
                parser.skipChildren();
            }
        }
    }
}
