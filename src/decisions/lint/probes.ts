import { at } from '../manifest/json.ts';
import { containersOf, podTemplates } from '../manifest/pod-templates.ts';
import type { Found, Rule } from './finding.ts';

const PROBES = [
  {
    id: 'liveness_missing',
    field: 'livenessProbe',
    message: 'has no liveness probe: it is not restarted when it hangs',
    fix: 'add a livenessProbe that asks only the program itself, with a startupProbe where it starts slowly',
  },
  {
    id: 'readiness_missing',
    field: 'readinessProbe',
    message: 'has no readiness probe: it counts as ready as soon as it runs',
    fix: 'add a readinessProbe that succeeds when it can serve',
  },
] as const;

/** Liveness and readiness probes on every container of a pod that runs on and on (R305); what ends by itself needs none. */
export const lintProbes: Rule = objects =>
  podTemplates(objects)
    .filter(({ isService }) => isService)
    .flatMap(template =>
      containersOf(template)
        .filter(({ runsOn }) => runsOn)
        .flatMap(({ path, name, spec }) =>
          PROBES.filter(({ field }) => at(spec, field) === undefined || at(spec, field) === null).map(
            ({ id, field, message, fix }): Found => ({
              id,
              object: template.object,
              path: `${path}.${field}`,
              message: `container ${name} ${message}`,
              fix,
            }),
          ),
        ),
    );
