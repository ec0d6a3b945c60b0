/** Resolves when `work` settles or after `timeoutMs`, whichever comes first. Never rejects, and leaves no timer behind. */
export async function waitAtMost(timeoutMs: number, work: PromiseLike<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([Promise.resolve(work).catch(() => {}), timeout])
  clearTimeout(timer)
}
