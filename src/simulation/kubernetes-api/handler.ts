import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../faults.ts';
import { bodyIdentity, type MutatingRequest, strikeProcess } from '../process-kills.ts';
import type { ApiCluster } from './api-cluster.ts';
import { discoveryReply } from './discovery.ts';
import { type EdgeFault, strike } from './edge-faults.ts';
import { healthReply, versionOf } from './health.ts';
import { openApiV3Reply } from './openapi.ts';
import { openApiV2Reply } from './openapi-v2.ts';
import { jsonReply, type Reply, refusalReply, sendText } from './reply.ts';
import { type ApiRequest, isDryRun, resourceLabel, type Target, targetOf } from './request.ts';
import { resourceReply } from './resource-requests.ts';
import { ApiError, badRequest, methodNotAllowed, noSuchPath, notSimulated } from './status.ts';
import { isWrite, requireStorage } from './storage-faults.ts';

/** The API server refuses bodies beyond this. */
const LARGEST_BODY_BYTES = 3 * 1024 * 1024;

/** How long the connections of a process that is gone may take to be seen closed. */
const CLOSING_MS = 50;

export interface HandlerOptions {
  /** Wall milliseconds that a delay of cluster time takes. */
  wallDelay: (clusterMs: number) => number;
}

async function readWhole(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming) {
    const bytes = part as Buffer;
    size += bytes.length;
    if (size > LARGEST_BODY_BYTES)
      throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${LARGEST_BODY_BYTES}`);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

function segmentsOf(pathname: string): string[] {
  try {
    return pathname
      .split('/')
      .filter(segment => segment !== '')
      .map(decodeURIComponent);
  } catch {
    throw badRequest('the path is not percent-encoded as it should be');
  }
}

function requestOf(node: string, incoming: IncomingMessage): ApiRequest {
  const url = new URL(incoming.url ?? '/', 'http://simulated');
  const { accept, 'content-type': contentType, 'user-agent': userAgent } = incoming.headers;
  return {
    node,
    method: incoming.method ?? 'GET',
    segments: segmentsOf(url.pathname),
    query: url.searchParams,
    accept: accept ?? '',
    contentType: contentType ?? '',
    userAgent: userAgent ?? '',
    body: Buffer.alloc(0),
  };
}

/** Answers a request that is about no resource. Throws ApiError 404, 405, 501. */
function otherReply(cluster: ApiCluster, request: ApiRequest): Reply {
  const [root = '', second = '', ...rest] = request.segments;
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
  if (root === 'version')
    return jsonReply(200, versionOf(cluster.apiServerVersion?.(request.node) ?? cluster.kubernetesVersion));
  if (['healthz', 'livez', 'readyz'].includes(root))
    return healthReply(cluster, request.node, request.segments, request.query);
  if (root === 'api' || root === 'apis') return discoveryReply(request.segments, request.accept);
  if (root === 'openapi' && second === 'v2') return openApiV2Reply(request.accept, cluster.kubernetesVersion);
  if (root === 'openapi' && second === 'v3') return openApiV3Reply(rest, cluster.kubernetesVersion);
  if (root === '')
    return jsonReply(200, { paths: ['/api', '/apis', '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'] });
  if (['metrics', 'logs', 'debug', 'openid', '.well-known', 'openapi'].includes(root))
    throw notSimulated(`/${request.segments.join('/')}`);
  throw noSuchPath();
}

const pause = (milliseconds: number, response: ServerResponse): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Half open: the request was taken and nothing comes back, until the fault is cleared or the caller gives up. */
function keepSilent(cluster: ApiCluster, { id }: Fault, response: ServerResponse): void {
  const drop = (): void => {
    response.destroy();
  };
  const stops = [
    cluster.faults.onClear(drop),
    cluster.faults.onChange((fault, change) => {
      if (fault.id === id && change === 'cleared') drop();
    }),
  ];
  response.once('close', () => {
    for (const stop of stops) stop();
  });
}

/** Applies the faults that strike; true when there is nothing left to answer. Throws the refusal they ask for. */
async function suffer(
  cluster: ApiCluster,
  struck: readonly EdgeFault[],
  response: ServerResponse,
  options: HandlerOptions,
): Promise<boolean> {
  for (const fault of struck) {
    if ('delayMs' in fault) await pause(options.wallDelay(fault.delayMs), response);
    else if ('silence' in fault) {
      keepSilent(cluster, fault.silence, response);
      return true;
    } else if ('reset' in fault) {
      response.socket?.resetAndDestroy();
      return true;
    } else throw fault.refusal;
  }
  return response.destroyed;
}

/** Serves one HTTP request on the API server of a node; never throws. */
export async function handle(
  cluster: ApiCluster,
  node: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  options: HandlerOptions,
): Promise<void> {
  try {
    const request = requestOf(node, incoming);
    const target = targetOrError(request);
    const scope = scopeOf(request, target);
    cluster.ledger.apiRequest(scope.verb, scope.resource);
    const body = await readWhole(incoming);
    if (await suffer(cluster, strike(cluster, { node, ...scope }), response, options)) return;
    if (target instanceof ApiError) throw target;
    const whole = { ...request, body };
    if (target !== undefined) requireStorage(cluster, whole, target);
    const mutation = mutationOf(node, whole, target);
    if (mutation && (await strikeProcess(cluster, 'before', mutation))) await pause(CLOSING_MS, response);
    if (response.destroyed) return;
    const reply = target === undefined ? otherReply(cluster, whole) : resourceReply(cluster, whole, target);
    if (mutation) await strikeProcess(cluster, 'after', mutation);
    if (losesAnswer(cluster, node, scope)) response.socket?.resetAndDestroy();
    else if ('stream' in reply) reply.stream(response);
    else sendText(response, reply);
  } catch (error) {
    refuse(response, error);
  }
}

/** The write was made; whoever asked for it never learns so. */
const losesAnswer = (cluster: ApiCluster, node: string, scope: { verb: string; resource: string }): boolean =>
  isWrite(scope.verb) && cluster.faults.take('api_lost_answer', { node, ...scope }) !== undefined;

/** What `process_killed` may strike around; undefined for what changes nothing. */
function mutationOf(node: string, request: ApiRequest, target: Target | undefined): MutatingRequest | undefined {
  if (target === undefined || !isWrite(target.verb)) return undefined;
  if (target.info.served === 'review' || isDryRun(request.query)) return undefined;
  return {
    identity: `${request.method} /${request.segments.join('/')} ${bodyIdentity(request.body)}`,
    scope: { node, ...scopeOf(request, target) },
  };
}

function targetOrError(request: ApiRequest): Target | ApiError | undefined {
  try {
    return targetOf(request);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

function scopeOf(request: ApiRequest, target: Target | ApiError | undefined): { verb: string; resource: string } {
  const known = target instanceof ApiError ? undefined : target;
  return { verb: known?.verb ?? request.method.toLowerCase(), resource: resourceLabel(request, known) };
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const why = error instanceof Error ? error.message : String(error);
  const known =
    error instanceof ApiError ? error : new ApiError(500, 'InternalError', `Internal error occurred: ${why}`);
  sendText(response, refusalReply(known));
}
