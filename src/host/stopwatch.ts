/**
 * Milliseconds since it was made, at least as many as passed: a process that is stopped, a machine that sleeps and a clock that is set
 * by hand each deceive one of the two clocks, so the greater of both counts, and a wall clock that went back counts by how far.
 */
export function stopwatch(): () => number {
  const steady = performance.now();
  const wall = Date.now();
  return () => Math.max(performance.now() - steady, Math.abs(Date.now() - wall));
}
