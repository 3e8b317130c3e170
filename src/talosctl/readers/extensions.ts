import { unintelligible } from '../errors.ts';
import { isRecord } from './json-objects.ts';
import { readSpecs, textField } from './resource.ts';

export interface ExtensionsReading {
  /** Image Factory schematic, 64 hex digits; undefined for a machine that was not installed from the factory. */
  schematic: string | undefined;
  /** Names of the other extensions. */
  extensions: string[];
}

const WHAT = 'the answer of talosctl get extensions';
const SCHEMATIC = /^[0-9a-f]{64}$/;
/** Entries of the list that the image builder writes beside the extensions. */
const NOT_EXTENSIONS = new Set(['schematic', 'modules.dep']);

/** Reads the extensions; the entry named `schematic` carries the schematic id as its version. Empty means none. */
export function readExtensions(text: string): ExtensionsReading {
  const entries = readSpecs(text, WHAT).map(spec => {
    const metadata = spec.metadata;
    if (!isRecord(metadata)) unintelligible(WHAT, text);
    return { name: textField(metadata, 'name', WHAT), version: metadata.version };
  });
  const schematic = entries.find(entry => entry.name === 'schematic')?.version;
  if (schematic !== undefined && !(typeof schematic === 'string' && SCHEMATIC.test(schematic)))
    unintelligible(`the schematic in ${WHAT}`, JSON.stringify(schematic));
  return { schematic, extensions: entries.map(entry => entry.name).filter(name => !NOT_EXTENSIONS.has(name)) };
}
