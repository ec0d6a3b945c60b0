// A small application with pages, like a user's: plain JavaScript, the built packages, its own server. It receives one series
// to record per IPC message, and replies `recorded`.
import { createServer } from 'node:http'
import { createRecorder } from '@quipu/core'
import { start } from '@quipu/sdk'

const recorder = createRecorder({ ids: 'plain' })
const quipu = start({ recorder, serviceName: 'securetrack', genAiProfiles: ['1.41', 'next'] })
const server = createServer((request, response) =>
  quipu.handler(request, response, () => response.writeHead(request.url === '/work' ? 200 : 404).end('done')),
)
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', ({ metric, labels, values }) => {
  for (const value of values) recorder.recordMetric(metric, value, labels)
  process.send('recorded')
})
// The test that started it has ended.
process.on('disconnect', () => process.exit())
