import { expect, test } from 'vitest'
import { latestNodeRequest, rememberLatestRequest } from './latest-request.js'
import { OpenRequest } from './open-request.js'

test.each([
  ['/users/1', '/users/1'],
  ['/users/1?token=secret', '/users/1'],
  ['/users/1/', '/users/1'],
  ['/users/1#part', '/users/1'],
  ['/users/%E2%98%83', '/users/☃'],
  ['/users/a%2Fb', '/users/a%2Fb'],
  ['/users/%2541', '/users/%2541'],
  ['/users/%zz', '/users/%zz'],
  ['/users/../users/1', '/users/1'],
  ['http://host/users/1?token=secret', '/users/1'],
  ['//users/1', '//users/1'],
])('the request for %s is found by the path %s', (url, path) => {
  const open = new OpenRequest(1, 2, false)
  rememberLatestRequest({}, url, open)
  expect(latestNodeRequest(path)).toBe(open)
})

test.each([
  ['/users/1', '/users'],
  ['/users', '/users/1'],
  ['/users/1', '/users/2'],
  [undefined, '/users'],
])('the request for %s is not found by the path %s', (url, path) => {
  rememberLatestRequest({}, url, new OpenRequest(1, 2, false))
  expect(latestNodeRequest(path)).toBeUndefined()
})
