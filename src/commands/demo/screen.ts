import type { WriteStream } from 'node:tty';
import type { OperationEvent } from '../../model/journal.ts';
import type { NodeProgress, Operation } from '../../model/operation.ts';
import type { Verdict } from './verdict.ts';

const BAR_WIDTH = 24;
const marks: Record<NodeProgress['state'], string> = {
  pending: '·',
  cordoned: '◐',
  draining: '◐',
  installing: '◑',
  rebooting: '◑',
  validating: '◕',
  done: '●',
  skipped: '○',
  rolled_back: '✗',
  in_doubt: '?',
  failed: '✗',
};

const clockOf = (time: string): string => time.slice(11, 19);

function minutesUntil(operation: Operation): string {
  if (operation.eta_at === undefined) return '';
  const minutes = (Date.parse(operation.eta_at) - Date.parse(operation.updated_at)) / 60_000;
  return `, about ${Math.max(0, Math.round(minutes))} min of cluster time left`;
}

function nodeLine(node: NodeProgress, operation: Operation): string {
  const isActive = operation.active.includes(`${node.cluster}/${node.node}`);
  const waiting = isActive && operation.waiting_for ? operation.waiting_for.reason : (node.reason ?? '');
  return `  ${marks[node.state]} ${node.node.padEnd(24)} ${node.state.padEnd(11)} ${node.state === 'done' ? '' : waiting}`;
}

/** Lines of the picture: the wave under way, a line a node, progress, what is waited for, ETA. */
export function pictureOf(operation: Operation): string[] {
  const { done, total } = operation.progress;
  const filled = total === 0 ? 0 : Math.round((done / total) * BAR_WIDTH);
  const unfinished = operation.nodes.find(node => !['done', 'skipped'].includes(node.state));
  const wave = unfinished?.cluster ?? operation.clusters.at(-1);
  const header = `${operation.phase} — ${operation.status}${operation.simulated ? ' (simulated)' : ''}`;
  const progress = `[${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}] ${done}/${total} nodes, ${operation.metrics.minutes.toFixed(1)} min, ${operation.metrics.evictions} evictions`;
  return [
    header,
    ...operation.nodes.filter(node => node.cluster === wave).map(node => nodeLine(node, operation)),
    `${progress}${minutesUntil(operation)}`,
  ];
}

/** Live picture on a terminal, a line an event elsewhere, nothing with --json. */
export class Screen {
  readonly #out: WriteStream;
  readonly #isQuiet: boolean;
  #drawn = 0;

  constructor(out: WriteStream, isQuiet: boolean) {
    this.#out = out;
    this.#isQuiet = isQuiet;
  }

  say(text: string): void {
    if (!this.#isQuiet) this.#print([text]);
  }

  event({ at, node, message }: OperationEvent): void {
    if (this.#isQuiet || this.#out.isTTY) return;
    const subject = node === undefined || message.includes(node) ? '' : `${node}: `;
    this.#print([`${clockOf(at)}  ${subject}${message}`]);
  }

  show(operation: Operation): void {
    if (this.#isQuiet || !this.#out.isTTY) return;
    const width = this.#out.columns || 100;
    const lines = pictureOf(operation).map(line => (line.length > width ? `${line.slice(0, width - 1)}…` : line));
    this.#out.write(`${this.#drawn > 0 ? `\x1b[${this.#drawn}A` : ''}\x1b[J${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }

  verdict(verdict: Verdict): void {
    if (this.#isQuiet) return;
    this.#print([
      '',
      `${verdict.passed ? '✔' : '✘'} ${verdict.status}: ${verdict.result_summary} (simulated)`,
      `  cluster time          ${verdict.minutes.toFixed(1)} min (lower bound ${verdict.minutes_lower_bound.toFixed(1)})`,
      `  evictions             ${verdict.evictions}, refused and asked again ${verdict.evictions_refused}`,
      '  counted by the simulation itself:',
      `  budget violations     ${verdict.pdb_violations}`,
      `  control plane overlaps ${verdict.control_plane_overlaps}`,
      `  etcd quorum           ${verdict.etcd_quorum_lost === 0 ? 'never lost' : `lost ${verdict.etcd_quorum_lost} times`}`,
      `  installs, reboots     at most ${verdict.max_installs_per_boot} and ${verdict.max_reboots_per_boot} a boot`,
      ...(verdict.kills > 0
        ? [`  executor killed       ${verdict.kills} times (kill -9), journal writes ${verdict.journal_writes}`]
        : []),
    ]);
  }

  #print(lines: readonly string[]): void {
    this.#drawn = 0;
    this.#out.write(`${lines.join('\n')}\n`);
  }
}
