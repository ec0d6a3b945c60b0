import { closeSync, constants, openSync, renameSync, rmSync, utimesSync, writeSync } from 'node:fs'

/** A file of lines, each a JSON value, that is added to. */
export interface LineFile {
  /** Gives the file its name: what was added before is there at once. */
  show(): void
  add(lines: readonly unknown[]): void
  /** Lines that it has. */
  readonly length: number
  /** Replaces all lines; a reader finds the old ones or the new ones. */
  replace(lines: readonly unknown[]): void
  /** Sets the time of its last change; throws when it is gone. */
  touch(now: Date): void
  close(): void
}

/** @throws Error when a file of that name is on its way already, or a link to anything */
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

/** Adds a line to the file of a process or thread that has ended; throws when the file is gone. */
export function addLastLine(path: string, line: unknown): void {
  // Never created: the file may have been removed since.
  const file = openSync(path, constants.O_WRONLY | constants.O_APPEND)
  try {
    // Its last line may be half a line.
    writeSync(file, `\n${format([line])}`)
  } finally {
    closeSync(file)
  }
}

function format(lines: readonly unknown[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}
