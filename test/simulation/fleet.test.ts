import { describe, expect, it } from 'vitest';
import { DEFAULT_FLEET, readFleetSpec } from '../../src/simulation/fleet.ts';

const cluster = { name: 'lab', environment: 'staging', control_planes: 3, workers: 2, pods: 60, budgets: 1 };

describe('a clusters file', () => {
  it('is read, a version without its v too', () => {
    const read = readFleetSpec({ clusters: [{ ...cluster, talos_version: '1.13.8', utilisation: 0.3 }] });
    expect(read).toEqual({ clusters: [{ ...cluster, talos_version: 'v1.13.8', utilisation: 0.3 }] });
    expect(readFleetSpec(structuredClone(DEFAULT_FLEET))).toEqual(DEFAULT_FLEET);
  });

  it.each([
    [null, 'no "clusters" list'],
    [{ clusters: [] }, 'no "clusters" list'],
    [{ clusters: [7] }, 'a cluster is no object'],
    [{ clusters: [{ ...cluster, name: 'Lab 1' }] }, 'cluster name "Lab 1"'],
    [{ clusters: [cluster, cluster] }, 'two clusters have one name'],
    [{ clusters: [{ ...cluster, environment: 'moon' }] }, 'lab: environment "moon"'],
    [{ clusters: [{ ...cluster, nodes: 3 }] }, 'lab: unknown field "nodes"'],
    [{ clusters: [{ ...cluster, pods: undefined }] }, 'lab: "pods" is missing'],
    [{ clusters: [{ ...cluster, workers: 2.5 }] }, 'lab: "workers" 2.5'],
    [{ clusters: [{ ...cluster, control_planes: 0 }] }, 'lab: "control_planes" 0'],
    [{ clusters: [{ ...cluster, talos_version: 'latest' }] }, 'lab: "talos_version" "latest"'],
  ])('%j is refused with what is wrong', (content, message) => {
    expect(() => readFleetSpec(content)).toThrow(message);
  });
});
