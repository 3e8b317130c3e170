/** What a Talos minor brings: kernel, containerd, etcd, and its upgrade window (research: contractors.md 5.1). */
export interface TalosRelease {
  kernel: string;
  containerd: string;
  etcd: string;
  /** The lowest and the lowest-too-new host version its installer accepts. */
  hostFrom: string;
  hostBelow: string;
  kubernetes: readonly [number, number];
}

const RELEASES: Record<number, TalosRelease> = {
  9: {
    kernel: '6.12.45-talos',
    containerd: '2.0.6',
    etcd: '3.5.21',
    hostFrom: '1.8',
    hostBelow: '1.11',
    kubernetes: [27, 32],
  },
  10: {
    kernel: '6.12.57-talos',
    containerd: '2.0.7',
    etcd: '3.5.26',
    hostFrom: '1.8',
    hostBelow: '1.12',
    kubernetes: [28, 33],
  },
  11: {
    kernel: '6.12.62-talos',
    containerd: '2.1.5',
    etcd: '3.6.5',
    hostFrom: '1.9',
    hostBelow: '1.13',
    kubernetes: [29, 34],
  },
  12: {
    kernel: '6.18.29-talos',
    containerd: '2.1.6',
    etcd: '3.6.11',
    hostFrom: '1.10',
    hostBelow: '1.14',
    kubernetes: [30, 35],
  },
  13: {
    kernel: '6.18.41-talos',
    containerd: '2.2.4',
    etcd: '3.6.12',
    hostFrom: '1.11',
    hostBelow: '1.15',
    kubernetes: [31, 36],
  },
  14: {
    kernel: '6.18.52-talos',
    containerd: '2.2.6',
    etcd: '3.7.1',
    hostFrom: '1.12',
    hostBelow: '1.16',
    kubernetes: [32, 37],
  },
};

export interface Version {
  major: number;
  minor: number;
  patch: number;
}

/** `v1.12.11`, with or without the v; undefined for anything else (pre-releases count as their base). */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?:-[0-9A-Za-z.-]+)?$/.exec(text);
  if (match === null) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) };
}

/** True when `version` is at least `floor`, both like 1.12.9; a floor may leave out its patch. */
export function isAtLeast(version: string, floor: string): boolean {
  const a = parseVersion(version);
  const b = parseVersion(/^v?\d+\.\d+$/.test(floor) ? `${floor}.0` : floor);
  if (a === undefined || b === undefined) return false;
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch ? compare(a, b) >= 0 : true;
}

const compare = (a: Version, b: Version): number => a.major - b.major || a.minor - b.minor || a.patch - b.patch;

/** The facts of a version's minor; for a minor the table lacks, those of the nearest known one. */
export function releaseOf(version: string): TalosRelease {
  const minor = Math.min(14, Math.max(9, parseVersion(version)?.minor ?? 12));
  const release = RELEASES[minor];
  if (release === undefined) throw new Error(`no Talos release for ${version}`);
  return release;
}

/** The installer's words when it refuses a host; undefined when it accepts. */
export function upgradeRefusal(host: string, target: string): string | undefined {
  const release = releaseOf(target);
  const [from, to] = [host.replace(/^v/, ''), target.replace(/^v/, '')];
  if (!isAtLeast(host, release.hostFrom)) {
    return `pre-flight checks failed: host version ${from} is too old to upgrade to Talos ${to}`;
  }
  if (isAtLeast(host, release.hostBelow)) {
    return `pre-flight checks failed: host version ${from} is too new to downgrade to Talos ${to}`;
  }
  return undefined;
}
