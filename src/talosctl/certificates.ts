import type { certificateKinds } from '../model/talos-reads.ts';
import { type Connection, commands } from './argv.ts';
import { type AskOptions, ask, type Talosctl } from './ask.ts';
import { presentable, TalosctlError } from './errors.ts';
import { machineCommands } from './machine-commands.ts';
import { type CertificateReading, readCertificate, readCertificates } from './readers/certificates.ts';
import { talosconfigCertificate } from './talosconfig-certificate.ts';

type Kind = (typeof certificateKinds)[number];

export interface CertificatesOfMachine {
  certificates: { kind: Kind; name: string; not_before: string; expires_at: string }[];
  unanswered: { part: string; error_class: string; message: string }[];
}

/** Authorities sign for ten years; they stand beside what they signed. */
const kindOf = (kind: Kind, { name }: CertificateReading): Kind => (/CAs?$/.test(name) ? 'authority' : kind);

/**
 * When the certificates of a machine end, read where Talos keeps them (contractors 5.5), and the talosconfig's own. What did not
 * answer is named: a certificate that is not listed is not known to be valid. Their keys are read with them and kept nowhere.
 */
export async function readCertificatesOf(
  talosctl: Talosctl,
  connection: Connection,
  options: AskOptions,
): Promise<CertificatesOfMachine> {
  const resource = (kind: 'apicertificates' | 'kubernetesdynamiccerts' | 'etcdsecrets') => () =>
    ask(talosctl, connection, commands.get(kind), options).then(text => readCertificates(text, kind));
  const kubelet = async () => {
    const text = await ask(talosctl, connection, machineCommands.kubeletCertificate(), options);
    return [readCertificate('kubelet client', text, 'the kubelet certificate')];
  };
  const client = async () => [await talosconfigCertificate(talosctl.env, connection.context)];
  const parts: readonly (readonly [Kind, () => Promise<CertificateReading[]>])[] = [
    ['talos', resource('apicertificates')],
    ['kubernetes', resource('kubernetesdynamiccerts')],
    ['etcd', resource('etcdsecrets')],
    ['kubelet', kubelet],
    ['client', client],
  ];
  const found: CertificatesOfMachine = { certificates: [], unanswered: [] };
  await Promise.all(
    parts.map(async ([kind, read]) => {
      try {
        for (const one of await read()) {
          const { name, notBefore, expiresAt } = one;
          const times = { not_before: notBefore.toISOString(), expires_at: expiresAt.toISOString() };
          found.certificates.push({ kind: kindOf(kind, one), name, ...times });
        }
      } catch (error) {
        if (!(error instanceof TalosctlError)) throw error;
        found.unanswered.push({ part: kind, error_class: error.errorClass, message: presentable(error.message) });
      }
    }),
  );
  const key = ({ kind, name }: { kind: string; name: string }): string => `${kind} ${name}`;
  found.certificates.sort((one, other) => (key(one) < key(other) ? -1 : 1));
  return found;
}
