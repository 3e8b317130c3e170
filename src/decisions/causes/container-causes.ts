/** What keeps a container from running: its image, its configuration, its command, its memory, its probes, itself. */
import type { ContainerSymptoms, EventFacts, PodSymptoms } from '../../model/symptoms.ts';
import { type CauseFound, nameShown } from './cause.ts';
import { eventsOf, isHealthyPod, type WorkloadLook } from './pods.ts';

const RULE = 'R262, seed line 536: exit code, memory, events';
const PULL = ['ImagePullBackOff', 'ErrImagePull', 'InvalidImageName', 'ErrImageNeverPull', 'RegistryUnavailable'];
const NOT_STARTED = ['CreateContainerError', 'RunContainerError', 'StartError', 'ContainerCannotRun'];
const MISSING = /\b(configmap|secret)s? "?([\w.-]{1,253})"? not found|couldn't find key|non-existent config key/i;

/** What an exit code means where the reason says no more (128 + signal number). */
const CODES: Readonly<Record<number, string>> = {
  126: 'its command can’t be executed',
  127: 'its command was not found',
  134: 'it aborted itself (SIGABRT)',
  137: 'it was killed (SIGKILL)',
  139: 'it touched memory that is not its own (SIGSEGV)',
  143: 'it was asked to end (SIGTERM)',
};

const meaningOf = (exitCode: number): string => CODES[exitCode] ?? 'it gave up by itself';

interface Found {
  pod: PodSymptoms;
  container: ContainerSymptoms;
  events: readonly EventFacts[];
  named: string;
}

type Rule = (found: Found) => CauseFound[];

const evidenceOf = ({ pod }: Found, ...parts: readonly string[]): string[] =>
  parts.filter(part => part !== '').map(part => `${pod.name}: ${part}`);

const eventTexts = (events: readonly EventFacts[]): string[] =>
  events.slice(0, 2).map(({ reason, count, message }) => `${reason} ×${count}: ${message}`);

const memory: Rule = found => {
  const { container, named } = found;
  const { ended, memoryLimit, restarts } = container;
  if (ended?.reason !== 'OOMKilled') return [];
  const limit =
    memoryLimit === undefined ? 'it has no memory limit of its own' : `its limit is ${nameShown(memoryLimit)}`;
  return [
    {
      cause: 'out_of_memory',
      weight: container.isReady ? 55 : 98,
      subject: named,
      message: `${named} was killed for its memory (OOM, OOMKilled, exit code ${ended.exitCode}); ${limit}`,
      evidence: evidenceOf(found, `OOMKilled, exit code ${ended.exitCode}, ${restarts} restarts`),
      rule: RULE,
      remedy: 'raise its memory limit, or find what it keeps in memory.',
      affected: 1,
    },
  ];
};

const image: Rule = found => {
  const { container, events, named } = found;
  const { waiting } = container;
  if (waiting === undefined || !PULL.includes(waiting.reason)) return [];
  const pulls = events.filter(({ reason, message }) => reason === 'Failed' && /pull|image/i.test(message));
  const said = [waiting.message, ...pulls.map(({ message }) => message)].join(' ');
  return [
    {
      cause: 'image_pull',
      weight: 97,
      subject: named,
      message: `the image of ${named} can’t be pulled${whyNotPulled(said)}`,
      evidence: evidenceOf(
        found,
        `${waiting.reason}: ${waiting.message}`,
        `image ${container.image}`,
        ...eventTexts(pulls),
      ),
      rule: RULE,
      remedy: 'correct the image’s name and tag, or give the namespace its pull secret.',
      affected: 1,
    },
  ];
};

function whyNotPulled(said: string): string {
  if (/InvalidImageName|invalid reference/i.test(said)) return ': its name is none';
  if (/not found|manifest unknown|does not exist/i.test(said)) return ': there is no such image';
  if (/unauthorized|denied|authentication|forbidden|403|401/i.test(said)) return ': the registry refuses us';
  if (/toomanyrequests|rate limit|429/i.test(said)) return ': the registry limits how often we ask';
  if (/timeout|i\/o|no such host|connection refused|dial tcp|TLS/i.test(said)) return ': the registry does not answer';
  return '';
}

