import { dirname } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { type ClusterConfig, DivisionYaml } from '../model/config.ts';
import { configError, readNamedFile } from './config-error.ts';
import { resolvePath } from './paths.ts';
import { type Problem, pathText, problemsOf } from './problems.ts';

export interface DivisionFile {
  path: string;
  yaml: DivisionYaml;
  clusters: ClusterConfig[];
  /** Absolute; undefined when the file names none. */
  snapshotDirectory: string | undefined;
  /** Absolute; undefined when the file names none. */
  secretsDirectory: string | undefined;
}

interface YamlReading {
  value: unknown;
  /** Line of the value at a path, or of the nearest one around it. */
  lineOf: (path: readonly PropertyKey[]) => number | undefined;
}

function parseYaml(text: string, path: string): YamlReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(error => {
    const { line, col } = lines.linePos(error.pos[0]);
    return `line ${line}, column ${col}: ${error.code.toLowerCase().replaceAll('_', ' ')}`;
  });
  if (problems.length > 0) throw invalidFile(path, problems);
  return {
    value: unfolded(document, path),
    lineOf: keys => {
      for (let length = keys.length; length > 0; length -= 1) {
        const start = startOf(document.getIn(keys.slice(0, length), true));
        if (start !== undefined) return lines.linePos(start).line;
      }
      return undefined;
    },
  };
}

function startOf(node: unknown): number | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  const start: unknown = Array.isArray(range) ? range[0] : undefined;
  return typeof start === 'number' ? start : undefined;
}

/** Throws for aliases that would unfold without end, and for references to nothing. */
function unfolded(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw invalidFile(path, ['an alias (*name) has no anchor, or unfolds too often']);
  }
}

function invalidFile(path: string, problems: readonly string[]) {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return configError(
    `${path} has ${count}:\n${problems.map(problem => `  ${problem}`).join('\n')}`,
    `Correct ${path}; its fields are described in docs/division.schema.json.`,
  );
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** What the schema can't say. An address or a context that begins with a dash would be read as an option. */
function furtherProblems(yaml: DivisionYaml): Problem[] {
  const problems: Problem[] = [];
  if (!isTimeZone(yaml.timezone)) {
    problems.push({ path: ['timezone'], text: 'give an IANA time zone, e.g. Europe/Berlin' });
  }
  if (Object.keys(yaml.clusters).length === 0) problems.push({ path: ['clusters'], text: 'name at least one cluster' });
  const { daily_tokens: daily, categories } = yaml.budget;
  const allotted = Object.values(categories).reduce((total, tokens) => total + tokens, 0);
  if (allotted !== daily) {
    problems.push({
      path: ['budget', 'daily_tokens'],
      text: `is ${daily}, and the categories add up to ${allotted}: make them equal`,
    });
  }
  for (const [name, cluster] of Object.entries(yaml.clusters)) {
    const words: [string[], string][] = [
      [['kubernetes', 'context'], cluster.kubernetes.context],
      [['talos', 'context'], cluster.talos.context],
      ...cluster.talos.endpoints.map((endpoint): [string[], string] => [['talos', 'endpoints'], endpoint]),
    ];
    for (const [path, word] of words) {
      if (!/^[^\s-]\S*$/.test(word)) {
        problems.push({
          path: ['clusters', name, ...path],
          text: 'give a name or address without spaces or leading dash',
        });
      }
    }
    const monitoring = cluster.prometheus && new URL(cluster.prometheus.url);
    if (monitoring && (!/^https?:$/.test(monitoring.protocol) || monitoring.username + monitoring.password !== '')) {
      problems.push({
        path: ['clusters', name, 'prometheus', 'url'],
        text: 'give an http or https address without user or password: a token stands in the file that token_file names',
      });
    }
    if (!cluster.installer.includes('{version}')) {
      problems.push({ path: ['clusters', name, 'installer'], text: 'write {version} where the Talos version belongs' });
    }
  }
  for (const [name, { clusters }] of Object.entries(yaml.federations)) {
    const unknown = clusters.filter(cluster => !Object.hasOwn(yaml.clusters, cluster));
    if (unknown.length === 0) continue;
    problems.push({
      path: ['federations', name, 'clusters'],
      text: `names ${unknown.join(', ')}, which clusters has not: use ${Object.keys(yaml.clusters).join(', ')}`,
    });
  }
  return problems;
}

function clusterConfigs(yaml: DivisionYaml, path: string, env: NodeJS.ProcessEnv): ClusterConfig[] {
  const folder = dirname(path);
  return Object.entries(yaml.clusters).map(([name, cluster]) => ({
    name,
    mode: cluster.mode,
    environment: cluster.environment,
    simulated: false,
    kubernetes: { ...cluster.kubernetes, kubeconfig: resolvePath(cluster.kubernetes.kubeconfig, folder, env) },
    talos: { ...cluster.talos, talosconfig: resolvePath(cluster.talos.talosconfig, folder, env) },
    installer: cluster.installer,
    windows: cluster.windows,
    ...(cluster.scratch && { scratch: true as const }),
    ...(cluster.prometheus && {
      prometheus: {
        url: cluster.prometheus.url,
        tokenFile: cluster.prometheus.token_file && resolvePath(cluster.prometheus.token_file, folder, env),
        queries: cluster.prometheus.queries,
      },
    }),
  }));
}

/**
 * Reads division.yaml. Paths in it may start with ~ and are relative to its folder.
 * @throws DivisionError INPUT_INVALID, exit code 2, with every problem at once: line, path, fix
 */
export async function readDivisionFile(path: string, namedBy: string, env: NodeJS.ProcessEnv): Promise<DivisionFile> {
  const { value, lineOf } = parseYaml(await readNamedFile(path, namedBy), path);
  const lines = (problems: readonly Problem[]) =>
    problems.map(problem => {
      const line = lineOf(problem.path);
      return `${line === undefined ? '' : `line ${line}, `}${pathText(problem.path)}: ${problem.text}`;
    });
  const parsed = DivisionYaml.safeParse(value ?? {});
  if (!parsed.success) throw invalidFile(path, lines(problemsOf(parsed.error, DivisionYaml, value)));
  const further = furtherProblems(parsed.data);
  if (further.length > 0) throw invalidFile(path, lines(further));
  const yaml = parsed.data;
  const directory = (given: string | undefined): string | undefined =>
    given === undefined ? undefined : resolvePath(given, dirname(path), env);
  return {
    path,
    yaml,
    clusters: clusterConfigs(yaml, path, env),
    snapshotDirectory: directory(yaml.snapshot_dir),
    secretsDirectory: directory(yaml.secrets_dir),
  };
}
