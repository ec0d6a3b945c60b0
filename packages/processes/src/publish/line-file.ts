import { closeSync, constants, openSync, renameSync, rmSync, utimesSync, writeSync } from 'node:fs'

/** A file of lines that grows; each line is a JSON value. */
export interface LineFile {
  /** Gives the file its name, so that all earlier lines appear at once. */
  show(): void
  add(lines: readonly unknown[]): void
  /** Number of lines. */
  readonly length: number
  /** Replaces all lines; a reader sees either the old or the new ones. */
  replace(lines: readonly unknown[]): void
  /** Sets the time of its last change. @throws Error if the file is gone */
  touch(now: Date): void
  close(): void
}

/** @throws Error if an unpublished file or a link of that name exists */
export function createLineFile(path: string): LineFile {
  let file = openSync(`${path}.new`, 'ax', 0o600)
  let isShown = false
  let length = 0
  const write = (to: number, lines: readonly unknown[]): void => {
    if (lines.length > 0) writeSync(to, format(lines))
  }
  return {
    show() {
      renameSync(`${path}.new`, path)
      isShown = true
    },
    add(lines) {
      write(file, lines)
      length += lines.length
    },
    get length() {
      return length
    },
    replace(lines) {
      if (!isShown) return
      const aside = `${path}.new`
      rmSync(aside, { force: true })
      const made = openSync(aside, 'ax', 0o600)
      write(made, lines)
      renameSync(aside, path)
      closeSync(file)
      file = made
      length = lines.length
    },
    touch: (now) => utimesSync(path, now, now),
    close: () => closeSync(file),
  }
}

/** Adds a line to the file of an ended process or thread. @throws Error if the file is gone */
export function addLastLine(path: string, line: unknown): void {
  // Never created: the file may have been removed since.
  const file = openSync(path, constants.O_WRONLY | constants.O_APPEND)
  try {
    // Its last line may be incomplete.
    writeSync(file, `\n${format([line])}`)
  } finally {
    closeSync(file)
  }
}

function format(lines: readonly unknown[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}
