import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Phrases without a legitimate use in sources and documents, each with what to write instead. */
const phrases: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b(?:nobody|somebody|whoever|whomever|whom)\b/i, 'name the person, the program or the function'],
  [/\b(?:there|that|which) (?:is|are|was|were) none\b/i, 'say what is missing, or "without …"'],
  [/\b(?:is|are|was|were) said once\b|, said once\b/i, '"reported once"'],
  [/\bthere is what there is\b/i, 'say what exists'],
  [/\bis no (?:error|value|label|number|text)\b/i, '"is not …" or "is invalid"'],
]

const files = execFileSync('git', ['ls-files', 'packages', 'docs/*.md', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) =>
    /^(?:packages\/[^/]+\/(?:src|fixtures)\/.*\.ts|packages\/[^/]+\/README\.md|docs\/[^/]+\.md|[A-Z]+\.md)$/.test(file),
  )

test('sources and documents are found', () => expect(files.length).toBeGreaterThan(300))

test('sources and documents avoid phrases that read as translated', () => {
  const found = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, i) =>
        phrases.flatMap(([pattern, instead]) =>
          pattern.test(line) ? [`${file}:${i + 1} ${line.trim()} (write ${instead})`] : [],
        ),
      ),
  )
  expect(found).toEqual([])
})
