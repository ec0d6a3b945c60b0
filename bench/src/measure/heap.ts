/** A full collection; the runner starts its processes with `--expose-gc`. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('start with --expose-gc')
  globalThis.gc()
}

/** Bytes that JavaScript holds, on the heap and off it (typed arrays); `external` has the array buffers in it. */
export function heldBytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The same after everything that can go has gone, weakly held values too, which live on until their turn ends. */
export async function settledBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
  }
  return heldBytes()
}
