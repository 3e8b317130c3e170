import { readFileSync } from 'node:fs';
import rfc6902 from 'rfc6902';
import type { ConfigDocument } from '../world/machine.ts';
import { notSimulated, TalosctlFailure } from './failure.ts';
import type { Run } from './run.ts';
import { readYaml } from './yaml-read.ts';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The one v1alpha1 document of a configuration. Throws what the node answers to another. */
export function readConfig(text: string): ConfigDocument {
  const documents = readYaml(text);
  const other = documents.find(document => isRecord(document) && document.kind !== undefined);
  if (other !== undefined)
    throw notSimulated(`configuration documents but v1alpha1 (${String((other as ConfigDocument).kind)})`);
  const [first, second] = documents;
  if (second !== undefined) throw notSimulated('several configuration documents');
  if (!isRecord(first)) throw new TalosctlFailure('no configuration data read');
  return first;
}

/** Reads --patch values: text, or @file. Throws talosctl's error. */
export function loadPatches(run: Run, given: readonly string[]): unknown[] {
  return given.map(patch => {
    if (!patch.startsWith('@')) return oneDocument(patch);
    const path = patch.slice(1);
    try {
      return oneDocument(readFileSync(run.path(path), 'utf8'));
    } catch (error) {
      if (error instanceof TalosctlFailure) throw error;
      throw new TalosctlFailure(`open ${path}: no such file or directory`);
    }
  });
}

function oneDocument(text: string): unknown {
  const trimmed = text.trim();
  if (/^[[{]/.test(trimmed)) {
    try {
      return JSON.parse(trimmed) as unknown;
    } catch {
      throw new TalosctlFailure('error decoding patch: invalid JSON');
    }
  }
  const [document, second] = readYaml(trimmed);
  if (second !== undefined) throw notSimulated('patches of several documents');
  return document;
}

/** Applies a strategic merge (an object) or a JSON patch (a list of operations). Throws talosctl's error. */
export function applyPatch(document: ConfigDocument, patch: unknown): ConfigDocument {
  if (isRecord(patch)) return mergeInto(document, patch);
  if (!Array.isArray(patch)) throw new TalosctlFailure('unknown patch type');
  const copy = structuredClone(document);
  const problems = rfc6902.applyPatch(copy, patch as Parameters<typeof rfc6902.applyPatch>[1]);
  const problem = problems.find(error => error !== null);
  if (problem !== undefined && problem !== null) throw new TalosctlFailure(`error applying patch: ${problem.message}`);
  return copy;
}

/** Maps are merged, lists grow by what is not in them, `$patch: delete` removes. */
function mergeInto(target: ConfigDocument, patch: Record<string, unknown>): ConfigDocument {
  const merged: ConfigDocument = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const present = merged[key];
    if (isRecord(value) && value.$patch === 'delete') delete merged[key];
    else if (isRecord(value)) merged[key] = mergeInto(isRecord(present) ? present : {}, value);
    else if (Array.isArray(value) && Array.isArray(present)) {
      const texts = new Set(present.map(item => JSON.stringify(item)));
      merged[key] = [...(present as unknown[]), ...value.filter(item => !texts.has(JSON.stringify(item)))];
    } else merged[key] = value;
  }
  return merged;
}
