import type { ApiCluster } from '../api-cluster.ts';
import { asObject, asText, at, type JsonObject } from '../json.ts';

/** Addresses tried before giving up: the range has a million, a cluster a few hundred. */
const TRIES = 1000;

/** A Service with an address of 10.96.0.0/12, unless it has one, is headless or only names another host. */
export function withServiceAddress(cluster: ApiCluster, service: JsonObject): JsonObject {
  const spec = asObject(service.spec);
  if (asText(spec.clusterIP) !== '' || spec.type === 'ExternalName') return service;
  const taken = new Set(cluster.store.list('services').map(known => at(known, 'spec', 'clusterIP')));
  for (let tried = 0; tried < TRIES; tried += 1) {
    const number = 1 + Math.floor(cluster.random() * (2 ** 20 - 2));
    const address = `10.${96 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
    if (!taken.has(address)) return { ...service, spec: { ...spec, clusterIP: address, clusterIPs: [address] } };
  }
  return service;
}
