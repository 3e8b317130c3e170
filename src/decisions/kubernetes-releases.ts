import semver from 'semver';
import { talosMinors } from './versions.ts';

/**
 * Kubernetes minors with the day their support ends (kubernetes.io/releases), the API versions each stops serving (the deprecated API
 * migration guide), oldest first. Bundled: nothing is asked of a network (ledger R150).
 */
interface KubernetesMinor {
  minor: string;
  /** YYYY-MM-DD; undefined: not announced when this was written. */
  endOfLife: string | undefined;
  /** Of a minor whose support has ended, and so its newest for good (kubernetes.io/releases/patch-releases). */
  lastPatch: string | undefined;
  removes: readonly { apiVersion: string; kinds: readonly string[] }[];
}

const release = (
  minor: string,
  endOfLife: string | undefined,
  removes: KubernetesMinor['removes'] = [],
  lastPatch?: string,
): KubernetesMinor => ({ minor, endOfLife, removes, lastPatch });

const FLOW = ['FlowSchema', 'PriorityLevelConfiguration'];

const minors: readonly KubernetesMinor[] = [
  release('1.25', '2023-10-27', [
    { apiVersion: 'batch/v1beta1', kinds: ['CronJob'] },
    { apiVersion: 'discovery.k8s.io/v1beta1', kinds: ['EndpointSlice'] },
    { apiVersion: 'policy/v1beta1', kinds: ['PodDisruptionBudget', 'PodSecurityPolicy'] },
    { apiVersion: 'autoscaling/v2beta1', kinds: ['HorizontalPodAutoscaler'] },
  ]),
  release('1.26', '2024-02-28', [
    { apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta1', kinds: FLOW },
    { apiVersion: 'autoscaling/v2beta2', kinds: ['HorizontalPodAutoscaler'] },
  ]),
  release('1.27', '2024-06-28', [{ apiVersion: 'storage.k8s.io/v1beta1', kinds: ['CSIStorageCapacity'] }], '1.27.16'),
  release('1.28', '2024-10-28', [], '1.28.15'),
  release('1.29', '2025-02-28', [{ apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta2', kinds: FLOW }], '1.29.15'),
  release('1.30', '2025-06-28', [], '1.30.14'),
  release('1.31', '2025-10-28', [], '1.31.14'),
  release('1.32', '2026-02-28', [{ apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta3', kinds: FLOW }]),
  release('1.33', '2026-06-28'),
  release('1.34', '2026-10-27'),
  release('1.35', '2027-02-28'),
  release('1.36', '2027-06-28'),
  release('1.37', undefined),
];

const VERSION = /^v?(\d+)\.(\d+)(?:\.|$)/;

/** "1.35" of "v1.35.4"; undefined for anything else. */
export function minorOf(version: string): string | undefined {
  const read = VERSION.exec(version);
  return read === null ? undefined : `${read[1]}.${read[2]}`;
}

export const knownMinor = (minor: string): KubernetesMinor | undefined => minors.find(known => known.minor === minor);

const later = (one: string, other: string): boolean => semver.gt(`${one}.0`, `${other}.0`);

/** API versions that a cluster at `from` loses on its way to `to` (minors), for kinds it may have. */
export const removedBetween = (from: string, to: string): { apiVersion: string; kind: string; in: string }[] =>
  minors
    .filter(({ minor }) => later(minor, from) && !later(minor, to))
    .flatMap(({ minor, removes }) =>
      removes.flatMap(({ apiVersion, kinds }) => kinds.map(kind => ({ apiVersion, kind, in: minor }))),
    );

/** Minors from one to the next, one at a time; undefined when it is a downgrade or another major. */
export function minorPath(from: string, to: string): string[] | undefined {
  const [[fromMajor, fromMinor], [toMajor, toMinor]] = [from, to].map(minor => minor.split('.').map(Number)) as [
    [number, number],
    [number, number],
  ];
  if (fromMajor !== toMajor || toMinor < fromMinor) return undefined;
  return Array.from({ length: toMinor - fromMinor }, (_, step) => `${fromMajor}.${fromMinor + step + 1}`);
}

/** The newest Kubernetes minor a Talos minor supports; undefined for a Talos minor that is not known. */
export const newestFor = (talosMinor: string): string | undefined =>
  talosMinors.find(known => known.minor === talosMinor)?.kubernetes.maximum;
