package dev.odometer.engine.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemberTest {
    private final Member member = new Member(
            "node-1", "5b1f", "10.0.0.1:7710", "10.0.0.1:7700", "[::1]:6379", "0.1.0 (abc=1)", 1_767_225_600_000L);

    @Test
    void a_text_is_read_as_the_member_it_was_made_of() {
        assertThat(Member.decode(member.encode())).isEqualTo(member);
    }

    @Test
    void a_member_may_have_neither_http_nor_redis() {
        Member bare = new Member("n", "i", "h:1", "", "", "v", 0);
        assertThat(Member.decode(bare.encode())).isEqualTo(bare);
    }

    @Test
    void what_a_newer_version_adds_is_ignored() {
        assertThat(Member.decode(member.encode() + "rack=r7\nsomething else\n=x\n"))
                .isEqualTo(member);
    }

    @Test
    void a_format_that_this_version_must_not_read_is_refused() {
        assertThatThrownBy(() -> Member.decode(member.encode().replace("format=1", "format=2")))
                .hasMessageContaining("format 2");
    }

    @Test
    void what_is_no_member_is_refused() {
        assertThatThrownBy(() -> Member.decode("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Member.decode("format=1\nname=n\n")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Member.decode(member.encode().replace("started=1", "started=x")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Member.decode("a".repeat(1 << 17))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void all_that_is_wrong_is_told_together() {
        assertThatThrownBy(() -> new Member("../n", "", "nowhere", "a b:1", "h:123456", "", -1))
                .hasMessageContaining("name is \"../n\"")
                .hasMessageContaining("incarnation")
                .hasMessageContaining("address")
                .hasMessageContaining("httpAddress")
                .hasMessageContaining("redisAddress")
                .hasMessageContaining("version")
                .hasMessageContaining("startedMillis");
    }

    @Test
    void a_line_break_cannot_be_smuggled_in() {
        assertThatThrownBy(() -> new Member("n", "i", "h:1\nname=x:1", "", "", "v", 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Member("n", "i", "h:1", "", "", "v\nname=x", 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_longest_member_is_within_the_limit() {
        String address = "h".repeat(255) + ":65535";
        Member longest =
                new Member("n".repeat(64), "i".repeat(64), address, address, address, "v".repeat(64), Long.MAX_VALUE);
        assertThat(longest.encode().length()).isLessThanOrEqualTo(Member.MAX_TEXT);
    }

    @Test
    void the_same_node_after_a_restart_is_another_process() {
        Member restarted = new Member("node-1", "77aa", "10.0.0.1:7710", "", "", "0.1.0", 1);
        assertThat(member.sameProcess(restarted)).isFalse();
        assertThat(member.sameProcess(Member.decode(member.encode()))).isTrue();
    }
}
