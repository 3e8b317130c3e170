import * as z from 'zod';
import { pngOf } from '../chart/png.ts';
import { DivisionError } from '../errors.ts';
import { defineTool, type ToolImage } from '../mcp/define-tool.ts';
import { HORIZON_DAYS, WhatIf } from '../model/capacity.ts';
import type { CapacityReading } from '../operations/read-capacity.ts';
import type { FrontEnd } from '../ports.ts';
import { capacityPicture } from '../views/capacity-chart-view.ts';
import { briefCapacityView, capacityAddress, capacityView, clusterSentence } from '../views/capacity-view.ts';
import { clusterNamed, clustersOf } from '../views/cluster-names.ts';
import { capacityOf } from '../views/read-capacity.ts';
import { counted, listOf, say, simulatedMark } from '../views/wording.ts';

const WARNINGS = 5;

const input = z.strictObject({
  cluster: z.string().min(1).max(63).optional().describe('none: all'),
  horizon_days: z
    .number()
    .int()
    .refine(days => days >= 7 && days <= 365, 'from 7 to 365')
    .optional()
    .describe(`default ${HORIZON_DAYS}`),
  // Listed without its fields, which would not fit beside the other tools: the description names them.
  what_if: z
    .looseObject({})
    .optional()
    .describe(
      'one of workload ns/name + replicas (more), lose node:N|zone:Z|each_node|each_zone, drain [nodes], growth_factor, max_unavailable (upgrade); and/or add_nodes',
    ),
  chart: z.enum(['svg', 'png']).optional().describe('default svg'),
});

/** @throws DivisionError INPUT_INVALID that names every problem */
function whatIfOf(given: Record<string, unknown> | undefined): WhatIf | undefined {
  if (given === undefined) return undefined;
  const parsed = WhatIf.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `what_if${path.map(part => `.${String(part)}`).join('')}: ${message}`,
  );
  throw new DivisionError(
    'INPUT_INVALID',
    problems.join('; '),
    `its fields are ${Object.keys(WhatIf.shape).join(', ')}`,
  );
}

function nextAfter({ requests, scheduling }: CapacityReading): string {
  const whatIf = scheduling?.whatIf;
  if (requests.length > 0) return 'send_handoff with infrastructure_requests[0]; tell the COO; end your turn.';
  if (whatIf && 'fits' in whatIf && !whatIf.fits) return 'ask again with add_nodes; or report what does not fit.';
  return 'report and end your turn; what_if asks what would happen.';
}

/** SVG, or PNG where it was asked for and can be made. */
async function pictureOf(
  reading: CapacityReading,
  wanted: 'svg' | 'png',
): Promise<{ image: ToolImage; note?: string }> {
  const svg = capacityPicture(reading);
  const drawn = wanted === 'png' ? await pngOf(svg) : undefined;
  if (drawn) return { image: { mimeType: 'image/png', data: Buffer.from(drawn).toString('base64') } };
  const image: ToolImage = { mimeType: 'image/svg+xml', data: Buffer.from(svg).toString('base64') };
  return wanted === 'svg'
    ? { image }
    : { image, note: 'PNG needs @resvg/resvg-js, which is not installed: this is SVG' };
}

const whatIfSentence = ({ scheduling }: CapacityReading): string | undefined => {
  const whatIf = scheduling?.whatIf;
  if (!whatIf || 'problem' in whatIf) return undefined;
  const blocked = whatIf.unplaced[0];
  const without = blocked
    ? `, ${blocked.pods} of ${blocked.workload} by ${blocked.blocked_nodes[0]?.blocker ?? 'no node'}`
    : '';
  return `${whatIf.scenario}: ${whatIf.fits ? 'fits' : `does not fit, ${whatIf.unplaced_pods} pods without a place${without}`}.`;
};

const needSentence = ({ needs }: CapacityReading): string => {
  const [first] = needs;
  return first === undefined
    ? 'No node is to be added.'
    : `Add ${counted(Math.max(first.nodes.p50, 1), 'node')} (p90 ${first.nodes.p90}) by ${first.by}, order by ${first.orderBy}.`;
};

export const capacityForecast = defineTool({
  name: 'capacity_forecast',
  title: 'Capacity forecast',
  description: 'When CPU or memory crosses its threshold, nodes to order by when, what fits, what if.',
  impact: 'observe',
  category: 'supervision',
  input,
  async run(
    front: FrontEnd,
    { cluster, horizon_days: horizonDays = HORIZON_DAYS, what_if: asked, chart = 'svg' },
    call,
  ) {
    const whatIf = whatIfOf(asked);
    const clusters =
      cluster === undefined ? await clustersOf(front, call.signal) : [await clusterNamed(front, cluster, call.signal)];
    if (whatIf && clusters.length !== 1) {
      const names = clusters.map(({ config }) => config.name).join(', ');
      throw new DivisionError('INPUT_INVALID', 'what_if is about one cluster', `name the cluster: one of ${names}`);
    }
    const { simulated } = front.config;
    const [only] = clusters;
    if (only && clusters.length === 1) {
      const reading = await capacityOf(front, only, { horizonDays, whatIf }, call.signal);
      const { image, note } = await pictureOf(reading, chart);
      const next = nextAfter(reading);
      const all = [...reading.warnings, ...(note === undefined ? [] : [{ code: 'no_png', message: note }])];
      return {
        structured: {
          simulated,
          clusters: [capacityView(reading)],
          ...listOf('warnings', all, capacityAddress(reading.cluster), WARNINGS),
          whole: capacityAddress(reading.cluster),
          next,
        },
        text: say(
          [
            simulatedMark(simulated),
            `${clusterSentence(reading)}.`,
            whatIfSentence(reading),
            whatIf ? undefined : needSentence(reading),
          ],
          next,
        ),
        images: [image],
      };
    }
    const outcomes = await Promise.all(
      clusters.map(async ports => {
        try {
          return { reading: await capacityOf(front, ports, { horizonDays }, call.signal) };
        } catch (error) {
          if (!(error instanceof DivisionError) || error.code === 'CANCELLED') throw error;
          return { unread: { cluster: ports.config.name, code: error.code, message: error.message } };
        }
      }),
    );
    const readings = outcomes.flatMap(({ reading }) => reading ?? []);
    const unread = outcomes.flatMap(({ unread: one }) => one ?? []);
    const next = 'capacity_forecast with cluster tells all of one; report and end your turn.';
    return {
      structured: {
        simulated,
        ...listOf('clusters', readings.map(briefCapacityView), 'gm://division/cluster-status'),
        ...listOf('unreadable', unread, 'gm://division/cluster-status'),
        next,
      },
      text: say(
        [
          simulatedMark(simulated),
          ...readings.slice(0, 2).map(reading => `${clusterSentence(reading)}.`),
          unread.length > 0 ? `Unknown: ${unread.map(({ cluster: name }) => name).join(', ')}.` : undefined,
        ],
        next,
      ),
    };
  },
});
