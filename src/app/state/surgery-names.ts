// What the new network is called.

/** "FCN-CaffeNet", and "FCN-CaffeNet-8s" where skips bring the stride down to 8. */
export function fcnName(name: string, stride: number | null): string {
  const fcn = /\bfcn\b/i.test(name) ? name : `FCN-${name}`;
  return stride === null ? fcn : `${fcn.replace(/[- ]\d+s$/, '')}-${stride}s`;
}
