package dev.odometer.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"a", "orders", "a/b", "a.b", "...", ".a", "a..b", "<script>", "ключ", "🧮", "a b", "%2e%2e"})
    void ordinary_text_is_a_key(String text) {
        assertThat(Key.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "a\nb", "a\r", "\u0000", "tab\t", "\u007f", ".", "..", "../x", "a/../b", "a/.", "x/..", "\ud800"
            })
    void what_urls_and_logs_cannot_carry_is_refused(String text) {
        assertThatThrownBy(() -> Key.of(text)).isInstanceOf(InvalidKeyException.class);
    }

    @Test
    void a_key_has_at_most_256_bytes() {
        assertThat(Key.of("x".repeat(256)).length()).isEqualTo(256);
        assertThatThrownBy(() -> Key.of("x".repeat(257))).isInstanceOf(InvalidKeyException.class);
        assertThatThrownBy(() -> Key.of("é".repeat(129))).isInstanceOf(InvalidKeyException.class);
    }

    @Test
    void bytes_are_a_key_exactly_where_they_decode_strictly() {
        Random random = new Random(11);
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = new byte[1 + random.nextInt(6)];
            random.nextBytes(bytes);
            boolean wellFormed =
                    new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8).length == bytes.length
                            && java.util.Arrays.equals(
                                    new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            boolean plain = text.chars().noneMatch(c -> c < 0x20 || c == 0x7f)
                    && java.util.Arrays.stream(text.split("/", -1)).noneMatch(s -> s.equals(".") || s.equals(".."));
            boolean taken;
            try {
                KeyRules.check(bytes, 0, bytes.length);
                taken = true;
            } catch (InvalidKeyException e) {
                taken = false;
            }
            assertThat(taken).as("%s", java.util.Arrays.toString(bytes)).isEqualTo(wellFormed && plain);
        }
    }

    @Test
    void keys_are_ordered_by_unsigned_bytes() {
        assertThat(Key.of("a")).isLessThan(Key.of("b")).isLessThan(Key.of("aa")).isLessThan(Key.of("é"));
    }

    @Test
    void the_place_of_a_key_never_changes() {
        assertThat(Key.of("orders").hash()).isEqualTo(-663578982451467299L);
        assertThat(Key.of("a").hash()).isEqualTo(6567689270474331989L);
        assertThat(Key.of("0123456789abcdef0").hash()).isEqualTo(-7428735152407672191L);
        assertThat(Key.of("orders").shard(16)).isEqualTo(15);
    }

    @Test
    void keys_spread_evenly_over_shards() {
        int[] shards = new int[16];
        for (int i = 0; i < 160_000; i++) {
            shards[Key.of("key:" + i).shard(16)]++;
        }
        for (int count : shards) {
            assertThat(count).isBetween(9_500, 10_500);
        }
    }
}
