import { at, objectAt, objectsAt, textAt } from '../manifest/json.ts';
import { containersOf, podTemplates } from '../manifest/pod-templates.ts';
import { type ManifestObject, ofKind } from '../manifest/read-manifest.ts';
import type { Found, Rule } from './finding.ts';
import { isSecretSetting, isSecretText, secretLines } from './secret-patterns.ts';

const FIX =
  'move it to a Secret (better: an external secret store) and refer to it with secretKeyRef or a mounted volume';

/** Why an entry holds a secret, without its value; undefined when it doesn't. */
function reasonOf(key: string, value: string): string | undefined {
  if (!value.includes('\n') && isSecretSetting(key, value)) return 'is named like a secret and has a value';
  if (isSecretText(value)) return 'holds a key, a token or a URL with a password';
  const lines = secretLines(value);
  return lines.length === 0 ? undefined : `sets a secret in its line ${lines.slice(0, 5).join(', ')}`;
}

function decoded(base64: string): string {
  return base64.length > 1_500_000 ? '' : Buffer.from(base64, 'base64').toString('utf8');
}

function entriesOf(object: ManifestObject): [field: string, key: string, value: string][] {
  const texts = (field: string): [string, string][] =>
    Object.entries(objectAt(object.body, field)).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    );
  return [
    ...texts('data').map(([key, value]): [string, string, string] => ['data', key, value]),
    ...texts('binaryData').map(([key, value]): [string, string, string] => ['binaryData', key, decoded(value)]),
  ];
}

function configMapFindings(object: ManifestObject): Found[] {
  return entriesOf(object).flatMap(([field, key, value]): Found[] => {
    const reason = reasonOf(key, value);
    if (reason === undefined) return [];
    return [{ id: 'secret_in_configmap', object, path: `${field}[${key}]`, message: `key ${key} ${reason}`, fix: FIX }];
  });
}

/** No secret in a ConfigMap, nor written out as a container's environment (R311). Names keys and lines, never values. */
export const lintSecrets: Rule = objects => [
  ...ofKind(objects, '', 'ConfigMap').flatMap(configMapFindings),
  ...podTemplates(objects).flatMap(template =>
    containersOf(template).flatMap(({ path, name: container, spec }) =>
      objectsAt(spec, 'env').flatMap((variable, index): Found[] => {
        const [name, value] = [textAt(variable, 'name') ?? '', at(variable, 'value')];
        if (typeof value !== 'string' || !(isSecretSetting(name, value) || isSecretText(value))) return [];
        const message = `container ${container} has a secret written out in its environment variable ${name}`;
        return [
          { id: 'secret_in_env', object: template.object, path: `${path}.env[${index}].value`, message, fix: FIX },
        ];
      }),
    ),
  ),
];
