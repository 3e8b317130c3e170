import { textAt } from '../manifest/json.ts';
import { containersOf, podTemplates } from '../manifest/pod-templates.ts';
import type { Found, Rule } from './finding.ts';

/** Whether a reference says for ever, or at least for a release, which image is meant (OCI distribution: name[:tag][@digest]). */
export function pinOf(image: string): 'digest' | 'tag' | 'latest' | 'none' {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return 'digest';
  const tag = /:([^:/@]+)$/.exec(image)?.[1];
  if (tag === undefined) return 'none';
  return tag === 'latest' ? 'latest' : 'tag';
}

/** Every container names an image, by a tag that is not `latest` or by digest: else a rollback goes back to nothing (R172, seed 677). */
export const lintImages: Rule = objects =>
  podTemplates(objects).flatMap(template =>
    containersOf(template).flatMap(({ path, name, spec }): Found[] => {
      const image = textAt(spec, 'image')?.trim() ?? '';
      const { object } = template;
      if (image === '') {
        const message = `container ${name} names no image`;
        return [{ id: 'image_missing', object, path: `${path}.image`, message, fix: 'name it with its tag or digest' }];
      }
      const pin = pinOf(image);
      if (pin === 'tag' || pin === 'digest') return [];
      const what = pin === 'latest' ? 'the tag latest' : 'no tag';
      const message = `the image of container ${name} has ${what}: nobody knows what runs, and a rollback changes nothing`;
      const fix = 'name a version or, better, a digest';
      return [{ id: 'image_not_pinned', object, path: `${path}.image`, message, fix }];
    }),
  );
