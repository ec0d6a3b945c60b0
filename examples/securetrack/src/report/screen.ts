import type { WriteStream } from 'node:tty'

/** The output of a run: repainted on a terminal, appended elsewhere. */
export interface Screen {
  line(text: string): void
  summary(text: string): void
  close(): void
}

const SHOWN_LINES = 12

export function createScreen(out: NodeJS.WriteStream, header: string): Screen {
  return out.isTTY ? createTerminalScreen(out, header) : createPlainScreen(out, header)
}

function createPlainScreen(out: NodeJS.WritableStream, header: string): Screen {
  out.write(`${header}\n\n`)
  return {
    line: (text) => void out.write(`${text}\n`),
    summary: (text) => void out.write(`\n${text}\n\n`),
    close: () => undefined,
  }
}

function createTerminalScreen(out: WriteStream, header: string): Screen {
  const recent: string[] = []
  let shown = ''
  let isDue = false
  let isOpen = true
  const paint = (): void => {
    isDue = false
    if (!isOpen) return
    const rows = [header, '', ...shown.split('\n'), '', ...recent]
    const fitting = rows.slice(0, (out.rows || 40) - 1).map((row) => row.slice(0, out.columns || 120))
    // Moves home, clears the rest of each row and everything below, so that the screen does not flicker.
    out.write(`\u001b[H${fitting.map((row) => `${row}\u001b[K`).join('\n')}\u001b[J`)
  }
  const later = (): void => {
    if (isDue) return
    isDue = true
    setTimeout(paint, 100).unref()
  }
  out.write('\u001b[?1049h\u001b[?25l')
  return {
    line(text) {
      recent.push(text)
      if (recent.length > SHOWN_LINES) recent.shift()
      later()
    },
    summary(text) {
      shown = text
      later()
    },
    close() {
      isOpen = false
      out.write('\u001b[?25h\u001b[?1049l')
    },
  }
}
