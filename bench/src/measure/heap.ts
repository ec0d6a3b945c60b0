/** Runs a full garbage collection; the runner starts its processes with `--expose-gc`. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('start with --expose-gc')
  globalThis.gc()
}

/** Bytes held by JavaScript, on the heap and outside it (typed arrays); `external` includes array buffers. */
export function heldBytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The same after garbage collection, including weakly held values, which live until their turn ends. */
export async function settledBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
  }
  return heldBytes()
}
