/**
 * The one door to the official client. Named exports only, so that a bundler keeps what is used; imported by modules that are
 * themselves loaded lazily (importing the client costs 0.4 s and 70 MB unbundled).
 */
export {
  ApiException,
  AppsV1Api,
  AuthorizationV1Api,
  CoordinationV1Api,
  CoreV1Api,
  createConfiguration,
  HttpMethod,
  KubeConfig,
  PatchStrategy,
  PolicyV1Api,
  RequestContext,
  ResponseContext,
  ServerConfiguration,
  StorageV1Api,
  setHeaderOptions,
  V1MicroTime,
  VersionApi,
  wrapHttpLibrary,
} from '@kubernetes/client-node';
