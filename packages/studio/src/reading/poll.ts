interface PollOptions {
  isPaused(): boolean
  /** Reads everything once; returns the browser's working time in milliseconds. Never rejects. */
  read(): Promise<{ readonly ms: number }>
}

const EVERY_MS = 2000
/** A slow page is read less often: reading takes at most a twentieth of the time. */
const SHARE = 20

/** Reads repeatedly while the document is open. */
export function poll({ isPaused, read }: PollOptions): void {
  const next = async (): Promise<void> => {
    const { ms } = isPaused() ? { ms: 0 } : await read()
    setTimeout(next, Math.max(EVERY_MS, ms * SHARE))
  }
  void next()
}
