import type { BudgetFacts, LabelSelector, NodeFacts } from '../../model/facts.ts';
import type { Toleration } from '../fit/node-match.ts';
import type { JsonObject } from '../manifest/json.ts';
import type { Amounts } from '../pod-requests.ts';

/** A required affinity or anti-affinity towards other pods, in the domains of a node label. */
export interface PodTerm {
  topologyKey: string;
  selector: LabelSelector | undefined;
  namespaces: readonly string[] | 'all';
}

/** A topology spread constraint that may not be violated (whenUnsatisfiable: DoNotSchedule). */
export interface SpreadTerm {
  topologyKey: string;
  maxSkew: number;
  selector: LabelSelector | undefined;
  /** With fewer domains than this the least count is taken for 0 (KEP-3022); 1 where not given. */
  minDomains: number;
  /** nodeAffinityPolicy Honor (KEP-3094, the default): nodes that the pod may not go to by selector or affinity don't count. */
  honorsAffinity: boolean;
  /** nodeTaintsPolicy Honor (not the default): nodes whose taints it does not tolerate don't count. */
  honorsTaints: boolean;
}

/** A port of the node; `hostIp` 0.0.0.0 is every address. */
export interface HostPort {
  hostIp: string;
  protocol: string;
  port: number;
}

/** What all pods of one template ask the scheduler for: pods of one shape can stand for each other. */
export interface PodShape {
  /** "Deployment shop/web": whose pods these are. */
  workload: string;
  /**
   * replicated: its controller makes it anew elsewhere · each-node: a DaemonSet's, goes with its node · static: of the kubelet, goes
   * with its node · bare: of no controller, lost with its node · finite: a Job's, made anew, and not multiplied by growth.
   */
  kind: 'replicated' | 'each-node' | 'static' | 'bare' | 'finite';
  namespace: string;
  labels: Readonly<Record<string, string>>;
  requests: Amounts;
  priority: number;
  nodeSelector: Readonly<Record<string, string>>;
  /** Terms of required node affinity, any of which is enough; undefined: there is none. */
  nodeTerms: readonly JsonObject[] | undefined;
  tolerations: readonly Toleration[];
  /** Node terms of each volume it uses: where the volume can be mounted. All have to match. */
  volumeTerms: readonly (readonly JsonObject[])[];
  affinity: readonly PodTerm[];
  antiAffinity: readonly PodTerm[];
  spread: readonly SpreadTerm[];
  hostPorts: readonly HostPort[];
  /** What it asks for that is not looked at here. */
  notModelled: readonly string[];
}

/** A node as the scheduler sees it. */
export type PlacementNode = Pick<NodeFacts, 'name' | 'labels' | 'taints' | 'ready' | 'unschedulable'> & {
  /** With `pods`. */
  allocatable: Amounts;
};

/** Pods of one shape on one node; without a node they wait for one. */
export interface HostedPods {
  /** One object for all pods of a template, as `podTally` gives them: what is shared is compared once. */
  shape: PodShape;
  nodeName: string | undefined;
  pods: number;
}

/** All that placement is judged from. Finished pods are left out, they hold nothing. */
export interface FleetFacts {
  nodes: readonly PlacementNode[];
  hosted: readonly HostedPods[];
  budgets: readonly BudgetFacts[];
}

/** A kind of node that could be added. */
export interface NodeType {
  /** "worker 8c/32Gi". */
  name: string;
  labels: Readonly<Record<string, string>>;
  taints: NonNullable<NodeFacts['taints']>;
  allocatable: Amounts;
  /** Zones it can be had in (topology.kubernetes.io/zone); empty: the fleet has no zones. */
  zones: readonly string[];
}

/** So many pods of a shape. */
export interface PodsOf {
  shape: PodShape;
  pods: number;
}
