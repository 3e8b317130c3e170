import { doneRuns, dueNow } from '../decisions/due.ts';
import type { ResourceFamily } from '../mcp/define-resource.ts';
import { playbooks } from '../playbooks/index.ts';
import type { FrontEnd } from '../ports.ts';
import { clustersOf } from '../views/cluster-names.ts';
import { divisionHealth } from '../views/health-view.ts';
import { isEnded, operationLine } from '../views/operation-view.ts';
import { planLine, plansNewestFirst } from '../views/plan-view.ts';

/** Who this is (seed lines 3-29, 774-780). */
const IDENTITY = {
  division: 'containers',
  name: 'Cortex Containers',
  role: 'Division General Manager',
  layer: 'middle management',
  reports_to: 'coo',
  responsibility: 'Manage containerized workloads and Kubernetes infrastructure on bare metal',
  mission: 'Orchestrate containerized workloads on Kubernetes clusters running Talos Linux',
  business_impact: 'Critical for application deployment, scalability',
  focus_areas: [
    'Kubernetes cluster management (Talos Linux)',
    'Container orchestration',
    'Multi-cluster coordination',
    'Node lifecycle management',
    'Certificate and security management',
  ],
} as const;

const identity: ResourceFamily<FrontEnd> = {
  name: 'division_identity',
  title: 'Who this general manager is',
  description: 'Division, role, mission, contractors, budget, and the principal of this connection.',
  uri: 'gm://division/identity',
  keepMs: 300_000,
  async read({ config, principal }) {
    return {
      ...IDENTITY,
      simulated: config.simulated,
      contractors: Object.keys(config.contractors),
      daily_tokens: config.budget.daily_tokens,
      principal,
    };
  },
};

/** Seed lines 772-780, each fact from where it is held (ledger R346). */
const quickReference: ResourceFamily<FrontEnd> = {
  name: 'division_quick_reference',
  title: 'Quick reference',
  description: 'Role, boss, team, budget and mission on one page.',
  uri: 'gm://division/quick-reference',
  keepMs: 300_000,
  async read({ config }) {
    const team = Object.keys(config.contractors);
    return {
      division: IDENTITY.division,
      simulated: config.simulated,
      role: 'Containers Division General Manager',
      reports_to: IDENTITY.reports_to,
      team: { contractors: team, total: team.length },
      budget: { daily_tokens: config.budget.daily_tokens },
      mission: IDENTITY.mission,
    };
  },
};

const state: ResourceFamily<FrontEnd> = {
  name: 'division_state',
  title: 'State of the division',
  description: 'Operations and plans: all that is active, all that is kept.',
  uri: 'gm://division/state',
  keepMs: 0,
  async read(front) {
    const { operations, corrupt } = await front.division.operations();
    const plans = await plansNewestFirst(front);
    const now = front.clock.now();
    return {
      division: IDENTITY.division,
      simulated: front.config.simulated,
      as_of: new Date(now).toISOString(),
      contractors: Object.keys(front.config.contractors).map(name => ({ name })),
      active_tasks: operations.filter(operation => !isEnded(operation)).map(operationLine),
      operations: operations.map(operationLine),
      unreadable: corrupt,
      plans: plans.map(planLine),
      due: dueNow(playbooks, doneRuns(operations), now).map(({ name, last_at, due_at }) => ({
        playbook: name,
        last_at: last_at ?? null,
        due_at,
        overdue_hours: Math.floor((now - Date.parse(due_at)) / 3_600_000),
      })),
    };
  },
};

const clusterStatus: ResourceFamily<FrontEnd> = {
  name: 'division_cluster_status',
  title: 'Status of the clusters',
  description: 'Health of every cluster, read now: nodes, pods, issues, versions. Unknown is not healthy.',
  uri: 'gm://division/cluster-status',
  keepMs: 5000,
  read: async (front, _variables, signal) => ({
    division: IDENTITY.division,
    ...(await divisionHealth(front, await clustersOf(front, signal), signal)),
  }),
};

export const divisionResources: readonly ResourceFamily<FrontEnd>[] = [identity, quickReference, state, clusterStatus];
