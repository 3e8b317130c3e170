import { unintelligible } from '../errors.ts';

export interface KubernetesUpgradeReading {
  from: string;
  to: string;
  control_plane: string[];
  workers: string[];
  changes: { node: string; component: string; from: string; to: string }[];
}

const WHAT = 'the answer of talosctl upgrade-k8s --dry-run';
const quotedIn = (list: string): string[] => [...list.matchAll(/"([^"]+)"/g)].map(match => match[1] ?? '');

/** The plan `talosctl upgrade-k8s --dry-run` tells, line by line (contractors 5.2); versions without the v. */
export function readKubernetesUpgrade(text: string): KubernetesUpgradeReading {
  const one = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? unintelligible(WHAT, text);
  const changes: KubernetesUpgradeReading['changes'] = [];
  let node = '';
  for (const line of text.split('\n')) {
    node = /^ > "([^"]+)": starting update$/.exec(line)?.[1] ?? node;
    const [, component, from, to] = /^ > update ([\w-]+): v?(\S+) -> v?(\S+)$/.exec(line) ?? [];
    if (component === undefined || from === undefined || to === undefined) continue;
    changes.push({ node, component, from, to });
  }
  return {
    from: one(/^automatically detected the lowest Kubernetes version v?(\S+)$/m),
    to: one(/^updating "kube-apiserver" to version "v?([^"]+)"$/m),
    control_plane: quotedIn(one(/^discovered controlplane nodes \[(.*)\]$/m)),
    workers: quotedIn(/^discovered worker nodes \[(.*)\]$/m.exec(text)?.[1] ?? ''),
    changes,
  };
}
