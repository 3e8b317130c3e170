import type { FleetSpec } from '../fleet.ts';
import { DEFAULT_FLEET, DEFAULT_TALOSCTL } from '../fleet.ts';
import type { World } from './cluster.ts';
import type { ClusterImage } from './create-cluster.ts';
import { createCluster, imageOf, markOf, restoreCluster } from './create-cluster.ts';
import type { TimelineImage } from './timeline.ts';
import { Timeline } from './timeline.ts';

/** When a new world begins, so that equal seeds make equal worlds. */
export const WORLD_START_MS = Date.parse('2026-11-22T08:00:00Z');

export interface WorldImage {
  format: 2;
  talosctl_version: string;
  timeline: TimelineImage;
  clusters: ClusterImage[];
}

export interface SavedWorld extends World {
  /** When the next thing is due, epoch ms of cluster time. */
  nextAt(): number | undefined;
  image(): WorldImage;
  /** Another text whenever the image may have changed. */
  mark(): string;
}

function worldOf(timeline: Timeline, clusters: World['clusters'], talosctlVersion: string): SavedWorld {
  return {
    clusters,
    talosctlVersion,
    now: () => timeline.now,
    advanceTo: ms => timeline.advanceTo(ms),
    nextAt: () => timeline.nextAt,
    mark: () => [timeline.now, timeline.scheduled, ...[...clusters.values()].map(markOf)].join(' '),
    image: () => ({
      format: 2,
      talosctl_version: talosctlVersion,
      timeline: timeline.image(),
      clusters: [...clusters.values()].map(imageOf),
    }),
  };
}

/** A new world. Same seed and fleet, same world. Throws BadRequest when a cluster cannot be made as asked. */
export function createWorld({ seed, fleet = DEFAULT_FLEET }: { seed: number; fleet?: FleetSpec }): SavedWorld {
  const timeline = new Timeline(WORLD_START_MS);
  const clusters = fleet.clusters.map((spec, index) => createCluster(timeline, spec, index, seed));
  const byName = new Map(clusters.map(cluster => [cluster.name, cluster]));
  return worldOf(timeline, byName, fleet.talosctl_version ?? DEFAULT_TALOSCTL);
}

/** A world as it was saved, at the time it was saved. */
export function restoreWorld(image: WorldImage): SavedWorld {
  const timeline = new Timeline(image.timeline.now_ms);
  timeline.restore(image.timeline);
  const clusters = image.clusters.map(cluster => restoreCluster(timeline, cluster));
  const byName = new Map(clusters.map(cluster => [cluster.name, cluster]));
  return worldOf(timeline, byName, image.talosctl_version);
}
