import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  checkMetricsPage,
  describeWithServer,
  type ParsedPage,
  type Prometheus,
  parseOpenMetrics,
  parsePrometheusText,
  promtool,
  startPrometheus,
} from './index.js'
import { OPENMETRICS, type PageServer, startPageServer, TEXT } from './page-server.js'
import {
  BAD_FOR_A_SCRAPE,
  BAD_FOR_OPENMETRICS,
  BAD_FOR_PROMTOOL,
  BAD_FOR_TEXT,
  GOOD_OPENMETRICS,
  GOOD_TEXT,
} from './test-pages.js'

const samplesOf = (page: ParsedPage) =>
  'error' in page ? page.error : page.families.flatMap((family) => family.samples)
const errorOf = (page: ParsedPage) => ('error' in page ? page.error : `accepted: ${JSON.stringify(page.families)}`)

describeWithServer('python', 'the strict OpenMetrics parser', () => {
  it('reads a good page: types, units, escapes, exemplars and special values', async () => {
    const page = await parseOpenMetrics(GOOD_OPENMETRICS)
    expect(page).toMatchObject({
      families: [
        { name: 'llm_requests', type: 'counter', help: 'Requests to a model.', unit: '' },
        { name: 'llm_duration_seconds', type: 'histogram', unit: 'seconds' },
        { name: 'llm_ratio', type: 'gauge' },
      ],
    })
    expect(samplesOf(page)).toContainEqual({
      name: 'llm_requests_total',
      labels: { model: 'gpt-5', note: 'a "b" \\ \n' },
      value: 3,
      timestamp: null,
      exemplar: { labels: { trace_id: 'abc' }, value: 1, timestamp: 1700000000.5 },
    })
    expect(samplesOf(page)).toContainEqual(expect.objectContaining({ name: 'llm_ratio', value: Number.NaN }))
  })

  it.each(BAD_FOR_OPENMETRICS)('refuses %s', async (_fault, page, complaint) => {
    expect(errorOf(await parseOpenMetrics(page))).toMatch(complaint)
  })

  it('parses many pages at once, each with its own result', async () => {
    const pages = Array.from({ length: 300 }, (_, index) => (index % 3 ? `# TYPE a gauge\na ${index}\n# EOF\n` : 'a'))
    const answers = await Promise.all(pages.map(parseOpenMetrics))
    answers.forEach((answer, index) => {
      if (index % 3) expect(samplesOf(answer)).toMatchObject([{ value: index }])
      else expect(answer).toHaveProperty('error')
    })
  })
})

describeWithServer('python', 'the text format parser', () => {
  it('reads a good page', async () => {
    expect(samplesOf(await parsePrometheusText(GOOD_TEXT))).toHaveLength(5)
  })

  it.each(BAD_FOR_TEXT)('refuses %s', async (_fault, page, complaint) => {
    expect(errorOf(await parsePrometheusText(page))).toMatch(complaint)
  })
})

describeWithServer('promtool', 'promtool check metrics', () => {
  it('finds nothing in a good page', async () => {
    expect(await checkMetricsPage(GOOD_TEXT)).toEqual({ code: 0, problems: [] })
  })

  it.each(BAD_FOR_PROMTOOL)('cannot read %s', async (_fault, page, complaint) => {
    const { code, problems } = await checkMetricsPage(page)
    expect(code).toBe(1)
    expect(problems.join('\n')).toMatch(complaint)
  })

  it('warns about a name that violates the naming advice', async () => {
    const { code, problems } = await checkMetricsPage('# HELP a A.\n# TYPE a counter\na 1\n')
    expect(code).toBe(3)
    expect(problems).toEqual([expect.stringContaining('"_total" suffix')])
  })

  it('accepts a NaN counter, which is why the strict parser is used as well', async () => {
    expect((await checkMetricsPage('# HELP a_total A.\n# TYPE a_total counter\na_total NaN\n')).code).toBe(0)
  })

  it('returns the exit code of any other command', async () => {
    expect((await promtool(['check', 'config', 'there-is-no-such-file'])).code).toBe(1)
    expect(await promtool(['--version'])).toMatchObject({ code: 0, stdout: expect.stringContaining('3.8.0') })
  })
})

describeWithServer('prometheus', 'a real scrape', () => {
  let pages: PageServer
  let prometheus: Prometheus
  beforeAll(async () => {
    pages = await startPageServer(GOOD_OPENMETRICS)
    prometheus = await startPrometheus({ scrapes: [{ jobName: 'page', url: pages.url }] })
  })
  afterAll(async () => {
    await prometheus?.stop()
    await pages?.stop()
  })

  it.each([
    ['OpenMetrics', GOOD_OPENMETRICS, OPENMETRICS],
    ['the text format', GOOD_TEXT, TEXT],
  ])('accepts a good page in %s', async (_format, page, contentType) => {
    pages.setPage(page, contentType)
    expect(await prometheus.waitForHealthyTargets()).toMatchObject([{ job: 'page', health: 'up', lastError: '' }])
    expect(await prometheus.query('llm_requests_total')).toMatchObject([{ labels: { model: 'gpt-5' }, value: 3 }])
  })

  it.each(BAD_FOR_A_SCRAPE)('is down at a page with %s', async (_fault, page, complaint) => {
    pages.setPage(page, OPENMETRICS)
    const [target] = await prometheus.waitForTargets((each) => each.health === 'down')
    expect(target?.lastError).toMatch(complaint)
    await expect(prometheus.waitForHealthyTargets(100)).rejects.toThrow(complaint)
  })
})