const configuration: Rule = found => {
  const { container, events, named, pod } = found;
  const isWaiting = container.waiting?.reason === 'CreateContainerConfigError';
  const mounts = events.filter(({ reason, message }) => reason === 'FailedMount' && MISSING.test(message));
  if (!isWaiting && (container.isRunning || mounts.length === 0)) return [];
  const said = isWaiting ? (container.waiting?.message ?? '') : (mounts[0]?.message ?? '');
  const [, kind, name] = MISSING.exec(said) ?? [];
  const what =
    kind === undefined || name === undefined ? 'a value it needs' : `${kind.toLowerCase()} ${nameShown(name)}`;
  return [
    {
      cause: 'missing_configuration',
      weight: 96,
      subject: named,
      message: `${named} can’t start: ${what} is not there in namespace ${nameShown(pod.namespace)}`,
      evidence: evidenceOf(found, isWaiting ? `CreateContainerConfigError: ${said}` : '', ...eventTexts(mounts)),
      rule: RULE,
      remedy: 'create what is missing, or correct the reference to it.',
      affected: 1,
    },
  ];
};

const command: Rule = found => {
  const { container, named } = found;
  const { waiting, ended } = container;
  const isWaiting = waiting !== undefined && NOT_STARTED.includes(waiting.reason);
  const isEnded = ended !== undefined && (NOT_STARTED.includes(ended.reason) || [126, 127].includes(ended.exitCode));
  if (!isWaiting && (!isEnded || container.isReady)) return [];
  const said = isEnded ? `${ended.reason}, exit code ${ended.exitCode}: ${ended.message}` : '';
  return [
    {
      cause: 'command_fails',
      weight: 94,
      subject: named,
      message: `${named} can’t be started: its command or entry point is not there, or may not run`,
      evidence: evidenceOf(found, isWaiting ? `${waiting.reason}: ${waiting.message}` : '', said),
      rule: RULE,
      remedy: 'correct command and args, or the image.',
      affected: 1,
    },
  ];
};

const probes: Rule = found => {
  const { container, events, named } = found;
  if (container.isReady) return [];
  const failed = events.filter(
    ({ reason, message }) => reason === 'Unhealthy' && /probe (failed|errored)/i.test(message),
  );
  const kind = ['Liveness', 'Startup', 'Readiness'].find(each =>
    failed.some(({ message }) => message.startsWith(each)),
  );
  if (kind === undefined) return [];
  const isKilled = kind !== 'Readiness' && [137, 143].includes(container.ended?.exitCode ?? 0);
  return [
    {
      cause: 'probe_fails',
      weight: isKilled ? 93 : 80,
      subject: named,
      message: `the ${kind.toLowerCase()} probe of ${named} fails${isKilled ? ', so it is killed and started again' : ''}`,
      evidence: evidenceOf(found, ...eventTexts(failed)),
      rule: RULE,
      remedy: 'look at what the probe asks and at the log; give a slow start a startup probe.',
      affected: 1,
    },
  ];
};

const crashes: Rule = found => {
  const { container, events, named } = found;
  const { waiting, ended, restarts } = container;
  const isLooping = waiting?.reason === 'CrashLoopBackOff';
  if (ended === undefined || ended.reason === 'OOMKilled' || (!isLooping && (restarts === 0 || container.isReady)))
    return [];
  const backOff = events.filter(({ reason }) => reason === 'BackOff');
  const how =
    ended.exitCode === 0
      ? 'ends by itself without an error (exit code 0), though it is to go on'
      : `crashes again and again with exit code ${ended.exitCode}: ${meaningOf(ended.exitCode)}`;
  return [
    {
      cause: ended.exitCode === 0 ? 'exits_normally' : 'crash_loop',
      weight: isLooping ? 75 : 55,
      subject: named,
      message: `${named} ${how}`,
      evidence: evidenceOf(
        found,
        `${ended.reason}, exit code ${ended.exitCode}, ${restarts} restarts`,
        ended.message,
        ...eventTexts(backOff),
      ),
      rule: RULE,
      remedy: 'read the log of the run before; what changed last is the first suspect.',
      affected: 1,
    },
  ];
};

const rules: readonly Rule[] = [memory, image, configuration, command, probes, crashes];

/** Causes in the containers of every pod. */
export function containerCauses(look: WorkloadLook): CauseFound[] {
  return look.workload.pods.flatMap(pod => {
    const events = eventsOf(look, pod);
    const isOver = isHealthyPod(pod) && pod.phase === 'Succeeded';
    return pod.containers.flatMap(container => {
      const named = `${container.isInit ? 'init container' : 'container'} ${nameShown(container.name)}`;
      return isOver ? [] : rules.flatMap(rule => rule({ pod, container, events, named }));
    });
  });
}
