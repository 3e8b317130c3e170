import type { MachineFacts } from '../model/facts.ts';
import type { LocalFinding } from './verdict.ts';

/** Image Factory's id of the schematic without extensions or kernel arguments. */
const VANILLA_SCHEMATIC = '376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d418b4ba';
const RULE = "SAFETY 10: the installer keeps each node's schematic, platform and secure-boot variant";
/** The Image Factory names an installer by platform: metal-installer, metal-installer-secureboot, aws-installer. */
const FACTORY_IMAGE = /\/[a-z0-9-]+-installer(?:-secureboot)?(?=\/(?:\{schematic\}|[0-9a-f]{64})[:@])/;

export type InstallerAnswer = { ok: true; image: string } | { ok: false; findings: readonly LocalFinding[] };

/**
 * The installer image of one machine: the cluster's template with {schematic} and {version} filled in, in the machine's platform
 * and secure-boot variant. Refused when keeping any of them can't be promised; `version` is a full version with v.
 */
export function installerImage(
  template: string,
  name: string,
  machine: MachineFacts,
  version: string,
): InstallerAnswer {
  const findings: LocalFinding[] = [];
  const refuse = (code: string, message: string, remedy: string): void => {
    findings.push({ code, subject: name, message, remedy, rule: RULE });
  };
  if (!template.includes('{version}')) {
    refuse(
      'INPUT_INVALID',
      `the installer template ${template} has no {version}`,
      "put {version} into the cluster's installer",
    );
  }
  const schematic = schematicOf(machine);
  if (schematic === undefined) {
    const what =
      machine.extensions === undefined
        ? 'its extensions are not known'
        : `it runs extensions (${machine.extensions.join(', ')})`;
    refuse(
      'CONTRACTOR_UNINTELLIGIBLE',
      `${name}: ${what} without a known schematic`,
      'let the contractor answer the schematic, or they would vanish',
    );
  } else if (!template.includes('{schematic}') && schematic !== VANILLA_SCHEMATIC && !template.includes(schematic)) {
    refuse(
      'INPUT_INVALID',
      `${template} would lose schematic ${schematic} of ${name}`,
      "put {schematic} into the cluster's installer",
    );
  }
  const isFactoryImage = FACTORY_IMAGE.test(template);
  if (machine.isSecureBoot === undefined || (isFactoryImage && !machine.platform)) {
    const what = machine.isSecureBoot === undefined ? 'whether it boots securely' : 'its platform';
    refuse(
      'CONTRACTOR_UNINTELLIGIBLE',
      `${name}: ${what} is not known`,
      'let the contractor answer it: the wrong variant does not boot',
    );
  } else if (machine.isSecureBoot && !isFactoryImage) {
    refuse('INPUT_INVALID', `${template} has no secure-boot variant for ${name}`, 'use an Image Factory installer');
  }
  if (findings.length > 0) return { ok: false, findings };
  const variant = `/${machine.platform}-installer${machine.isSecureBoot ? '-secureboot' : ''}`;
  return {
    ok: true,
    image: template
      .replace(FACTORY_IMAGE, () => variant)
      .replaceAll('{schematic}', () => schematic ?? '')
      .replaceAll('{version}', () => version),
  };
}

/** The machine's own schematic; the vanilla one for a machine that says it has no extensions; else undefined. */
function schematicOf(machine: MachineFacts): string | undefined {
  if (machine.schematic) return machine.schematic;
  return machine.extensions?.length === 0 ? VANILLA_SCHEMATIC : undefined;
}
