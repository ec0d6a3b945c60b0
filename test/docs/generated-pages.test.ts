import { readFileSync } from 'node:fs'
import { builtinCatalog, defineEvents, defineMetrics, errorCodes, exportedNames, mergeCatalogs } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import { metricsDoc } from '@quipu/dashboards'
import { describe, expect, test } from 'vitest'
import { committedFiles, generatedFiles } from '../../docs/generate.mjs'

const read = (file: string): string => readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8')
const headings = (text: string, level: number): readonly string[] =>
  [...text.matchAll(new RegExp(`^#{${level}} (.+)$`, 'gm'))].map(([, heading]) => heading ?? '')

const generated = generatedFiles()
test.each(Object.keys(generated))('%s is what the packages say (npm run generate writes it)', (file) => {
  expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).toBe(generated[file])
})

test('the folders of generated files hold no other file', () => {
  expect(committedFiles().filter((file) => !Object.hasOwn(generated, file))).toEqual([])
})

describe('docs/errors.md', () => {
  test('has a section for each error code, and no other', () => {
    expect(headings(read('errors.md'), 2)).toEqual(Object.keys(errorCodes).sort())
  })

  test('has the anchors that the errors point to', () => {
    // GitHub's anchor of a heading: lower case, spaces to hyphens.
    const anchors = headings(read('errors.md'), 2).map((heading) => heading.toLowerCase().replaceAll(' ', '-'))
    expect(anchors).toEqual(
      Object.keys(errorCodes)
        .sort()
        .map((code) => code.toLowerCase()),
    )
  })
})

describe('docs/metrics.md', () => {
  test('has a section for each metric and event, and no other (K29)', () => {
    const { metrics, events } = builtinCatalog
    const sections = headings(read('metrics.md'), 3)
    expect([...sections].sort()).toEqual([...Object.keys(metrics), ...Object.keys(events)].sort())
  })

  test.each(Object.entries(builtinCatalog.metrics))('says of %s what its entry says', (name, spec) => {
    const section = sectionOf(read('metrics.md'), name)
    const { prometheus, otlp } = exportedNames(name, spec)
    const waysOut: readonly string[] = 'exportTo' in spec ? spec.exportTo : ['prometheus', 'otlp']
    expect(section).toContain(`\n${spec.help}.\n`)
    expect(section).toContain(`| kind | ${spec.kind}`)
    expect(section.includes(`\`${prometheus}\` |`)).toBe(waysOut.includes('prometheus'))
    expect(section.includes(`\`${otlp}\` in `)).toBe(waysOut.includes('otlp'))
    for (const label of Object.keys('labels' in spec ? spec.labels : {})) expect(section).toContain(`\`${label}\`: `)
    if ('buckets' in spec) expect(section).toContain(`| buckets | ${spec.buckets.join(', ')} |`)
    for (const row of ['unit', 'most series', 'privacy', 'processes merge by', 'source']) {
      expect(section).toMatch(new RegExp(`\\| ${row} \\| \\S.* \\|`))
    }
    expect(section).not.toMatch(/: (<br>| \||\(\))/)
  })

  test('the page of an application includes its own entries', () => {
    const shop = mergeCatalogs(
      defineMetrics({
        shop_orders_total: {
          kind: 'counter',
          help: 'Orders placed',
          labels: { channel: ['web', 'app'], country: 'name', size: { template: '{number}xl', optional: true } },
        },
      }),
      defineEvents({ order_placed: { help: 'An order', fields: { items: 'count', channel: ['web'] } } }),
    )
    const page = metricsDoc(shop)
    expect(headings(page, 2).slice(-2)).toEqual(['Your own', 'Events'])
    expect(sectionOf(page, 'shop_orders_total')).toContain(
      '`channel`: `web` `app`<br>`country`: class `name`<br>`size`: like `{number}xl`, may be left out |',
    )
    expect(sectionOf(page, 'order_placed')).toContain('`items`: a count<br>`channel`: `web` |')
  })

  test('names every label class, and the budgets that recorders have', () => {
    const classes = sectionOf(read('metrics.md'), 'How to read a label').match(/^\| `/gm)
    expect(classes).toHaveLength(11)
    expect(read('metrics.md')).toContain('at most 200 values and a metric at most 2000 series')
    const recorder = createRecorder()
    for (let i = 0; i < 300; i++) recorder.trackFeatureUsage(`feature_${i}`)
    const usage = recorder.readings().find(({ name }) => name === 'feature_usage_total')
    expect(usage?.cells()).toHaveLength(200 + 1)
  })
})

function sectionOf(page: string, name: string): string {
  const section = page.split(/^#{2,3} /m).find((part) => part.startsWith(`${name}\n`))
  if (section === undefined) throw new Error(`no section ${name}`)
  return section
}
