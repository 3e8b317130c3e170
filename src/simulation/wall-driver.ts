import type { SavedWorld } from './world/world.ts';

/** cluster now = cluster_ms + (wall now - wall_ms) * speed */
export interface ClockReading {
  wall_ms: number;
  cluster_ms: number;
  speed: number;
}

/** The longest the world lags behind its clock, wall ms. */
const TICK_MS = 10;

/** Moves a world's time with the wall's, `speed` times as fast; 0 = it stands still but for `advance`. */
export class WallDriver {
  readonly #world: SavedWorld;
  #reading: ClockReading;
  #timer: NodeJS.Timeout | undefined;

  constructor(world: SavedWorld, speed: number) {
    this.#world = world;
    this.#reading = { wall_ms: Date.now(), cluster_ms: world.now(), speed };
    this.#plan();
  }

  get reading(): ClockReading {
    return this.#reading;
  }

  /** Wall milliseconds that a span of cluster time takes; 0 while the clock stands still. */
  wallMs(clusterMs: number): number {
    return this.#reading.speed === 0 ? 0 : clusterMs / this.#reading.speed;
  }

  /** Lets everything happen that is due by now. */
  catchUp(): void {
    const { wall_ms, cluster_ms, speed } = this.#reading;
    if (speed > 0) this.#world.advanceTo(cluster_ms + (Date.now() - wall_ms) * speed);
  }

  advance(ms: number): void {
    this.catchUp();
    this.#world.advanceTo(this.#world.now() + ms);
    this.setSpeed(this.#reading.speed);
  }

  setSpeed(speed: number): void {
    this.catchUp();
    this.#reading = { wall_ms: Date.now(), cluster_ms: this.#world.now(), speed };
    this.#plan();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #plan(): void {
    this.stop();
    if (this.#reading.speed === 0) return;
    this.#timer = setTimeout(() => {
      this.catchUp();
      this.#plan();
    }, TICK_MS);
  }
}
