import { readFileSync } from 'node:fs'

/** A code block of docs/usage.md. */
export interface Block {
  /** Number of its section. */
  readonly section: number
  /** `ts`, `sh`, or empty. */
  readonly language: string
  readonly code: string
}

/** A section: its unchanged text, and its blocks. */
export interface Section {
  readonly number: number
  readonly title: string
  readonly text: string
  readonly blocks: readonly Block[]
}

/** The sections of docs/usage.md, in order. */
export const sections: readonly Section[] = readSections(
  readFileSync(new URL('../../docs/usage.md', import.meta.url), 'utf8'),
)

/** Returns a section. @throws Error for an unknown number */
export function sectionOf(number: number): Section {
  const section = sections.find((each) => each.number === number)
  if (section === undefined) throw new Error(`usage.md has no section ${number}`)
  return section
}

/** The code of a section's only block in a language. */
export function codeOf(number: number, language: string): string {
  const blocks = sectionOf(number).blocks.filter((block) => block.language === language)
  const [block, ...more] = blocks
  if (block === undefined || more.length > 0)
    throw new Error(`section ${number} has ${blocks.length} blocks of ${language}`)
  return block.code
}

function readSections(page: string): readonly Section[] {
  return page
    .split(/^(?=## \d+\. )/m)
    .slice(1)
    .map((text) => {
      const [, number = '', title = ''] = /^## (\d+)\. (.*)$/m.exec(text) ?? []
      const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
        section: Number(number),
        language,
        code,
      }))
      return { number: Number(number), title, text, blocks }
    })
}

/** Returns the lines of a block from the one that starts with `first` to the one that starts with `last`. */
export function linesBetween(code: string, first: string, last: string): string {
  const lines = code.split('\n')
  const start = lines.findIndex((line) => line.startsWith(first))
  const end = lines.findIndex((line, i) => i >= start && line.startsWith(last))
  if (start < 0 || end < 0) throw new Error(`no lines from "${first}" to "${last}"`)
  return lines.slice(start, end + 1).join('\n')
}

/** Returns the expression in a line of a block, without its comment. */
export function expressionOf(code: string, start: string): string {
  const line = code.split('\n').find((each) => each.startsWith(start))
  if (line === undefined) throw new Error(`no line begins with ${start}`)
  return line.replace(/ +\/\/.*$/, '')
}
