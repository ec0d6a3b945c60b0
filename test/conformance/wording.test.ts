import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Phrases without a legitimate use in sources and documents, each with what to write instead. */
const phrases: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b(?:[Nn]obody|[Ss]omebody|[Ww]hoever|[Ww]homever|[Ww]hom)\b/, 'name the person, the program or the function'],
  [/\b(?:there|that|which|what) (?:is|are|was|were) none\b/i, 'say what is missing, or "an invalid …"'],
  [/\b(?:is|are|was|were) said once\b|, said once\b|\bsaid again\b/i, '"reported once", "a second call …"'],
  [/\bthere is what there is\b|\b(?:all|everything|nothing) there is\b/i, 'say what exists'],
  [/\bis no (?:error|value|label|number|text)\b/i, '"is not …" or "is invalid"'],
  [/\btold\b|\btells? (?:apart|of|that|how|what|why|where|whether|no)\b/i, '"reports", "returns", "distinguishes"'],
  [/\b(?:go|goes|going|went) on\b/i, '"continues"'],
  [/\banew\b/i, '"again"'],
  [/\bwhatever\b/i, '"for any …"'],
  [/\bwhat (?:comes|came|goes|went|becomes|became) /i, 'name the input, the output or the result'],
  [/\b(?:knows?|known) nothing\b/i, '"without …", "is independent of …"'],
  [/\ball the same\b/i, '"anyway"'],
  [/\bthe very (?:same|first|last)\b/i, 'leave "very" out'],
]

/** The numbers of the documents' promises, which only tests, the catalogue and its page use. */
const promise = /\((?:[AKST]\d{1,2}(?:, |–)?)+\)|\b[AKT]\d{1,2}\b/

const own = 'test/conformance/wording.test.ts'
const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 })
  .split('\n')
  .filter(
    (file) =>
      /^(?:packages\/[^/]+\/(?:src|fixtures)\/.*\.tsx?|packages\/[^/]+\/README\.md|docs\/.*\.(?:md|mjs)|[A-Z]+\.md)$/.test(
        file,
      ) ||
      /^(?:test|examples|bench|scripts)\/.*\.(?:tsx?|m?js|md|sh)$/.test(file) ||
      /^(?:deploy\/.*|[\w-]+\.ya?ml)$/.test(file),
  )
  .filter((file) => file !== own)

const seenByUsers = files.filter(
  (file) => /^(?:packages|docs|deploy|examples|[^/]+$)/.test(file) && !/\.test\.|^docs\/metrics\.md$/.test(file),
)

/** The lines of files that a pattern matches, each with what to write instead. */
function linesWith(searched: readonly string[], patterns: typeof phrases): readonly string[] {
  return searched.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, i) =>
        patterns.flatMap(([pattern, instead]) =>
          pattern.test(line) ? [`${file}:${i + 1} ${line.trim()} (write ${instead})`] : [],
        ),
      ),
  )
}

test('each kind of file is found', () => {
  for (const folder of ['packages', 'docs/decisions', 'test', 'examples', 'bench', 'scripts', 'deploy'])
    expect(files.filter((file) => file.startsWith(`${folder}/`)).length, folder).toBeGreaterThan(5)
})

test('sources and documents avoid phrases that read as translated', () => {
  expect(linesWith(files, phrases)).toEqual([])
})

test('users see no numbers of promises', () => {
  expect(
    linesWith(seenByUsers, [[promise, 'what it promises']]).filter((line) => !/source: '|`source`/.test(line)),
  ).toEqual([])
})
