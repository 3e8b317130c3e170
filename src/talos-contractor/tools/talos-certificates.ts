import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { readCertificatesOf } from '../../talosctl/certificates.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosCertificates = defineTool<TalosContext, typeof talosTools.talos_certificates.input>({
  name: 'talos_certificates',
  title: 'Certificates of a machine',
  description:
    'When the certificates of one machine (Talos, Kubernetes, etcd, kubelet, their authority) and of the talosconfig end; those that could not be read are named in unanswered.',
  impact: 'observe',
  ...talosTools.talos_certificates,
  async run({ talosctl }, input, call) {
    const { certificates, unanswered } = await readCertificatesOf(talosctl, input, askOptions(call));
    const structured = { node: input.node, certificates, unanswered };
    const [first] = certificates.map(({ name, expires_at }) => `${expires_at} (${name})`).sort();
    const missing = unanswered.map(({ part }) => part).join(', ');
    const text = `${certificates.length} certificates; the first ends ${first ?? 'unknown'}`;
    return { structured, text: missing === '' ? text : `${text}; unanswered: ${missing}` };
  },
});
