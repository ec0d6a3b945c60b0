interface PollOptions {
  isPaused(): boolean
  /** Reads everything once; returns how long the browser worked for it. Never rejects. */
  read(): Promise<{ readonly ms: number }>
}

const EVERY_MS = 2000
/** A page that takes long to read is read less often: reading takes a twentieth of the time at most. */
const SHARE = 20

/** Reads again and again, for as long as the document is open. */
export function poll({ isPaused, read }: PollOptions): void {
  const next = async (): Promise<void> => {
    const { ms } = isPaused() ? { ms: 0 } : await read()
    setTimeout(next, Math.max(EVERY_MS, ms * SHARE))
  }
  void next()
}
