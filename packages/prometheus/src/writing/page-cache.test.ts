import { describe, expect, it } from 'vitest'
import { fakeReading, fakeRecorder } from '../../fixtures/readings.js'
import { catalogPage } from '../families/catalog-page.js'
import { negotiateFormat } from '../serving/negotiate.js'
import { createPage } from './page.js'

describe('a family that did not change', () => {
  const gauge = () => fakeReading('g', { kind: 'gauge', help: 'h' }, [{ data: [1] }])

  it('is not read a second time', async () => {
    const reading = gauge()
    const page = createPage(catalogPage(fakeRecorder(reading)))
    const first = (await page.render()).text()
    expect((await page.render()).text()).toBe(first)
    expect(reading.reads).toBe(1)
    reading.touch()
    await page.render()
    expect(reading.reads).toBe(2)
  })

  it('is cached for each format', async () => {
    const reading = gauge()
    const page = createPage(catalogPage(fakeRecorder(reading)))
    for (const accept of ['text/plain', 'application/openmetrics-text', 'application/vnd.google.protobuf']) {
      await page.render({ format: negotiateFormat(accept) })
      await page.render({ format: negotiateFormat(accept) })
    }
    expect(reading.reads).toBe(3)
  })

  it('is written again when a value was recorded while it was being written', async () => {
    const reading = gauge()
    const page = createPage(
      catalogPage(
        fakeRecorder({
          ...reading,
          version: reading.version,
          cells: () => {
            reading.touch()
            return reading.cells()
          },
        }),
      ),
    )
    await page.render()
    await page.render()
    expect(reading.reads).toBe(2)
  })
})
