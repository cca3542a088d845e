package dev.odometer.systemtests.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.odometer.engine.assignment.Rendezvous;
import dev.odometer.systemtests.client.HttpWire;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The cluster as a node describes it.
 *
 * @param membership how the node stands with the coordinator
 * @param members the members, each with the time at which it was started by its own clock
 * @param owners the owner of each shard
 */
public record ClusterView(String membership, Map<String, Instant> members, Map<Integer, String> owners) {
    static ClusterView of(HttpWire.Answer answer) {
        Map<String, Instant> members = new TreeMap<>();
        for (JsonNode member : answer.json().path("members")) {
            members.put(
                    member.path("name").textValue(),
                    Instant.parse(member.path("started").textValue()));
        }
        Map<Integer, String> owners = new TreeMap<>();
        for (JsonNode shard : answer.json().path("shards")) {
            owners.put(shard.path("shard").intValue(), shard.path("owner").textValue());
        }
        return new ClusterView(answer.json().path("membership").textValue(), members, owners);
    }

    /** The shards that a node owns. */
    public Set<Integer> shardsOf(Node node) {
        return owners.entrySet().stream()
                .filter(entry -> entry.getValue().equals(node.name()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether each shard is owned by the one of these nodes that is to own it. */
    public boolean isServedBy(List<Node> nodes) {
        Set<String> names = nodes.stream().map(Node::name).collect(Collectors.toSet());
        return owners.entrySet().stream()
                .allMatch(entry -> Rendezvous.owner(entry.getKey(), names)
                        .filter(entry.getValue()::equals)
                        .isPresent());
    }
}
