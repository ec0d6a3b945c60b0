import { fileURLToPath } from 'node:url'
import { createRecorder } from '@quipu/core'
import { instrument } from '@quipu/http/bullmq'
import { type Job, Queue, QueueEvents, Worker } from 'bullmq'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithServer, type Redis, startRedis } from '../servers/index.js'
import { runProgram } from '../servers/run-program.js'

describeWithServer('redis', 'BullMQ', () => {
  let connection: Redis
  beforeAll(async () => {
    connection = await startRedis()
  })
  afterAll(() => connection.stop())

  it('jobs are features under their names: each finished job counts once, with its error by class', async () => {
    const recorder = createRecorder()
    const at = { connection: { host: connection.host, port: connection.port } }
    const queue = new Queue('work', at)
    const events = new QueueEvents('work', at)
    await events.waitUntilReady()
    const work = async (job: Job): Promise<string> => {
      if (job.name === 'broken' || (job.name === 'flaky' && job.attemptsMade === 0)) throw new RangeError('secret')
      return 'done'
    }
    const worker = new Worker('work', work, at)
    expect(instrument(instrument(worker, { recorder }), { recorder })).toBe(worker)
    const failed: string[] = []
    worker.on('failed', (job) => failed.push(job?.name ?? ''))
    const add = async (name: string): Promise<unknown> => {
      const job = await queue.add(name, { secret: 'secret' }, { attempts: 2, jobId: `secret-${name}` })
      return job.waitUntilFinished(events).catch((error: Error) => error.message)
    }
    expect([await add('report'), await add('flaky'), await add('broken')]).toEqual(['done', 'done', 'secret'])
    const countsOf = (metric: string) =>
      Object.fromEntries(
        recorder
          .readings()
          .find(({ name }) => name === metric)
          ?.cells()
          .map(({ values, data, at }) => [values.join(' '), data[at]]) ?? [],
      )
    await expect.poll(() => countsOf('feature_usage_total')).toEqual({ report: 1, flaky: 1, broken: 1 })
    expect(countsOf('feature_errors_total')).toEqual({ 'broken RangeError': 1 })
    expect(Object.keys(countsOf('feature_duration_seconds'))).toEqual(['report', 'flaky', 'broken'])
    expect(failed).toEqual(['flaky', 'broken', 'broken'])
    expect(JSON.stringify(recorder.readings().map((reading) => reading.cells()))).not.toContain('secret')
    await Promise.all([worker.close(), queue.close(), events.close()])
  })

  it.each(['import', 'require'])(
    'by %s under register: jobs of an unchanged application are features',
    async (kind) => {
      const load =
        kind === 'import'
          ? "import { Queue, QueueEvents, Worker } from 'bullmq'"
          : "const { Queue, QueueEvents, Worker } = require('bullmq')"
      const { code, stdout, stderr } = await runProgram(
        process.execPath,
        [
          '--import',
          '@quipu/sdk/register',
          `--input-type=${kind === 'import' ? 'module' : 'commonjs'}`,
          '--eval',
          `${load}\n${application}`,
        ],
        {
          cwd: fileURLToPath(new URL('..', import.meta.url)),
          onlyEnv: {
            PATH: process.env.PATH ?? '',
            REDIS_PORT: String(connection.port),
            OTEL_EXPORTER_PROMETHEUS_PORT: '0',
            OTEL_METRICS_EXPORTER: 'prometheus,console',
          },
        },
      )
      expect(stderr).toMatch(/^quipu: jobs bullmq 6\.7\.0 /m)
      expect(code).toBe(0)
      expect(stdout).toContain('done\nfailed\n')
      for (const text of ["feature_name: 'report'", "feature_name: 'broken', error_type: 'RangeError'"]) {
        expect(stdout).toContain(text)
      }
      expect(stdout + stderr).not.toContain('secret')
    },
  )
})

/** An application without Quipu; `register` prints the numbers when the process ends. */
const application = `
async function main() {
  const at = { connection: { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) } }
  const queue = new Queue('register', at)
  const events = new QueueEvents('register', at)
  await events.waitUntilReady()
  const worker = new Worker('register', async ({ name }) => { if (name === 'broken') throw new RangeError('secret'); return 'done' }, at)
  for (const name of ['report', 'broken']) {
    const job = await queue.add(name, { secret: 'secret' })
    console.log(await job.waitUntilFinished(events).catch(() => 'failed'))
  }
  await Promise.all([worker.close(), queue.close(), events.close()])
}
main()
`
