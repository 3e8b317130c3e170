import * as z from 'zod';
import { DivisionYaml } from '../model/config.ts';

/** JSON Schema of division.yaml, as shipped in docs/division.schema.json. */
export function divisionSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(DivisionYaml, { io: 'input' }),
    title: 'division.yaml of containers-gm',
    description: 'Every field has a default but the contexts and addresses of the clusters.',
  };
}
