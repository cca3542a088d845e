package dev.odometer.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** An OpenAPI document, and whether exchanges keep to it. */
final class OpenApiDocument {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head", "options");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode document;
    private final JsonSchemaFactory schemas = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    OpenApiDocument(String yaml) {
        try {
            document = new ObjectMapper(new YAMLFactory()).readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every documented operation, as {@code GET /v1/counters}. */
    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (METHODS.contains(method)) {
                        operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                    }
                }));
        return operations;
    }

    /** Every documented answer, as {@code GET /v1/counters 200}. */
    Set<String> answers() {
        Set<String> answers = new TreeSet<>();
        for (String operation : operations()) {
            operation(operation)
                    .get("responses")
                    .fieldNames()
                    .forEachRemaining(status -> answers.add(operation + " " + status));
        }
        return answers;
    }

    /** What of a request body does not keep to the document. */
    List<String> faultsOfBody(String operation, String body) {
        JsonNode schema = operation(operation).at("/requestBody/content/application~1json/schema");
        return schema.isMissingNode() ? List.of("takes no body") : faults(schema, body);
    }

    /** What of a response does not keep to the document. */
    List<String> faultsOf(String operation, HttpResponse<String> response) {
        List<String> faults = new ArrayList<>();
        JsonNode documented = operation(operation).get("responses").get(Integer.toString(response.statusCode()));
        if (documented == null) {
            return List.of("status " + response.statusCode() + " is not documented: " + response.body());
        }
        documented = resolved(documented);
        response.headers().map().keySet().stream()
                .filter(header -> Set.of("idempotent-replayed", "retry-after").contains(header))
                .filter(header -> !hasHeader(documented(operation, response), header))
                .forEach(header -> faults.add("header " + header + " is not documented"));
        JsonNode content = documented.get("content");
        if (content == null) {
            return response.body().isEmpty() ? faults : List.of("has a body, but none is documented");
        }
        String type = response.headers().firstValue("content-type").orElse("");
        String plain = type.contains(";") ? type.substring(0, type.indexOf(';')) : type;
        if (!content.has(plain)) {
            return List.of("content type '" + type + "' is not documented");
        }
        if (plain.endsWith("json")) {
            faults.addAll(faults(content.get(plain).get("schema"), response.body()));
        }
        return faults;
    }

    private JsonNode documented(String operation, HttpResponse<String> response) {
        return resolved(operation(operation).get("responses").get(Integer.toString(response.statusCode())));
    }

    private static boolean hasHeader(JsonNode documented, String header) {
        boolean[] found = new boolean[1];
        if (documented.has("headers")) {
            documented.get("headers").fieldNames().forEachRemaining(name -> found[0] |= name.equalsIgnoreCase(header));
        }
        return found[0];
    }

    private JsonNode operation(String operation) {
        int space = operation.indexOf(' ');
        return document.get("paths")
                .get(operation.substring(space + 1))
                .get(operation.substring(0, space).toLowerCase(Locale.ROOT));
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    private List<String> faults(JsonNode schema, String body) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", document.get("components"));
        SchemaValidatorsConfig config =
                SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        JsonSchema compiled = schemas.getSchema(whole, config);
        try {
            return compiled.validate(JSON.readTree(body)).stream()
                    .map(Object::toString)
                    .toList();
        } catch (IOException e) {
            return List.of("not JSON: " + body);
        }
    }
}
