const DECIMAL = /^[1-9]\d*$/;

/**
 * How two resourceVersions of one resource are ordered: negative when `left` is older. Undefined when either is no decimal
 * number, the form that every server with etcd uses and KEP-5504 promises: then nothing may be concluded.
 */
export function compareVersions(left: string, right: string): number | undefined {
  if (!DECIMAL.test(left) || !DECIMAL.test(right)) return undefined;
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}
