/**
 * A whole cluster and its clients in one thread, made from one seed, with everything that can go wrong, and
 * checkers that watch it. The engine in it is the product's own, unchanged; what surrounds it is simulated.
 *
 * <p>To read it, in this order:
 *
 * <ol>
 *   <li>{@code SimulatedWorld}: what there is, and the course of a run: trouble, calm, judgement. {@code Plan} says
 *       how big and how bad a seed's world is, {@code Timeline} is virtual time.
 *   <li>{@code SimulatedProcess}: the engine's thread and clock, which may be paused and may die;
 *       {@code SimulatedNode} outlives it.
 *   <li>{@code SimulatedStorage}: the truth, where commits become durable at one instant; {@code SimulatedStore}:
 *       each process's way to it over the {@code Network} that delays, loses, doubles and reorders.
 *   <li>{@code Director}: says who ought to own which shard; crashes, pauses and drains processes, moves clocks.
 *   <li>{@code SimulatedClient}: sends a {@code Request} until it has an answer, through whatever node;
 *       {@code RequestMaker} makes it up; {@code Attempt} is one delivery of it to an engine.
 *   <li>{@code Judge}: is shown every commit when it is durable and every answer when an engine gives it.
 *       {@code Digits} tells which operations are in a value, {@code CounterHistory} keeps one counter's story, and
 *       {@code LinearOrder} looks for the one order of operations that explains it, by the semantics in
 *       {@code Model}. {@code Sessions} checks answers about sequences.
 *   <li>{@code Fault}: what can be broken on purpose, to see the judge notice; {@code SimulationMain} runs seeds.
 * </ol>
 */
@NullMarked
package dev.odometer.simulation;

import org.jspecify.annotations.NullMarked;
