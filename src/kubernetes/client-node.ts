/**
 * The one door to the official client, of which only the credentials are used: kubeconfigs, client certificates, tokens, exec plugins.
 * Imported by modules that are themselves loaded lazily.
 */
export { KubeConfig } from '@kubernetes/client-node';
