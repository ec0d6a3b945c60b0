import { VersioningType } from '@nestjs/common'
import { createRecorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { serveNest } from '../../fixtures/nest-application.js'
import { closeAll } from '../../fixtures/serving.js'
import { countsOf } from '../../fixtures/values-of.js'

afterEach(closeAll)

test.each(['Express', 'Fastify'] as const)(
  'routes of Nest on %s have the global prefix and the version of the API, also those that fail',
  async (platform) => {
    const recorder = createRecorder()
    const url = await serveNest(platform, { recorder }, (app) =>
      app.setGlobalPrefix('api/:tenant').enableVersioning({ type: VersioningType.URI, defaultVersion: '2' }),
    )
    for (const path of ['/api/secret/v2/users/1', '/api/secret/v2/fail', '/users/1', '/api/secret/v1/users/1'])
      await fetch(url + path)
    await expect
      .poll(() => countsOf(recorder, 'app_requests_total'))
      .toEqual({
        '/api/:tenant/v2/users/:id GET 200': 1,
        '/api/:tenant/v2/fail GET 500': 1,
        'unmatched GET 404': 2,
      })
  },
)
