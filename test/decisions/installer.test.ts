import { describe, expect, it } from 'vitest';
import { installerImage } from '../../src/decisions/installer.ts';
import type { MachineFacts } from '../../src/model/facts.ts';
import { aMachine, SCHEMATIC } from './facts.ts';

const FACTORY = 'factory.talos.dev/metal-installer/{schematic}:{version}';
const VANILLA = '376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d418b4ba';
const imageFor = (change: Partial<MachineFacts>, template = FACTORY) =>
  installerImage(template, 'worker-1', aMachine('worker-1', change), 'v1.13.9');

describe("the installer keeps each node's own", () => {
  it.each<{ what: string; change: Partial<MachineFacts>; template?: string; image: string }>([
    { what: 'schematic', change: {}, image: `factory.talos.dev/metal-installer/${SCHEMATIC}:v1.13.9` },
    {
      what: 'secure-boot variant',
      change: { isSecureBoot: true },
      image: `factory.talos.dev/metal-installer-secureboot/${SCHEMATIC}:v1.13.9`,
    },
    {
      what: 'platform',
      change: { platform: 'nocloud' },
      image: `factory.talos.dev/nocloud-installer/${SCHEMATIC}:v1.13.9`,
    },
    {
      what: 'ordinary boot, whatever the template says',
      change: {},
      template: 'factory.talos.dev/metal-installer-secureboot/{schematic}:{version}',
      image: `factory.talos.dev/metal-installer/${SCHEMATIC}:v1.13.9`,
    },
    {
      what: 'lack of extensions',
      change: { schematic: undefined, extensions: [] },
      image: `factory.talos.dev/metal-installer/${VANILLA}:v1.13.9`,
    },
    {
      what: 'schematic that the template names',
      change: {},
      template: `mirror.local:5000/metal-installer/${SCHEMATIC}:{version}`,
      image: `mirror.local:5000/metal-installer/${SCHEMATIC}:v1.13.9`,
    },
    {
      what: 'plain installer without a schematic',
      change: { schematic: undefined, extensions: [], platform: undefined },
      template: 'ghcr.io/siderolabs/installer:{version}',
      image: 'ghcr.io/siderolabs/installer:v1.13.9',
    },
  ])('$what', ({ change, template, image }) => {
    expect(imageFor(change, template)).toEqual({ ok: true, image });
  });

  it.each<{ what: string; change: Partial<MachineFacts>; template?: string; code: string }>([
    {
      what: 'extensions without a known schematic',
      change: { schematic: undefined },
      code: 'CONTRACTOR_UNINTELLIGIBLE',
    },
    {
      what: 'unknown extensions and schematic',
      change: { schematic: undefined, extensions: undefined },
      code: 'CONTRACTOR_UNINTELLIGIBLE',
    },
    { what: 'an unknown secure-boot state', change: { isSecureBoot: undefined }, code: 'CONTRACTOR_UNINTELLIGIBLE' },
    { what: 'an unknown platform', change: { platform: undefined }, code: 'CONTRACTOR_UNINTELLIGIBLE' },
    {
      what: 'a template that would lose the schematic',
      change: {},
      template: 'ghcr.io/siderolabs/installer:{version}',
      code: 'INPUT_INVALID',
    },
    {
      what: 'a template without a secure-boot variant',
      change: { isSecureBoot: true, schematic: VANILLA },
      template: 'ghcr.io/siderolabs/installer:{version}',
      code: 'INPUT_INVALID',
    },
    {
      what: 'a template without the version',
      change: {},
      template: 'factory.talos.dev/metal-installer/{schematic}:v1.12.0',
      code: 'INPUT_INVALID',
    },
  ])('$what is refused', ({ change, template, code }) => {
    expect(imageFor(change, template)).toMatchObject({ ok: false, findings: [{ code, subject: 'worker-1' }] });
  });

  it('every reason is given at once', () => {
    const answer = imageFor({ schematic: undefined, isSecureBoot: undefined });
    expect(answer.ok ? [] : answer.findings).toHaveLength(2);
  });
});
