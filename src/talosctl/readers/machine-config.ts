import { parseAllDocuments } from 'yaml';
import { isSecretKey } from '../../model/config-patch.ts';
import { redact } from '../../redaction/redact.ts';
import { TalosctlError } from '../errors.ts';
import { isRecord, readJsonObjects } from './json-objects.ts';

const ACTIVE = 'v1alpha1';
/** What is of one machine, of its place in the network, or names the cluster: it differs wherever there are two. */
const OF_ONE =
  /^(?:machine\.(?:network\.(?:hostname|interfaces)|install\.(?:disk|diskSelector)|certSANs|nodeLabels|disks)|cluster\.(?:id|clusterName|controlPlane\.endpoint|apiServer\.certSANs|etcd\.(?:ca|advertisedSubnets)))(?:\.|$)/;
/** For a value that may be a secret, or is no setting but a text: it is not compared. */
const HIDDEN = 'not shown';

function unreadable(cause?: unknown): TalosctlError {
  return new TalosctlError('unintelligible', 'the machine config could not be read', { cause });
}

function documentsOf(spec: unknown): unknown[] {
  if (isRecord(spec)) return [spec];
  if (typeof spec !== 'string') throw unreadable();
  try {
    return parseAllDocuments(spec).map(document => {
      if (document.errors.length > 0) throw unreadable();
      return document.toJS({ maxAliasCount: 100 }) as unknown;
    });
  } catch (cause) {
    throw cause instanceof TalosctlError ? cause : unreadable(cause);
  }
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (OF_ONE.test(path)) return;
  if (Array.isArray(value) || isRecord(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (isRecord(value) && isSecretKey(key)) continue;
      flatten(inner, path === '' ? key : `${path}.${key}`, into);
    }
    return;
  }
  const text = String(value);
  into.set(path, redact(text) === text && text.length <= 200 ? text : HIDDEN);
}

/**
 * The active machine config as paths and values, to be compared with that of another cluster: without secrets, without what is of
 * one machine only, and with a value that might be a secret not shown. Nothing of it is quoted in an error.
 */
export function readComparableConfig(text: string): Map<string, string> {
  let specs: unknown[];
  try {
    specs = readJsonObjects(text, 'the machine config').flatMap(({ metadata, spec }) =>
      isRecord(metadata) && metadata.id === ACTIVE ? [spec] : [],
    );
  } catch (cause) {
    throw unreadable(cause);
  }
  const [active] = specs;
  if (specs.length !== 1) throw unreadable();
  const values = new Map<string, string>();
  for (const document of documentsOf(active)) {
    const kind = isRecord(document) && typeof document.kind === 'string' ? document.kind : '';
    flatten(document, kind, values);
  }
  return values;
}
