package dev.odometer.server.http;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.CounterPage;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Key;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Serves batches and listings. */
final class Operations {
    /** How many listings may be made or sent at once: each page may have several hundred kilobytes. */
    static final int MAX_LISTINGS = 64;

    private final EngineAccess access;
    private final AtomicInteger listings = new AtomicInteger();

    Operations(EngineAccess access) {
        this.access = access;
    }

    HttpResponse list(ServiceRequestContext context, Queries.Listing listing) {
        byte[] prefix = listing.prefix();
        Key after = listing.after();
        int limit = listing.limit();
        if (listings.incrementAndGet() > MAX_LISTINGS) {
            listings.decrementAndGet();
            throw new RequestException(
                    ProblemType.BUSY,
                    "More than " + MAX_LISTINGS + " listings are being made or sent; try again soon.");
        }
        CompletableFuture<Void> unused = context.log().whenComplete().thenAccept(log -> listings.decrementAndGet());
        EventLoop loop = context.eventLoop().withoutContext();
        CompletableFuture<CounterPage> page = access.ask(loop, engine -> engine.list(prefix, after, limit));
        return HttpResponse.of(page.thenApply(found -> Replies.json(JsonAnswers.page(found))));
    }

    HttpResponse batch(ServiceRequestContext context, JsonRequests.Batch batch, RequestHeaders headers) {
        Identity identity = identity(batch, headers);
        EventLoop loop = context.eventLoop().withoutContext();
        EngineAccess.markWrite(context);
        CompletableFuture<BatchAnswer> answer = access.ask(loop, engine -> engine.batch(batch.operations(), identity));
        return HttpResponse.of(answer.thenApply(given -> Replies.batch(batch.operations(), given, identity != null)));
    }

    /**
     * Session and idempotency key contradict each other; a request id is a balancer's, and the session names the
     * batch better.
     */
    private static @Nullable Identity identity(JsonRequests.Batch batch, RequestHeaders headers) {
        String session = batch.session();
        Long sequence = batch.sequence();
        if (session == null || sequence == null) {
            return Identities.of(headers);
        }
        if (Identities.key(headers) != null) {
            throw new RequestException(
                    ProblemType.INVALID_IDENTITY,
                    "The batch has both an Idempotency-Key and a session; send one of them.");
        }
        return Identities.session(session, sequence);
    }
}
